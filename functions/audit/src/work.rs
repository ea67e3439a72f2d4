//! A batch of messages, worked off.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_lambda_events::event::sqs::SqsEvent;
use lambda::aws::counting_calls;
use lambda::call::CallError;
use lambda::metrics::{Metrics, Unit};
use tokio::time::{Instant, timeout_at};

use crate::Audit;
use crate::audit_file::{AuditFile, AuditFileError};
use crate::check::Severity;
use crate::conclude::{Look, conclude};
use crate::event::{Change, Denial, Malformed, Message};
use crate::finding::{Actor, Finding};
use crate::inventory::{Inventory, Listing, Missing, Seen};
use crate::read::{Stopped, now, now_seconds};
use crate::report::{Report, html, ocsf};
use crate::source::Source;
use crate::sweep::Checkpoint;

/// Time kept for the answer when an invocation runs out.
pub const RESERVE: Duration = Duration::from_secs(2);

/// What must be left to begin to judge and write a sweep: its checks, some hundred writes, the reports.
const ENOUGH: Duration = Duration::from_secs(90);

/// Where `audit.yaml` lies in the bucket.
pub const AUDIT_FILE: &str = "audit.yaml";

/// Why a message is handed back.
#[derive(Debug, thiserror::Error)]
pub enum HandBack {
    /// AWS did not answer as it must.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The people's file cannot be read: nothing is judged by half of it.
    #[error("`{AUDIT_FILE}` in the report bucket cannot be read: {0}")]
    File(#[from] AuditFileError),
    /// It is no text.
    #[error("`{AUDIT_FILE}` in the report bucket is no UTF-8 text")]
    NotText,
    /// What a sweep had read so far is not there any more, or cannot be read.
    #[error("what the sweep had read so far, `{0}`, is gone or damaged: the next sweep begins anew")]
    Lost(String),
    /// AWS did not answer what had to be known, so that a change is not judged yet.
    #[error("what a change touched could not be read: {0}")]
    Unread(Missing),
    /// The invocation's time is over.
    #[error("the time of the invocation is over")]
    OutOfTime,
}

impl HandBack {
    fn reason(&self) -> &'static str {
        match self {
            Self::Call(error) => error.class.as_str(),
            Self::File(_) | Self::NotText => "audit-file",
            Self::Lost(_) => "lost",
            Self::Unread(_) => "unread",
            Self::OutOfTime => "out-of-time",
        }
    }
}

/// Changes that are looked at together: what is done of a burst stays done when time runs out in its middle.
const PORTION: usize = 20;

/// A message as SQS gave it.
#[derive(Debug, Clone)]
struct Envelope {
    id: String,
    receipt: String,
}

/// What a batch asks for. Events that came more than once are one.
#[derive(Debug, Default)]
pub struct Order {
    changes: BTreeMap<String, (Change, Vec<Envelope>)>,
    denials: BTreeMap<String, (Denial, Vec<Envelope>)>,
    sweeps: Vec<(Option<Checkpoint>, Envelope)>,
    malformed: Vec<(Malformed, Envelope)>,
    nothing: Vec<&'static str>,
}

impl Order {
    /// Reads the messages of a batch, for the account with this number.
    pub fn read(event: SqsEvent, account: &str) -> Self {
        let mut order = Self::default();
        for record in event.records {
            let envelope = Envelope {
                id: record.message_id.unwrap_or_default(),
                receipt: record.receipt_handle.unwrap_or_default(),
            };
            match Message::parse(record.body.as_deref().unwrap_or_default(), account) {
                Ok(Message::Change(change)) => {
                    let entry = order.changes.entry(change.actor.event_id.clone());
                    entry.or_insert_with(|| (*change, Vec::new())).1.push(envelope);
                }
                Ok(Message::Denial(denial)) => {
                    let entry = order.denials.entry(denial.actor.event_id.clone());
                    entry.or_insert_with(|| (*denial, Vec::new())).1.push(envelope);
                }
                Ok(Message::Sweep) => order.sweeps.push((None, envelope)),
                Ok(Message::Continue(checkpoint)) => order.sweeps.push((Some(checkpoint), envelope)),
                Ok(Message::Nothing(why)) => order.nothing.push(why),
                Err(malformed) => order.malformed.push((malformed, envelope)),
            }
        }
        order
    }
}

impl Audit {
    /// Works everything off and answers the ids of the messages that are handed back.
    pub(crate) async fn work(&self, order: Order, until: Instant, metrics: &mut Metrics) -> Vec<String> {
        let mut failed = Vec::new();
        for (malformed, envelope) in &order.malformed {
            tracing::error!(message_id = envelope.id, reason = "malformed", detail = %malformed, "message is none of ours");
            metrics.count("Malformed", 1);
            failed.push(envelope.id.clone());
        }
        for why in &order.nothing {
            tracing::debug!(reason = why, "message passed over");
            metrics.count("OutOfScope", 1);
        }
        let events: Vec<Envelope> = {
            let changes = order.changes.values().flat_map(|(_, envelopes)| envelopes);
            changes.chain(order.denials.values().flat_map(|(_, envelopes)| envelopes)).cloned().collect()
        };
        if !events.is_empty() {
            let end = timeout_at(until, self.events(&order, metrics)).await.unwrap_or(Err(HandBack::OutOfTime));
            if let Err(error) = end {
                self.hand_back(&error, &events, metrics, &mut failed).await;
            }
        }
        // Orders to begin a sweep that come together are one.
        let first = order.sweeps.iter().position(|(checkpoint, _)| checkpoint.is_none());
        let once =
            |(at, (checkpoint, _)): &(usize, &(Option<Checkpoint>, _))| checkpoint.is_some() || Some(*at) == first;
        for (_, (checkpoint, envelope)) in order.sweeps.iter().enumerate().filter(once) {
            let work = self.sweep(checkpoint.as_ref(), &envelope.id, until, metrics);
            let end = timeout_at(until, work).await.unwrap_or(Err(HandBack::OutOfTime));
            if let Err(error) = end {
                self.hand_back(&error, std::slice::from_ref(envelope), metrics, &mut failed).await;
            }
        }
        failed
    }

    async fn hand_back(
        &self,
        error: &HandBack,
        envelopes: &[Envelope],
        metrics: &mut Metrics,
        failed: &mut Vec<String>,
    ) {
        let (reason, messages) = (error.reason(), envelopes.len());
        tracing::error!(reason, detail = %error, messages, "messages handed back");
        for envelope in envelopes {
            metrics.count_reason("Retried", reason);
            failed.push(envelope.id.clone());
        }
        // Without it the messages come back all the same, only later.
        let receipts: Vec<_> = envelopes.iter().map(|envelope| envelope.receipt.as_str()).collect();
        if let Err(error) = self.store.again_soon(&receipts).await {
            tracing::warn!(detail = %error, "messages come back late");
        }
    }

    /// What changed, a portion in one look.
    async fn events(&self, order: &Order, metrics: &mut Metrics) -> Result<(), HandBack> {
        let now_s = now_seconds();
        let ids: Vec<String> = order.changes.keys().chain(order.denials.keys()).cloned().collect();
        let messages = order.changes.values().map(|(_, envelopes)| envelopes.len());
        let messages: usize = messages.chain(order.denials.values().map(|(_, envelopes)| envelopes.len())).sum();
        let seen = self.store.seen(&ids).await?;
        let fresh: Vec<String> = ids.iter().filter(|id| !seen.contains(*id)).cloned().collect();
        let duplicates = messages.saturating_sub(fresh.len());
        metrics.count("Duplicate", u64::try_from(duplicates).unwrap_or(u64::MAX));
        metrics.count("Events", u64::try_from(fresh.len()).unwrap_or(u64::MAX));
        if fresh.is_empty() {
            return Ok(());
        }
        let is_fresh = |id: &String| !seen.contains(id);
        let denials: Vec<&Denial> =
            order.denials.iter().filter(|(id, _)| is_fresh(id)).map(|(_, (denial, _))| denial).collect();
        for denial in &denials {
            self.store.deny(denial, now_s).await?;
            metrics.count("Denied", 1);
        }
        let changes: Vec<Change> =
            order.changes.iter().filter(|(id, _)| is_fresh(id)).map(|(_, (change, _))| change.clone()).collect();
        let mut portions: Vec<&[Change]> = changes.chunks(PORTION).collect();
        if portions.is_empty() {
            portions.push(&[]);
        }
        let mut denials = denials.as_slice();
        for changes in portions {
            self.portion(changes, std::mem::take(&mut denials), metrics).await?;
        }
        Ok(())
    }

    /// A portion of what changed: looked at, told, and noted as done.
    async fn portion(&self, changes: &[Change], denials: &[&Denial], metrics: &mut Metrics) -> Result<(), HandBack> {
        let now_s = now_seconds();
        if !denials.is_empty() || changes.iter().any(|change| !change.touched.is_empty()) {
            let file = self.file().await?;
            let (mut inventory, calls) = counting_calls(self.scope.look(&self.aws, changes)).await;
            if !denials.is_empty() {
                inventory.denials = Listing::some(self.store.denials(now_s).await?, Missing::NotAsked);
            }
            let look = Look { inventory: &inventory, file: &file, whole: false, changes, later: &[], calls };
            let report = conclude(&self.store, look).await?;
            self.import(&report, false).await;
            tell(&report, metrics);
            // A permission that is missing stays so, and the sweep tells of it. A throttle ends.
            if let Some(missing) = inventory.unread() {
                return Err(HandBack::Unread(missing));
            }
        }
        let newest = changes.iter().map(|change| &change.actor).filter(|actor| is_of_change_rule(actor));
        if let Some(newest) = newest.map(|actor| actor.at).max() {
            // A date in the future would make the path look alive for as long.
            self.store.beat(newest.min(now()), now_s).await?;
        }
        let ids = changes.iter().map(|change| &change.actor).chain(denials.iter().map(|denial| &denial.actor));
        let ids: Vec<String> = ids.map(|actor| actor.event_id.clone()).collect();
        self.store.note(&ids, now_s).await?;
        Ok(())
    }

    /// A sweep from its beginning, or from where it went on.
    async fn sweep(
        &self,
        from: Option<&Checkpoint>,
        message: &str,
        until: Instant,
        metrics: &mut Metrics,
    ) -> Result<(), HandBack> {
        let (mut inventory, mut at) = match from {
            None => {
                let inventory = self.scope.begin();
                let sweep = inventory.taken.at.0.as_second();
                (inventory, Checkpoint { sweep, part: 0, source: Source::Authorization, token: None, calls: 0 })
            }
            Some(checkpoint) => {
                if !self.store.take(&checkpoint.key(), message, now_seconds()).await? {
                    tracing::info!(part = checkpoint.key(), "another message has this part of the sweep");
                    metrics.count("Duplicate", 1);
                    return Ok(());
                }
                let lost = || HandBack::Lost(checkpoint.key());
                let Some(saved) = self.store.get(&checkpoint.key()).await? else {
                    // Whoever had this part came to the end, removed it, and died before the message was done.
                    let ended = self.store.last_sweep().await?.map(|(ended, _)| ended);
                    return if ended >= Some(checkpoint.sweep) { Ok(()) } else { Err(lost()) };
                };
                (serde_json::from_slice(&saved).map_err(|_damaged| lost())?, checkpoint.clone())
            }
        };
        let file = self.file().await?;
        let reading = Instant::now().checked_add(self.settings.sweep_reading).unwrap_or(until);
        let reading = reading.min(until.checked_sub(ENOUGH).unwrap_or(until));
        let from_here = Stopped { source: at.source, token: at.token.take() };
        let tell_source = |source: Source, _: &Inventory| tracing::info!(source = ?source, "read");
        let read = self.scope.read(&self.aws, &mut inventory, from_here, reading, tell_source);
        let (stopped, calls) = counting_calls(read).await;
        at.calls = at.calls.saturating_add(calls);
        if let Some(Stopped { source, token }) = stopped {
            let next = Checkpoint { part: at.part.saturating_add(1), source, token, ..at };
            let saved = serde_json::to_vec(&inventory).map_err(|_damaged| HandBack::Lost(next.key()))?;
            self.store.put(&next.key(), "application/json", saved).await?;
            self.store.go_on(&next).await?;
            tracing::info!(part = next.key(), source = ?source, calls = next.calls, "sweep goes on in another invocation");
            return Ok(());
        }
        self.end_of_sweep(&mut inventory, &file, at.calls, metrics).await?;
        // What was read on the way is of no use any more; the bucket's lifecycle removes what is left behind.
        if at.part > 0
            && let Err(error) = self.store.remove(&at.key()).await
        {
            tracing::warn!(detail = %error, "what the sweep had read is left behind");
        }
        Ok(())
    }

    async fn end_of_sweep(
        &self,
        inventory: &mut Inventory,
        file: &AuditFile,
        calls: u32,
        metrics: &mut Metrics,
    ) -> Result<(), HandBack> {
        let now_s = now_seconds();
        inventory.denials = Listing::all(self.store.denials(now_s).await?);
        inventory.pulse = Seen::Is(self.store.pulse(now_s).await?);
        inventory.sort();
        let later: Vec<String> = self
            .scope
            .without_turn(inventory)
            .into_iter()
            .map(|source| {
                format!("{source:?} have their turn in tomorrow's sweep: the fleet is larger than one sweep's calls.")
            })
            .collect();
        let before = self.store.last_sweep().await?.map_or(0, |(ended, _)| ended);
        let look = Look { inventory, file, whole: true, changes: &[], later: &later, calls };
        let mut report = conclude(&self.store, look).await?;
        // What was read is of no more use, and the reports need room.
        *inventory = Inventory { taken: inventory.taken.clone(), ..Inventory::default() };
        since_last_sweep(&mut report, before, self.store.resolved_since(before).await?);
        let name = format!("reports/{}", inventory.taken.at.to_string().replace(':', "-"));
        let page = html::page(&report).into_bytes();
        self.store.put(&format!("{name}.html"), "text/html; charset=utf-8", page.clone()).await?;
        self.store.put("reports/latest.html", "text/html; charset=utf-8", page).await?;
        let mut lines = String::new();
        for line in ocsf::lines(&report) {
            lines.push_str(&line);
            lines.push('\n');
        }
        self.store.put(&format!("{name}.ocsf.jsonl"), "application/x-ndjson", lines.into_bytes()).await?;
        self.import(&report, true).await;
        metrics.count("Sweeps", 1);
        metrics.count("CouldNotCheck", u64::try_from(report.unjudged.len()).unwrap_or(u64::MAX));
        metrics.value("SweepCalls", Unit::Count, calls.into());
        for (severity, count) in report.totals() {
            metrics.count(open_metric(severity), u64::try_from(count).unwrap_or(u64::MAX));
        }
        tell(&report, metrics);
        tracing::info!(report = format!("{name}.html"), calls, could_not_check = report.unjudged.len(), "sweep ended");
        Ok(())
    }

    /// `audit.yaml`, or what holds without one.
    async fn file(&self) -> Result<AuditFile, HandBack> {
        match self.store.get(AUDIT_FILE).await? {
            None => Ok(AuditFile::default()),
            Some(bytes) => {
                let text = String::from_utf8(bytes).map_err(|_binary| HandBack::NotText)?;
                Ok(AuditFile::parse(&text)?)
            }
        }
    }

    /// Gives Security Hub what changed, or all in a sweep. What it does not take is told in the log: the findings stand
    /// in the table all the same, and the next sweep gives them again.
    async fn import(&self, report: &Report, all: bool) {
        if !self.settings.security_hub {
            return;
        }
        let changed = |finding: &Finding| report.is_new(finding) || report.is_resolved(finding);
        let findings: Vec<_> = report.findings.iter().filter(|finding| all || changed(finding)).collect();
        if let Err(error) = self.store.import(&report.taken, &findings).await {
            tracing::error!(detail = %error, "Security Hub did not take the findings");
        }
    }
}

/// Whether only the rule of changes can have sent it: what touches the watch itself comes through the other rule as well,
/// and does not show that this one is alive.
fn is_of_change_rule(actor: &Actor) -> bool {
    !["events:", "scheduler:", "cloudtrail:"].iter().any(|service| actor.call.starts_with(service))
}

/// What changed since the last sweep, also by the looks in between.
fn since_last_sweep(report: &mut Report, before: i64, resolved: Vec<Finding>) {
    let there: BTreeSet<_> = report.findings.iter().map(|finding| finding.id.clone()).collect();
    for finding in resolved.into_iter().filter(|finding| !there.contains(&finding.id)) {
        if report.resolved.insert(finding.id.clone()) {
            report.findings.push(finding);
        }
    }
    let new = report.open().filter(|finding| finding.first_seen.0.as_second() > before);
    let new: Vec<_> = new.map(|finding| finding.id.clone()).collect();
    report.new.extend(new);
}

/// Counts and logs what changed.
fn tell(report: &Report, metrics: &mut Metrics) {
    metrics.count("New", u64::try_from(report.new.len()).unwrap_or(u64::MAX));
    metrics.count("Resolved", u64::try_from(report.resolved.len()).unwrap_or(u64::MAX));
    for finding in &report.findings {
        let change = match (report.is_new(finding), report.is_resolved(finding)) {
            (true, _) => "finding opened",
            (_, true) => "finding resolved",
            _ => continue,
        };
        let (id, check, severity) = (finding.id.as_str(), finding.check.as_str(), finding.severity().as_str());
        let actor = finding.actor.as_ref().map(|actor| actor.who.as_str());
        tracing::warn!(id, check, severity, resource = finding.resource.as_str(), actor, change, "finding changed");
    }
    for unjudged in &report.unjudged {
        let (check, resource) = (unjudged.check.as_str(), unjudged.resource.as_str());
        tracing::warn!(check, resource, because = unjudged.cannot.because.as_str(), "could not check");
    }
}

fn open_metric(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "OpenCritical",
        Severity::High => "OpenHigh",
        Severity::Medium => "OpenMedium",
        Severity::Low => "OpenLow",
        Severity::Info => "OpenInfo",
    }
}
