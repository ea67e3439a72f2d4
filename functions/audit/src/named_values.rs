//! The values with which a principal's policies compare a condition key, so that a check can ask with each.

use std::collections::BTreeSet;

use policy::{Condition, Context, Family, Key, Layer, Pattern, Policies, StatementRef, Syntax};

use crate::check::CannotJudge;

/// At most so many values of a key are looked at.
const TEXTS: usize = 1_000;
/// At most so many values that the policies tell apart are asked with.
const MOST: usize = 64;
/// Numbers and moments on either side of all others: the least and the most that a decimal holds, and the years that a
/// date may have.
const ENDS: [&str; 4] = ["-79228162514264337593543950335", "79228162514264337593543950335", "0001-01-01", "9999-12-31"];

/// Values of a condition key to ask with.
#[derive(Debug, Default)]
pub(crate) struct NamedValues {
    /// Of those that the policies do not tell apart, one.
    pub(crate) values: Vec<String>,
    /// The key, when the policies tell more apart than are here.
    cut: Option<String>,
}

impl NamedValues {
    /// An error when there are more than are asked with: what holds for these says nothing of the others.
    pub(crate) fn whole(&self) -> Result<(), CannotJudge> {
        self.cut.as_ref().map_or(Ok(()), |key| {
            let because = format!("its policies tell more values of `{key}` apart than can be asked about");
            Err(CannotJudge::new(because))
        })
    }
}

/// The statements of a principal's own policies: all but those of a role's trust policy.
pub(crate) fn own_statements(policies: &Policies) -> impl Iterator<Item = StatementRef<'_>> {
    policies.statements().filter(|at| at.layer != Layer::Resource)
}

/// The texts that conditions on a key name: the shortest for one with wildcards, none for one with variables, and for
/// numbers and dates those beside them and far from them. Then these further ones.
///
/// Of all that meet the same conditions on the key, and stand in the same resources, one is asked with.
pub(crate) fn named_values(policies: &Policies, name: &str, further: Vec<String>) -> NamedValues {
    let key = Key::new(name);
    let conditions = own_statements(policies).flat_map(|at| &at.statement.conditions);
    let conditions: Vec<&Condition> = conditions.filter(|condition| *condition.key() == key).collect();
    if conditions.is_empty() && further.is_empty() {
        return NamedValues::default();
    }
    let texts: BTreeSet<String> = conditions
        .iter()
        .flat_map(|condition| texts(condition))
        .chain(further)
        .filter(|text| !text.is_empty())
        .collect();
    let resources = own_statements(policies).filter_map(|at| at.statement.resources.as_ref());
    let resources: Vec<&str> =
        resources.flat_map(|resources| &resources.patterns).map(policy::ResourcePattern::as_str).collect();
    let (mut told_apart, mut named) = (BTreeSet::new(), NamedValues::default());
    for (number, text) in texts.into_iter().enumerate() {
        if number >= TEXTS || named.values.len() >= MOST {
            named.cut = Some(name.to_owned());
            break;
        }
        let context = Context::new([(name, text.as_str())]);
        let met: Vec<bool> = conditions.iter().map(|condition| condition.holds(&context)).collect();
        let within: Vec<bool> = resources.iter().map(|resource| resource.contains(text.as_str())).collect();
        if told_apart.insert((met, within)) {
            named.values.push(text);
        }
    }
    named
}

/// Texts that a condition may be met by, or not.
fn texts(condition: &Condition) -> Vec<String> {
    let values = condition.values().iter();
    match condition.operator().family {
        Family::NumericEquals
        | Family::NumericNotEquals
        | Family::NumericLessThan
        | Family::NumericLessThanEquals
        | Family::NumericGreaterThan
        | Family::NumericGreaterThanEquals
        | Family::DateEquals
        | Family::DateNotEquals
        | Family::DateLessThan
        | Family::DateLessThanEquals
        | Family::DateGreaterThan
        | Family::DateGreaterThanEquals => {
            let beside = values.flat_map(|value| beside(value).into_iter().chain([value.clone()]));
            beside.chain(ENDS.map(str::to_owned)).collect()
        }
        Family::Bool => vec!["true".to_owned(), "false".to_owned()],
        Family::Null => Vec::new(),
        Family::StringEquals
        | Family::StringNotEquals
        | Family::StringEqualsIgnoreCase
        | Family::StringNotEqualsIgnoreCase
        | Family::StringLike
        | Family::StringNotLike
        | Family::BinaryEquals
        | Family::IpAddress
        | Family::NotIpAddress
        | Family::ArnEquals
        | Family::ArnLike
        | Family::ArnNotEquals
        | Family::ArnNotLike => values.filter_map(|value| shortest(value)).collect(),
    }
}

/// The whole numbers on either side of a number, or the years around the one that a date begins with.
fn beside(value: &str) -> Vec<String> {
    let (sign, digits) = value.strip_prefix('-').map_or(("", value), |digits| ("-", digits));
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let whole = digits.get(..end).and_then(|digits| format!("{sign}{digits}").parse::<i64>().ok());
    let around = whole.into_iter().flat_map(|whole| [whole.saturating_sub(1), whole.saturating_add(1)]);
    around.map(|number| number.to_string()).collect()
}

/// The shortest text that a pattern matches; None for one with variables.
fn shortest(value: &str) -> Option<String> {
    let shortest = Pattern::parse(value, Syntax::FULL).ok()?.witness();
    shortest.as_literal().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use policy::{Document, Kind, Policy};
    use serde_json::{Value, json};

    use super::*;

    fn named(condition: &Value, key: &str) -> NamedValues {
        let statement = json!({ "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition });
        let text = json!({ "Version": "2012-10-17", "Statement": statement }).to_string();
        let document = Document::parse(Kind::Identity, &text).unwrap();
        named_values(&Policies::of_identity([Policy { name: String::new(), document }]), key, Vec::new())
    }

    #[test]
    fn the_texts_of_a_key_are_those_that_it_is_compared_with() {
        let condition = json!({ "StringNotLike": {
            "aws:PrincipalTag/site": ["lobby-?", "*", "${aws:username}"], "aws:SourceVpc": "v" } });
        assert_eq!(named(&condition, "aws:principaltag/Site").values, ["lobby-x"]);
    }

    #[test]
    fn a_number_or_a_date_is_asked_on_both_sides() {
        for (operator, value) in [
            ("NumericLessThan", "5"),
            ("NumericLessThanIfExists", "-3.5"),
            ("ForAnyValue:NumericGreaterThanEquals", "12"),
            ("NumericNotEquals", "0"),
            ("DateLessThan", "2020-01-01T00:00:00Z"),
            ("DateGreaterThan", "2020-06"),
            ("DateNotEquals", "1700000000"),
        ] {
            let condition = json!({ operator: { "x:y": value } });
            let texts = named(&condition, "x:y").values;
            assert_eq!(texts.len(), 2, "{operator} {value}: {texts:?}");
        }
    }

    #[test]
    fn values_that_nothing_tells_apart_are_asked_with_once() {
        let decoys: Vec<String> = (0..500).map(|number| format!("decoy-{number}")).collect();
        let condition = json!({ "StringNotEquals": { "x:y": decoys }, "StringEquals": { "x:y": "evil" } });
        let named = named(&condition, "x:y");
        assert_eq!(named.values.len(), 2, "{named:?}");
        assert!(named.values.contains(&"evil".to_owned()) && named.whole().is_ok());
    }

    #[test]
    fn more_values_than_can_be_asked_with_are_told() {
        let many: Vec<String> = (0..1_001).map(|number| format!("decoy-{number}")).collect();
        let told = named(&json!({ "StringNotEquals": { "x:y": many } }), "x:y").whole().unwrap_err();
        assert!(told.because.contains("more values of `x:y`"), "{told:?}");
    }
}
