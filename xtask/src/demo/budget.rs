//! The money runs short, the least important video gives way, and all comes back.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use local::{Cloud, Control};
use serde_json::{Value, json};

use super::aws::Aws;
use super::bill::{Cost, cost_in_short};
use super::columns;
use super::operator::Operator;
use crate::report::{heading, line};

/// By which the template and the journal of calls name the function.
pub(super) const FUNCTION: &str = "BudgetFunction";
/// What the demo's stack may spend on video in a month.
pub(super) const LIMIT: &str = "1000";

/// What matters how much: one camera of each kind.
const PRIORITIES: [(&str, &str); 3] = [("yard-1", "low"), ("lobby", "standard"), ("gate-north", "critical")];
/// More than a month, in seconds.
const MONTH: i64 = 35 * 86_400;

/// What this part of the story is played on.
pub(super) struct Money {
    control: Control,
    account: Aws,
    budget: String,
    queue: String,
    folder: PathBuf,
}

impl Money {
    /// Looks at the cloud, and subscribes to the reports.
    pub(super) fn new(cloud: &Cloud, folder: PathBuf) -> Result<Self> {
        let account = Aws::new(cloud.endpoint(), "local");
        let queue = account.subscribe(cloud.output("BudgetReportTopicArn")?, "reports")?;
        Ok(Self { control: cloud.control(), account, budget: cloud.output("BudgetName")?.to_owned(), queue, folder })
    }

    /// Plays it from the first rung to the next month.
    pub(super) fn play(&self, operator: &Operator) -> Result<Vec<Cost>> {
        heading("9  The money runs short");
        line(&format!("The month's budget for video is {LIMIT} USD. Cameras send 1.2 Mbit/s day and night."));
        for (stream, priority) in PRIORITIES {
            line(&format!(
                "$ aws kinesisvideo tag-stream --stream-name {stream} --tags kvs-warden:priority={priority}"
            ));
            self.account.tag_stream(stream, "kvs-warden:priority", priority)?;
        }
        self.control.traffic(&json!({ "default": { "kbps": 1200, "fragmentSeconds": 2 }, "streams": {} }))?;
        self.control.age(30 * 3_600)?;
        operator.runs("budget plan --spend 960 --forecast 980 --all", &["rungs", "yard-1", "lobby", "gate-north"])?;

        line(
            "\nAWS Budgets finds that 850 USD are spent, and says so in plain text on the topic. The text only rings:",
        );
        line("what is spent, the function asks AWS.");
        let before = self.control.mark()?;
        self.spend("850", "880")?;
        self.is("yard-1", Some("reduced"))?;
        self.is("lobby", None)?;
        let reduced = self.control.calls_of(FUNCTION, before)?;
        line("Then 960 USD.");
        self.spend("960", "980")?;
        self.is("yard-1", Some("stopped"))?;
        self.is("lobby", None)?;
        self.is("gate-north", None)?;
        self.report()?;
        self.camera(operator)?;
        operator.runs("budget status", &["yard-1", "lobby", "gate-north"])?;

        heading("10  The next month");
        line("Nobody tells of a new month: the clock rings every half an hour, and AWS has new figures.");
        self.control.age(MONTH)?;
        let reset =
            json!({ "budget": self.budget, "newPeriod": true, "actual": "3.20", "forecast": "96", "publish": false });
        self.control.spend(&reset)?;
        let before = self.control.mark()?;
        self.tick()?;
        for (stream, _) in PRIORITIES {
            self.is(stream, None)?;
        }
        self.report()?;
        let back = self.control.calls_of(FUNCTION, before)?;
        Ok(vec![cost_in_short("one stream gives way", &reduced), cost_in_short("it comes back", &back)])
    }

    /// AWS has worked out what is spent, and tells of it.
    fn spend(&self, actual: &str, forecast: &str) -> Result<()> {
        let answer = self.control.spend(&json!({ "budget": self.budget, "actual": actual, "forecast": forecast }))?;
        let published = answer.pointer("/published").and_then(Value::as_array).map_or(0, Vec::len);
        ensure!(published > 0, "AWS Budgets has not told that {actual} are spent: {answer}");
        self.control.settle()
    }

    fn tick(&self) -> Result<()> {
        let tick = self.control.tick("BudgetSchedule")?;
        ensure!(tick.fired && tick.delivered, "the schedule did not fire: {tick:?}");
        self.control.settle()
    }

    /// Holds what a stream is at against what it must be.
    fn is(&self, stream: &str, throttle: Option<&str>) -> Result<()> {
        let tags = self.account.tags_of_stream(stream)?;
        let now = tags.pointer("/Tags/kvs-warden:throttle").and_then(Value::as_str);
        ensure!(now == throttle, "`{stream}` is at {now:?}, and must be at {throttle:?}: {tags}");
        let word = throttle.unwrap_or("normal");
        line(&columns::text([[format!("  {stream}"), word.to_owned()]]));
        Ok(())
    }

    /// Shows the last report that went out.
    fn report(&self) -> Result<()> {
        let envelope = self.control.drain(&self.queue)?.pop().context("no report went out")?;
        let envelope: Value = serde_json::from_str(&envelope).context("a report is no JSON")?;
        let text = envelope.get("Message").and_then(Value::as_str).context("a report has no text")?;
        line("\nThe report:");
        text.lines().for_each(|said| line(&format!("  | {}", columns::short(said))));
        line("");
        Ok(())
    }

    /// What the camera's role may do now, decided from the deployed policy.
    fn camera(&self, operator: &Operator) -> Result<()> {
        let policies = self.control.policies()?;
        let document = policies.pointer("/CameraRole/policies/camera").context("the camera's role has no policy")?;
        let request = |stream: &str, tags: Value| -> Result<Value> {
            let mut context = json!({ "credentials-iot:ThingName": stream });
            for (key, value) in tags.get("Tags").and_then(Value::as_object).into_iter().flatten() {
                context
                    .as_object_mut()
                    .context("a context is no object")?
                    .insert(format!("aws:ResourceTag/{key}"), value.clone());
            }
            Ok(json!({
                "name": format!("{stream} sends to its stream"),
                "principal": "arn:aws:sts::123456789012:assumed-role/camera/1f2e",
                "action": "kinesisvideo:PutMedia",
                "resource": format!("arn:aws:kinesisvideo:us-east-1:123456789012:stream/{stream}/1700000000000"),
                "context": context,
                "identityPolicies": [{ "name": "camera", "document": document }],
            }))
        };
        let mut lines = String::new();
        for stream in ["yard-1", "gate-north"] {
            lines.push_str(&request(stream, self.account.tags_of_stream(stream)?)?.to_string());
            lines.push('\n');
        }
        std::fs::write(self.folder.join("cameras.jsonl"), lines).context("cannot write `cameras.jsonl`")?;
        let said = operator.runs("simulate --explain cameras.jsonl", &["yard-1", "gate-north", "  - "])?;
        ensure!(said.contains("yard-1 sends to its stream: ExplicitlyDenied"), "yard-1 may still send: {said}");
        ensure!(said.contains("gate-north sends to its stream: Allowed"), "gate-north may not send: {said}");
        Ok(())
    }
}
