//! What a look found, for people and for other tools.

pub mod asff;
#[cfg(test)]
pub(crate) mod example;
pub mod html;
pub mod message;
pub mod ocsf;
mod resource;
pub mod sarif;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::audit_file::AuditFile;
use crate::check::{CannotJudge, Severity};
use crate::finding::{Finding, FindingId, State};
use crate::inventory::{Inventory, Taken};
use crate::judge::{Judgement, MOST, Open, judge};
use crate::ledger::{Known, settle};
use crate::suppression;
use crate::world::World;

/// What a look, or a sweep, found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Where and when.
    pub taken: Taken,
    /// What is open or suppressed now, and what this look resolved. The worst first, then by check and resource.
    pub findings: Vec<Finding>,
    /// Those of them that were not open before.
    pub new: BTreeSet<FindingId>,
    /// Those of them that were open before and are right, or gone.
    pub resolved: BTreeSet<FindingId>,
    /// What could not be checked.
    pub unjudged: Vec<Unjudged>,
    /// How many subjects each check judged.
    pub judged: BTreeMap<String, usize>,
    /// What to know beside the findings: suppressions that end soon, have ended, or match nothing, and checks that found more
    /// than is listed. Full sentences.
    pub notices: Vec<String>,
    /// What had no turn in this sweep, and why. Full sentences.
    pub later: Vec<String>,
    /// How many AWS calls it took.
    pub calls: u32,
}

/// What a check could not judge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unjudged {
    /// The check.
    pub check: String,
    /// The resource, or the account when a whole list is missing.
    pub resource: String,
    /// Why, and which permission would tell.
    #[serde(flatten)]
    pub cannot: CannotJudge,
}

impl Report {
    /// What the checks say of an inventory when nothing is known from before: everything is as if it stood since then.
    pub fn once(inventory: &Inventory, file: &AuditFile, calls: u32) -> Self {
        let judgement = judge(&World { inventory, expect: &file.expect }, &Open::default());
        let settled = settle(&Known::default(), &judgement, &inventory.taken, &[]);
        let mut findings = settled.new;
        suppression::apply(&mut findings, &file.suppress, inventory.taken.at);
        let mut notices = beyond(&judgement);
        notices.extend(suppression::notices(&file.suppress, &findings, inventory.taken.at, true));
        Self { notices, calls, ..Self::of(inventory, judgement, findings) }
    }

    /// What stands, with what the checks said beside it.
    pub fn of(inventory: &Inventory, judgement: Judgement, mut findings: Vec<Finding>) -> Self {
        findings.sort_by_cached_key(|finding| {
            (Reverse(finding.severity()), finding.check.clone(), finding.resource.clone())
        });
        let unjudged = judgement.unjudged.into_iter();
        Self {
            taken: inventory.taken.clone(),
            findings,
            new: BTreeSet::new(),
            resolved: BTreeSet::new(),
            unjudged: unjudged
                .map(|((check, resource), cannot)| Unjudged { check: check.to_owned(), resource, cannot })
                .collect(),
            judged: judgement.judged.into_iter().map(|(check, count)| (check.to_owned(), count)).collect(),
            notices: Vec::new(),
            later: Vec::new(),
            calls: 0,
        }
    }

    /// The findings that are open.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.state == State::Open)
    }

    /// How many are open, by severity; the worst first, also those with none.
    pub fn totals(&self) -> Vec<(Severity, usize)> {
        let count = |severity| self.open().filter(|finding| finding.severity() == severity).count();
        Severity::ALL.into_iter().map(|severity| (severity, count(severity))).collect()
    }

    /// Whether a finding was not open before.
    pub fn is_new(&self, finding: &Finding) -> bool {
        self.new.contains(&finding.id)
    }

    /// Whether a finding was open before and is right, or gone.
    pub fn is_resolved(&self, finding: &Finding) -> bool {
        self.resolved.contains(&finding.id)
    }

    /// The permissions that would let more be checked, each once.
    pub fn missing_permissions(&self) -> Vec<&str> {
        let mut missing: Vec<_> = self.unjudged.iter().filter_map(|one| one.cannot.permission.as_deref()).collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }
}

/// What is to be said of checks that found more than is listed.
pub fn beyond(judgement: &Judgement) -> Vec<String> {
    let sentence = |(check, more): (&&str, &usize)| {
        format!(
            "`{check}` found {more} more than the {MOST} that are listed: they take the places of those that are mended."
        )
    };
    judgement.beyond.iter().map(sentence).collect()
}
