//! An account with kvs-warden in it.

use std::collections::{BTreeMap, HashMap};

use audit::finding::{Finding, State};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::primitives::ByteStream;
use local::{Call, Cloud, Control, Options, Python};
use serde_json::Value;

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const FUNCTION: &str = "AuditFunction";

/// A policy that lets its holder do everything with video.
pub(crate) const ALL_OF_VIDEO: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kinesisvideo:*", "Resource": "*"}}"#;

/// A local cloud with the stack deployed.
pub(crate) struct Account {
    pub(crate) cloud: Cloud,
    pub(crate) control: Control,
    pub(crate) iam: aws_sdk_iam::Client,
    pub(crate) iot: aws_sdk_iot::Client,
    pub(crate) kinesisvideo: aws_sdk_kinesisvideo::Client,
    pub(crate) sqs: aws_sdk_sqs::Client,
    pub(crate) sns: aws_sdk_sns::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) events: aws_sdk_eventbridge::Client,
    pub(crate) scheduler: aws_sdk_scheduler::Client,
    pub(crate) cloudwatch: aws_sdk_cloudwatch::Client,
    pub(crate) securityhub: aws_sdk_securityhub::Client,
    pub(crate) data: aws_sdk_kinesis::Client,
    pub(crate) firehose: aws_sdk_firehose::Client,
    pub(crate) flink: aws_sdk_kinesisanalyticsv2::Client,
    pub(crate) kms: aws_sdk_kms::Client,
    cloudformation: aws_sdk_cloudformation::Client,
    dynamodb: aws_sdk_dynamodb::Client,
}

impl Account {
    /// As the template deploys it.
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With other values for some parameters of the template.
    pub(crate) async fn with(parameters: &[(&str, &str)]) -> Self {
        let workspace = local::workspace();
        let python = Python::ready(&workspace, &|_| {}).unwrap();
        let options = Options::default().function(FUNCTION, env!("CARGO_BIN_EXE_audit"));
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
            iam: aws_sdk_iam::Client::new(&config),
            iot: aws_sdk_iot::Client::new(&config),
            kinesisvideo: aws_sdk_kinesisvideo::Client::new(&config),
            sqs: aws_sdk_sqs::Client::new(&config),
            sns: aws_sdk_sns::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(
                aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build(),
            ),
            events: aws_sdk_eventbridge::Client::new(&config),
            scheduler: aws_sdk_scheduler::Client::new(&config),
            cloudwatch: aws_sdk_cloudwatch::Client::new(&config),
            securityhub: aws_sdk_securityhub::Client::new(&config),
            data: aws_sdk_kinesis::Client::new(&config),
            firehose: aws_sdk_firehose::Client::new(&config),
            flink: aws_sdk_kinesisanalyticsv2::Client::new(&config),
            kms: aws_sdk_kms::Client::new(&config),
            cloudformation: aws_sdk_cloudformation::Client::new(&config),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
        }
    }

    /// Deploys a template without functions beside the stack.
    pub(crate) async fn deploy(&self, name: &str, template: &str, parameters: &[(&str, &str)]) {
        let parameters = parameters.iter().map(|(key, value)| {
            aws_sdk_cloudformation::types::Parameter::builder().parameter_key(*key).parameter_value(*value).build()
        });
        let call = self.cloudformation.create_stack().stack_name(name).template_body(template);
        call.set_parameters(Some(parameters.collect())).send().await.unwrap();
        let stacks = self.cloudformation.describe_stacks().stack_name(name).send().await.unwrap().stacks.unwrap();
        assert_eq!(stacks[0].stack_status.as_ref().unwrap().as_str(), "CREATE_COMPLETE");
    }

    /// The name of the role that the template gives cameras.
    pub(crate) fn camera_role(&self) -> String {
        self.cloud.output("CameraRoleArn").unwrap().rsplit('/').next().unwrap().to_owned()
    }

    /// The operator lets the camera role do everything with video, and the audit has looked.
    pub(crate) async fn widen_camera_role(&self) {
        self.put_role_policy(&self.camera_role(), "oops", ALL_OF_VIDEO).await;
        self.control.settle().unwrap();
    }

    /// Gives a role an inline policy.
    pub(crate) async fn put_role_policy(&self, role: &str, name: &str, document: &str) {
        let call = self.iam.put_role_policy().role_name(role).policy_name(name).policy_document(document);
        call.send().await.unwrap();
    }

    /// Takes it away again, and the audit has looked.
    pub(crate) async fn narrow_camera_role(&self) {
        let call = self.iam.delete_role_policy().role_name(self.camera_role()).policy_name("oops");
        call.send().await.unwrap();
        self.control.settle().unwrap();
    }

    /// A sweep, to its end.
    pub(crate) fn sweep(&self) {
        let tick = self.control.tick("SweepSchedulePlan").unwrap();
        assert!(tick.fired && tick.delivered, "{tick:?}");
        self.control.settle().unwrap();
    }

    /// The findings of the table that stand, by check.
    pub(crate) async fn findings(&self) -> BTreeMap<String, Vec<Finding>> {
        let mut findings: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
        for finding in self.items("finding").await {
            if finding.state != State::Resolved {
                findings.entry(finding.check.clone()).or_default().push(finding);
            }
        }
        findings
    }

    /// The ids of the checks that have findings.
    pub(crate) async fn found(&self) -> Vec<String> {
        self.findings().await.into_keys().collect()
    }

    /// The one finding of a check, once the audit has looked at what changed.
    pub(crate) async fn only(&self, check: &str) -> Finding {
        self.control.settle().unwrap();
        let mut findings = self.findings().await;
        let mut found = findings.remove(check).unwrap_or_default();
        assert_eq!(found.len(), 1, "{check}: {found:#?}; {findings:#?}");
        found.remove(0)
    }

    /// That a check finds nothing any more, once the audit has looked at what changed.
    pub(crate) async fn mended(&self, check: &str) {
        self.control.settle().unwrap();
        assert_eq!(self.findings().await.remove(check), None);
    }

    /// The findings of the archive.
    pub(crate) async fn archived(&self) -> Vec<Finding> {
        self.items("resolved").await
    }

    /// Somebody deletes what the table knows of this finding.
    pub(crate) async fn delete(&self, finding: &Finding) {
        let call = self.dynamodb.delete_item().table_name(self.cloud.output("FindingTableName").unwrap());
        let call = call.key("kind", AttributeValue::S("finding".to_owned()));
        call.key("id", AttributeValue::S(finding.id.to_string())).send().await.unwrap();
    }

    /// Somebody deletes what the table knows of these findings.
    pub(crate) async fn forget(&self, which: impl Fn(&Finding) -> bool) {
        for finding in self.items("finding").await.iter().filter(|finding| which(finding)) {
            self.delete(finding).await;
        }
    }

    /// The time is over in which whoever wrote something had to announce it.
    pub(crate) async fn let_turns_end(&self) {
        let untold = |item: &HashMap<String, AttributeValue>| item["told"] == AttributeValue::Bool(false);
        for mut item in self.raw("finding").await.into_iter().filter(untold) {
            let written: i64 = item["written"].as_n().unwrap().parse().unwrap();
            item.insert("written".to_owned(), AttributeValue::N((written - 961).to_string()));
            let call = self.dynamodb.put_item().table_name(self.cloud.output("FindingTableName").unwrap());
            call.set_item(Some(item)).send().await.unwrap();
        }
    }

    /// How many messages the audit has yet to work off.
    pub(crate) fn asked(&self) -> u64 {
        self.control.messages(self.cloud.output("AuditQueueUrl").unwrap()).unwrap()
    }

    async fn items(&self, kind: &str) -> Vec<Finding> {
        let items = self.raw(kind).await;
        items.iter().map(|item| serde_json::from_str(item["body"].as_s().unwrap()).unwrap()).collect()
    }

    async fn raw(&self, kind: &str) -> Vec<HashMap<String, AttributeValue>> {
        let query = self.dynamodb.query().table_name(self.cloud.output("FindingTableName").unwrap());
        let query = query.key_condition_expression("kind = :kind");
        let query = query.expression_attribute_values(":kind", AttributeValue::S(kind.to_owned()));
        query.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.unwrap()
    }

    /// Sends a body to the audit's queue, and waits until nothing is left to do now.
    pub(crate) async fn send(&self, body: &str) {
        let queue = self.cloud.output("AuditQueueUrl").unwrap();
        self.sqs.send_message().queue_url(queue).message_body(body).send().await.unwrap();
        self.control.settle().unwrap();
    }

    /// Subscribes to the topic of findings.
    pub(crate) async fn told(&self) -> Told {
        let queue = self.sqs.create_queue().queue_name("told").send().await.unwrap().queue_url.unwrap();
        let topic = self.cloud.output("FindingTopicArn").unwrap();
        let arn = format!("arn:aws:sqs:us-east-1:{ACCOUNT}:told");
        self.sns.subscribe().topic_arn(topic).protocol("sqs").endpoint(arn).send().await.unwrap();
        self.control.settle().unwrap();
        Told { control: self.control.clone(), queue }
    }

    /// Puts `audit.yaml` into the bucket.
    pub(crate) async fn configure(&self, audit_yaml: &str) {
        let bucket = self.cloud.output("ReportBucketName").unwrap();
        let body = ByteStream::from(audit_yaml.as_bytes().to_vec());
        self.s3.put_object().bucket(bucket).key("audit.yaml").body(body).send().await.unwrap();
    }

    /// The text of an object in the bucket.
    pub(crate) async fn object(&self, key: &str) -> String {
        let bucket = self.cloud.output("ReportBucketName").unwrap();
        let object = self.s3.get_object().bucket(bucket).key(key).send().await.unwrap();
        String::from_utf8(object.body.collect().await.unwrap().to_vec()).unwrap()
    }

    /// Puts this into the bucket.
    pub(crate) async fn put_object(&self, key: &str, text: String) {
        let bucket = self.cloud.output("ReportBucketName").unwrap();
        self.s3.put_object().bucket(bucket).key(key).body(ByteStream::from(text.into_bytes())).send().await.unwrap();
    }

    /// The keys of the bucket that begin so.
    pub(crate) async fn keys(&self, prefix: &str) -> Vec<String> {
        let bucket = self.cloud.output("ReportBucketName").unwrap();
        let objects = self.s3.list_objects_v2().bucket(bucket).prefix(prefix).send().await.unwrap();
        objects.contents.unwrap_or_default().into_iter().filter_map(|object| object.key).collect()
    }

    /// The function's calls since the call with this number.
    pub(crate) fn calls_after(&self, after: u64) -> Vec<Call> {
        self.control.calls_of(FUNCTION, after).unwrap()
    }

    /// The lines of the function's log with this message.
    pub(crate) fn logged(&self, message: &str) -> Vec<Value> {
        self.cloud.log(FUNCTION).unwrap().said(message).unwrap()
    }

    /// The sum of a metric over all that the function wrote.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        self.cloud.log(FUNCTION).unwrap().metric(name, None).unwrap()
    }

    /// How many messages the audit could not work off.
    pub(crate) fn dead_letters(&self) -> usize {
        let queue = self.cloud.resource("AuditDeadLetterQueue").unwrap();
        self.control.drain(queue).unwrap().len()
    }
}

/// What went out on the topic of findings.
pub(crate) struct Told {
    control: Control,
    queue: String,
}

impl Told {
    /// The texts, and what the attribute says, since the last reading.
    pub(crate) fn read(&self) -> Vec<(String, Value)> {
        let bodies = self.control.drain(&self.queue).unwrap();
        let envelopes = bodies.iter().map(|body| serde_json::from_str::<Value>(body).unwrap());
        envelopes
            .map(|envelope| {
                let attribute = envelope["MessageAttributes"]["findings"]["Value"].as_str().unwrap();
                (envelope["Message"].as_str().unwrap().to_owned(), serde_json::from_str(attribute).unwrap())
            })
            .collect()
    }

    /// The checks that were told as new, and those that were told as resolved, since the last reading; in order.
    pub(crate) fn checks(&self) -> (Vec<String>, Vec<String>) {
        let all = self.read();
        let of = |part: &str| {
            let findings = all.iter().flat_map(|(_, value)| value[part].as_array().unwrap().clone());
            let mut checks: Vec<_> = findings.map(|one| one["check"].as_str().unwrap().to_owned()).collect();
            checks.sort();
            checks
        };
        (of("new"), of("resolved"))
    }
}
