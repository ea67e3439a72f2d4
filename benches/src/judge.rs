//! What the audit says of policies, and how long it takes.
//!
//! `judge <times> <role|iot-policy>` reads a JSON object from standard input, each policy's name with its document, and
//! judges all of them so many times: each as the only policy of a role that cameras get, or of a certificate. It writes
//! how long each time took, and the ids of the checks that found something, by policy. The others in `judges/` do the same.

use std::collections::BTreeMap;
use std::io;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use audit::expectations::Expectations;
use audit::inventory::Inventory;
use audit::judge::{Judgement, Open, judge};
use audit::world::World;
use serde::Serialize;
use serde_json::{Map, Value, json};

const ACCOUNT: &str = "111122223333";

#[derive(Serialize)]
struct Answer {
    /// How long each time took.
    nanoseconds: Vec<u64>,
    /// What was found, by policy.
    found: BTreeMap<String, Vec<&'static str>>,
    /// The policies that could not be judged, with each check that could not.
    failed: Vec<String>,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [times, holder] = arguments.as_slice() else { bail!("expected: judge <times> <role|iot-policy>") };
    let times = times.parse().with_context(|| format!("`{times}` is no number of times"))?;
    let policies = serde_json::from_reader(io::stdin().lock()).context("cannot read the policies")?;
    serde_json::to_writer(io::stdout().lock(), &answer(&policies, holder, times)?)?;
    Ok(())
}

/// Judges all policies so many times.
fn answer(policies: &Map<String, Value>, holder: &str, times: u32) -> Result<Answer> {
    // What some checks of roles look at besides, so that no check is left out: there is none of it.
    let none = || json!({ "items": [] });
    let mut inventory = json!({
        "taken": { "account": ACCOUNT, "region": "eu-west-1", "partition": "aws", "at": "2026-01-01T00:00:00Z" },
        "roleAliases": none(), "ownParts": none(), "trails": none(),
    });
    let (list, items) = match holder {
        "role" => ("roles", policies.iter().map(role).collect::<Vec<_>>()),
        "iot-policy" => ("iotPolicies", policies.iter().map(iot_policy).collect()),
        other => bail!("`{other}` holds no policies here: expected role or iot-policy"),
    };
    if let Some(inventory) = inventory.as_object_mut() {
        inventory.insert(list.to_owned(), json!({ "items": items }));
    }
    let mut inventory: Inventory = serde_json::from_value(inventory).context("cannot make an inventory")?;
    inventory.sort();
    let expect = Expectations::default();
    let world = World { inventory: &inventory, expect: &expect };
    let mut nanoseconds = Vec::new();
    let mut judgement = Judgement::default();
    for _ in 0..times {
        let began = Instant::now();
        judgement = judge(&world, &Open::new());
        nanoseconds.push(u64::try_from(began.elapsed().as_nanos())?);
    }
    let name = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
    let mut found: BTreeMap<String, Vec<_>> = policies.keys().map(|name| (name.clone(), Vec::new())).collect();
    for (check, arn) in judgement.problems.keys() {
        // What is said of the account, which has no trail here, is of no policy.
        if let Some(found) = found.get_mut(&name(arn)) {
            found.push(*check);
        }
    }
    let failed = judgement.unjudged.iter().map(|((check, arn), cannot)| format!("{}: {check}: {cannot:?}", name(arn)));
    Ok(Answer { nanoseconds, found, failed: failed.collect() })
}

/// A role that AWS IoT gives cameras of this account.
fn role((name, document): (&String, &Value)) -> Value {
    json!({
        "Arn": format!("arn:aws:iam::{ACCOUNT}:role/{name}"),
        "RoleName": name,
        "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": { "Service": "credentials.iot.amazonaws.com" }, "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": { "aws:SourceAccount": ACCOUNT },
                "ArnLike": { "aws:SourceArn": format!("arn:aws:iot:eu-west-1:{ACCOUNT}:rolealias/{name}") },
            },
        } },
        "RolePolicyList": [{ "PolicyName": "inline", "PolicyDocument": document }],
    })
}

/// An AWS IoT policy that hangs on one certificate.
fn iot_policy((name, document): (&String, &Value)) -> Value {
    json!({
        "policyName": name,
        "policyArn": format!("arn:aws:iot:eu-west-1:{ACCOUNT}:policy/{name}"),
        "versions": [{ "versionId": "1", "isDefaultVersion": true, "policyDocument": document }],
        "targets": [format!("arn:aws:iot:eu-west-1:{ACCOUNT}:cert/1f2e")],
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn of_the_camera_policies_the_wrong_ones_are_found_and_no_others() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
        let files: Vec<_> = fs::read_dir(folder).unwrap().collect();
        assert!(files.len() >= 10, "{}", files.len());
        for file in files {
            let path = file.unwrap().path();
            let case: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let policies = Map::from_iter([(name.to_owned(), case["document"].clone())]);
            let answer = answer(&policies, case["holder"].as_str().unwrap(), 1).unwrap();
            assert_eq!(answer.failed, [""; 0], "{name}");
            let because = case["because"].as_str().unwrap();
            assert_eq!(!answer.found[name].is_empty(), case["wrong"], "{name}, {because}: {:?}", answer.found);
            assert_eq!(because.starts_with("nothing: "), case["wrong"] == false, "{name}");
        }
    }
}
