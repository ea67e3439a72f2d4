//! All checks over policies, beside cloudsplaining and parliament: how long they take, and what they say.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use local::Python;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::binary;
use super::table::{Beside, Measured, Row, Unit, markdown_of};
use crate::report::heading;

/// How often all policies are judged.
const TIMES: u32 = 5;

/// The most that all checks may take on all AWS managed policies, in nanoseconds.
const MOST: u64 = 100_000_000;

/// The others, with their programs.
const OTHERS: [(&str, &str); 2] = [("cloudsplaining", "cloudsplaining_says.py"), ("parliament", "parliament_says.py")];

/// One of `benches/policies`.
#[derive(Deserialize)]
struct Case {
    /// `role` or `iot-policy`: who has it.
    holder: String,
    wrong: bool,
    because: String,
    document: Value,
}

/// What a judge says.
#[derive(Deserialize)]
struct Said {
    nanoseconds: Vec<u64>,
    found: BTreeMap<String, Vec<String>>,
    failed: Vec<String>,
}

/// What all say of the camera policies.
#[derive(Debug)]
pub(super) struct Verdicts {
    lines: Vec<[String; 5]>,
    /// Where we are wrong.
    pub(super) wrong: Vec<String>,
}

impl Verdicts {
    /// For a page.
    pub(super) fn markdown(&self) -> String {
        let header = ["policy", "what is wrong", "kvs-warden", OTHERS[0].0, OTHERS[1].0];
        markdown_of(header, self.lines.iter().cloned())
    }
}

/// Judges AWS's policies, and ours.
pub(super) fn measure(
    workspace: &Path,
    tools: &Python,
    others: &Python,
    profile: &str,
) -> Result<(Vec<Row>, Verdicts)> {
    heading(&format!("cargo build --profile {profile} --package benches"));
    let ours = binary(workspace, "benches", "judge", profile)?;
    heading("all checks over policies");
    let judge = |holder: &str| {
        let mut command = Command::new(&ours);
        command.arg(TIMES.to_string()).arg(holder);
        command
    };
    let other = |program: &str, times: u32| {
        let mut command = Command::new(others.tool("python"));
        command.arg(workspace.join("benches/judges").join(program)).arg(times.to_string());
        command
    };
    let managed: Map<String, Value> =
        serde_json::from_str(&tools.managed_policies()?).context("cannot read the AWS managed policies")?;
    let managed = managed.into_iter().filter_map(|(name, mut policy)| Some((name, policy.get_mut("Document")?.take())));
    let managed: Map<String, Value> = managed.collect();
    let count = u64::try_from(managed.len())?;
    let on = format!("{count} AWS managed policies");
    let mut rows = Vec::new();
    let mine = asked(&mut judge("role"), &managed)?;
    ensure!(mine.failed.is_empty(), "not everything could be judged: {}", mine.failed.join("; "));
    let measured = Measured::of(mine.nanoseconds.clone()).context("nothing was measured")?;
    let what = "all checks, one thread".to_owned();
    rows.push(Row { what, on: on.clone(), unit: Unit::Nanoseconds, ours: measured, beside: Beside::Bound(MOST) });
    let each = |nanoseconds: Vec<u64>| {
        let each = nanoseconds.into_iter().map(|all| all.checked_div(count).unwrap_or_default()).collect();
        Measured::of(each).context("nothing was measured")
    };
    let mine = each(mine.nanoseconds)?;
    for (name, program) in OTHERS {
        let theirs = asked(&mut other(program, TIMES), &managed)?;
        if !theirs.failed.is_empty() {
            heading(&format!("{name} could not judge {}: {}", theirs.failed.len(), theirs.failed.join(", ")));
        }
        let beside = Beside::Other { name, measured: each(theirs.nanoseconds)?, times: None };
        let what = "all checks of a policy".to_owned();
        rows.push(Row { what, on: on.clone(), unit: Unit::Nanoseconds, ours: mine, beside });
    }
    let cases = cases(workspace)?;
    let held_by = |holder: &str| -> Map<String, Value> {
        let held = cases.iter().filter(|(_, case)| holder.is_empty() || case.holder == holder);
        held.map(|(name, case)| (name.clone(), case.document.clone())).collect()
    };
    let mut ours = BTreeMap::new();
    for holder in ["role", "iot-policy"] {
        let said = asked(&mut judge(holder), &held_by(holder))?;
        ensure!(said.failed.is_empty(), "not everything could be judged: {}", said.failed.join("; "));
        ours.extend(said.found);
    }
    let mut all = vec![ours];
    for (_, program) in OTHERS {
        all.push(asked(&mut other(program, 1), &held_by(""))?.found);
    }
    Ok((rows, verdicts(&cases, &all)))
}

fn verdicts(cases: &BTreeMap<String, Case>, all: &[BTreeMap<String, Vec<String>>]) -> Verdicts {
    let mut verdicts = Verdicts { lines: Vec::new(), wrong: Vec::new() };
    for (name, case) in cases {
        let of = |at: usize| all.get(at).and_then(|found| found.get(name)).map(Vec::as_slice).unwrap_or_default();
        if of(0).is_empty() == case.wrong {
            verdicts.wrong.push(format!("the verdict on `{name}`"));
        }
        let said = |at| {
            let found = of(at);
            if found.is_empty() { "nothing".to_owned() } else { found.join(", ") }
        };
        verdicts.lines.push([name.clone(), case.because.clone(), said(0), said(1), said(2)]);
    }
    verdicts
}

/// The camera policies, by name.
fn cases(workspace: &Path) -> Result<BTreeMap<String, Case>> {
    let folder = workspace.join("benches/policies");
    let mut cases = BTreeMap::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read `{}`", folder.display()))? {
        let path = entry?.path();
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let case = serde_json::from_str(&text).with_context(|| format!("cannot read `{}`", path.display()))?;
        cases.insert(path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), case);
    }
    Ok(cases)
}

/// What a judge says of these policies.
fn asked(command: &mut Command, policies: &Map<String, Value>) -> Result<Said> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().context("cannot write to a judge")?;
    let text = serde_json::to_vec(policies)?;
    // It reads all before it says anything.
    input.write_all(&text).with_context(|| format!("`{name}` does not read the policies"))?;
    drop(input);
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!("`{name}` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    serde_json::from_slice(&output.stdout).with_context(|| format!("cannot read what `{name}` says"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn where_we_find_nothing_wrong_with_what_is_wrong_that_is_told_and_the_other_way_round() {
        let case = |wrong| Case { holder: "role".to_owned(), wrong, because: "why".to_owned(), document: json!({}) };
        let cases = BTreeMap::from([("bad".to_owned(), case(true)), ("good".to_owned(), case(false))]);
        let found = |bad: &[&str], good: &[&str]| {
            let said = |list: &[&str]| list.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
            BTreeMap::from([("bad".to_owned(), said(bad)), ("good".to_owned(), said(good))])
        };
        let right = verdicts(&cases, &[found(&["a", "b"], &[]), found(&[], &["C"]), found(&[], &[])]);
        assert_eq!(right.wrong, [""; 0]);
        assert!(
            right
                .markdown()
                .ends_with("| bad | why | a, b | nothing | nothing |\n| good | why | nothing | C | nothing |\n")
        );
        let wrong = verdicts(&cases, &[found(&[], &["a"])]);
        assert_eq!(wrong.wrong, ["the verdict on `bad`", "the verdict on `good`"]);
    }

    #[test]
    fn every_camera_policy_says_on_one_line_what_is_wrong() {
        let cases = cases(&local::workspace()).unwrap();
        assert_eq!(cases.len(), 10);
        assert!(cases.values().all(|case| !case.because.contains('\n') && !case.because.is_empty()));
    }
}
