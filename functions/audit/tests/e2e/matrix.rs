//! Every call of the function, and every way in which it can fail.

use std::collections::{BTreeMap, BTreeSet};

use audit::sweep::Checkpoint;
use local::faults::{Cell, Kind, Lasts, Table, Target, patience_ms};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use crate::account::{ALL_OF_VIDEO, Account, FUNCTION, Told};
use crate::change::{of_service, record};
use crate::power::{actions, furnish, needed};

/// Accounts that are tried at once: a cell waits more than it works.
const AT_ONCE: usize = 8;
/// Calls that fail at once, where the function goes on without their answers.
const PACK: usize = 16;
/// How often SQS delivers a message before it is a dead letter, by the template.
const DELIVERIES: usize = 5;
/// Sweeps before we take it that more would not help.
const SWEEPS: usize = 12;

const HEAD: &str = "\
# Faults: audit

Each call that the `audit` function makes, and what comes of it when it fails. A cell tells what came of a fault that came
once · ten times · for ever:

- a number: the delivery of the message by which all was found that is wrong. 1 is the first: the call was tried again
  within it, or is not what findings depend on.
- `later`: not by the first sweep, which said what it could not check, but by a later one.
- `not checked`: as long as it lasted, sweeps said what they could not check and named the call; all that they could check
  they found. The first sweep afterwards found all.
- `unneeded`: as long as it lasted, all was found without it.
- `dead`: after five deliveries the message lay in the dead letters, and the log named the call that failed. The next look
  or sweep made it good. Where it had been `found` before, nothing was left to be made good.
- `told late`: what was found stood in the table and was announced by the first look 16 minutes later.
- `told again`: the same was announced more than once, since it was not known that it had been.

In no cell was a finding resolved that stands, or found what is not wrong, and everything that was found was announced. Of
what a sweep reads, and the look at a policy where a fault comes once or for ever, up to sixteen calls fail together, each in
the same way; the function is killed at one call after the other. A late answer comes when the function has given up, after
the call took effect.

Made by `UPDATE=1 cargo xtask faults`, which runs the function's binary in the local cloud, with tries of 0.4
seconds instead of 8. Every run of the tests tries the first of each cell, with tries of 2 seconds.
";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Course {
    /// Somebody makes a stream.
    Stream,
    /// A sweep goes on in another invocation, and ends.
    Parts,
    /// A sweep in one piece.
    Sweep,
    /// Somebody changes a managed policy that a role, a user and a group have.
    Policy,
    /// Somebody changes a thing.
    Thing,
    /// Somebody makes a stream, and the first look at it cannot read `audit.yaml`.
    Failing,
}

/// A finding: its check and the ARN of what is wrong.
type Place = (String, String);

impl Course {
    const ALL: [Self; 6] = [Self::Stream, Self::Parts, Self::Sweep, Self::Policy, Self::Thing, Self::Failing];

    fn name(self) -> &'static str {
        match self {
            Self::Stream => "a change",
            Self::Parts => "a sweep in parts",
            Self::Sweep => "a sweep",
            Self::Policy => "a change of a policy",
            Self::Thing => "a change of a thing",
            Self::Failing => "a look that fails",
        }
    }

    fn of(cell: &Cell) -> Self {
        Self::ALL.into_iter().find(|course| course.name() == cell.target.scenario).unwrap()
    }

    fn makes_a_stream(self) -> bool {
        matches!(self, Self::Stream | Self::Failing)
    }

    /// How many calls fail at once in its course, in this way.
    fn pack(self, kind: Kind, lasts: Lasts) -> usize {
        match (self, kind, lasts) {
            // In a sweep that goes on from page to page, each death costs a delivery of one page's message.
            (Self::Sweep, Kind::KilledBefore | Kind::KilledAfter, _) => 2 * PACK,
            // So often a message is delivered after the first time.
            (Self::Policy, Kind::KilledBefore | Kind::KilledAfter, _) => DELIVERIES - 1,
            (Self::Sweep, ..) | (Self::Policy, _, Lasts::Once | Lasts::ForEver) => PACK,
            // Each takes two deliveries, and there are five.
            _ => 1,
        }
    }
}

/// What is kept, told or sent, and not read of what is audited.
fn is_of_the_store(target: &Target) -> bool {
    let operation = target.operation.as_str();
    ["dynamodb", "s3", "securityhub"].contains(&target.service.as_str())
        || ["Publish", "SendMessage", "ChangeMessageVisibilityBatch"].contains(&operation)
}

fn is_death(kind: Kind) -> bool {
    matches!(kind, Kind::KilledBefore | Kind::KilledAfter)
}

/// The cells that are tried at once. Calls that follow each other are not: the second would not be made.
fn packs(cells: &[Cell]) -> Vec<Vec<Cell>> {
    let mut alike: BTreeMap<(Course, Kind, Lasts), Vec<Cell>> = BTreeMap::new();
    for cell in cells {
        alike.entry((Course::of(cell), cell.kind, cell.lasts)).or_default().push(cell.clone());
    }
    // The longest first: what is read fails in much more than one call.
    let mut packs: Vec<Vec<Cell>> = Vec::new();
    for ((course, kind, lasts), cells) in alike {
        let many = cells.len().div_ceil(course.pack(kind, lasts));
        let mut of_these = vec![Vec::new(); many];
        for (place, cell) in cells.into_iter().enumerate() {
            of_these[place % many].push(cell);
        }
        packs.extend(of_these);
    }
    packs.sort_by_key(|pack| std::cmp::Reverse((pack.len(), pack[0].lasts, pack[0].kind)));
    packs
}

/// Whether all was found while calls failed.
#[derive(Debug, Clone, Copy)]
struct Found(bool);

/// What came of some calls that failed.
#[derive(Debug)]
struct Trial {
    /// The delivery, or the sweep, by which all was found and no message was left.
    by: Option<usize>,
    /// Where a message ended in the dead letters, whether all had been found all the same.
    dead: Option<Found>,
    /// What the log says could not be read.
    said: String,
    /// Announced only when the turn of who found it was over.
    late: bool,
    /// Announced more than once.
    again: bool,
}

impl Trial {
    fn names(&self, target: &Target) -> bool {
        actions(&target.service, &target.operation).iter().any(|action| self.said.contains(&format!("`{action}`")))
    }
}

/// An account whose audit is tried.
struct Ward {
    runtime: Option<Runtime>,
    account: Account,
    told: Told,
    policy: String,
    /// All that is wrong.
    wrong: BTreeSet<Place>,
    /// What of it a change of the policy, or of the thing, shows.
    of_policy: BTreeSet<Place>,
    of_thing: BTreeSet<Place>,
    /// What is wrong with each new stream: the checks.
    of_stream: BTreeSet<String>,
    /// What a sweep had read when it had the last certificates before it, and where it stood.
    saved: Option<(Checkpoint, String)>,
    /// How many trials there were.
    number: u32,
    /// How many calls of somebody's CloudTrail told.
    events: std::cell::Cell<u32>,
}

impl Ward {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (account, told, policy) = runtime.block_on(async {
            let account = Account::with(&[("SecurityHub", "true"), ("AlertEmail", "ops@example.com")]).await;
            account.control.settings(&json!({ "batchingSeconds": 0 })).unwrap();
            let policy = Box::pin(furnish(&account, ALL_OF_VIDEO)).await;
            // Which of two certificates it holds, nobody knows.
            account.iot.create_thing().thing_name("lost").send().await.unwrap();
            for _ in 0..2 {
                let certificate = account.iot.create_keys_and_certificate().set_as_active(true).send().await.unwrap();
                let attach = account.iot.attach_thing_principal().thing_name("lost");
                attach.principal(certificate.certificate_arn.unwrap()).send().await.unwrap();
            }
            let told = account.told().await;
            (account, told, policy)
        });
        let (wrong, of_policy, of_thing, of_stream) = Default::default();
        let runtime = Some(runtime);
        let (saved, number, events) = Default::default();
        let mut ward =
            Self { runtime, account, told, policy, wrong, of_policy, of_thing, of_stream, saved, number, events };
        ward.run(async |ward| {
            ward.account.forget(|_| true).await;
            ward.begin(Course::Policy).await;
            ward.of_policy = ward.standing().await;
            ward.account.forget(|_| true).await;
            ward.begin(Course::Thing).await;
            ward.of_thing = ward.standing().await;
            ward.account.sweep();
            ward.wrong = ward.standing().await;
            assert!(!ward.of_policy.is_empty() && !ward.of_thing.is_empty());
            assert!(ward.of_policy.is_subset(&ward.wrong) && ward.of_thing.is_subset(&ward.wrong));
            let stream = ward.make_a_stream("first").await;
            ward.account.control.settle().unwrap();
            ward.of_stream = ward.standing().await.difference(&ward.wrong).map(|(check, _)| check.clone()).collect();
            ward.delete(&stream).await;
        });
        ward
    }

    fn run<T>(&mut self, work: impl AsyncFnOnce(&mut Self) -> T) -> T {
        let runtime = self.runtime.take().unwrap();
        let done = runtime.block_on(work(self));
        self.runtime = Some(runtime);
        done
    }

    async fn standing(&self) -> BTreeSet<Place> {
        let findings = self.account.findings().await.into_values().flatten();
        findings.map(|finding| (finding.check, finding.resource)).collect()
    }

    /// Answers its ARN.
    async fn make_a_stream(&self, name: &str) -> String {
        let made = self.account.kinesisvideo.create_stream().stream_name(name).data_retention_in_hours(0);
        made.send().await.unwrap().stream_arn.unwrap()
    }

    /// What was wrong with the stream is resolved, and told.
    async fn delete(&self, stream: &str) {
        self.account.kinesisvideo.delete_stream().stream_arn(stream).send().await.unwrap();
        self.account.control.settle().unwrap();
        if self.account.asked() > 0 {
            // Time-outs as short as they are here come by themselves, on a machine that has much to do.
            self.let_be();
            self.account.control.redeliver().unwrap();
            self.account.control.settle().unwrap();
            self.account.let_turns_end().await;
            self.nudge();
        }
        assert_eq!(self.standing().await, self.wrong);
        let resolved = self.told.read().iter().any(|(_, value)| {
            value["resolved"].as_array().unwrap().iter().any(|one| one["resource"].as_str() == Some(stream))
        });
        assert!(resolved, "nobody is told that `{stream}` is mended");
    }

    /// A look, at whatever.
    fn nudge(&self) {
        self.somebody_calls("kinesisvideo", "TagStream", &json!({ "streamName": "gate" }));
    }

    /// Somebody calls, and CloudTrail tells of it.
    fn somebody_calls(&self, service: &str, call: &str, request: &Value) {
        self.events.set(self.events.get() + 1);
        let event = record(&format!("{call}-{}", self.events.get()), call, request);
        self.account.control.event(&of_service(event, service)).unwrap();
        self.account.control.settle().unwrap();
    }

    /// What begins the course of a scenario, to the end of what follows at once. A stream is made by whoever asks.
    async fn begin(&self, course: Course) {
        let account = &self.account;
        match course {
            Course::Stream => {
                self.make_a_stream(&self.stream()).await;
            }
            Course::Failing => {
                account.configure("suppress: 7").await;
                self.make_a_stream(&self.stream()).await;
                account.control.settle().unwrap();
                account.configure("").await;
            }
            Course::Sweep => account.sweep(),
            Course::Policy => self.somebody_calls("iam", "CreatePolicyVersion", &json!({ "policyArn": self.policy })),
            Course::Thing => self.somebody_calls("iot", "UpdateThing", &json!({ "thingName": "lost" })),
            Course::Parts => {
                let (saved, text) = self.saved.as_ref().unwrap();
                let at = Checkpoint { sweep: saved.sweep - i64::from(self.number), ..saved.clone() };
                account.put_object(&at.key(), text.clone()).await;
                account.send(&json!({ "continue": at }).to_string()).await;
            }
        }
        account.control.settle().unwrap();
    }

    fn stream(&self) -> String {
        format!("yard-{}", self.number)
    }

    /// The function starts anew: then it has all of the SDK's allowance for tries.
    fn restart(&self, in_parts: bool) {
        let reading = if in_parts { "0" } else { "600" };
        let environment = json!({ "CALL_TIMEOUT_MS": patience_ms().to_string(), "SWEEP_READING_SECONDS": reading });
        self.account.control.restart(FUNCTION, &environment).unwrap();
    }

    /// The function has all the time that it has by default: nothing is tried.
    fn let_be(&self) {
        let environment = json!({ "CALL_TIMEOUT_MS": null, "SWEEP_READING_SECONDS": "600" });
        self.account.control.restart(FUNCTION, &environment).unwrap();
    }

    /// Lets a sweep go on and on, once, to have what one has read when it is almost done.
    async fn save(&mut self) {
        if self.saved.is_some() {
            return;
        }
        let environment = json!({ "CALL_TIMEOUT_MS": null, "SWEEP_READING_SECONDS": "0" });
        self.account.control.restart(FUNCTION, &environment).unwrap();
        self.account.sweep();
        let parts = self.account.logged("sweep goes on in another invocation");
        let part = parts.iter().find(|line| line["source"] == "CertificateDetails").unwrap();
        let key = part["part"].as_str().unwrap();
        let text = self.account.object(key).await;
        let (sweep, number) = key.strip_prefix("sweeps/").unwrap().split_once('/').unwrap();
        let number = number.strip_suffix(".json").unwrap().parse().unwrap();
        let (source, token, calls) = (audit::source::Source::CertificateDetails, None, 1);
        self.saved = Some((Checkpoint { sweep: sweep.parse().unwrap(), part: number, source, token, calls }, text));
    }

    /// What stands when the course begins: of what it would find, every second is unknown.
    async fn prepare(&mut self, course: Course) -> BTreeSet<Place> {
        let found = match course {
            Course::Stream | Course::Failing => BTreeSet::new(),
            Course::Sweep | Course::Parts => self.wrong.clone(),
            Course::Policy => self.of_policy.clone(),
            Course::Thing => self.of_thing.clone(),
        };
        if course == Course::Parts {
            self.save().await;
        }
        let unknown: BTreeSet<_> = found.into_iter().step_by(2).collect();
        self.account.forget(|finding| unknown.contains(&(finding.check.clone(), finding.resource.clone()))).await;
        self.told.read();
        self.wrong.difference(&unknown).cloned().collect()
    }

    /// These calls fail in the course of a scenario; then they do not any more.
    async fn trial(&mut self, course: Course, cells: &[&Cell]) -> Trial {
        self.number += 1;
        let known = self.prepare(course).await;
        assert_eq!(self.standing().await, known);
        let account = &self.account;
        let deaths = cells.iter().filter(|cell| is_death(cell.kind)).count();
        self.restart(course == Course::Parts || course == Course::Sweep && deaths > 0);
        let log = account.cloud.log(FUNCTION).unwrap();
        let before = log.text().unwrap().len();
        for cell in cells {
            account.cloud.inject(FUNCTION, cell, patience_ms()).unwrap();
        }
        self.begin(course).await;
        let stream = course.makes_a_stream().then(|| self.stream());
        let goal = self.goal(stream.as_deref()).await;
        let for_ever = cells.iter().any(|cell| cell.lasts == Lasts::ForEver);
        let sweeps = if for_ever { 1 } else { SWEEPS };
        let mut by = None;
        for look in 1..=SWEEPS.max(deaths + 1) {
            let standing = self.standing().await;
            assert!(known.is_subset(&standing), "{cells:?}: resolved: {:?}", known.difference(&standing));
            assert!(standing.is_subset(&goal), "{cells:?}: not wrong: {:?}", standing.difference(&goal));
            let asked = account.asked();
            if asked == 0 && standing == goal {
                by = Some(look);
                break;
            }
            if asked > 0 {
                account.control.redeliver().unwrap();
                account.control.settle().unwrap();
            } else if course == Course::Sweep && look < sweeps {
                account.sweep();
            } else {
                break;
            }
        }
        let fired: Vec<_> = cells.iter().map(|cell| account.cloud.faults(&cell.target).unwrap()).collect();
        account.cloud.mend().unwrap();
        let said = reasons(log.text().unwrap().get(before..).unwrap());
        let dead = account.dead_letters() > 0;
        assert!(!dead || for_ever, "{cells:?}: {said}");
        let found = by.is_some();
        if !found {
            assert!(for_ever, "{cells:?}: not found: {:?}", goal.difference(&self.standing().await));
            self.make_good(course, stream.as_deref()).await;
            assert_eq!((self.standing().await, account.asked()), (goal.clone(), 0), "{cells:?}");
        }
        let mut trial =
            Trial { by: by.filter(|_| !dead), dead: dead.then_some(Found(found)), said, late: false, again: false };
        // Of many that fail for ever, one may keep another from being made.
        for (cell, fired) in cells.iter().zip(fired) {
            let hidden = fired == 0 && cell.lasts == Lasts::ForEver && cells.len() > 1 && !trial.names(&cell.target);
            assert!(cell.lasts.fits(fired) || hidden, "{cell:?}: {fired} faults, {trial:?}");
        }
        let news: BTreeSet<_> = goal.difference(&known).cloned().collect();
        let publishes = cells.iter().any(|cell| cell.target.operation == "Publish");
        let mut told = self.read(publishes);
        if !news.iter().all(|place| told.contains_key(place)) {
            trial.late = true;
            account.let_turns_end().await;
            self.let_be();
            self.nudge();
            for (place, times) in self.read(publishes) {
                *told.entry(place).or_default() += times;
            }
        }
        let untold: Vec<_> = news.iter().filter(|place| !told.contains_key(place)).collect();
        assert!(untold.is_empty(), "{cells:?}: nobody was told of {untold:?}");
        trial.again = told.values().any(|times| *times > 1);
        if stream.is_some() {
            let (_, arn) = news.first().unwrap();
            self.delete(arn).await;
        }
        trial
    }

    /// All that is wrong, with what is wrong with this new stream.
    async fn goal(&self, stream: Option<&str>) -> BTreeSet<Place> {
        let mut goal = self.wrong.clone();
        if let Some(name) = stream {
            let described = self.account.kinesisvideo.describe_stream().stream_name(name).send().await.unwrap();
            let arn = described.stream_info.unwrap().stream_arn.unwrap();
            goal.extend(self.of_stream.iter().map(|check| (check.clone(), arn.clone())));
        }
        goal
    }

    /// The next look or sweep, with nothing in its way.
    async fn make_good(&self, course: Course, stream: Option<&str>) {
        self.let_be();
        match (course, stream) {
            (_, Some(name)) => self.somebody_calls("kinesisvideo", "TagStream", &json!({ "streamName": name })),
            (Course::Policy | Course::Thing, None) => self.begin(course).await,
            _ => self.account.sweep(),
        }
    }

    /// How often each finding was announced as new since the last reading. SNS's answer may be late by itself, on a machine
    /// that has much to do: the same message counts once where publishing is not what failed.
    fn read(&self, publishes: bool) -> BTreeMap<Place, usize> {
        let mut messages: Vec<Value> = Vec::new();
        for (_, value) in self.told.read() {
            if publishes || !messages.contains(&value) {
                messages.push(value);
            }
        }
        let mut told = BTreeMap::new();
        for new in messages.iter().flat_map(|value| value["new"].as_array().unwrap()) {
            let text = |field: &str| new[field].as_str().unwrap().to_owned();
            *told.entry((text("check"), text("resource"))).or_default() += 1;
        }
        told
    }

    /// The calls of every course, each in the first that makes it.
    async fn targets(&mut self) -> Vec<Target> {
        let mut targets: Vec<Target> = Vec::new();
        for course in Course::ALL {
            let mark = self.account.control.mark().unwrap();
            assert!(self.trial(course, &[]).await.by.is_some());
            let made = Target::of(course.name(), &self.account.calls_after(mark));
            // What a sweep in parts reads is read by one in one piece as well.
            let is_new =
                |target: &Target| (course != Course::Parts || is_of_the_store(target)) && !target.is_among(&targets);
            let news: Vec<_> = made.into_iter().filter(is_new).collect();
            targets.extend(news);
        }
        targets
    }

    fn outcomes(&mut self, cells: &[Cell]) -> Vec<String> {
        self.run(async |ward| Box::pin(ward.tried(cells)).await)
    }

    async fn tried(&mut self, cells: &[Cell]) -> Vec<String> {
        let (course, kind, lasts) = (Course::of(&cells[0]), cells[0].kind, cells[0].lasts);
        if lasts == Lasts::ForEver && course.pack(kind, lasts) > 1 && !is_of_the_store(&cells[0].target) {
            return self.tried_for_ever(course, cells).await;
        }
        let trial = self.trial(course, &cells.iter().collect::<Vec<_>>()).await;
        let killed = is_death(kind);
        let outcome = match trial.by {
            None => {
                let named = trial.said.contains(&cells[0].target.operation);
                assert!(trial.dead.is_some() && named, "{cells:?}: {trial:?}");
                let Found(found) = trial.dead.unwrap();
                if found { "found, dead".to_owned() } else { "dead".to_owned() }
            }
            // Each death takes a delivery.
            Some(by) if killed && cells.len() > 1 => {
                assert!((2..=cells.len() + 1).contains(&by), "{cells:?}: {trial:?}");
                "2".to_owned()
            }
            Some(by) if by > 1 && course == Course::Sweep && !killed => "later".to_owned(),
            Some(by) => by.to_string(),
        };
        let late = if trial.late { ", told late" } else { "" };
        let again = if trial.again { ", told again" } else { "" };
        vec![format!("{outcome}{late}{again}"); cells.len()]
    }

    /// Which of these calls the function names when it cannot do without, and which it does without. What failed before
    /// another call was made hides that: those that are not named are tried again.
    async fn tried_for_ever(&mut self, course: Course, cells: &[Cell]) -> Vec<String> {
        let mut outcomes = BTreeMap::new();
        let mut left: Vec<&Cell> = cells.iter().collect();
        let mut alone = Vec::new();
        while !left.is_empty() {
            let trial = self.trial(course, &left).await;
            assert!(!trial.late && !trial.again, "{left:?}: {trial:?}");
            let (named, unnamed): (Vec<&Cell>, Vec<&Cell>) = left.iter().partition(|cell| trial.names(&cell.target));
            let outcome = if course == Course::Sweep { "not checked" } else { "dead" };
            assert!(named.is_empty() || trial.dead.is_some() == (course != Course::Sweep), "{left:?}: {trial:?}");
            outcomes.extend(named.iter().map(|cell| (&cell.target, outcome)));
            if named.is_empty() && trial.by == Some(1) {
                outcomes.extend(unnamed.iter().map(|cell| (&cell.target, "unneeded")));
                left.clear();
            } else if named.is_empty() {
                assert!(unnamed.len() > 1, "{unnamed:?}: not named: {trial:?}");
                alone.extend(unnamed);
                left.clear();
            } else {
                left = unnamed;
            }
            if left.is_empty() {
                left.extend(alone.pop());
            }
        }
        cells.iter().map(|cell| outcomes[&cell.target].to_owned()).collect()
    }
}

/// What these lines of the log say could not be read, written or told.
fn reasons(lines: &str) -> String {
    let lines = lines.lines().filter(|line| line.contains("could not check") || line.contains("messages handed back"));
    let lines = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .flat_map(|line| ["because", "detail"].map(|field| line[field].as_str().unwrap_or_default().to_owned()))
        .collect()
}

#[test]
fn every_call_that_fails_in_any_way_is_made_good_or_told() {
    let mut ward = Ward::new();
    let targets = ward.run(async |ward| Box::pin(ward.targets()).await);
    let called: BTreeSet<_> = targets.iter().flat_map(|target| actions(&target.service, &target.operation)).collect();
    assert_eq!(called, needed(&ward.account));
    drop(ward);
    let cells = Cell::asked(&targets);
    let table = Table::fill(&cells, packs(&cells), AT_ONCE, Ward::new, Ward::outcomes);
    table.is_told_in("docs/faults/audit.md", HEAD).unwrap();
}
