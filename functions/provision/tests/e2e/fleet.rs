//! A local cloud with a CA, and what a test does to it and asks of it.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_iot::types::{CertificateMode, Configuration, EventType, ThingPrincipalType};
use local::{Call, Cloud, Connect, Control, Options, Python};
use provision::certificate::Certificate;
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};

/// The function's logical id in the template.
pub(crate) const FUNCTION: &str = "ProvisionFunction";
/// The account of the local cloud.
pub(crate) const ACCOUNT: &str = "123456789012";

/// A CA, as a camera's maker has one.
pub(crate) struct Ca {
    pub(crate) pem: String,
    pub(crate) id: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Ca {
    pub(crate) fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.distinguished_name = subject(&[(DnType::CommonName, name)]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { id: id_of(&pem), pem, issuer: Issuer::new(params, key) }
    }

    /// Issues a certificate with this one CN.
    pub(crate) fn issue(&self, name: &str) -> Device {
        self.issue_with(|params| {
            params.distinguished_name = subject(&[(DnType::OrganizationName, "Gate & Co"), (DnType::CommonName, name)]);
        })
    }

    /// Issues a certificate with anything in it.
    pub(crate) fn issue_with(&self, change: impl FnOnce(&mut CertificateParams)) -> Device {
        let mut params = CertificateParams::default();
        change(&mut params);
        let pem = params.signed_by(&KeyPair::generate().unwrap(), &self.issuer).unwrap().pem();
        Device { id: id_of(&pem), ca: self.id.clone(), pem }
    }
}

/// A subject of these parts.
pub(crate) fn subject(parts: &[(DnType, &str)]) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    for (kind, value) in parts {
        subject.push(kind.clone(), *value);
    }
    subject
}

fn id_of(pem: &str) -> String {
    Certificate::parse(pem).unwrap().fingerprint.to_string()
}

/// A camera's certificate.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    pub(crate) pem: String,
    pub(crate) id: String,
    pub(crate) ca: String,
}

impl Device {
    /// Its registration event, as the topic rule passes it on.
    pub(crate) fn event(&self) -> Value {
        json!({
            "certificateId": self.id,
            "caCertificateId": self.ca,
            "topicCaCertificateId": self.ca,
            "timestamp": 1_793_000_000_000_u64,
            "certificateStatus": "PENDING_ACTIVATION",
            "awsAccountId": ACCOUNT,
            "certificateRegistrationTimestamp": "1793000000000",
        })
    }
}

/// A local cloud with one allowed CA, registered for automatic registration.
pub(crate) struct Fleet {
    pub(crate) cloud: Cloud,
    pub(crate) control: Control,
    pub(crate) ca: Ca,
    pub(crate) iot: aws_sdk_iot::Client,
    pub(crate) kinesisvideo: aws_sdk_kinesisvideo::Client,
    pub(crate) sqs: aws_sdk_sqs::Client,
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    sns: aws_sdk_sns::Client,
}

impl Fleet {
    /// As the template deploys it, with the CA allowed.
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With other values for some parameters of the template.
    pub(crate) async fn with(parameters: &[(&str, &str)]) -> Self {
        let workspace = local::workspace();
        let python = Python::ready(&workspace, &|_| {}).unwrap();
        let ca = Ca::new("Maker's CA");
        // The rate is AWS's to keep, not the emulator's.
        let options = Options::default()
            .function(FUNCTION, env!("CARGO_BIN_EXE_provision"))
            .parameter("CertificateCallsPerSecond", "1000")
            .parameter("AllowedCaCertificateIds", &ca.id);
        let options = parameters.iter().fold(options, |options, (name, value)| options.parameter(name, value));
        let cloud = Cloud::start(&workspace, &python, &options).unwrap();
        let config = aws_config::defaults(aws_config::BehaviorVersion::latest())
            .endpoint_url(cloud.endpoint())
            .region(aws_config::Region::new(cloud.region().to_owned()))
            .credentials_provider(aws_sdk_sqs::config::Credentials::new("test", "test", None, None, "test"))
            .load()
            .await;
        let fleet = Self {
            control: cloud.control(),
            cloud,
            ca,
            iot: aws_sdk_iot::Client::new(&config),
            kinesisvideo: aws_sdk_kinesisvideo::Client::new(&config),
            sqs: aws_sdk_sqs::Client::new(&config),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
            sns: aws_sdk_sns::Client::new(&config),
        };
        let on = Configuration::builder().enabled(true).build();
        let events = fleet.iot.update_event_configurations().event_configurations(EventType::CaCertificate, on);
        events.send().await.unwrap();
        fleet.register(&fleet.ca).await;
        fleet
    }

    /// Registers a CA, which is not the same as allowing it.
    pub(crate) async fn register(&self, ca: &Ca) {
        let call = self.iot.register_ca_certificate().ca_certificate(&ca.pem);
        let call = call.certificate_mode(CertificateMode::SniOnly).set_as_active(true).allow_auto_registration(true);
        assert_eq!(call.send().await.unwrap().certificate_id.as_deref(), Some(ca.id.as_str()));
    }

    /// A camera connects; its event goes all the way, until nothing is left to do now.
    pub(crate) fn connect(&self, device: &Device) -> Connect {
        let connect = self.control.connect(&device.pem).unwrap();
        self.control.settle().unwrap();
        connect
    }

    /// A camera connected a minute ago, and its event has queued since; until nothing is left to do now.
    pub(crate) fn connected_ago(&self, device: &Device) {
        self.event_ago(&device.event(), 60);
    }

    /// This event was published so many seconds ago, and has queued since; until nothing is left to do now.
    pub(crate) fn event_ago(&self, event: &Value, seconds: u32) {
        let topic = format!("$aws/events/certificates/registered/{}", event["caCertificateId"].as_str().unwrap());
        self.control.publish_ago(&topic, event, seconds).unwrap();
        self.control.settle().unwrap();
    }

    /// A camera's certificate becomes known and is pending, without an event.
    pub(crate) fn known(&self, device: Device) -> Device {
        self.control.register_silently(&device.pem).unwrap();
        device
    }

    /// Attaches a certificate to a thing, and to no other.
    pub(crate) async fn attach(&self, thing: &str, device: &Device) {
        let call = self.iot.attach_thing_principal().thing_name(thing);
        let call = call.principal(format!("arn:aws:iot:us-east-1:{ACCOUNT}:cert/{}", device.id));
        call.thing_principal_type(ThingPrincipalType::ExclusiveThing).send().await.unwrap();
    }

    /// Invokes the function with these bodies, named `0`, `1`, …, and answers which of them failed.
    pub(crate) fn invoke(&self, bodies: &[Value]) -> Vec<usize> {
        let text = |body: &Value| body.as_str().map_or_else(|| body.to_string(), str::to_owned);
        let records: Vec<Value> = bodies
            .iter()
            .enumerate()
            .map(|(n, body)| json!({ "messageId": n.to_string(), "body": text(body), "eventSource": "aws:sqs" }))
            .collect();
        let answer = self.cloud.invoke(FUNCTION, &json!({ "Records": records })).unwrap();
        let failures = answer["batchItemFailures"].as_array().unwrap_or_else(|| panic!("{answer}"));
        let mut failed: Vec<usize> =
            failures.iter().map(|failure| failure["itemIdentifier"].as_str().unwrap().parse().unwrap()).collect();
        failed.sort_unstable();
        failed
    }

    /// Sends a body to the registration queue.
    pub(crate) async fn send(&self, body: &str) {
        let queue = self.cloud.output("RegistrationQueueUrl").unwrap();
        self.sqs.send_message().queue_url(queue).message_body(body).send().await.unwrap();
    }

    /// The function's calls since the call with this number.
    pub(crate) fn calls_after(&self, after: u64) -> Vec<Call> {
        self.control.calls_of(FUNCTION, after).unwrap()
    }

    /// The names of all calls that the function made.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls_after(0).into_iter().map(|call| call.operation).collect()
    }

    /// The number of the last call.
    pub(crate) fn mark(&self) -> u64 {
        self.control.mark().unwrap()
    }

    /// The certificate's status.
    pub(crate) async fn status(&self, device: &Device) -> String {
        let described = self.iot.describe_certificate().certificate_id(&device.id).send().await.unwrap();
        described.certificate_description.unwrap().status.unwrap().as_str().to_owned()
    }

    /// Everything that a working camera is made of, read back from AWS.
    pub(crate) async fn assert_works(&self, name: &str, device: &Device) {
        assert_eq!(self.status(device).await, "ACTIVE", "{name}");
        let thing = self.iot.describe_thing().thing_name(name).send().await.unwrap();
        assert_eq!(thing.thing_type_name.as_deref(), self.cloud.output("CameraThingTypeName").ok());
        assert_eq!(thing.attributes.unwrap()["certificateId"], device.id);
        let group = self.cloud.output("CameraThingGroupName").unwrap();
        let group = self.iot.list_things_in_thing_group().thing_group_name(group).send().await.unwrap();
        assert!(group.things.unwrap().iter().any(|member| member == name), "{name}");
        let principals = self.iot.list_thing_principals_v2().thing_name(name).send().await.unwrap();
        let ours = principals.thing_principal_objects.unwrap();
        let ours = ours.iter().find(|object| object.principal.ends_with(&device.id)).unwrap();
        assert_eq!(ours.thing_principal_type.as_ref().unwrap().as_str(), "EXCLUSIVE_THING");
        let policies = self.iot.list_attached_policies().target(&ours.principal).send().await.unwrap();
        let policies: Vec<_> = policies.policies.unwrap().into_iter().filter_map(|policy| policy.policy_name).collect();
        assert_eq!(policies, [self.cloud.output("CameraPolicyName").unwrap()]);
        let stream = self.kinesisvideo.describe_stream().stream_name(name).send().await.unwrap().stream_info.unwrap();
        assert_eq!(stream.status.unwrap().as_str(), "ACTIVE");
        let connect = self.control.connect(&device.pem).unwrap();
        assert!(connect.connected && connect.things == [name], "{connect:?}");
    }

    /// Nothing that gives a device any power exists for this certificate.
    pub(crate) async fn assert_powerless(&self, device: &Device) {
        assert_ne!(self.status(device).await, "ACTIVE");
        let arn = format!("arn:aws:iot:us-east-1:{ACCOUNT}:cert/{}", device.id);
        let things = self.iot.list_principal_things().principal(&arn).send().await.unwrap();
        assert_eq!(things.things.unwrap_or_default(), Vec::<String>::new());
        let policies = self.iot.list_attached_policies().target(&arn).send().await.unwrap();
        assert!(policies.policies.unwrap_or_default().is_empty());
    }

    /// A stream's tags.
    pub(crate) async fn tags(&self, stream: &str) -> BTreeMap<String, String> {
        let tags = self.kinesisvideo.list_tags_for_stream().stream_name(stream).send().await.unwrap();
        tags.tags.unwrap_or_default().into_iter().collect()
    }

    /// What the messages in the dead letter queue say.
    pub(crate) fn dead_letters(&self) -> Vec<String> {
        self.control.drain(self.cloud.output("RegistrationDeadLetterQueueUrl").unwrap()).unwrap()
    }

    /// Subscribes to the alert topic; [`Alerts::read`] tells what went out since.
    pub(crate) async fn alerts(&self) -> Alerts {
        let queue = self.sqs.create_queue().queue_name("alerts").send().await.unwrap().queue_url.unwrap();
        let arn = format!("arn:aws:sqs:us-east-1:{ACCOUNT}:alerts");
        let topic = self.cloud.output("AlertTopicArn").unwrap();
        self.sns.subscribe().topic_arn(topic).protocol("sqs").endpoint(arn).send().await.unwrap();
        Alerts { control: self.control.clone(), queue }
    }

    /// Puts an entry into the registry.
    pub(crate) async fn enter(&self, name: &str, fields: &[(&str, AttributeValue)]) {
        let table = self.cloud.output("RegistryTableName").unwrap();
        let call = self.dynamodb.put_item().table_name(table).item("thingName", AttributeValue::S(name.to_owned()));
        fields.iter().fold(call, |call, (field, value)| call.item(*field, value.clone())).send().await.unwrap();
    }

    /// The time of every worker that tells of this certificate is over.
    pub(crate) async fn end_leases(&self, device: &Device) {
        let call = self.dynamodb.query().table_name(self.cloud.output("RefusalTableName").unwrap());
        let call = call.key_condition_expression("certificateId = :id");
        let call = call.expression_attribute_values(":id", AttributeValue::S(device.id.clone()));
        for item in call.send().await.unwrap().items.unwrap_or_default() {
            self.end_lease(device, item["reason"].as_s().unwrap()).await;
        }
    }

    /// How many messages wait in the registration queue, or are at work.
    pub(crate) fn registrations(&self) -> u64 {
        self.control.messages(self.cloud.output("RegistrationQueueUrl").unwrap()).unwrap()
    }

    /// The time of the worker that tells of this refusal is over.
    pub(crate) async fn end_lease(&self, device: &Device, reason: &str) {
        let call = self.dynamodb.update_item().table_name(self.cloud.output("RefusalTableName").unwrap());
        let call = call.key("certificateId", AttributeValue::S(device.id.clone()));
        let call = call.key("reason", AttributeValue::S(reason.to_owned())).update_expression("SET leaseUntil = :past");
        let past = AttributeValue::N("0".to_owned());
        call.expression_attribute_values(":past", past).send().await.unwrap();
    }

    /// The lines of the function's log with this message.
    pub(crate) fn logged(&self, message: &str) -> Vec<Value> {
        self.cloud.log(FUNCTION).unwrap().said(message).unwrap()
    }

    /// The sum of a metric over all that the function wrote, by reason when one is given.
    pub(crate) fn metric(&self, name: &str, reason: Option<&str>) -> u64 {
        self.cloud.log(FUNCTION).unwrap().metric(name, reason).unwrap()
    }
}

/// What went out on the alert topic.
pub(crate) struct Alerts {
    control: Control,
    queue: String,
}

impl Alerts {
    /// Kind, reason and text of each alert since the last reading.
    pub(crate) fn read(&self) -> Vec<(String, String, String)> {
        let bodies = self.control.drain(&self.queue).unwrap();
        let envelopes = bodies.iter().map(|body| serde_json::from_str::<Value>(body).unwrap());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        envelopes
            .map(|envelope| {
                let attribute = |name: &str| text(&envelope["MessageAttributes"][name]["Value"]);
                (attribute("kind"), attribute("reason"), text(&envelope["Message"]))
            })
            .collect()
    }
}
