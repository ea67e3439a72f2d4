//! Somebody gives the cameras too much, and the audit says so.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use local::{Cloud, Control, Log};
use serde_json::{Value, json};

use super::aws::Aws;
use super::bill::{Cost, cost, cost_in_short};
use super::columns;
use super::operator::Operator;
use crate::report::{heading, line};

/// By which the template and the journal of calls name the function.
pub(super) const FUNCTION: &str = "AuditFunction";

/// Who gives too much.
const WHO: &str = "mallory";
/// What is found then.
const CHECK: &str = "camera-role-reaches-other-streams";
/// All of Kinesis Video Streams.
const TOO_MUCH: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kinesisvideo:*","Resource":"*"}}"#;
/// How bad a finding may be, the worst first, and the metric of each.
const SEVERITIES: [(&str, &str); 5] = [
    ("critical", "OpenCritical"),
    ("high", "OpenHigh"),
    ("medium", "OpenMedium"),
    ("low", "OpenLow"),
    ("info", "OpenInfo"),
];

/// What this part of the story is played on.
pub(super) struct Audit {
    control: Control,
    account: Aws,
    log: Log,
    rule: String,
    role: String,
    table: String,
    bucket: String,
    workspace: PathBuf,
}

impl Audit {
    /// Looks at the cloud.
    pub(super) fn new(cloud: &Cloud, workspace: &Path) -> Result<Self> {
        let role = cloud.output("CameraRoleArn")?;
        Ok(Self {
            control: cloud.control(),
            account: Aws::new(cloud.endpoint(), "local"),
            log: cloud.log(FUNCTION)?.clone(),
            rule: cloud.resource("ChangeRule")?.to_owned(),
            role: role.rsplit('/').next().unwrap_or(role).to_owned(),
            table: cloud.output("FindingTableName")?.to_owned(),
            bucket: cloud.output("ReportBucketName")?.to_owned(),
            workspace: workspace.to_path_buf(),
        })
    }

    /// Plays it from the mistake to its mending.
    pub(super) fn play(&self, operator: &Operator) -> Result<Vec<Cost>> {
        let mallory = self.account.user(WHO)?;
        self.control.settle()?;
        let mut costs = self.too_much(&mallory)?;
        costs.push(self.sweep(operator)?);
        self.mended(&mallory, operator)?;
        Ok(costs)
    }

    fn too_much(&self, mallory: &Aws) -> Result<Vec<Cost>> {
        heading("6  Somebody gives the cameras too much");
        line(&format!("{WHO} is in a hurry: a camera cannot send, and with this policy it can. So can every other,"));
        line("into every stream, and read and delete all of them.");
        ensure!(self.standing()?.iter().all(|finding| text(finding, "/check") != CHECK), "{CHECK} stands already");
        let before = self.control.mark()?;
        line(&format!("$ aws iam put-role-policy --role-name {} --policy-name oops \\", self.role));
        line("    --policy-document '{… \"Action\": \"kinesisvideo:*\", \"Resource\": \"*\"}'");
        let fields = [("RoleName", self.role.as_str()), ("PolicyName", "oops"), ("PolicyDocument", TOO_MUCH)];
        mallory.iam("PutRolePolicy", &fields)?;
        let event = self.event("PutRolePolicy")?;
        self.passes_the_rule(&event)?;
        self.control.settle()?;
        let change = self.control.calls_of(FUNCTION, before)?;

        let standing = self.standing()?;
        let finding = standing.iter().find(|finding| text(finding, "/check") == CHECK);
        let finding = finding.with_context(|| format!("the audit has not found {CHECK}"))?;
        ensure!(text(finding, "/state") == "open", "{CHECK} is {}", text(finding, "/state"));
        ensure!(text(finding, "/actor/who").ends_with(&format!("user/{WHO}")), "not {WHO} has done it: {finding}");
        ensure!(text(finding, "/actor/eventId") == text(&event, "/detail/eventID"), "not by that call: {finding}");
        let proofs = finding.pointer("/proofs").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let proof = proofs.iter().find(|proof| proof.get("request").is_some()).context("the finding has no proof")?;
        ensure!(text(proof, "/request/action").starts_with("kinesisvideo:"), "this proves nothing: {proof}");
        let changed = self.changed("finding opened")?;
        let logged = changed.iter().find(|logged| text(logged, "/check") == CHECK).context("the log does not tell")?;
        // What is denied all the same follows, clause by clause.
        let because = text(proof, "/because").split("; but not ").next().unwrap_or_default();
        let camera = text(proof, "/request/context/credentials-iot:ThingName");
        let asked = format!("{} on {}", text(proof, "/request/action"), text(proof, "/request/resource"));
        line(&columns::text([
            row("found", format!("{}: {CHECK}", text(logged, "/severity"))),
            row("what", text(finding, "/sentence").to_owned()),
            row("who", format!("{}, from {}", text(finding, "/actor/who"), text(finding, "/actor/address"))),
            row("by", format!("{} at {}", text(finding, "/actor/call"), text(finding, "/actor/at"))),
            row("because", because.to_owned()),
            row("proof", format!("a camera named {camera} may {asked}")),
        ]));
        let others: Vec<_> = changed.iter().map(|logged| text(logged, "/check")).filter(|id| *id != CHECK).collect();
        if !others.is_empty() {
            line(&format!("By the same call: {}.", others.join(", ")));
        }

        // The bus delivers at least once.
        let again = self.control.mark()?;
        self.control.event(&event)?;
        self.control.settle()?;
        let duplicate = self.control.calls_of(FUNCTION, again)?;
        ensure!(duplicate.len() == 1, "the same event again took {} AWS calls: expected 1", duplicate.len());
        Ok(vec![cost("a change that matters", &change), cost("its event once more", &duplicate)])
    }

    /// The template's own pattern takes the event of this call, and not that of a call that reads.
    fn passes_the_rule(&self, event: &Value) -> Result<()> {
        let rule = self.account.events("DescribeRule", &json!({ "Name": self.rule }))?;
        let passes = |event: &Value| -> Result<bool> {
            let asked = json!({ "EventPattern": text(&rule, "/EventPattern"), "Event": event.to_string() });
            let answer = self.account.events("TestEventPattern", &asked)?;
            answer.get("Result").and_then(Value::as_bool).context("TestEventPattern has no result")
        };
        let mut read = event.clone();
        if let Some(record) = read.get_mut("detail").and_then(Value::as_object_mut) {
            record.insert("eventName".to_owned(), json!("GetRolePolicy"));
            record.insert("readOnly".to_owned(), json!(true));
        }
        ensure!(passes(event)?, "the pattern of {} does not take {event}", self.rule);
        ensure!(!passes(&read)?, "the pattern of {} takes {read}", self.rule);
        line("  CloudTrail has it, and the pattern in template.yaml takes it: TestEventPattern says true, and");
        line("  false for a GetRolePolicy, which only reads.\n");
        Ok(())
    }

    fn sweep(&self, operator: &Operator) -> Result<Cost> {
        heading("7  Everything is looked at");
        line("The schedule does it each night, for what no event told. Here it is night now.");
        let before = self.control.mark()?;
        let tick = self.control.tick("SweepSchedulePlan")?;
        ensure!(tick.fired && tick.delivered, "the schedule did not fire: {tick:?}");
        self.control.settle()?;
        let calls = self.control.calls_of(FUNCTION, before)?;
        ensure!(!calls.is_empty(), "the sweep has not looked at anything");

        let page = self.account.object(&self.bucket, "reports/latest.html")?;
        ensure!(page.starts_with("<!DOCTYPE html>") && page.contains(CHECK), "the report does not tell of {CHECK}");
        let report = self.workspace.join("target/demo-report.html");
        std::fs::write(&report, &page).with_context(|| format!("cannot write `{}`", report.display()))?;
        let logged = self.log.lines::<Value>()?;
        let metrics = logged.iter().rev().find(|logged| logged.get("OpenCritical").is_some());
        let metrics = metrics.context("the sweep has counted nothing")?;
        let count = |name: &str| metrics.get(name).and_then(Value::as_u64).unwrap_or_default();
        ensure!(count("OpenCritical") > 0, "the sweep has found nothing critical: {metrics}");
        let totals = SEVERITIES.iter().map(|(severity, name)| format!("{} {severity}", count(name)));
        let totals = totals.collect::<Vec<_>>().join(", ");
        line(&columns::text([row("open", totals), row("report", report.display().to_string())]));

        line("\nThe same from an operator's own machine, which changes nothing:");
        let (code, said) = operator.ends("audit --fail-on critical")?;
        ensure!(code == Some(1) && said.contains(CHECK), "`warden audit` has not failed on {CHECK}: {code:?} {said}");
        let bad = said.lines().filter_map(|said| said.strip_prefix("critical "));
        let bad = bad.map(|said| row("critical", squeezed(said)));
        line(&columns::text(bad.chain(in_all(&said)).chain([row("exit code", "1".to_owned())])));
        Ok(cost_in_short("a sweep", &calls))
    }

    fn mended(&self, mallory: &Aws, operator: &Operator) -> Result<()> {
        heading("8  It is mended");
        line(&format!("$ aws iam delete-role-policy --role-name {} --policy-name oops", self.role));
        mallory.iam("DeleteRolePolicy", &[("RoleName", &self.role), ("PolicyName", "oops")])?;
        self.control.settle()?;
        ensure!(self.standing()?.iter().all(|finding| text(finding, "/check") != CHECK), "{CHECK} still stands");
        let resolved = self.account.findings(&self.table, "resolved")?;
        let resolved = resolved.iter().find(|finding| text(finding, "/check") == CHECK);
        let resolved = resolved.with_context(|| format!("the archive has no {CHECK}"))?;
        let by = text(resolved, "/resolvedBy/who");
        ensure!(by.ends_with(&format!("user/{WHO}")), "not {WHO} has mended it: {resolved}");
        let changed = self.changed("finding resolved")?;
        ensure!(
            changed.iter().any(|logged| text(logged, "/check") == CHECK),
            "the log does not tell that it is mended"
        );
        let call = text(resolved, "/resolvedBy/call");
        ensure!(call == "iam:DeleteRolePolicy", "not that call has mended it: {resolved}");
        line(&columns::text([row("resolved", CHECK.to_owned()), row("by", format!("{by}, with {call}"))]));
        let (code, said) = operator.ends("audit --fail-on critical")?;
        ensure!(code == Some(0), "`warden audit` still finds something critical: {code:?} {said}");
        line(&columns::text(in_all(&said).chain([row("exit code", "0".to_owned())])));
        Ok(())
    }

    /// The last record of a call with this name, as EventBridge has it from CloudTrail.
    fn event(&self, name: &str) -> Result<Value> {
        let asked = json!({ "LookupAttributes": [{ "AttributeKey": "EventName", "AttributeValue": name }] });
        let found = self.account.cloudtrail("LookupEvents", &asked)?;
        let record: Value = serde_json::from_str(text(&found, "/Events/0/CloudTrailEvent"))
            .with_context(|| format!("CloudTrail has no {name}"))?;
        let source = text(&record, "/eventSource").split('.').next().unwrap_or_default();
        Ok(json!({
            "version": "0", "id": text(&record, "/eventID"), "detail-type": "AWS API Call via CloudTrail",
            "source": format!("aws.{source}"), "account": record.get("recipientAccountId"),
            "time": record.get("eventTime"), "region": record.get("awsRegion"), "resources": [], "detail": record,
        }))
    }

    /// The findings that are not resolved.
    fn standing(&self) -> Result<Vec<Value>> {
        self.account.findings(&self.table, "finding")
    }

    /// What the log tells of findings that changed so.
    fn changed(&self, change: &str) -> Result<Vec<Value>> {
        let mut changed = self.log.said("finding changed")?;
        let by_who = format!("user/{WHO}");
        changed.retain(|logged| text(logged, "/change") == change && text(logged, "/actor").ends_with(&by_who));
        Ok(changed)
    }
}

/// A row of what is told of something.
fn row(name: &str, value: String) -> [String; 2] {
    [format!("  {name}"), value]
}

/// The line of `warden audit` with the totals.
fn in_all(said: &str) -> impl Iterator<Item = [String; 2]> {
    let totals = said.lines().filter(|said| said.contains(" checks on account "));
    totals.map(|said| row("in all", squeezed(said)))
}

/// The text at this place, or nothing.
fn text<'a>(value: &'a Value, place: &str) -> &'a str {
    value.pointer(place).and_then(Value::as_str).unwrap_or_default()
}

/// With one space where there are many.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
