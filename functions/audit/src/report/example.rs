//! A report for the tests of those that write one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{Report, Unjudged};
use crate::check::{CannotJudge, Proof};
use crate::finding::{Actor, Finding, FindingId, State, Suppressed};
use crate::inventory::{Moment, Taken};

pub(crate) fn moment(text: &str) -> Moment {
    Moment(text.parse().unwrap())
}

fn taken() -> Taken {
    Taken {
        account: "111122223333".to_owned(),
        region: "eu-west-1".to_owned(),
        partition: "aws".to_owned(),
        at: moment("2026-11-22T10:00:00Z"),
    }
}

/// An open finding without proof.
pub(crate) fn finding(check: &str, resource: &str) -> Finding {
    let taken = taken();
    Finding {
        id: FindingId::new(check, &taken, resource),
        check: check.to_owned(),
        account: taken.account.clone(),
        region: taken.region.clone(),
        resource: resource.to_owned(),
        sentence: format!("`{resource}` is not as it should be"),
        proofs: Vec::new(),
        state: State::Open,
        suppressed: None,
        first_seen: moment("2026-11-20T08:30:00Z"),
        last_seen: taken.at,
        resolved_at: None,
        actor: None,
        resolved_by: None,
    }
}

pub(crate) fn actor(call: &str) -> Actor {
    Actor {
        who: "arn:aws:sts::111122223333:assumed-role/deploy/alice".to_owned(),
        address: "198.51.100.7".to_owned(),
        call: call.to_owned(),
        event_id: "6f2f1c0e-7c3c-4f0e-9a35-0f7a6f0f1d11".to_owned(),
        at: moment("2026-11-22T09:58:41Z"),
    }
}

/// One of each kind: new with an actor, old, suppressed, resolved, of a check that is gone, with a name that hopes to be
/// run, and two things that could not be judged.
pub(crate) fn report() -> Report {
    let mut new = finding("camera-role-does-more", "arn:aws:iam::111122223333:role/camera");
    new.sentence = "role `camera` gives cameras more than sending video: `kinesisvideo:DeleteStream`".to_owned();
    new.first_seen = taken().at;
    new.actor = Some(actor("iam:PutRolePolicy"));
    new.proofs = vec![Proof {
        because: "statement 0 (`Everything`) of inline policy `video`: Allow `kinesisvideo:*` on `*`".to_owned(),
        request: Some(json!({
            "principal": "arn:aws:sts::111122223333:assumed-role/camera/1f2e",
            "action": "kinesisvideo:DeleteStream",
            "resource": "arn:aws:kinesisvideo:eu-west-1:111122223333:stream/a/1",
            "context": { "credentials-iot:ThingName": "b" },
        })),
    }];
    let hostile = finding("camera-role-does-more", "arn:aws:iam::111122223333:role/<script>alert(1)</script>\u{1}");
    let gone = finding("was-a-check-once", "arn:aws:sns:eu-west-1:111122223333:alarms");
    let mut suppressed = finding("camera-role-does-more", "arn:aws:iam::111122223333:role/lab-1");
    suppressed.state = State::Suppressed;
    suppressed.suppressed = Some(Suppressed {
        reason: "The lab's cameras are simulated".to_owned(),
        owner: "lab@example.com".to_owned(),
        expires: "2027-03-31".to_owned(),
    });
    let mut resolved = finding("camera-role-does-more", "arn:aws:iam::111122223333:role/door");
    resolved.state = State::Resolved;
    resolved.last_seen = moment("2026-11-21T10:00:00Z");
    resolved.resolved_at = Some(taken().at);
    resolved.resolved_by = Some(actor("iam:DeleteRolePolicy"));
    let unjudged = |resource: &str, because: &str, permission: Option<&str>| Unjudged {
        check: "camera-role-does-more".to_owned(),
        resource: resource.to_owned(),
        cannot: CannotJudge {
            because: because.to_owned(),
            permission: permission.map(str::to_owned),
            not_asked: false,
        },
    };
    Report {
        taken: taken(),
        new: BTreeSet::from([new.id.clone()]),
        resolved: BTreeSet::from([resolved.id.clone()]),
        findings: vec![new, hostile, suppressed, resolved, gone],
        unjudged: vec![
            unjudged("arn:aws:iam::111122223333:root", "access was denied", Some("iam:GetAccountAuthorizationDetails")),
            unjudged("arn:aws:iam::111122223333:role/odd", "policy `p` cannot be read: it is no JSON", None),
        ],
        judged: BTreeMap::from([("camera-role-does-more".to_owned(), 12)]),
        notices: vec!["The suppression of `camera-role-does-more` for `*lab*` ends tomorrow, 2026-11-23.".to_owned()],
        later: vec!["4,000 of 10,000 certificates had no turn in this sweep.".to_owned()],
        calls: 87,
    }
}
