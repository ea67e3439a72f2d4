//! One look: what is spent, what each stream should be, the difference made, and what is told of it.

mod compare;
mod operator;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::StreamExt as _;
use lambda::call::{CallError, Class};
use lambda::metrics::{Metrics, Unit};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use crate::apply::{Done, Order, apply, forget, remind, to_ask, wish};
use crate::aws::{Alert, Asked, Known, Last, Listed, Measure, Settled, Told};
use crate::budget::Figures;
use crate::camera::{Mark, Stream, Target};
use crate::effect::Effect;
use crate::ladder::Unmanaged;
use crate::money::Money;
use crate::notice::{Kind, Notice, disagreement};
use crate::plan::{Plan, World, plan, release, released};
use crate::report::{Counts, Failed, Report};
use crate::tags::{Said, Tags};
use crate::traffic::Traffic;
use crate::trust::trusted;
use crate::{Budget, now_seconds};

pub use operator::Released;

/// Streams that are changed at once: the pace of the calls is kept elsewhere, most of the time is waiting.
const AT_ONCE: usize = 16;

/// What must be left to begin a stream: its calls when AWS is slow.
const ENOUGH: Duration = Duration::from_secs(20);

/// How long nothing is tried again that somebody else is in the way of, in seconds.
const AGAIN: i64 = 6 * 3_600;

/// How much longer than the period lasts cameras are asked for less, in seconds: they would all begin anew by themselves
/// before it is known what becomes of them.
const BEYOND: i64 = 86_400;

/// What must be left to tell and note what was done.
const TELLING: Duration = Duration::from_secs(40);

/// What a look goes by.
#[derive(Debug)]
pub struct Ground {
    /// The budget's figures; None when there is nothing to go by, for which `why` is a full sentence.
    pub figures: Result<Figures, NoFigures>,
    /// Its notifications, or what AWS said instead: they are for people only.
    pub alerts: Result<Vec<Alert>, String>,
    /// The streams.
    pub streams: Vec<Stream>,
    /// When each was made, by ARN, in seconds since 1970.
    pub created: BTreeMap<String, i64>,
    /// When, in seconds since 1970.
    pub now: i64,
}

/// Why there are no figures to go by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoFigures {
    /// There is no such budget: whatever was throttled by it comes back.
    Gone,
    /// Nothing may change. The sentence says why.
    Unfit(String),
}

/// What a look found out and did, stream by stream.
struct Work<'w> {
    ground: &'w mut Ground,
    plan: Plan,
    known: &'w BTreeMap<String, Known>,
    /// What cameras are asked for now, by stream, where that changed.
    asked: BTreeMap<String, Option<Asked>>,
    failed: Vec<Failed>,
    /// How many of these AWS had no time for: the next look may succeed.
    errors: usize,
    left: usize,
}

/// What is to be done with a stream.
enum Deed<'w> {
    /// Its tags are to be changed, and what its camera is asked for.
    Change(Mark),
    /// Only what its camera is asked for.
    Ask(Option<&'w str>),
}

/// What a look came to, beside its report.
struct Outcome {
    /// What it went by, when that left nothing to do already.
    settled: Option<Settled>,
    /// What could not be done, which is so again with each look.
    undone: Vec<Failed>,
    /// How much of it AWS had no time for.
    errors: usize,
}

impl Budget {
    /// Looks, and does what is to be done. Answers whether all of it is done.
    pub(crate) async fn look(
        &self,
        notices: &[&Notice],
        until: Instant,
        metrics: &mut Metrics,
    ) -> Result<bool, CallError> {
        let settings = &self.settings;
        let last = self.aws.last(&settings.table).await?;
        let mut ground = self.ground(&last).await?;
        let mut known = self.aws.known(&settings.table).await?;
        inherit(&mut known, &ground.streams);
        let settled = self.settled(&ground, &last);
        let (plan, unplanned) = match &settled {
            Some(settled) => (settled.plan(&ground.streams, settings.ladder.unmanaged()), None),
            None => match self.planned(&mut ground).await {
                Ok(plan) => (plan, None),
                // What became critical comes back all the same.
                Err(error) => (self.unmeasured(&ground, &error), Some(error)),
            },
        };
        let (asked, failed, errors) = (BTreeMap::new(), Vec::new(), usize::from(unplanned.is_some()));
        let mut work = Work { ground: &mut ground, plan, known: &known, asked, failed, errors, left: 0 };
        if !settings.dry_run {
            self.make(&mut work, until).await;
        }
        let Work { plan, asked, failed, errors, left, .. } = work;
        let outcome = Outcome { settled, undone: failed.clone(), errors };
        let mut report = self.report(&ground, &plan, notices, failed, left);
        let noted = self.compare(&ground, &plan, &known, &asked, &mut report).await;
        self.tell(&ground, &plan, last, &report, &outcome, &noted.told).await?;
        self.forget(&noted.forget, until).await;
        count(&report, metrics);
        if let Some(error) = unplanned {
            return Err(error);
        }
        metrics.count("Looks", 1);
        Ok(left == 0)
    }

    /// Reads what a look goes by. Nothing is changed.
    pub async fn ground(&self, last: &Last) -> Result<Ground, CallError> {
        let now = now_seconds();
        let told = self.aws.figures(&self.settings, now).await?;
        let (figures, alerts) = match told {
            Told::Figures(figures) => {
                let alerts = self.aws.alerts(&self.settings).await.map_err(|error| error.to_string());
                (trusted(figures, last, now).map_err(NoFigures::Unfit), alerts)
            }
            Told::Gone => (Err(NoFigures::Gone), Ok(Vec::new())),
            Told::Unfit(why) => (Err(NoFigures::Unfit(why)), Ok(Vec::new())),
        };
        let mut tags = self.aws.tags().await?;
        let mut created = BTreeMap::new();
        let listed = self.aws.streams().await?.into_iter();
        let streams = listed.map(|stream| {
            created.insert(stream.arn.clone(), stream.created);
            let tags = tags.remove(&stream.arn).unwrap_or_default();
            self.stream(stream, &tags)
        });
        let streams = streams.collect();
        Ok(Ground { figures, alerts, streams, created, now })
    }

    fn stream(&self, listed: Listed, tags: &Tags) -> Stream {
        let said = Said::of(tags);
        Stream {
            arn: listed.arn,
            name: listed.name,
            thing: said.thing,
            priority: said.priority,
            held: said.held,
            standing: said.standing,
            traffic: None,
            retention_hours: listed.retention_hours,
            tier: self.settings.tier,
        }
    }

    /// What the last look came to, when it left nothing to do and nothing is otherwise since.
    fn settled(&self, ground: &Ground, last: &Last) -> Option<Settled> {
        let figures = ground.figures.as_ref().ok()?;
        let settled = last.settled.as_ref()?;
        let in_time = settled.until.is_none_or(|until| ground.now < until);
        (in_time && settled.by == self.by(figures, &ground.streams)).then(|| settled.clone())
    }

    /// What each stream should be. What comes in is measured when that may decide something, which costs.
    pub async fn planned(&self, ground: &mut Ground) -> Result<Plan, CallError> {
        let unmanaged = self.settings.ladder.unmanaged();
        let figures = match &ground.figures {
            Ok(figures) => figures,
            Err(NoFigures::Gone) => return Ok(release(&ground.streams, unmanaged)),
            Err(NoFigures::Unfit(_)) => return Ok(Plan::keep(&ground.streams, unmanaged)),
        };
        let first = plan(&self.world(figures, ground));
        if first.rungs.is_empty() {
            return Ok(first);
        }
        let (from, until) = Traffic::window(0, ground.now);
        let names: Vec<&str> =
            ground.streams.iter().filter(|it| it.may_give_way()).map(|it| it.name.as_str()).collect();
        let mut bytes = self.aws.hours(&names, Measure::Bytes, from, until).await?;
        let mut fragments = match self.settings.tier {
            fleet::StorageTier::Hot => BTreeMap::new(),
            fleet::StorageTier::Warm => self.aws.hours(&names, Measure::Fragments, from, until).await?,
        };
        for stream in ground.streams.iter_mut().filter(|stream| stream.may_give_way()) {
            let created = ground.created.get(&stream.arn).copied().unwrap_or_default();
            let (from, until) = Traffic::window(created, ground.now);
            let [bytes, fragments] =
                [&mut bytes, &mut fragments].map(|all| all.remove(&stream.name).unwrap_or_default());
            stream.traffic = Traffic::of_hours(&bytes, &fragments, from, until);
        }
        let Ok(figures) = &ground.figures else { return Ok(first) };
        Ok(plan(&self.world(figures, ground)))
    }

    /// What each stream should be when what comes in could not be measured.
    fn unmeasured(&self, ground: &Ground, error: &CallError) -> Plan {
        let kept = Plan::keep(&ground.streams, self.settings.ladder.unmanaged());
        let remark = format!(
            "What comes in could not be measured ({error}): nothing gives way, and nothing comes back but what became critical."
        );
        Plan { remarks: vec![remark], ..kept }
    }

    fn world<'w>(&'w self, figures: &'w Figures, ground: &'w Ground) -> World<'w> {
        World {
            figures,
            ladder: &self.settings.ladder,
            prices: &self.settings.prices,
            streams: &ground.streams,
            now: ground.now,
            budget_id: &self.settings.budget_id,
        }
    }

    /// Makes the difference, as far as the time reaches: what comes back first, of that what matters most; then what gives
    /// way, of that what matters least; then what cameras are asked for.
    async fn make(&self, work: &mut Work<'_>, until: Instant) {
        let ground = &*work.ground;
        let asked = |stream: &Stream| work.known.get(&stream.arn).and_then(|known| known.asked.as_ref());
        // When a period begins anew, AWS has no figures of it yet by which to say so.
        let end = ground.figures.as_ref().ok().map(|figures| figures.period.end.saturating_add(BEYOND));
        let wish = end.map(|end| wish(self.settings.ladder.reduced(), end));
        let mut deeds: Vec<(usize, &Stream, Deed<'_>)> = Vec::new();
        for (at, (stream, decision)) in ground.streams.iter().zip(&work.plan.decisions).enumerate() {
            if decision.changes() {
                let mark = match &ground.figures {
                    Ok(figures) => self.world(figures, ground).mark(stream, decision.to),
                    Err(_) => released(stream, ground.now),
                };
                deeds.push((at, stream, Deed::Change(mark)));
            } else if let Some(wanted) = to_ask(stream, wish.as_deref(), asked(stream)) {
                deeds.push((at, stream, Deed::Ask(wanted)));
            }
        }
        deeds.sort_by_key(|(at, stream, deed)| {
            let priority = stream.priority.clone().ok();
            match deed {
                // What matters most comes back first, what matters least goes first.
                Deed::Change(mark) if mark.state.target() < stream.standing.target() => {
                    (0, Some(Reverse(priority)), None, *at)
                }
                Deed::Change(_) => (1, None, priority, *at),
                Deed::Ask(_) => (2, None, priority, *at),
            }
        });
        let enough = until.checked_sub(ENOUGH.saturating_add(TELLING)).unwrap_or(until);
        let ends: Vec<_> = futures_util::stream::iter(deeds)
            .map(|(at, stream, deed)| {
                let (asked, wish) = (asked(stream), wish.as_deref());
                async move {
                    if Instant::now() >= enough {
                        return (at, None);
                    }
                    (at, Some(Box::pin(self.one(stream, &deed, wish, asked)).await))
                }
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        for (at, end) in ends {
            let Some(end) = end else {
                work.left = work.left.saturating_add(1);
                continue;
            };
            let (Some(stream), Some(decision)) = (work.ground.streams.get_mut(at), work.plan.decisions.get(at)) else {
                continue;
            };
            let because = match end {
                Ok(Done::Made { standing, asked, trouble }) => {
                    if stream.standing != standing {
                        tracing::info!(stream = stream.name, to = decision.to.as_str(), "stream changed");
                    }
                    stream.standing = standing;
                    work.asked.insert(stream.arn.clone(), asked);
                    trouble
                }
                Ok(Done::Gone) => None,
                Ok(Done::Left { why, standing }) => {
                    stream.standing = standing;
                    Some(why)
                }
                Err(error) => {
                    let passes = matches!(error.class, Class::Throttled | Class::Unavailable);
                    work.errors = work.errors.saturating_add(usize::from(passes));
                    Some(error.to_string())
                }
            };
            let Some(because) = because else { continue };
            let to = decision.to;
            tracing::warn!(stream = stream.name, to = to.as_str(), detail = because, "stream is not as it should be");
            work.failed.push(Failed { stream: stream.name.clone(), to, because });
        }
    }

    async fn one(
        &self,
        stream: &Stream,
        deed: &Deed<'_>,
        wish: Option<&str>,
        asked: Option<&Asked>,
    ) -> Result<Done, CallError> {
        match deed {
            // Without figures nothing is asked for, and all comes back.
            Deed::Change(mark) => apply(&self.aws, stream, Order { mark, wish: wish.unwrap_or("null"), asked }).await,
            Deed::Ask(wanted) => remind(&self.aws, stream, *wanted, asked).await,
        }
    }

    /// Takes away marks that are of no more use, as far as the time reaches. The next look takes the others.
    async fn forget(&self, arns: &[String], until: Instant) {
        let enough = until.checked_sub(ENOUGH).unwrap_or(until);
        let ends = arns.iter().map(|arn| async move {
            if Instant::now() < enough
                && let Err(error) = forget(&self.aws, arn).await
            {
                tracing::warn!(stream = arn, detail = %error, "a mark stays for now");
            }
        });
        futures_util::stream::iter(ends).buffer_unordered(AT_ONCE).collect::<()>().await;
    }

    fn report(&self, ground: &Ground, plan: &Plan, notices: &[&Notice], failed: Vec<Failed>, left: usize) -> Report {
        let settings = &self.settings;
        let mut remarks = plan.all_remarks();
        match &ground.figures {
            Ok(_) => {}
            Err(NoFigures::Gone) => remarks.push(format!(
                "There is no budget `{}`: whatever gave way comes back, and nothing more gives way.",
                settings.budget
            )),
            Err(NoFigures::Unfit(why)) => remarks.push(format!("{why}.")),
        }
        if let Err(error) = &ground.alerts {
            remarks.push(format!("AWS did not say which of the budget's notifications are over: {error}."));
        }
        let mut told: Vec<String> = Vec::new();
        let mut doubts: Vec<String> = Vec::new();
        for notice in notices.iter().filter(|notice| !matches!(notice.kind, Kind::Schedule | Kind::Continue)) {
            told.push(notice.in_short());
            doubts.extend(notice.doubts.iter().cloned());
            if let (Kind::Budget(claim), Ok(figures)) = (&notice.kind, &ground.figures) {
                doubts.extend(disagreement(claim, &figures.currency, figures.limit, figures.actual, figures.forecast));
            }
        }
        for doubt in &doubts {
            tracing::warn!(detail = doubt, "a notice is not what AWS says");
        }
        told.extend(doubts.iter().cloned());
        let next = i64::from(settings.every_minutes).saturating_mul(60);
        Report {
            account: settings.account.to_string(),
            budget: settings.budget.clone(),
            figures: ground.figures.clone().ok(),
            alerts: ground.alerts.clone().unwrap_or_default(),
            rungs: plan.rungs.clone(),
            saving: plan.saving,
            changed: Vec::new(),
            failed,
            gaps: Vec::new(),
            counts: counts(&ground.streams),
            without_effect: 0,
            remarks,
            notices: told,
            doubts,
            left,
            at: ground.now,
            next: ground.now.saturating_add(next),
            dry_run: settings.dry_run,
        }
    }

    /// Tells what is news, and notes that it was told. Who dies in between tells it twice.
    async fn tell(
        &self,
        ground: &Ground,
        plan: &Plan,
        last: Last,
        report: &Report,
        outcome: &Outcome,
        told: &[(String, Option<Known>)],
    ) -> Result<(), CallError> {
        let settings = &self.settings;
        let mut said = said(report, plan, &outcome.undone);
        if settings.dry_run && outcome.settled.is_some() {
            // It was not worked out again.
            said.extend(last.said.iter().cloned());
        }
        // What a dry run would change it would change at each look.
        let changed = !settings.dry_run && report.is_news();
        let sent =
            if changed { self.aws.publish_all(&settings.throttle_topic, &report.throttles()).await } else { Ok(()) };
        // People are told even when other systems could not be.
        if changed || report.failed.len() > outcome.undone.len() || !said.is_subset(&last.said) {
            self.aws.publish(&settings.report_topic, &report.message()).await?;
        }
        sent?;
        self.aws.note(&settings.table, told).await?;
        let repeated = outcome.undone.iter().all(|failed| last.said.contains(&undone(failed)));
        let mut now = Last { settled: None, said, ..last.clone() };
        if let Ok(figures) = &ground.figures {
            if figures.is_of() {
                (now.period, now.actual, now.seen) = (figures.period.key(), figures.actual, figures.updated);
            }
            if let Some(settled) = &outcome.settled {
                now.settled = Some(settled.clone());
            } else if report.left == 0 && outcome.errors == 0 && repeated {
                // What somebody else is in the way of is tried again from time to time.
                let again = (!outcome.undone.is_empty()).then(|| ground.now.saturating_add(AGAIN));
                let waits = plan.waits_until(&ground.streams, &settings.ladder);
                now.settled = Some(Settled {
                    by: self.by(figures, &ground.streams),
                    until: again.into_iter().chain(waits).min(),
                    rungs: plan.rungs.clone(),
                    remarks: plan.remarks.clone(),
                    short: (plan.short, plan.short_of.clone()),
                    saving: plan.saving,
                });
            }
        }
        if now == last { Ok(()) } else { self.aws.note_last(&settings.table, &now).await }
    }

    /// All that a plan goes by but the time: the same again needs no new plan. Of when the figures are only the day counts.
    fn by(&self, figures: &Figures, streams: &[Stream]) -> String {
        let mut hash = Sha256::new();
        let mut add = |text: &str| {
            hash.update(text.as_bytes());
            hash.update([0]);
        };
        add(&format!("{:?}", Figures { updated: figures.updated.div_euclid(86_400), ..figures.clone() }));
        add(&format!("{:?}", self.settings.ladder));
        add(&format!("{:?}", self.settings.prices));
        add(&format!("{}", self.settings.dry_run));
        for stream in streams {
            let Stream { arn, name: _, thing, priority, held, standing, traffic: _, retention_hours, tier } = stream;
            add(&format!("{arn} {thing:?} {priority:?} {held} {standing:?} {retention_hours} {tier:?}"));
        }
        fleet::hex(&hash.finalize(), 16)
    }
}

impl Settled {
    /// The plan that it was, of which nothing is to be done.
    fn plan(&self, streams: &[Stream], unmanaged: Unmanaged) -> Plan {
        Plan {
            rungs: self.rungs.clone(),
            remarks: self.remarks.clone(),
            short: self.short.0,
            short_of: self.short.1.clone(),
            saving: self.saving,
            ..Plan::keep(streams, unmanaged)
        }
    }
}

/// A stream that was deleted and made anew has the same camera, which may still be asked for what it was asked for.
fn inherit(known: &mut BTreeMap<String, Known>, streams: &[Stream]) {
    let there: BTreeSet<&str> = streams.iter().map(|stream| stream.arn.as_str()).collect();
    let gone = known.iter().filter(|(arn, it)| it.asked.is_some() && !there.contains(arn.as_str()));
    let gone: BTreeMap<String, Known> = gone.map(|(_, it)| (it.stream.clone(), it.clone())).collect();
    for stream in streams {
        if let Some(was) = gone.get(&stream.name)
            && !known.contains_key(&stream.arn)
        {
            let was = Known { state: Target::Normal, effect: Effect::Works, gap: None, ..was.clone() };
            known.insert(stream.arn.clone(), was);
        }
    }
}

fn undone(failed: &Failed) -> String {
    format!("{}: {}", failed.stream, failed.because)
}

/// What is told when it was not said at the last look, without amounts that change all the time.
fn said(report: &Report, plan: &Plan, undone_now: &[Failed]) -> BTreeSet<String> {
    let with_amounts = plan.all_remarks();
    let mut said: BTreeSet<String> = report.remarks.iter().filter(|it| !with_amounts.contains(it)).cloned().collect();
    said.extend(plan.remarks.iter().chain(&report.rungs).chain(&report.doubts).cloned());
    if plan.short > Money::ZERO {
        said.insert(format!("short of {}", plan.short_of));
    }
    said.extend(undone_now.iter().map(undone));
    if report.dry_run {
        said.extend(report.changed.iter().map(|it| format!("{} {}", it.stream, it.to.as_str())));
    }
    // An item of the table has room for 400 KB; what is cut off is only said once more.
    let mut room = 100_000_usize;
    said.retain(|line| {
        let left = room.checked_sub(line.len());
        room = left.unwrap_or(room);
        left.is_some()
    });
    said
}

fn counts(streams: &[Stream]) -> Counts {
    let mut counts = Counts::default();
    for stream in streams {
        let count = match stream.standing.target() {
            Target::Normal => &mut counts.normal,
            Target::Reduced => &mut counts.reduced,
            Target::Stopped => &mut counts.stopped,
        };
        *count = count.saturating_add(1);
    }
    counts
}

fn count(report: &Report, metrics: &mut Metrics) {
    let many = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    metrics.count("Changed", many(report.changed.len()));
    metrics.count("Failed", many(report.failed.len()));
    metrics.value("StreamsNormal", Unit::Count, many(report.counts.normal));
    metrics.value("StreamsReduced", Unit::Count, many(report.counts.reduced));
    metrics.value("StreamsStopped", Unit::Count, many(report.counts.stopped));
    metrics.value("StreamsWithoutEffect", Unit::Count, many(report.without_effect));
    metrics.value("ExpectedSaving", Unit::Count, report.saving.micros() / 1_000_000);
    tracing::info!(
        changed = report.changed.len(),
        failed = report.failed.len(),
        left = report.left,
        reduced = report.counts.reduced,
        stopped = report.counts.stopped,
        rungs = report.rungs.join("; "),
        "looked"
    );
}
