//! A report of some two hundred findings, hostile names among them.

use std::collections::BTreeMap;

use audit::check::{CannotJudge, Proof};
use audit::checks;
use audit::finding::{Actor, Finding, FindingId, State, Suppressed};
use audit::inventory::{Moment, Taken};
use audit::report::{Report, Unjudged};
use serde_json::json;

/// Names that hope to be run, or to end what they stand in.
pub(crate) const HOSTILE: [&str; 6] = [
    "<script>window.ran=1</script>",
    "</script><script>window.ran=2</script>",
    "<img src=x onerror=window.ran=3>",
    "\"><svg onload=window.ran=4>",
    "' onmouseover='window.ran=5",
    "`<b onclick=window.ran=6>`${window.ran=7}",
];

const PLACES: [&str; 10] =
    ["gate-north", "gate-south", "dock", "yard", "lobby", "car-park", "roof", "stairs-2", "stairs-10", "lab"];

/// The report; `count` findings besides one for each hostile name.
pub(crate) fn report(count: usize) -> Report {
    let at: Moment = Moment("2026-11-22T10:00:00Z".parse().unwrap());
    let taken = Taken { account: "111122223333".into(), region: "eu-west-1".into(), partition: "aws".into(), at };
    let ids: Vec<&str> = checks::all().map(|check| check.id).chain(["was-a-check-once"]).collect();
    let mut findings: Vec<Finding> = (0..count).map(|n| finding(&taken, ids[n * 31 % ids.len()], n)).collect();
    for name in HOSTILE {
        let mut one = finding(&taken, ids[0], 0);
        one.resource = format!("arn:aws:iam::111122223333:role/{name}");
        one.id = FindingId::new(&one.check, &taken, &one.resource);
        one.sentence = format!("role {name} gives cameras more than sending video");
        one.actor = Some(Actor { who: name.into(), address: name.into(), ..actor(at, 3) });
        one.proofs = vec![Proof { because: name.into(), request: Some(json!({ "action": name })) }];
        findings.push(one);
    }
    let key = |one: &Finding| (std::cmp::Reverse(one.severity()), one.check.clone(), one.resource.clone());
    findings.sort_by_key(key);
    let new = findings.iter().filter(|one| one.first_seen == at && one.state == State::Open).map(|one| one.id.clone());
    let resolved = findings.iter().filter(|one| one.state == State::Resolved).map(|one| one.id.clone());
    Report {
        new: new.collect(),
        resolved: resolved.collect(),
        unjudged: unjudged(&ids),
        judged: ids.iter().map(|id| ((*id).to_owned(), 120)).collect::<BTreeMap<_, _>>(),
        notices: vec![
            "The suppression of `camera-role-does-more` for `*:role/lab-*` (audit.yaml, line 12; lab@example.com) ends \
             in 5 days, on 2026-11-27. Its reason was: The lab's cameras are simulated."
                .to_owned(),
        ],
        later: vec!["9,000 of 12,000 certificates had no turn in this sweep: 3,000 are looked at a day.".to_owned()],
        calls: 412,
        taken,
        findings,
    }
}

fn actor(at: Moment, n: usize) -> Actor {
    Actor {
        who: format!("arn:aws:sts::111122223333:assumed-role/deploy/{}", ["alice", "bob", "pipeline"][n % 3]),
        address: "198.51.100.7".into(),
        call: "iam:PutRolePolicy".into(),
        event_id: "6f2f1c0e-7c3c-4f0e-9a35-0f7a6f0f1d11".into(),
        at: at.plus_hours(-i64::try_from(n).unwrap()),
    }
}

fn finding(taken: &Taken, check: &str, n: usize) -> Finding {
    let place = PLACES[n % PLACES.len()];
    let name = format!("{place}-{}", n / PLACES.len());
    let (resource, sentence) = match n % 4 {
        0 | 1 => (
            format!("arn:aws:iam::111122223333:role/fleet/{name}"),
            format!(
                "role `{name}` gives cameras more than sending video: `kinesisvideo:DeleteStream`, \
                 `kinesisvideo:GetMedia` and 3 more"
            ),
        ),
        2 => (
            format!("arn:aws:kinesisvideo:eu-west-1:111122223333:stream/{name}/1700000000000"),
            format!("stream `{name}` keeps video for 2 hours, less than the 24 that are expected"),
        ),
        _ => (
            format!("arn:aws:iot:eu-west-1:111122223333:cert/{n:064x}"),
            format!("certificate `{n:08x}…` of `{name}` ends on 2026-12-{:02}", 1 + n % 28),
        ),
    };
    let hours = i64::try_from(n).unwrap();
    let mut one = Finding {
        id: FindingId::new(check, taken, &resource),
        check: check.to_owned(),
        account: taken.account.clone(),
        region: taken.region.clone(),
        resource,
        sentence,
        proofs: Vec::new(),
        state: State::Open,
        suppressed: None,
        first_seen: if n % 29 == 1 { taken.at } else { taken.at.plus_hours(-hours * 5 - 1) },
        last_seen: taken.at,
        resolved_at: None,
        actor: (n % 3 == 1).then(|| actor(taken.at, n)),
        resolved_by: None,
    };
    if n % 4 < 2 {
        let request = json!({
            "principal": format!("arn:aws:sts::111122223333:assumed-role/{name}/1f2e"),
            "action": "kinesisvideo:DeleteStream",
            "resource": "arn:aws:kinesisvideo:eu-west-1:111122223333:stream/other/1700000000000",
            "context": { "credentials-iot:ThingName": name },
        });
        let because = "statement 0 (`Everything`) of inline policy `video`: Allow `kinesisvideo:*` on `*`".to_owned();
        one.proofs = vec![Proof { because, request: Some(request) }];
    } else {
        one.proofs = vec![Proof { because: "`DataRetentionInHours` is 2".to_owned(), request: None }];
    }
    if n % 17 == 5 {
        one.state = State::Suppressed;
        one.suppressed = Some(Suppressed {
            reason: "The lab's cameras are simulated".into(),
            owner: "lab@example.com".into(),
            expires: "2026-11-27".into(),
        });
    }
    if n % 23 == 7 {
        one.state = State::Resolved;
        one.resolved_at = Some(taken.at);
        one.resolved_by = Some(Actor { call: "iam:DeleteRolePolicy".into(), ..actor(taken.at, n) });
    }
    one
}

fn unjudged(ids: &[&str]) -> Vec<Unjudged> {
    let one = |n: usize, because: &str, permission: Option<&str>| Unjudged {
        check: ids[n % ids.len()].to_owned(),
        resource: format!("arn:aws:iam::111122223333:role/hidden-{n}"),
        cannot: CannotJudge {
            because: because.to_owned(),
            permission: permission.map(str::to_owned),
            not_asked: false,
        },
    };
    let denied = (0..30)
        .map(|n| one(n, "its managed policies were not read, since access was denied", Some("iam:GetPolicyVersion")));
    denied.chain([one(31, "policy `p` cannot be read: it is no JSON", None)]).collect()
}
