//! What a look comes to: the checks' word, settled with what was known, written down and told.

use std::collections::BTreeSet;

use lambda::call::CallError;

use crate::audit_file::AuditFile;
use crate::aws::store::{Entry, Kept, Store};
use crate::event::Change;
use crate::finding::{Finding, FindingId, State};
use crate::inventory::Inventory;
use crate::judge::judge;
use crate::ledger::{Known, Settled, open, settle};
use crate::read::now_seconds;
use crate::report::message::message;
use crate::report::{Report, beyond};
use crate::suppression;
use crate::world::World;

/// How long a worker has to announce what it wrote, in seconds, before another takes that over: longer than a function
/// can run.
const LEASE: i64 = 960;

/// What a look was about.
#[derive(Debug, Clone, Copy)]
pub struct Look<'l> {
    /// What was read.
    pub inventory: &'l Inventory,
    /// What is expected and what is meant to be as it is.
    pub file: &'l AuditFile,
    /// Whether it is a sweep, which looks at everything.
    pub whole: bool,
    /// The calls that led here.
    pub changes: &'l [Change],
    /// What had no turn in a sweep.
    pub later: &'l [String],
    /// AWS calls that the reading took.
    pub calls: u32,
}

/// What is to be written and told, before anything is.
#[derive(Debug, Default)]
struct Outcome {
    entries: Vec<Entry>,
    /// All that stands, and what is resolved now.
    findings: Vec<Finding>,
}

/// Judges, settles, writes, tells. Answers what there is to report.
///
/// What is told was written before by this worker and nobody else; it is told once, or, when a worker dies between the
/// telling and the note of it, twice.
pub async fn conclude(store: &Store, look: Look<'_>) -> Result<Report, CallError> {
    let Look { inventory, file, whole, changes, later, calls } = look;
    let now = now_seconds();
    let kept = store.findings().await?;
    let standing = kept.iter().filter(|kept| kept.finding.state != State::Resolved);
    let known: Known = standing.map(|kept| (kept.finding.id.clone(), kept.finding.clone())).collect();
    let judgement = judge(&World { inventory, expect: &file.expect }, &open(&known));
    let settled = settle(&known, &judgement, &inventory.taken, changes);
    let outcome = outcome(&kept, &known, settled, file, look);
    let made = store.write(&outcome.entries, now).await?;
    let won: Vec<Finding> =
        outcome.entries.iter().zip(&made).filter(|(_, made)| **made).filter_map(|(entry, _)| to_tell(entry)).collect();
    let mut to_tell = won;
    to_tell.extend(left_over(store, &kept, &to_tell, now).await?);
    let ids = |state: State| to_tell.iter().filter(move |one| one.state == state).map(|one| one.id.clone()).collect();
    let mut findings = outcome.findings;
    let there: BTreeSet<FindingId> = findings.iter().map(|finding| finding.id.clone()).collect();
    findings.extend(to_tell.iter().filter(|finding| !there.contains(&finding.id)).cloned());
    let mut notices = beyond(&judgement);
    notices.extend(suppression::notices(&file.suppress, &findings, inventory.taken.at, whole));
    let report = Report {
        new: ids(State::Open),
        resolved: ids(State::Resolved),
        notices: if whole { notices } else { Vec::new() },
        later: later.to_vec(),
        calls,
        ..Report::of(inventory, judgement, findings)
    };
    tell(store, &report, whole, now).await?;
    let told: Vec<Entry> = to_tell.into_iter().map(|finding| Entry::Told { finding }).collect();
    store.write(&told, now).await?;
    Ok(report)
}

/// What is written for what stands and what is resolved.
fn outcome(kept: &[Kept], known: &Known, settled: Settled, file: &AuditFile, look: Look<'_>) -> Outcome {
    let resolved: BTreeSet<_> = settled.resolved.iter().map(|finding| finding.id.clone()).collect();
    let seen: BTreeSet<_> = settled.still.iter().map(|finding| finding.id.clone()).collect();
    let unseen = known.values().filter(|finding| !resolved.contains(&finding.id) && !seen.contains(&finding.id));
    let mut standing: Vec<Finding> = unseen.cloned().chain(settled.still).chain(settled.new).collect();
    suppression::apply(&mut standing, &file.suppress, look.inventory.taken.at);
    let untold: BTreeSet<_> = kept.iter().filter(|kept| !kept.told).map(|kept| &kept.finding.id).collect();
    let mut outcome = Outcome::default();
    for finding in &standing {
        let entry = match known.get(&finding.id) {
            None => Entry::New { finding: finding.clone(), told: finding.state == State::Suppressed },
            Some(before) => {
                // What is about to be announced by somebody is left alone until it was.
                if untold.contains(&finding.id) {
                    continue;
                }
                // The end of a suppression is news, and so is what allows more than before.
                let news = before.state == State::Suppressed || finding.is_worse_than(before);
                let told = !(news && finding.state == State::Open);
                let same = Finding { last_seen: before.last_seen, ..finding.clone() } == *before;
                // A sweep notes when something was last seen; a look only what is otherwise than before.
                if same && !(look.whole && finding.last_seen > before.last_seen) {
                    continue;
                }
                Entry::Still { finding: finding.clone(), told }
            }
        };
        outcome.entries.push(entry);
    }
    outcome.entries.extend(settled.resolved.iter().cloned().map(|finding| Entry::Resolved { finding }));
    outcome.findings = standing;
    outcome.findings.extend(settled.resolved);
    outcome
}

/// What of a change is to be told.
fn to_tell(entry: &Entry) -> Option<Finding> {
    match entry {
        Entry::New { finding, told: false } | Entry::Still { finding, told: false } | Entry::Resolved { finding } => {
            Some(finding.clone())
        }
        Entry::New { .. } | Entry::Still { .. } | Entry::Told { .. } | Entry::Claimed { .. } => None,
    }
}

/// What a worker wrote, and died before it told: ours now.
async fn left_over(store: &Store, kept: &[Kept], ours: &[Finding], now: i64) -> Result<Vec<Finding>, CallError> {
    let late = |kept: &&Kept| !kept.told && kept.written < now.saturating_sub(LEASE);
    let ours: BTreeSet<_> = ours.iter().map(|finding| &finding.id).collect();
    let others = |kept: &&Kept| !ours.contains(&kept.finding.id);
    let claims: Vec<Entry> =
        kept.iter().filter(late).filter(others).map(|kept| Entry::Claimed { kept: kept.clone() }).collect();
    let made = store.write(&claims, now).await?;
    let claimed = claims.into_iter().zip(made).filter(|(_, made)| *made);
    Ok(claimed
        .filter_map(|(entry, _)| match entry {
            Entry::Claimed { kept } => Some(kept.finding),
            Entry::New { .. } | Entry::Still { .. } | Entry::Resolved { .. } | Entry::Told { .. } => None,
        })
        .collect())
}

/// Announces, when there is something to say. What a sweep could not check, and what it remarks on suppressions, is
/// said when it is otherwise than at the last sweep.
async fn tell(store: &Store, report: &Report, whole: bool, now: i64) -> Result<(), CallError> {
    let mut said = report.clone();
    if whole {
        let remarks = remarks(report);
        let before = store.last_sweep().await?.map(|(_, remarks)| remarks);
        if before.as_deref().unwrap_or_default() == remarks {
            (said.notices, said.unjudged) = (Vec::new(), Vec::new());
        }
        if let Some(message) = message(&said) {
            store.publish(&message).await?;
        }
        store.sweep_ended(now, &remarks).await
    } else {
        said.unjudged = Vec::new();
        match message(&said) {
            Some(message) => store.publish(&message).await,
            None => Ok(()),
        }
    }
}

fn remarks(report: &Report) -> String {
    let unjudged = report.unjudged.iter().map(|one| format!("{} {}", one.check, one.cannot.because));
    let all: BTreeSet<String> = report.notices.iter().cloned().chain(unjudged).collect();
    // An item of the table has room for 400 KB; what is cut off would only be said once more.
    let all: Vec<String> = all.into_iter().collect();
    all.join("\n").chars().take(50_000).collect()
}
