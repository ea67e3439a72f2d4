//! Resources that an action is asked for on.

use crate::catalogue;
use crate::context::Context;
use crate::pattern::{Budget, Pattern, Syntax};
use crate::principal::Principal;

/// Where an action finds its resources: in the principal's own account first.
pub(super) struct Places {
    partition: String,
    account: String,
    service: String,
    /// The ARNs of its resource types as the catalogue prints them; none for an action that takes no resource.
    types: Vec<&'static str>,
    takes_none: bool,
}

const REGION: &str = "eu-west-1";
/// In the place of a resource's creation time, as streams have it.
const TIME: &str = "1700000000000";

impl Places {
    pub(super) fn of(action: &str, principal: &Principal) -> Self {
        let types = catalogue::action(action).into_iter().flat_map(catalogue::Action::resource_types);
        Self {
            partition: principal.partition().to_owned(),
            account: principal.account().unwrap_or("111122223333").to_owned(),
            service: action.split(':').next().unwrap_or_default().to_ascii_lowercase(),
            types: types.map(|resource| resource.arn).collect(),
            takes_none: catalogue::takes_none(action),
        }
    }

    /// Resources that all of some patterns match and none of others, both without variables; the likeliest first.
    pub(super) fn within(
        &self,
        inside: &[Pattern],
        outside: &[Pattern],
        budget: &Budget,
    ) -> impl Iterator<Item = String> {
        let fits = move |text: &String| {
            let matches = |pattern: &Pattern| pattern.matches(text, Context::EMPTY);
            inside.iter().all(matches) && !outside.iter().any(matches)
        };
        let none = self.takes_none.then(|| "*".to_owned());
        let guesses = none.into_iter().chain(self.typical(inside, "gate-south", TIME)).filter(fits);
        let shapes = self.typical(inside, "?*", TIME).into_iter().chain(self.typical(inside, "?*", "?*"));
        let shapes = shapes.chain(self.wider()).filter_map(|shape| Pattern::parse(&shape, Syntax::WILDCARDS).ok());
        let outside: Vec<&Pattern> = outside.iter().collect();
        let found = shapes.filter_map(move |shape| {
            let inside: Vec<&Pattern> = inside.iter().chain([&shape]).collect();
            budget.search(&inside, &outside).found()
        });
        guesses.chain(found)
    }

    /// ARNs of the action's resource types, with this for a name and that for a time, in the Regions that patterns name.
    fn typical(&self, inside: &[Pattern], name: &str, time: &str) -> Vec<String> {
        let texts = inside.iter().map(ToString::to_string);
        let named = texts.filter_map(|text| text.split(':').nth(3).map(str::to_owned));
        let regions =
            named.filter(|region| !region.is_empty() && !region.contains(['*', '?'])).chain([REGION.to_owned()]);
        let value = |field: &str, region: &str| match field {
            "Partition" => self.partition.clone(),
            "Region" => region.to_owned(),
            "Account" => self.account.clone(),
            field if field.ends_with("Time") => time.to_owned(),
            _ => name.to_owned(),
        };
        let each = regions.flat_map(|region| {
            self.types.iter().map(move |arn| filled(arn, |field| value(field, &region))).collect::<Vec<_>>()
        });
        each.collect()
    }

    /// Patterns for other resources: of the action's types anywhere, or whatever there is when they are not known.
    fn wider(&self) -> Vec<String> {
        if self.takes_none {
            return Vec::new();
        }
        if !self.types.is_empty() {
            return self
                .types
                .iter()
                .map(|arn| filled(arn, |field| if field == "Partition" { "aws*" } else { "*" }.to_owned()))
                .collect();
        }
        let Self { partition, account, service, .. } = self;
        vec![
            format!("arn:{partition}:{service}:{REGION}:{account}:?*"),
            format!("arn:{partition}:{service}:*:{account}:?*"),
            format!("arn:*:*:*:{account}:*"),
            "arn:*:*:*:*:*".to_owned(),
            "*".to_owned(),
        ]
    }
}

/// An ARN of the catalogue with its `${…}` replaced.
fn filled(arn: &str, value: impl Fn(&str) -> String) -> String {
    let mut parts = arn.split("${");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        whole.push_str(&value(name));
        whole.push_str(rest);
    }
    whole
}
