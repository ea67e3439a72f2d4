//! What an identity may do to things that are known by their ARNs.

use policy::{
    Context, Grant, Known, May, Outcome, Pattern, Reach, Request, Search, Syntax, Term, evaluate, reach, search,
};

use crate::check::{Problem, Proof};
use crate::identity::{in_short, request};
use crate::inventory::Tag;
use crate::wording::some;

/// Proofs that are shown of one finding.
const MOST_PROOFS: usize = 5;

/// What an identity was found to be able to do.
#[derive(Debug, Default)]
pub struct Powers {
    actions: Vec<String>,
    proofs: Vec<Proof>,
}

impl Powers {
    /// Adds an action, when there is a proof of it. Of each statement one proof is kept.
    pub fn add(&mut self, action: &str, proof: Option<Proof>) {
        let Some(proof) = proof else { return };
        if !self.actions.iter().any(|known| known == action) {
            self.actions.push(action.to_owned());
        }
        if self.proofs.len() < MOST_PROOFS && !self.proofs.iter().any(|known| known.because == proof.because) {
            self.proofs.push(proof);
        }
    }

    /// The problem that it may do them; None when there are none. `what` comes before their names.
    pub fn problem(self, what: &str) -> Option<Problem> {
        let sentence = (!self.actions.is_empty()).then(|| format!("{what}: {}", some(&self.actions)))?;
        Some(Problem::new(sentence).with(self.proofs))
    }
}

/// How an identity may do an action on one thing: the statement, and a request where one is found. None when it surely
/// may not.
pub fn on(reach: &Reach<'_>, action: &str, arn: &str) -> Option<Proof> {
    shown(reach, action, arn, &grants(reach, action, &Pattern::literal(arn)))
}

/// Names that nobody gave to a user, group, role or policy, and that have little in common.
const MADE_UP: [&str; 2] = ["kvs-warden-asked", "any/One"];

/// How an identity may do an action on everything of a kind, whatever its name, such as all whose ARNs begin with
/// `arn:aws:iam::111122223333:role/`. None when it is bound to some names.
pub fn on_every(reach: &Reach<'_>, action: &str, prefix: &str) -> Option<Proof> {
    let proofs = MADE_UP.map(|name| on(reach, action, &format!("{prefix}{name}")));
    let [Some(first), Some(_)] = proofs else { return None };
    Some(first)
}

/// What is known of requests about something with these tags: those that conditions of somebody's policies ask for, there
/// or not.
pub fn tagged(own: &Reach<'_>, tags: &[Tag]) -> Known {
    let terms = own.grants().iter().flat_map(|grant| {
        let within = Grant::within(grant).flatten().chain(grant.except()).map(AsRef::as_ref);
        grant.allow().into_iter().chain(within).collect::<Vec<_>>()
    });
    let keys = terms.flat_map(|term| term.conditions().iter().flat_map(|condition| condition.keys()));
    keys.fold(own.known().clone(), |known, key| {
        let Some((prefix, name)) = key.as_str().split_once('/') else { return known };
        if !["aws:ResourceTag", "iam:ResourceTag"].iter().any(|one| one.eq_ignore_ascii_case(prefix)) {
            return known;
        }
        match tags.iter().find(|tag| tag.key.eq_ignore_ascii_case(name)) {
            Some(tag) => known.with(key.as_str(), tag.value.as_str()),
            None => known.without(key.as_str()),
        }
    })
}

/// What somebody may do to a role as it is: with its tags, and with its boundary or without one.
pub fn to_role<'p>(own: &Reach<'p>, tags: &[Tag], boundary: Option<&str>) -> Reach<'p> {
    let known = tagged(own, tags);
    let known = match boundary {
        Some(boundary) => known.with("iam:PermissionsBoundary", boundary),
        None => known.without("iam:PermissionsBoundary"),
    };
    reach(own.principal(), own.policies(), &known)
}

/// Steps for the question whether a pattern is about some things.
const STEPS: usize = 10_000;

/// The things of an ARN with any name.
#[derive(Debug)]
pub struct Things {
    prefix: String,
    all: Pattern,
    /// What the pattern matches besides: no name has a colon, and a wildcard for other things may.
    odd: Pattern,
}

impl Things {
    /// Those whose ARNs are this and a name behind it, such as `arn:aws:iot:eu-west-1:111122223333:cert/`.
    pub fn of(prefix: &str) -> Option<Self> {
        let parse = |rest: &str| Pattern::parse(&format!("{prefix}{rest}"), Syntax::WILDCARDS).ok();
        Some(Self { prefix: prefix.to_owned(), all: parse("*")?, odd: parse("*:*")? })
    }

    /// Whether a grant may be about one of them. A no is certain.
    fn has_some_of(&self, grant: &Grant<'_>) -> bool {
        let Some(term) = grant.allow() else { return true };
        if term.at().statement.resources.as_ref().is_none_or(|resources| resources.negated) {
            return true;
        }
        term.resources().any(|text| {
            let Ok(pattern) = Pattern::parse(&text, Syntax::FULL) else { return true };
            search(&[&pattern.widened(), &self.all], &[&self.odd], STEPS) != Search::Nothing
        })
    }
}

/// How an identity may do each of some actions on any of some things; those that it surely may not are left out.
pub fn on_any(reach: &Reach<'_>, actions: &[&'static str], things: &Things) -> Vec<(&'static str, Proof)> {
    let covers = |grant: &Grant<'_>, action: &str| grant.allow().is_none_or(|term| allows(term, action));
    // What a grant is about takes long to find out, and is the same for all actions.
    let named = reach.grants().iter().filter(|grant| actions.iter().any(|action| covers(grant, action)));
    let about: Vec<&Grant<'_>> = named.filter(|grant| things.has_some_of(grant)).collect();
    let actions = actions.iter().filter(|action| about.iter().any(|grant| covers(grant, action)));
    actions.filter_map(|action| Some((*action, on_one_of(reach, action, things, &about)?))).collect()
}

/// Whether the statement names the action.
fn allows(term: &Term<'_>, action: &str) -> bool {
    let actions = &term.at().statement.actions;
    actions.patterns.iter().any(|pattern| pattern.matches(action)) != actions.negated
}

fn on_one_of(reach: &Reach<'_>, action: &str, things: &Things, about: &[&Grant<'_>]) -> Option<Proof> {
    let mut grants = grants(reach, action, &things.all);
    grants.retain(|grant| about.iter().any(|other| std::ptr::eq(*other, *grant)));
    let first = grants.first()?;
    let example = format!("{}example", things.prefix);
    if let Some(asked) = allowed(reach, action, &example, reach.known().context()) {
        let because = in_short(reach.covering(&asked).unwrap_or(first), action);
        return Some(Proof { because, request: Some(request(&asked)) });
    }
    let outside = [things.odd.clone()];
    let found = grants.iter().find_map(|grant| {
        let witness = reach.witness(grant, action, &outside)?.request;
        let own = allowed(reach, action, &example, witness.context());
        Some((in_short(grant, action), request(&own.unwrap_or(witness))))
    });
    let (because, request) = found.map_or_else(|| (in_short(first, action), None), |(because, it)| (because, Some(it)));
    Some(Proof { because, request })
}

/// A request, when it is allowed.
fn allowed(reach: &Reach<'_>, action: &str, arn: &str, context: &Context) -> Option<Request> {
    let asked = Request::new(reach.principal().clone(), action, arn, context.clone());
    (evaluate(&asked, reach.policies()).outcome == Outcome::Allowed).then_some(asked)
}

fn grants<'r, 'p>(reach: &'r Reach<'p>, action: &str, things: &Pattern) -> Vec<&'r Grant<'p>> {
    match reach.may(action, things) {
        May::Always(grant) => vec![grant],
        May::Conditionally(grants) => grants,
        May::Never => Vec::new(),
    }
}

/// A request on this very thing, in the plainest context that is allowed.
fn shown(reach: &Reach<'_>, action: &str, arn: &str, grants: &[&Grant<'_>]) -> Option<Proof> {
    let first = grants.first()?;
    if let Some(asked) = allowed(reach, action, arn, reach.known().context()) {
        let because = in_short(reach.covering(&asked).unwrap_or(first), action);
        return Some(Proof { because, request: Some(request(&asked)) });
    }
    let found = grants.iter().find_map(|grant| {
        let witness = reach.witness(grant, action, &[])?.request;
        Some((in_short(grant, action), request(&allowed(reach, action, arn, witness.context())?)))
    });
    let (because, request) = found.map_or_else(|| (in_short(first, action), None), |(because, it)| (because, Some(it)));
    Some(Proof { because, request })
}

#[cfg(test)]
mod tests {
    use policy::{Document, Kind, Known, Policies, Policy};
    use serde_json::{Value, json};

    use super::*;

    fn may(statement: &Value, action: &'static str, prefix: &str) -> Option<Proof> {
        let text = json!({ "Version": "2012-10-17", "Statement": statement }).to_string();
        let document = Document::parse(Kind::Identity, &text).unwrap();
        let policies = Policies::of_identity([Policy { name: "own".to_owned(), document }]);
        let eve = "arn:aws:iam::123456789012:user/eve".parse().unwrap();
        let reach = reach(&eve, &policies, &Known::default());
        on_any(&reach, &[action], &Things::of(prefix).unwrap()).pop().map(|(_, proof)| proof)
    }

    #[test]
    fn a_wildcard_for_other_things_does_not_reach_into_these() {
        let policies = "arn:aws:iot:us-east-1:123456789012:policy/";
        let on = |resource: &str| json!({ "Effect": "Allow", "Action": "iot:*", "Resource": resource });
        assert_eq!(may(&on("arn:aws:iot:*:*:topic/*"), "iot:CreatePolicyVersion", policies), None);
        let proof = may(&on("arn:aws:iot:*:*:*/cam*"), "iot:CreatePolicyVersion", policies).unwrap();
        let resource = proof.request.unwrap()["resource"].as_str().unwrap().to_owned();
        assert!(resource.contains(":policy/") && !resource.ends_with("example"), "{resource}");
        let proof = may(&on("*"), "iot:CreatePolicyVersion", policies).unwrap();
        assert_eq!(proof.request.unwrap()["resource"], format!("{policies}example"));
    }

    #[test]
    fn a_condition_is_met_in_the_request_that_shows_it() {
        let statement = json!({ "Effect": "Allow", "Action": "iot:UpdateCertificate", "Resource": "*",
            "Condition": { "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } } });
        let certificates = "arn:aws:iot:us-east-1:123456789012:cert/";
        let request = may(&statement, "iot:UpdateCertificate", certificates).unwrap().request.unwrap();
        assert!(request["context"]["aws:SourceIp"].as_str().unwrap().starts_with("203.0.113."), "{request}");
        assert_eq!(request["resource"], format!("{certificates}example"));
    }
}
