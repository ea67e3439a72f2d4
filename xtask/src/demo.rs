//! The story of a fleet's first minutes and of a mistake, with all real parts. Every turn of it is checked: the demo is a test too.

mod audit;
mod aws;
mod bill;
mod budget;
mod columns;
mod log;
mod operator;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use local::{Call, Cloud, Connect, Control, Log, Options};
use serde_json::Value;

use self::audit::Audit;
use self::bill::{Cost, cost, cost_beyond};
use self::budget::Money;
use self::log::{End, Joined, Refused};
use self::operator::Operator;
use crate::report::{heading, line};
use crate::{build, ending, serve};

/// By which the template and the journal of calls name the function.
const FUNCTION: &str = "ProvisionFunction";

/// These wait for nothing and connect several times at once.
const IMPATIENT: [&str; 2] = ["gate-north", "lobby"];
/// These connect once.
const PATIENT: [&str; 3] = ["gate-south", "yard-1", "yard-2"];
/// How often the impatient connect at once.
const TIMES: usize = 3;
/// What a new camera may cost.
const CALLS_MOST: usize = 9;

/// Plays it from beginning to end, and with `keep` leaves the cloud running until somebody presses Enter.
pub(crate) fn play(workspace: &Path, keep: bool) -> Result<()> {
    let began = Instant::now();
    ending::on_signals()?;
    let python = build::python(workspace)?;
    let built = build::everything(workspace)?;
    let folder = ending::folder(&workspace.join("target/demo"))?;

    line("\nAll is real here but the cloud: template, functions and warden. No AWS account is touched.");
    heading("1  An operator gets ready");
    let mut operator = Operator::new(built.binary("warden"), &folder);
    let said = operator.runs("ca create", &["id "])?;
    let id = said.lines().find_map(|said| said.strip_prefix("id ")?.split_whitespace().next());
    let id = id.context("`warden ca create` names no id")?;
    line(&columns::short(&format!("$ sam deploy … --parameter-overrides AllowedCaCertificateIds={id}")));
    line("  in this demo: the local cloud makes what template.yaml says");
    let options = Options::default().function(FUNCTION, built.binary("provision"));
    let options = options.function(audit::FUNCTION, built.binary("audit"));
    let options = options.function(budget::FUNCTION, built.binary("budget")).parameter("BudgetLimit", budget::LIMIT);
    let options = options.parameter("AllowedCaCertificateIds", id);
    let start = || Cloud::start(workspace, &python, &options);
    let stage = ending::start(start, |cloud| {
        operator.log_in(cloud.environment());
        operator.log_in([("WARDEN_STACK", serve::stack(cloud)?.to_owned())]);
        let log = cloud.log(FUNCTION)?.clone();
        let policy = cloud.output("CameraPolicyName")?.to_owned();
        let audit = Audit::new(cloud, workspace)?;
        let money = Money::new(cloud, folder.clone())?;
        Ok(Stage { operator, control: cloud.control(), audit, money, policy, log, folder })
    })?;
    stage.prepare()?;
    let mut costs = [stage.first_connects()?, stage.strangers()?].concat();
    stage.fleet()?;
    costs.extend(stage.audit.play(&stage.operator)?);
    costs.extend(stage.money.play(&stage.operator)?);

    heading("11  What that cost in AWS calls");
    line(&columns::text(costs));
    let seconds = began.elapsed().as_secs();
    heading(&format!("All of it went as it must, in {seconds} s."));
    if keep {
        ending::cloud(|cloud| serve::show(cloud))?;
        line(&format!("\nThe keys and certificates lie in {}", stage.folder.display()));
        line("Enter or Ctrl-C ends the cloud and removes them.");
        io::stdin().read_line(&mut String::new()).context("cannot wait for Enter")?;
    } else {
        line("Look around in it: cargo xtask demo --keep. An empty cloud of your own: cargo xtask local.");
    }
    Ok(())
}

/// What the story is played on.
struct Stage {
    operator: Operator,
    control: Control,
    audit: Audit,
    money: Money,
    policy: String,
    log: Log,
    folder: PathBuf,
}

impl Stage {
    fn prepare(&self) -> Result<()> {
        self.operator.runs("setup", &["changed "])?;
        self.operator.runs("ca register --ca ca.pem", &["registered "])?;
        self.operator.runs("setup --check", &["cameras can register"])?;
        let names = [PATIENT.as_slice(), IMPATIENT.as_slice()].concat().join(" ");
        self.operator.runs(&format!("device issue {names} --out certs"), &["5 cameras"])?;
        Ok(())
    }

    fn first_connects(&self) -> Result<Vec<Cost>> {
        heading("2  Five cameras connect for the first time");
        line("AWS IoT has never seen their certificates: it notes each as PENDING_ACTIVATION, publishes an event,");
        line("and hangs up. Rule and queue take the event to the function, which makes all the rest and activates");
        line("last. Long waits are its pace: AWS allows 10 calls a second on certificates.");
        line(&format!("{} are impatient and connect {TIMES} times at once.\n", IMPATIENT.join(" and ")));
        let before = self.control.mark()?;
        let (first, others) = PATIENT.split_at(1);
        let (mut joined, _) = self.connect_at_once(first, 1)?;
        let after_first = self.control.mark()?;
        joined.extend(self.connect_at_once(others, 1)?.0);
        let (impatient, events) = self.connect_at_once(&IMPATIENT, TIMES)?;
        joined.extend(impatient);
        line(&columns::steps(&joined));

        let policy = &self.policy;
        heading("3  They connect again");
        for camera in &joined {
            let connect = self.connect(&camera.thing)?;
            let right =
                connect.connected && connect.things == [camera.thing.as_str()] && connect.policies == [policy.as_str()];
            ensure!(right, "`{}` is not let in as it must: {connect:?}", camera.thing);
        }
        line(&format!(
            "All {} are let in, each as its own thing, with the policy {policy} and no other.",
            joined.len()
        ));

        let calls = self.control.calls_of(FUNCTION, before)?;
        let (once, more): (Vec<_>, Vec<_>) = calls.into_iter().partition(|call| call.n <= after_first);
        ensure!(once.len() <= CALLS_MOST, "a new camera took {} AWS calls: expected at most {CALLS_MOST}", once.len());
        let duplicates = events.saturating_sub(IMPATIENT.len());
        let others = PATIENT.len().saturating_add(IMPATIENT.len()).saturating_sub(1);
        Ok(vec![
            cost("a new camera", &once),
            cost_beyond(&format!("{duplicates} duplicate events"), &more, &once, others),
        ])
    }

    fn strangers(&self) -> Result<Vec<Cost>> {
        heading("4  Two strangers connect");
        let operator = &self.operator;
        operator.quietly("ca create --out other --name \"Somebody else's CA\"")?;
        operator.quietly("ca register --ca other/ca.pem")?;
        operator.quietly("device issue roof --ca other/ca.pem --out other")?;
        operator.quietly("device issue gate-north --out stolen")?;
        line("roof has a certificate of somebody else's CA, which is registered in the account, or AWS IoT would");
        line("hang up without an event. The stack does not allow it.");
        let foreign = self.refused("other/roof.pem", "ca-not-allowed")?;
        line("\nA seventh has a certificate of the right CA, and a name that is taken: gate-north.");
        let taken = self.refused("stolen/gate-north.pem", "name-taken")?;
        Ok(vec![cost("another CA's camera", &foreign), cost("a name that is taken", &taken)])
    }

    fn fleet(&self) -> Result<()> {
        heading("5  How the fleet stands");
        self.operator.shows("status")?;
        let said = self.operator.quietly("status --json")?;
        let status: Value = serde_json::from_str(&said).context("cannot read what `warden status --json` says")?;
        let list = |name: &str| status.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let active = |camera: &&Value| camera.pointer("/certificate/status").is_some_and(|status| status == "ACTIVE");
        let (all, active) = (list("cameras").len(), list("cameras").iter().filter(active).count());
        let expected = PATIENT.len().saturating_add(IMPATIENT.len());
        ensure!((all, active) == (expected, expected), "{active} of {all} cameras are ACTIVE: expected {expected}");
        let waiting = list("pendingCertificates").len();
        ensure!(waiting == 2, "{waiting} certificates wait for activation: expected the two strangers'");
        Ok(())
    }

    /// These cameras connect, each so many times, all at once. Answers what each one's registration took, and how many
    /// events there were.
    fn connect_at_once(&self, names: &[&str], times: usize) -> Result<(Vec<Joined>, usize)> {
        let connects: Vec<Connect> = std::thread::scope(|scope| {
            let all = names.iter().flat_map(|name| std::iter::repeat_n(*name, times));
            let all: Vec<_> = all.map(|name| scope.spawn(move || self.connect(name))).collect();
            let ended = all.into_iter().map(|one| one.join().unwrap_or_else(|_| bail!("a camera's thread died")));
            ended.collect::<Result<_>>()
        })?;
        self.control.settle()?;
        let ends = self.ends()?;
        let joined = |name: &&str| {
            let mut joined =
                ends.iter().filter_map(|end| if let End::Joined(joined) = end { Some(joined) } else { None });
            let first = joined.find(|joined| joined.thing == *name).cloned();
            first.with_context(|| format!("`{name}` has connected and was not provisioned: {}", last(&ends)))
        };
        let events = connects.iter().filter(|connect| connect.published).count();
        Ok((names.iter().map(joined).collect::<Result<_>>()?, events))
    }

    /// This certificate connects and is refused for this reason. Answers the calls that it took.
    fn refused(&self, certificate: &str, reason: &str) -> Result<Vec<Call>> {
        let (before, ends_before) = (self.control.mark()?, self.ends()?.len());
        let connect = self.control.connect(&self.read(certificate)?)?;
        ensure!(
            connect.published,
            "`{certificate}` has connected without an event: {}",
            connect.reason.unwrap_or_default()
        );
        self.control.settle()?;
        let ends = self.ends()?;
        let refused = ends.iter().skip(ends_before).find_map(|end| match end {
            End::Refused(refused) => Some(refused.clone()),
            End::Joined(_) => None,
        });
        let Refused { reason: told, detail } = refused.with_context(|| format!("`{certificate}` was not refused"))?;
        ensure!(told == reason, "`{certificate}` was refused for `{told}`, not for `{reason}`: {detail}");
        line(&columns::text([["  refused".to_owned(), told], ["  because".to_owned(), columns::short(&detail)]]));
        self.control.calls_of(FUNCTION, before)
    }

    /// A camera connects with its certificate.
    fn connect(&self, name: &str) -> Result<Connect> {
        self.control.connect(&self.read(&format!("certs/{name}.pem"))?)
    }

    fn read(&self, file: &str) -> Result<String> {
        let path = self.folder.join(file);
        std::fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))
    }

    fn ends(&self) -> Result<Vec<End>> {
        self.log.lines()
    }
}

/// The last refusal, for who wonders why a camera is missing.
fn last(ends: &[End]) -> String {
    let refused = ends.iter().rev().find_map(|end| if let End::Refused(refused) = end { Some(refused) } else { None });
    refused.map_or_else(|| "the function's log does not tell of it".to_owned(), |refused| refused.detail.clone())
}
