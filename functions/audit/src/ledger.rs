//! What was known and what is found now, made into what is to be written and told.

use std::collections::BTreeMap;

use crate::checks;
use crate::event::Change;
use crate::finding::{Actor, Finding, FindingId, State};
use crate::inventory::Taken;
use crate::judge::{Judgement, Open, Place};
use crate::touched::Touched;

/// The findings that stand, open or suppressed, by id.
pub type Known = BTreeMap<FindingId, Finding>;

/// What becomes of the findings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settled {
    /// Not there before.
    pub new: Vec<Finding>,
    /// There before and still; with what is seen now.
    pub still: Vec<Finding>,
    /// Right or gone now.
    pub resolved: Vec<Finding>,
}

/// Which places are open, for the checks to say what is right again.
pub fn open(known: &Known) -> Open {
    let mut open = Open::new();
    for finding in known.values() {
        // A check that this version does not have any more judges nothing: what it found is cleared below.
        if let Some(check) = finding.of_check() {
            open.entry(check.id).or_default().insert(finding.resource.clone());
        }
    }
    open
}

/// Settles what was known with what the checks say.
///
/// What a check could not judge, or was not asked, stays as it was: `Settled` does not name it. Findings of checks that
/// do not exist any more are resolved.
pub fn settle(known: &Known, judgement: &Judgement, taken: &Taken, changes: &[Change]) -> Settled {
    let mut settled = Settled::default();
    for ((check, resource), problem) in &judgement.problems {
        let Some(check) = checks::by_id(check) else { continue };
        let found = Finding::new(check, taken, resource, problem, blame(changes, resource));
        match known.get(&found.id) {
            None => settled.new.push(found),
            Some(before) => settled.still.push(Finding {
                first_seen: before.first_seen,
                state: before.state,
                suppressed: before.suppressed.clone(),
                // Who made it worse stands for who made it.
                actor: match found.actor.as_ref().filter(|_| found.is_worse_than(before)) {
                    Some(actor) => Some(actor.clone()),
                    None => before.actor.clone().or(found.actor),
                },
                ..found
            }),
        }
    }
    for finding in known.values() {
        let cleared = finding.of_check().is_none_or(|check| {
            let place: Place = (check.id, finding.resource.clone());
            judgement.cleared.contains(&place)
        });
        if cleared {
            let mut resolved = finding.clone();
            resolved.state = State::Resolved;
            resolved.resolved_at = Some(taken.at);
            resolved.resolved_by = blame(changes, &finding.resource).cloned();
            settled.resolved.push(resolved);
        }
    }
    settled
}

/// Whose call it was: the last one that names the resource, else the last that reaches further than what it names.
pub fn blame<'c>(changes: &'c [Change], resource: &str) -> Option<&'c Actor> {
    let latest = |wanted: &dyn Fn(&Touched) -> bool| {
        let changes = changes.iter().filter(|change| change.touched.iter().any(wanted));
        changes.max_by_key(|change| change.actor.at).map(|change| &change.actor)
    };
    latest(&|touched| touched.names(resource)).or_else(|| latest(&Touched::reaches_further))
}

impl Touched {
    /// Whether an ARN is of what was touched.
    fn names(&self, arn: &str) -> bool {
        let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
        // An access key stands after its user.
        let resource = resource.split('#').next().unwrap_or_default();
        let kind_and_name = |kind: &str, name: &str| {
            resource.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/')).is_some_and(|rest| {
                // IAM has paths before the name, video streams have the time of their making after it.
                rest == name || rest.rsplit('/').next() == Some(name) || rest.split('/').next() == Some(name)
            })
        };
        match self {
            Self::Role(name) => kind_and_name("role", name),
            Self::User(name) => kind_and_name("user", name),
            Self::Group(name) => kind_and_name("group", name),
            Self::IotPolicy(name) => kind_and_name("policy", name),
            Self::Certificate(id) => kind_and_name("cert", id),
            Self::Thing(name) => kind_and_name("thing", name),
            Self::Stream(name) | Self::DataStream(name) => kind_and_name("stream", name),
            Self::DeliveryStream(name) => kind_and_name("deliverystream", name),
            Self::FlinkApplication(name) => kind_and_name("application", name),
            Self::ManagedPolicy(named) | Self::Topic(named) => arn == named,
            Self::Key(named) => arn == named || kind_and_name("key", named),
            Self::All(_) => false,
        }
    }

    /// Whether what was touched shows in other resources: a group in its users, a managed policy wherever it is attached.
    fn reaches_further(&self) -> bool {
        match self {
            Self::Group(_) | Self::ManagedPolicy(_) | Self::Key(_) | Self::All(_) => true,
            Self::Role(_)
            | Self::User(_)
            | Self::IotPolicy(_)
            | Self::Certificate(_)
            | Self::Thing(_)
            | Self::Stream(_)
            | Self::DataStream(_)
            | Self::DeliveryStream(_)
            | Self::FlinkApplication(_)
            | Self::Topic(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::check::{CannotJudge, Problem, Proof};
    use crate::inventory::Moment;

    const CHECK: &str = "camera-role-does-more";
    const ROLE: &str = "arn:aws:iam::123456789012:role/fleet/camera";

    fn taken(seconds: i64) -> Taken {
        Taken { at: Moment::from_seconds(seconds), ..Taken::default() }
    }

    fn judgement(problems: &[&str], cleared: &[&str], unjudged: &[&str]) -> Judgement {
        let place = |arn: &&str| (CHECK, (*arn).to_owned());
        Judgement {
            problems: problems.iter().map(|arn| (place(arn), Problem::new("it is wrong"))).collect(),
            cleared: cleared.iter().map(place).collect(),
            unjudged: unjudged.iter().map(|arn| (place(arn), CannotJudge::new("nobody knows"))).collect(),
            ..Judgement::default()
        }
    }

    fn change(at: i64, call: &str, touched: Touched) -> Change {
        let at = Moment::from_seconds(at);
        let actor =
            Actor { who: "mallory".into(), address: "192.0.2.1".into(), call: call.into(), event_id: "e".into(), at };
        Change { actor, touched: vec![touched] }
    }

    fn known(settled: &Settled) -> Known {
        settled.new.iter().chain(&settled.still).map(|finding| (finding.id.clone(), finding.clone())).collect()
    }

    #[test]
    fn what_is_found_again_keeps_its_id_its_beginning_and_its_actor() {
        let changes = [change(1, "iam:PutRolePolicy", Touched::Role("camera".into()))];
        let first = settle(&Known::new(), &judgement(&[ROLE], &[], &[]), &taken(10), &changes);
        assert_eq!((first.new.len(), first.still.len(), first.resolved.len()), (1, 0, 0));
        assert_eq!(first.new[0].actor.as_ref().unwrap().call, "iam:PutRolePolicy");
        let second = settle(&known(&first), &judgement(&[ROLE], &[], &[]), &taken(20), &[]);
        assert_eq!((second.new.len(), second.still.len(), second.resolved.len()), (0, 1, 0));
        let still = &second.still[0];
        assert_eq!((still.first_seen, still.last_seen), (Moment::from_seconds(10), Moment::from_seconds(20)));
        assert_eq!((&still.id, &still.actor), (&first.new[0].id, &first.new[0].actor));
    }

    #[test]
    fn what_allows_more_than_before_is_worse_and_is_whose_call_made_it_so() {
        let allowing = |actions: &[&str]| {
            let mut judgement = judgement(&[ROLE], &[], &[]);
            for problem in judgement.problems.values_mut() {
                let proof = |action: &&str| Proof { because: "it".into(), request: Some(json!({ "action": action })) };
                problem.proofs = actions.iter().map(proof).collect();
            }
            judgement
        };
        let changes = |call: &str| [change(1, call, Touched::Role("camera".into()))];
        let first = settle(&Known::new(), &allowing(&["iam:PassRole", "a:B"]), &taken(10), &changes("iam:CreateRole"));
        let less = settle(&known(&first), &allowing(&["a:B"]), &taken(20), &changes("iam:DeleteRolePolicy"));
        let more = settle(&known(&less), &allowing(&["a:B", "a:C"]), &taken(30), &changes("iam:PutRolePolicy"));
        assert!(!less.still[0].is_worse_than(&first.new[0]) && more.still[0].is_worse_than(&less.still[0]));
        let calls = [&first.new, &less.still, &more.still].map(|all| all[0].actor.as_ref().unwrap().call.clone());
        assert_eq!(calls, ["iam:CreateRole", "iam:CreateRole", "iam:PutRolePolicy"]);
    }

    #[test]
    fn only_what_was_judged_to_be_right_is_resolved() {
        let known = known(&settle(&Known::new(), &judgement(&[ROLE], &[], &[]), &taken(10), &[]));
        for unknown in [judgement(&[], &[], &[ROLE]), judgement(&[], &[], &[])] {
            assert_eq!(settle(&known, &unknown, &taken(20), &[]), Settled::default());
        }
        let settled = settle(
            &known,
            &judgement(&[], &[ROLE], &[]),
            &taken(20),
            &[change(15, "iam:DeleteRolePolicy", Touched::Role("camera".into()))],
        );
        let [resolved] = settled.resolved.try_into().unwrap();
        assert_eq!((resolved.state, resolved.resolved_at), (State::Resolved, Some(Moment::from_seconds(20))));
        assert_eq!(resolved.resolved_by.unwrap().call, "iam:DeleteRolePolicy");
    }

    #[test]
    fn the_call_that_names_the_resource_is_blamed_before_one_that_reaches_further() {
        let policy = Touched::ManagedPolicy("arn:aws:iam::123456789012:policy/p".into());
        let changes = [
            change(3, "iam:CreatePolicyVersion", policy),
            change(1, "iam:PutRolePolicy", Touched::Role("camera".into())),
            change(2, "iam:AttachRolePolicy", Touched::Role("camera".into())),
            change(9, "iam:PutRolePolicy", Touched::Role("other".into())),
        ];
        let blamed = |resource: &str| blame(&changes, resource).map(|actor| actor.call.as_str());
        assert_eq!(blamed(ROLE), Some("iam:AttachRolePolicy"));
        assert_eq!(blamed("arn:aws:iam::123456789012:user/u"), Some("iam:CreatePolicyVersion"));
        assert_eq!(blame(&changes[1..], "arn:aws:iam::123456789012:user/u"), None);
    }

    #[test]
    fn an_arn_is_known_by_the_name_in_it() {
        for (touched, arn, names) in [
            (Touched::Stream("a".into()), "arn:aws:kinesisvideo:eu-west-1:1:stream/a/1700000000000", true),
            (Touched::Stream("1700000000000".into()), "arn:aws:kinesisvideo:eu-west-1:1:stream/a/1700000000000", true),
            (Touched::Stream("a".into()), "arn:aws:kinesisvideo:eu-west-1:1:stream/ab/1700000000000", false),
            (Touched::User("u".into()), "arn:aws:iam::1:user/path/u#1", true),
            (Touched::Role("u".into()), "arn:aws:iam::1:user/u", false),
            (Touched::Topic("arn:t".into()), "arn:t", true),
        ] {
            assert_eq!(touched.names(arn), names, "{touched:?} {arn}");
        }
    }
}
