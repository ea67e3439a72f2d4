//! AWS calls as they go over the wire. The local cloud reads who signs a call, and believes it.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Response;

/// Somebody with an access key.
pub(super) struct Aws {
    endpoint: String,
    key: String,
    agent: Agent,
}

impl Aws {
    /// Signs with this access key.
    pub(super) fn new(endpoint: &str, key: &str) -> Self {
        let agent = Agent::config_builder().proxy(None).http_status_as_error(false).build().into();
        Self { endpoint: endpoint.trim_end_matches('/').to_owned(), key: key.to_owned(), agent }
    }

    /// Somebody else, with an access key of their own.
    pub(super) fn user(&self, name: &str) -> Result<Self> {
        self.iam("CreateUser", &[("UserName", name)])?;
        let made = self.iam("CreateAccessKey", &[("UserName", name)])?;
        let key = made.split_once("<AccessKeyId>").and_then(|(_, rest)| rest.split_once("</AccessKeyId>"));
        let (key, _) = key.with_context(|| format!("no access key in `{made}`"))?;
        Ok(Self::new(&self.endpoint, key))
    }

    /// A call of IAM's. Answers its XML.
    pub(super) fn iam(&self, action: &str, fields: &[(&str, &str)]) -> Result<String> {
        let call = self.agent.post(&self.endpoint).header("Authorization", self.signature("iam"));
        let form = [("Action", action), ("Version", "2010-05-08")].into_iter().chain(fields.iter().copied());
        text(action, call.send_form(form))
    }

    /// A call of CloudTrail's.
    pub(super) fn cloudtrail(&self, operation: &str, asked: &Value) -> Result<Value> {
        self.json("cloudtrail", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101", operation, asked)
    }

    /// A call of EventBridge's.
    pub(super) fn events(&self, operation: &str, asked: &Value) -> Result<Value> {
        self.json("events", "AWSEvents", operation, asked)
    }

    /// The findings in a table, of this kind.
    pub(super) fn findings(&self, table: &str, kind: &str) -> Result<Vec<Value>> {
        let asked = json!({ "TableName": table, "KeyConditionExpression": "kind = :kind",
            "ExpressionAttributeValues": { ":kind": { "S": kind } } });
        let page = self.json("dynamodb", "DynamoDB_20120810", "Query", &asked)?;
        ensure!(page.get("LastEvaluatedKey").is_none(), "more findings than this demo should have");
        let items = page.get("Items").and_then(Value::as_array).context("no items in the answer")?;
        let bodies = items.iter().map(|item| item.pointer("/body/S").and_then(Value::as_str));
        bodies
            .map(|body| serde_json::from_str(body.context("an item has no body")?).context("cannot read a finding"))
            .collect()
    }

    /// Gives a stream a tag.
    pub(super) fn tag_stream(&self, stream: &str, key: &str, value: &str) -> Result<()> {
        self.video("tagStream", &json!({ "StreamName": stream, "Tags": { key: value } })).map(drop)
    }

    /// A stream's tags.
    pub(super) fn tags_of_stream(&self, stream: &str) -> Result<Value> {
        self.video("listTagsForStream", &json!({ "StreamName": stream }))
    }

    fn video(&self, operation: &str, asked: &Value) -> Result<Value> {
        let url = format!("{}/{operation}", self.endpoint);
        let call = self.agent.post(&url).header("Authorization", self.signature("kinesisvideo"));
        let answer = text(operation, call.content_type("application/json").send(asked.to_string()))?;
        serde_json::from_str(&answer).with_context(|| format!("cannot read the answer of {operation}"))
    }

    /// Makes a queue that hears of all that goes out on a topic. Answers its URL.
    pub(super) fn subscribe(&self, topic: &str, queue: &str) -> Result<String> {
        let made = self.json("sqs", "AmazonSQS", "CreateQueue", &json!({ "QueueName": queue }))?;
        let url = made.get("QueueUrl").and_then(Value::as_str).context("no queue was made")?.to_owned();
        let (prefix, _) = topic.rsplit_once(':').context("a topic's ARN has no name")?;
        let endpoint = format!("{}:{queue}", prefix.replace(":sns:", ":sqs:"));
        let call = self.agent.post(&self.endpoint).header("Authorization", self.signature("sns"));
        let fields = [("TopicArn", topic), ("Protocol", "sqs"), ("Endpoint", endpoint.as_str())];
        let form = [("Action", "Subscribe"), ("Version", "2010-03-31")].into_iter().chain(fields);
        text("Subscribe", call.send_form(form))?;
        Ok(url)
    }

    /// A text from a bucket.
    pub(super) fn object(&self, bucket: &str, key: &str) -> Result<String> {
        let url = format!("{}/{bucket}/{key}", self.endpoint);
        text("GetObject", self.agent.get(url).header("Authorization", self.signature("s3")).call())
    }

    fn json(&self, service: &str, target: &str, operation: &str, asked: &Value) -> Result<Value> {
        let version = if service == "dynamodb" { "1.0" } else { "1.1" };
        let call = self.agent.post(&self.endpoint).header("Authorization", self.signature(service));
        let call = call.header("X-Amz-Target", format!("{target}.{operation}"));
        let call = call.content_type(format!("application/x-amz-json-{version}"));
        let answer = text(operation, call.send(asked.to_string()))?;
        serde_json::from_str(&answer).with_context(|| format!("cannot read the answer of {operation}"))
    }

    fn signature(&self, service: &str) -> String {
        let scope = format!("{}/20261123/us-east-1/{service}/aws4_request", self.key);
        format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0")
    }
}

fn text(operation: &str, answer: Result<Response<ureq::Body>, ureq::Error>) -> Result<String> {
    let mut answer = answer.with_context(|| format!("cannot call {operation}"))?;
    let said = answer.body_mut().read_to_string().with_context(|| format!("cannot read the answer of {operation}"))?;
    ensure!(answer.status().is_success(), "{operation} is refused: {} {said}", answer.status());
    Ok(said)
}
