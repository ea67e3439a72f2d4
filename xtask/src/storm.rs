//! `cargo xtask storm`: what becomes of a fleet that comes all at once, tried in the local cloud, and reckoned for a million.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "a tool's figures, far below 2^64; formulas that are read are worth more than ones that saturate"
)]

mod model;
mod simulation;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use local::storm::{FULL, tables};

use self::model::{BATCH, BATCH_MS, CAMERAS, Outcome, PLANS, RETENTION_S, STREAMS, on_paper};
use crate::build;
use crate::report::line;

/// The page with the tables of a run.
const PAGE: &str = "docs/storms.md";

const HEAD: &str = "\
# Storms

What becomes of it when much comes at once: three tests in the local cloud, with what had to come of each row and what
came, and a million cameras on paper and in a model run.

Made by `UPDATE=1 cargo xtask storm`, which takes about ten minutes. Figures without an expectation differ from run to
run, and so do seeds: `STORM_SEED` gives one. A row that does not hold fails the test. `cargo xtask test` runs the same
tests smaller: with 200 cameras, of which a worker is killed every 20, and with 12 orders of notices and ticks instead
of 120.
";

/// Runs the storms in full, and prints what came of them, and the model's table.
pub(crate) fn run(workspace: &Path) -> Result<()> {
    build::python(workspace)?;
    build::everything(workspace)?;
    let folder = tables();
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove `{}`", folder.display()))?;
    }
    let mut cargo = build::cargo(workspace);
    // One after the other: what they measure is what one machine does.
    let cargo = cargo.args(["test", "--workspace", "--test", "e2e", "storm::", "--", "--test-threads=1"]);
    let ran = build::run(cargo.env(FULL, "1"), "the test of every storm");
    let mut page = String::from(HEAD);
    for (file, title) in [("1-registration", "Registration"), ("2-audit", "Audit"), ("3-budget", "Budget")] {
        let path = folder.join(format!("{file}.md"));
        let Ok(table) = fs::read_to_string(&path) else { continue };
        write!(page, "\n## {title}\n\n{table}")?;
    }
    write!(page, "\n## A million cameras\n\n{}", table()?)?;
    line(&page);
    ran?;
    if local::updates() {
        fs::write(workspace.join(PAGE), page).with_context(|| format!("cannot write `{PAGE}`"))?;
    }
    Ok(())
}

/// Prints the model's table.
pub(crate) fn model() -> Result<()> {
    line(&table()?);
    Ok(())
}

/// The model's tables, as they stand in the README.
fn table() -> Result<String> {
    let cameras = u32::try_from(CAMERAS)?;
    let mut text = String::from(
        "| | cameras a second | a million takes, on paper | in the model run | what holds it back | Lambda | SQS | DynamoDB | \
         AWS IoT |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    let mut first = None;
    for plan in &PLANS {
        let (paper, bound) = on_paper(plan, CAMERAS);
        let ran = simulation::run(plan, cameras, 1);
        let cost = ran.cost(CAMERAS);
        let [lambda, sqs, dynamodb, iot] = [cost.lambda, cost.sqs, cost.dynamodb, cost.iot].map(dollars);
        let (rate, on_paper, in_run) = (tenths(CAMERAS * 10_000 / ran.time_ms), hours(paper), hours(ran));
        let name = plan.name;
        writeln!(
            text,
            "| {name} | {rate} | {on_paper} | {in_run} | {bound} | {lambda} | {sqs} | {dynamodb} | {iot} |"
        )?;
        first = first.or(Some((plan, ran)));
    }
    let (plan, ran) = first.context("there is no plan")?;
    let of_streams = STREAMS * ran.time_ms / CAMERAS / 60_000;
    let worth = CAMERAS * (RETENTION_S * 1_000) / ran.time_ms;
    let known = plan.workers * BATCH * 1_000 / BATCH_MS;
    ensure!(known > 0, "no message is ever worked off");
    let rare = CAMERAS / known / 60 + 1;
    write!(
        text,
        "\nWhat breaks first, as deployed:\n\n\
         | | when | what comes of it | do |\n|---|---|---|---|\n\
         | streams | after {streams} cameras, which is after {of_streams} minutes | AWS makes no more; events of further \
         cameras end in the dead letters after half an hour | raise the quota of streams before the cameras come |\n\
         | waiting | after 15 minutes | `OldestRegistrationAlarm` goes off; nothing is lost | raise quotas and \
         `CertificateCallsPerSecond`, `MaximumConcurrency` |\n\
         | cameras that try again | more often than every {rare} minutes each | events come faster than {known} a second, \
         which is what workers get through when all they say is known; the queue grows | let cameras wait longer \
         each time, up to an hour |\n\
         | the queue | with more than {worth} cameras at once | the events of the last are older than four days, and SQS \
         drops them | nothing: each camera's next try asks anew |\n",
        streams = grouped(STREAMS),
        known = grouped(known),
        worth = grouped(worth / 100_000 * 100_000),
    )?;
    Ok(text)
}

/// A number with commas.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let ahead = digits.len() % 3;
    let marked = digits.chars().enumerate().map(|(n, digit)| {
        let comma = n > 0 && n % 3 == ahead;
        if comma { format!(",{digit}") } else { digit.to_string() }
    });
    marked.collect()
}

/// Tenths as a number.
fn tenths(number: u64) -> String {
    format!("{}.{}", number / 10, number % 10)
}

fn hours(outcome: Outcome) -> String {
    format!("{} h", tenths(outcome.time_ms / 360_000))
}

/// Millionths of a dollar, to the cent.
fn dollars(millionths: u64) -> String {
    let cents = millionths.div_ceil(10_000);
    format!("${}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_run_comes_to_what_is_on_paper() {
        for plan in &PLANS {
            let cameras = 100_000;
            let (paper, _) = on_paper(plan, cameras);
            let ran = simulation::run(plan, u32::try_from(cameras).unwrap(), 7);
            for (what, paper, ran) in [
                ("time", paper.time_ms, ran.time_ms),
                ("work", paper.busy_ms, ran.busy_ms),
                ("messages", paper.messages, ran.messages),
                ("invocations", paper.invocations, ran.invocations),
            ] {
                let apart = paper.abs_diff(ran) * 100 / paper;
                assert!(apart <= 5, "{}: {what} is {paper} on paper and {ran} in the run", plan.name);
            }
        }
    }

    #[test]
    fn what_the_model_takes_from_the_template_stands_there() {
        let template = fs::read_to_string(local::workspace().join("template.yaml")).unwrap();
        let queue = template.split("\n  RegistrationQueue:\n").nth(1).unwrap();
        assert!(queue.contains(&format!("MessageRetentionPeriod: {RETENTION_S}\n")));
        let function =
            template.split("\n  ProvisionFunction:\n").nth(1).unwrap().split("\n  ProvisionRole:").next().unwrap();
        assert!(function.contains(&format!("BatchSize: {BATCH}\n")));
        for (name, value) in [("CertificateCallsPerSecond", PLANS[0].pace), ("MaximumConcurrency", PLANS[0].workers)] {
            let parameter =
                template.split(&format!("\n  {name}:\n")).nth(1).unwrap().split("Description").next().unwrap();
            assert!(parameter.contains(&format!("Default: {value}\n")), "{name}");
        }
    }

    #[test]
    fn readme_has_the_model_s_table() {
        let table = table().unwrap();
        for page in ["README.md", PAGE] {
            let text = fs::read_to_string(local::workspace().join(page)).unwrap();
            assert!(text.contains(&table), "{page}: `cargo xtask storm --model` prints another table:\n{table}");
        }
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!([7, 1_000, 999_999, 1_000_000].map(grouped), ["7", "1,000", "999,999", "1,000,000"]);
        assert_eq!([0, 1, 1_234_567].map(dollars), ["$0.00", "$0.01", "$1.24"]);
    }
}
