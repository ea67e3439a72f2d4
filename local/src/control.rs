//! What AWS has no API for.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The control API of a running cloud.
#[derive(Debug, Clone)]
pub struct Control {
    base: String,
    agent: ureq::Agent,
}

/// How a camera's connect ended.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connect {
    /// The camera is in.
    pub connected: bool,
    /// Its certificate's id, when AWS IoT knows the certificate now.
    pub certificate_id: Option<String>,
    /// The certificate's status.
    pub status: Option<String>,
    /// A registration event was published.
    #[serde(default)]
    pub published: bool,
    /// Why the camera is not in.
    pub reason: Option<String>,
    /// The things that the certificate is attached to.
    #[serde(default)]
    pub things: Vec<String>,
    /// The policies that are attached to the certificate.
    #[serde(default)]
    pub policies: Vec<String>,
}

/// An AWS call that reached the cloud.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct Call {
    /// Its number; later calls have higher ones.
    pub n: u64,
    /// Who called: the access key.
    pub caller: String,
    /// The service, such as `iot`.
    pub service: String,
    /// The operation, such as `CreateThing`.
    pub operation: String,
    /// The HTTP status.
    pub status: u16,
    /// AWS's error code.
    pub error: Option<String>,
    /// What it was about, as far as that can be told.
    pub target: Option<String>,
}

/// What became of a schedule that was told to fire.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct Tick {
    /// The schedule's name.
    pub schedule: String,
    /// It is enabled.
    pub fired: bool,
    /// Its targets took the input.
    pub delivered: bool,
}

/// How many resources to add.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Load {
    /// Streams, tagged as provisioned ones are.
    pub streams: u32,
    /// Things, with the attributes of provisioned ones.
    pub things: u32,
    /// Certificates, attached to the things of the same numbers.
    pub certificates: u32,
    /// Roles with inline policies, some with managed ones.
    pub roles: u32,
    /// Users with an inline policy.
    pub users: u32,
}

#[derive(Deserialize)]
struct Calls {
    calls: Vec<Call>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Orders {
    carried_out: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
struct Idle {
    idle: bool,
    queues: BTreeMap<String, Messages>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Messages {
    visible: u64,
    in_flight: u64,
}

#[derive(Deserialize)]
struct Connects {
    connects: Vec<Connect>,
}

#[derive(Deserialize)]
struct Delivered {
    delivered: usize,
}

#[derive(Deserialize)]
struct Drained {
    bodies: Vec<String>,
}

/// What speaks HTTP with this machine: a proxy is the way to the internet.
pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().proxy(None).build().into()
}

impl Control {
    /// Speaks to the cloud at this endpoint.
    pub(crate) fn new(endpoint: &str) -> Self {
        Self { base: format!("{}/_local", endpoint.trim_end_matches('/')), agent: agent() }
    }

    /// A camera connects with its certificate, as over TLS.
    pub fn connect(&self, certificate_pem: &str) -> Result<Connect> {
        self.post("connect", &json!({ "certificatePem": certificate_pem }))
    }

    /// Cameras connect one after the other.
    pub fn connect_all(&self, certificate_pems: &[&str]) -> Result<Vec<Connect>> {
        Ok(self.post::<Connects>("connect", &json!({ "certificatePems": certificate_pems }))?.connects)
    }

    /// The certificates of cameras become known, but their events are lost.
    pub fn register_all_silently(&self, certificate_pems: &[&str]) -> Result<Vec<Connect>> {
        let asked = json!({ "certificatePems": certificate_pems, "publish": false });
        Ok(self.post::<Connects>("connect", &asked)?.connects)
    }

    /// A camera's certificate becomes known, but its event is lost.
    pub fn register_silently(&self, certificate_pem: &str) -> Result<Connect> {
        self.post("connect", &json!({ "certificatePem": certificate_pem, "publish": false }))
    }

    /// AWS IoT publishes this on this topic.
    pub fn publish(&self, topic: &str, payload: &Value) -> Result<Value> {
        self.post("publish", &json!({ "topic": topic, "payload": payload }))
    }

    /// AWS IoT published this on this topic so many seconds ago, and queues have kept it since.
    pub fn publish_ago(&self, topic: &str, payload: &Value, seconds: u32) -> Result<Value> {
        self.post("publish", &json!({ "topic": topic, "payload": payload, "secondsAgo": seconds }))
    }

    /// AWS IoT publishes these on this topic, all at once, and answers how many messages that makes in queues.
    pub fn publish_all(&self, topic: &str, payloads: &[Value]) -> Result<usize> {
        Ok(self.post::<Delivered>("publish", &json!({ "topic": topic, "payloads": payloads }))?.delivered)
    }

    /// The visibility timeouts of all messages in flight run out.
    pub fn redeliver(&self) -> Result<Value> {
        self.post("redeliver", &json!({}))
    }

    /// Takes the messages that wait in the queue with this URL, and answers their bodies in the order of their coming.
    pub fn drain(&self, queue_url: &str) -> Result<Vec<String>> {
        Ok(self.post::<Drained>("drain", &json!({ "queueUrl": queue_url }))?.bodies)
    }

    /// All calls after the one with this number.
    pub fn calls(&self, after: u64) -> Result<Vec<Call>> {
        Ok(self.get::<Calls>(&format!("calls?after={after}"))?.calls)
    }

    /// The calls of one function after the one with this number.
    pub fn calls_of(&self, logical_id: &str, after: u64) -> Result<Vec<Call>> {
        Ok(self.calls(after)?.into_iter().filter(|call| call.caller == logical_id).collect())
    }

    /// The number of the last call.
    pub fn mark(&self) -> Result<u64> {
        Ok(self.calls(0)?.last().map_or(0, |call| call.n))
    }

    /// Kills the function the next time that it has made this call, before it has the answer.
    pub fn crash_after(&self, logical_id: &str, operation: &str) -> Result<Value> {
        self.post("crash", &json!({ "function": logical_id, "operation": operation, "when": "after", "nth": 1 }))
    }

    /// Kills the one worker of the function's that makes this call for the `nth` time from now on, all workers counted,
    /// before it has the answer.
    pub fn crash_one_after(&self, logical_id: &str, operation: &str, nth: u32) -> Result<()> {
        let order = json!({ "function": logical_id, "operation": operation, "when": "after", "nth": nth, "one": true });
        self.order(&order)
    }

    /// Orders what becomes of a function's calls: its death `before` or `after` one, or an answer that is `late`.
    pub(crate) fn order(&self, order: &Value) -> Result<()> {
        self.post::<Value>("crash", order).map(drop)
    }

    /// Nothing that was ordered for a function's calls stands any more.
    pub(crate) fn take_back(&self) -> Result<()> {
        let url = format!("{}/crash", self.base);
        self.agent.delete(&url).call().context("cannot delete `/crash`")?;
        Ok(())
    }

    /// How often an order was carried out for each call, as `service:operation`, since orders were taken back.
    pub(crate) fn carried_out(&self) -> Result<BTreeMap<String, u64>> {
        Ok(self.get::<Orders>("crash")?.carried_out)
    }

    /// How many crashes are still armed.
    pub fn armed_crashes(&self) -> Result<Value> {
        self.get("crash")
    }

    /// The policies that the template deploys, resolved, by logical id.
    pub fn policies(&self) -> Result<Value> {
        self.get("policies")
    }

    /// Changes how the emulated services behave.
    pub fn settings(&self, settings: &Value) -> Result<Value> {
        self.post("settings", settings)
    }

    /// Publishes this event to the default event bus. It is a whole event, or the `detail` of one from CloudTrail.
    pub fn event(&self, event: &Value) -> Result<Value> {
        self.events(event, 1)
    }

    /// Publishes the same event so many times, as a bus that delivers twice does.
    pub fn events(&self, event: &Value, times: u32) -> Result<Value> {
        self.post("event", &json!({ "event": event, "times": times }))
    }

    /// Fires the schedule of this logical id or name now. Nothing else fires one.
    pub fn tick(&self, schedule: &str) -> Result<Tick> {
        self.post("tick", &json!({ "schedule": schedule }))
    }

    /// Fires the schedule as if it were this time, such as `2026-11-23T01:30:00Z`.
    pub fn tick_at(&self, schedule: &str, time: &str) -> Result<Tick> {
        self.post("tick", &json!({ "schedule": schedule, "scheduledTime": time }))
    }

    /// Gives a role an inline policy as it is, which IAM would not take.
    pub fn corrupt(&self, role: &str, document: &str) -> Result<Value> {
        self.post("corrupt", &json!({ "role": role, "document": document }))
    }

    /// Adds so many resources at once, without calls and without events.
    pub fn load(&self, load: &Load) -> Result<Value> {
        self.post("load", &serde_json::to_value(load)?)
    }

    /// Stages what a budget has spent, and answers which notifications that published.
    pub fn spend(&self, spend: &Value) -> Result<Value> {
        self.post("spend", spend)
    }

    /// Stages what video comes into streams.
    pub fn traffic(&self, traffic: &Value) -> Result<Value> {
        self.post("traffic", traffic)
    }

    /// Lets everything that came in, and the marks of the budget, be so many seconds older.
    pub fn age(&self, seconds: i64) -> Result<Value> {
        self.post("age", &json!({ "seconds": seconds }))
    }

    /// Restarts a function with changed environment variables; null unsets one.
    pub fn restart(&self, logical_id: &str, environment: &Value) -> Result<Value> {
        self.post("restart", &json!({ "function": logical_id, "environment": environment }))
    }

    /// Lets invocations of a function that begin from now on take so many seconds, whatever the template says.
    pub fn timeout(&self, logical_id: &str, seconds: u32) -> Result<Value> {
        self.post("timeout", &json!({ "function": logical_id, "seconds": seconds }))
    }

    /// How many messages wait in this queue, or are at work.
    pub fn messages(&self, queue_url: &str) -> Result<u64> {
        let name = queue_url.rsplit('/').next().unwrap_or_default();
        let queues = self.get::<Idle>("idle")?.queues;
        let Messages { visible, in_flight } =
            queues.get(name).with_context(|| format!("there is no queue `{name}`"))?;
        Ok(visible.saturating_add(*in_flight))
    }

    /// Waits until nothing runs and no message waits to be read. Messages whose visibility timeout runs do not count.
    pub fn settle(&self) -> Result<()> {
        self.settle_within(Duration::from_mins(5))
    }

    /// The same, for what may take longer.
    pub fn settle_within(&self, most: Duration) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < most {
            if self.get::<Idle>("idle")?.idle {
                return Ok(());
            }
            // Many clouds that are asked all the time would have no time for anything else.
            let a_tenth = began.elapsed().checked_div(10).unwrap_or_default();
            std::thread::sleep(a_tenth.clamp(Duration::from_millis(10), Duration::from_millis(200)));
        }
        bail!("the local cloud did not come to rest within {} seconds", most.as_secs())
    }

    fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T> {
        let url = format!("{}/{path}", self.base);
        let mut answer = self.agent.post(&url).send_json(body).with_context(|| format!("cannot post to `/{path}`"))?;
        answer.body_mut().read_json().with_context(|| format!("cannot read the answer of `/{path}`"))
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let url = format!("{}/{path}", self.base);
        let mut answer = self.agent.get(&url).call().with_context(|| format!("cannot get `/{path}`"))?;
        answer.body_mut().read_json().with_context(|| format!("cannot read the answer of `/{path}`"))
    }
}
