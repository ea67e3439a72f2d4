//! A finding: a problem with an id that stays the same from run to run.

use std::collections::BTreeSet;
use std::fmt;

use fleet::secret::without_secrets;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::check::{Check, Group, Problem, Proof, Severity};
use crate::checks;
use crate::inventory::{Moment, Taken};

/// The same problem has the same id: made of the check, the account, the region and the resource. 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FindingId(String);

impl FindingId {
    /// The id of what a check finds at a resource.
    pub fn new(check: &str, taken: &Taken, resource: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [check, &taken.account, &taken.region, resource] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        Self(fleet::hex(&hash.finalize(), 16))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who did what led to a finding, or mended it, by CloudTrail's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    /// The ARN of the caller, or the name of the service.
    pub who: String,
    /// The address that the call came from, or the name of the service.
    pub address: String,
    /// The call, such as `iam:PutRolePolicy`.
    pub call: String,
    /// CloudTrail's id of it.
    pub event_id: String,
    /// When.
    pub at: Moment,
}

/// How a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is wrong.
    Open,
    /// It is wrong, and somebody said that this is meant.
    Suppressed,
    /// It was wrong.
    Resolved,
}

/// Why a finding is suppressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Suppressed {
    /// The reason that was given.
    pub reason: String,
    /// Who gave it.
    pub owner: String,
    /// The last day that it counts, such as `2027-03-31`.
    pub expires: String,
}

/// A problem of one resource, through time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Its id.
    pub id: FindingId,
    /// The check that found it.
    pub check: String,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The ARN of what is wrong.
    pub resource: String,
    /// What is wrong, without a full stop.
    pub sentence: String,
    /// What shows it.
    pub proofs: Vec<Proof>,
    /// How it stands.
    pub state: State,
    /// Why it is suppressed, when it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<Suppressed>,
    /// When it was first found, since it was last right.
    pub first_seen: Moment,
    /// When it was last found.
    pub last_seen: Moment,
    /// When it was found to be right, or gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Moment>,
    /// Whose call led to it, when an event did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
    /// Whose call resolved it, when an event did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<Actor>,
}

impl Finding {
    /// Whether something allows what nothing allowed before, by its proofs: then it is news, though it stood before.
    pub fn is_worse_than(&self, before: &Self) -> bool {
        let allowed = |finding: &Self| -> BTreeSet<(String, String)> {
            let proofs = finding.proofs.iter();
            let allowed = |proof: &Proof| {
                let action = proof.request.as_ref()?.get("action")?.as_str()?;
                Some((proof.because.clone(), action.to_owned()))
            };
            proofs.filter_map(allowed).collect()
        };
        !allowed(self).is_subset(&allowed(before))
    }

    /// A problem that was just found. A secret that stands in a policy is not told with it.
    pub fn new(check: &Check, taken: &Taken, resource: &str, problem: &Problem, actor: Option<&Actor>) -> Self {
        Self {
            id: FindingId::new(check.id, taken, resource),
            check: check.id.to_owned(),
            account: taken.account.clone(),
            region: taken.region.clone(),
            resource: resource.to_owned(),
            sentence: without_secrets(&problem.sentence).into_owned(),
            proofs: problem.proofs.iter().cloned().map(Proof::without_secrets).collect(),
            state: State::Open,
            suppressed: None,
            first_seen: taken.at,
            last_seen: taken.at,
            resolved_at: None,
            actor: actor.cloned(),
            resolved_by: None,
        }
    }

    /// The check, unless this version of kvs-warden has it no more.
    pub fn of_check(&self) -> Option<&'static Check> {
        checks::by_id(&self.check)
    }

    /// How bad; what is not known any more is worth knowing.
    pub fn severity(&self) -> Severity {
        self.of_check().map_or(Severity::Info, |check| check.severity)
    }

    /// What it is about.
    pub fn group(&self) -> Option<Group> {
        self.of_check().map(|check| check.group)
    }
}
