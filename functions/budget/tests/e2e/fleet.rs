//! A fleet with a budget.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use aws_sdk_iotdataplane::primitives::Blob;
use budget::camera::{Standing, Target};
use budget::tags::{Said, Tags};
use local::{Call, Cloud, Control, Options, Python};
use serde_json::{Value, json};

/// The function's logical id in the template.
pub(crate) const FUNCTION: &str = "BudgetFunction";
/// The account of the local cloud.
pub(crate) const ACCOUNT: &str = "123456789012";

/// A local cloud with a budget of 1,000 USD.
pub(crate) struct Fleet {
    pub(crate) cloud: Cloud,
    pub(crate) control: Control,
    pub(crate) kinesisvideo: aws_sdk_kinesisvideo::Client,
    pub(crate) shadows: aws_sdk_iotdataplane::Client,
    pub(crate) sns: aws_sdk_sns::Client,
    pub(crate) sqs: aws_sdk_sqs::Client,
    iot: aws_sdk_iot::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    cloudwatch: aws_sdk_cloudwatch::Client,
}

impl Fleet {
    /// A camera of each priority, which send 1,000 kbit/s.
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// The same with other values for some parameters of the template.
    pub(crate) async fn with(parameters: &[(&str, &str)]) -> Self {
        let fleet = Self::deployed(parameters).await;
        for (name, priority) in [("low-1", "low"), ("standard-1", "standard"), ("critical-1", "critical")] {
            fleet.camera(name, priority).await;
        }
        let steady = json!({ "kbps": 1000, "fragmentSeconds": 2 });
        fleet.control.traffic(&json!({ "default": steady, "streams": {} })).unwrap();
        fleet.control.age(30 * 3_600).unwrap();
        fleet
    }

    /// The stack, without any camera.
    pub(crate) async fn deployed(parameters: &[(&str, &str)]) -> Self {
        let workspace = local::workspace();
        let python = Python::ready(&workspace, &|_| {}).unwrap();
        let options = Options::default().parameter("TagCallsPerSecond", "50");
        let options = if parameters.contains(&("BudgetLimit", "0")) {
            options
        } else {
            options.function(FUNCTION, env!("CARGO_BIN_EXE_budget")).parameter("BudgetLimit", "1000")
        };
        let options = parameters.iter().fold(options, |options, (name, value)| options.parameter(name, value));
        let cloud = Cloud::start(&workspace, &python, &options).unwrap();
        let config = aws_config::defaults(aws_config::BehaviorVersion::latest())
            .endpoint_url(cloud.endpoint())
            .region(aws_config::Region::new(cloud.region().to_owned()))
            .credentials_provider(aws_sdk_sqs::config::Credentials::new("test", "test", None, None, "test"))
            .load()
            .await;
        Self {
            control: cloud.control(),
            cloud,
            kinesisvideo: aws_sdk_kinesisvideo::Client::new(&config),
            shadows: aws_sdk_iotdataplane::Client::new(&config),
            sns: aws_sdk_sns::Client::new(&config),
            sqs: aws_sdk_sqs::Client::new(&config),
            iot: aws_sdk_iot::Client::new(&config),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(&config),
        }
    }

    /// The body of the stack's dashboard.
    pub(crate) async fn dashboard(&self) -> String {
        let name = self.cloud.resource("Dashboard").unwrap();
        let dashboard = self.cloudwatch.get_dashboard().dashboard_name(name).send().await.unwrap();
        dashboard.dashboard_body.unwrap()
    }

    /// A camera with a stream as provisioning leaves it.
    pub(crate) async fn camera(&self, name: &str, priority: &str) {
        self.iot.create_thing().thing_name(name).send().await.unwrap();
        let stream = self.kinesisvideo.create_stream().stream_name(name).data_retention_in_hours(24);
        let stream = stream.tags("kvs-warden:thing", name).tags("kvs-warden:priority", priority);
        stream.send().await.unwrap();
    }

    /// The name of the budget.
    pub(crate) fn budget(&self) -> &str {
        self.cloud.output("BudgetName").unwrap()
    }

    /// AWS has worked out this spend, expects no more until the end of the period, and tells of it if a threshold of its
    /// own was passed.
    pub(crate) fn spend(&self, actual: &str) {
        self.control.spend(&json!({ "budget": self.budget(), "actual": actual, "forecast": actual })).unwrap();
        self.control.settle().unwrap();
    }

    /// AWS has worked out this spend and this forecast, and no message tells of it.
    pub(crate) fn spend_silently(&self, actual: &str, forecast: &str) {
        let spend = json!({ "budget": self.budget(), "actual": actual, "forecast": forecast, "publish": false });
        self.control.spend(&spend).unwrap();
    }

    /// A new period has begun, AWS has worked out this spend of it, and no message tells of it.
    pub(crate) fn new_period(&self, actual: &str) {
        let spend = json!({ "budget": self.budget(), "newPeriod": true, "actual": actual, "publish": false });
        self.control.spend(&spend).unwrap();
    }

    /// The schedule's turn.
    pub(crate) fn tick(&self) {
        let tick = self.control.tick("BudgetSchedule").unwrap();
        assert!(tick.fired && tick.delivered, "{tick:?}");
        self.control.settle().unwrap();
    }

    /// A stream's tags.
    pub(crate) async fn tags(&self, stream: &str) -> Tags {
        let tags = self.kinesisvideo.list_tags_for_stream().stream_name(stream).send().await.unwrap();
        tags.tags.unwrap_or_default().into_iter().collect()
    }

    /// How a stream stands.
    pub(crate) async fn standing(&self, stream: &str) -> Standing {
        Said::of(&self.tags(stream).await).standing
    }

    /// What each of these streams is at.
    pub(crate) async fn targets<const N: usize>(&self, streams: [&str; N]) -> [Target; N] {
        let mut targets = [Target::Normal; N];
        for (stream, target) in streams.into_iter().zip(&mut targets) {
            *target = self.standing(stream).await.target();
        }
        targets
    }

    /// What each of the three first cameras is at: low, standard, critical.
    pub(crate) async fn three(&self) -> [Target; 3] {
        self.targets(["low-1", "standard-1", "critical-1"]).await
    }

    /// What is desired of a camera.
    pub(crate) async fn desired(&self, thing: &str) -> Value {
        let shadow = self.shadows.get_thing_shadow().thing_name(thing).shadow_name("kvs-warden").send().await;
        let Ok(shadow) = shadow else { return Value::Null };
        let document: Value = serde_json::from_slice(shadow.payload.unwrap().as_ref()).unwrap();
        document["state"]["desired"]["throttle"].clone()
    }

    /// Writes into a camera's shadow.
    pub(crate) async fn desire(&self, thing: &str, throttle: &Value) {
        let document = json!({ "state": { "desired": { "throttle": throttle } } });
        let call = self.shadows.update_thing_shadow().thing_name(thing).shadow_name("kvs-warden");
        call.payload(Blob::new(document.to_string())).send().await.unwrap();
    }

    /// Subscribes to a topic of the template's.
    pub(crate) async fn told(&self, topic: &str) -> Told {
        let name = format!("told-{topic}");
        let queue = self.sqs.create_queue().queue_name(&name).send().await.unwrap().queue_url.unwrap();
        let topic = self.cloud.output(topic).unwrap();
        let arn = format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{name}");
        self.sns.subscribe().topic_arn(topic).protocol("sqs").endpoint(arn).send().await.unwrap();
        Told { control: self.control.clone(), queue }
    }

    /// Puts a message into the function's queue.
    pub(crate) async fn send(&self, body: &str) {
        let queue = self.cloud.output("BudgetQueueUrl").unwrap();
        self.sqs.send_message().queue_url(queue).message_body(body).send().await.unwrap();
        self.control.settle().unwrap();
    }

    /// How many messages wait in the function's queue, or are at work.
    pub(crate) fn asked(&self) -> u64 {
        self.control.messages(self.cloud.output("BudgetQueueUrl").unwrap()).unwrap()
    }

    /// What the messages that could not be worked off say.
    pub(crate) fn dead_letters(&self) -> Vec<String> {
        self.control.drain(self.cloud.output("BudgetDeadLetterQueueUrl").unwrap()).unwrap()
    }

    /// The calls of the function since the call with this number.
    pub(crate) fn calls_after(&self, after: u64) -> Vec<Call> {
        self.control.calls_of(FUNCTION, after).unwrap()
    }

    /// The calls that change a stream, a shadow or tell somebody, since the call with this number.
    pub(crate) fn deeds_after(&self, after: u64) -> Vec<String> {
        let deeds = ["TagStream", "UntagStream", "UpdateThingShadow", "Publish", "PublishBatch"];
        let calls = self.calls_after(after).into_iter().map(|call| call.operation);
        calls.filter(|operation| deeds.contains(&operation.as_str())).collect()
    }

    /// What a metric of the function's comes to so far.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        self.cloud.log(FUNCTION).unwrap().metric(name, None).unwrap()
    }

    /// The lines of the function's log with this message.
    pub(crate) fn logged(&self, message: &str) -> Vec<Value> {
        self.cloud.log(FUNCTION).unwrap().said(message).unwrap()
    }

    /// Until when somebody has the right to look, in seconds since 1970; None when nobody has.
    pub(crate) async fn leased_until(&self) -> Option<i64> {
        let call = self.dynamodb.get_item().table_name(self.cloud.output("BudgetTableName").unwrap());
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let item = call.key("kind", text("lease")).key("id", text("look")).send().await.unwrap().item?;
        Some(item["until"].as_n().unwrap().parse().unwrap())
    }

    /// What was noted of a stream is lost.
    pub(crate) async fn lose_note(&self, stream: &str) {
        let arn = self.kinesisvideo.describe_stream().stream_name(stream).send().await.unwrap();
        let arn = arn.stream_info.unwrap().stream_arn.unwrap();
        let call = self.dynamodb.delete_item().table_name(self.cloud.output("BudgetTableName").unwrap());
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let call = call.return_values(ReturnValue::AllOld).key("kind", text("told")).key("id", text(&arn));
        assert!(call.send().await.unwrap().attributes.is_some(), "{arn}");
    }

    /// Somebody else looks.
    pub(crate) async fn lease(&self, until: i64) {
        let call = self.dynamodb.put_item().table_name(self.cloud.output("BudgetTableName").unwrap());
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let call = call.item("kind", text("lease")).item("id", text("look")).item("holder", text("somebody"));
        call.item("until", AttributeValue::N(until.to_string())).send().await.unwrap();
    }
}

/// What went out on a topic.
pub(crate) struct Told {
    control: Control,
    queue: String,
}

impl Told {
    /// The texts and the attributes since the last reading.
    pub(crate) fn read(&self) -> Vec<(String, BTreeMap<String, String>)> {
        let bodies = self.control.drain(&self.queue).unwrap();
        let envelopes = bodies.iter().map(|body| serde_json::from_str::<Value>(body).unwrap());
        envelopes
            .map(|envelope| {
                let attributes = envelope["MessageAttributes"].as_object().cloned().unwrap_or_default();
                let attributes =
                    attributes.into_iter().map(|(name, it)| (name, it["Value"].as_str().unwrap().to_owned()));
                (envelope["Message"].as_str().unwrap().to_owned(), attributes.collect())
            })
            .collect()
    }
}
