//! Which calls change something that is audited, and what they touch.
//!
//! Only names are taken from an event: what they name is read from AWS. Calls that are not here touch nothing that a
//! check reads.

use serde_json::Value;

use crate::source::Source;
use crate::touched::Touched;

/// The parameters of a call, as CloudTrail records them.
#[derive(Debug, Clone, Copy)]
pub struct Call<'e> {
    /// Such as `iam.amazonaws.com`.
    pub source: &'e str,
    /// Such as `PutRolePolicy`.
    pub name: &'e str,
    /// `requestParameters`
    pub request: &'e Value,
    /// `responseElements`
    pub response: &'e Value,
    /// The name of the user who called, if it was one.
    pub user: Option<&'e str>,
}

/// Calls on KMS keys that decide whether video can be written and read. Grants are left out: services make them all day.
const KEY_CALLS: [&str; 7] = [
    "PutKeyPolicy",
    "DisableKey",
    "EnableKey",
    "ScheduleKeyDeletion",
    "CancelKeyDeletion",
    "DeleteImportedKeyMaterial",
    "ImportKeyMaterial",
];

/// Calls that read footage: denied ones are counted.
pub const FOOTAGE_CALLS: [&str; 8] = [
    "GetMedia",
    "GetMediaForFragmentList",
    "GetClip",
    "GetImages",
    "GetHLSStreamingSessionURL",
    "GetDASHStreamingSessionURL",
    "ListFragments",
    "JoinStorageSessionAsViewer",
];

impl Call<'_> {
    /// What the call touches; None when it is out of scope. Empty when it is in scope and names nothing, as a malformed one
    /// may: the next sweep looks at all. Of IAM, which takes documents so large that CloudTrail leaves out what was asked,
    /// a call that names nothing touches everything.
    pub fn touched(&self) -> Option<Vec<Touched>> {
        match self.source.strip_suffix(".amazonaws.com").or_else(|| self.source.strip_suffix(".amazonaws.com.cn"))? {
            "iam" => self.iam(),
            "iot" => self.iot(),
            "kinesisvideo" => self.video(),
            "kinesis" => {
                self.changes().then(|| self.one(&["streamName", "streamARN", "resourceARN"], Touched::DataStream))
            }
            "firehose" => self.changes().then(|| self.one(&["deliveryStreamName"], Touched::DeliveryStream)),
            "kinesisanalytics" => self.changes().then(|| self.one(&["applicationName"], Touched::FlinkApplication)),
            "sns" => self.changes().then(|| self.topic()),
            "sqs" => self.changes().then(|| all(&[Source::Queues])),
            "cloudtrail" => self.changes().then(|| all(&[Source::Trails])),
            "kms" => KEY_CALLS.contains(&self.name).then(|| self.whole(&["keyId"], Touched::Key)),
            "ec2" => self.name.contains("VpcEndpoint").then(|| all(&[Source::Endpoints])),
            "monitoring" => self.name.contains("Alarm").then(|| all(&[Source::Alarms, Source::OwnParts])),
            "events" | "scheduler" => self.changes().then(|| all(&[Source::OwnParts])),
            _ => None,
        }
    }

    /// Whether the call is about who may do what: denied ones are counted.
    pub fn is_about_policies(&self) -> bool {
        let iot = ["Policy", "PrincipalPolicy", "PolicyVersion", "RoleAlias", "Certificate"];
        match self.source.split('.').next() {
            Some("iam") => self.iam().is_some(),
            Some("iot") => self.changes() && iot.iter().any(|end| self.name.ends_with(end)),
            _ => false,
        }
    }

    /// Whether the name is of a call that changes something. CloudTrail's `readOnly` says so too, and is not needed.
    fn changes(&self) -> bool {
        !["Get", "List", "Describe", "Lookup", "Test", "Search", "Batch"].iter().any(|read| self.name.starts_with(read))
    }

    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html>
    fn iam(&self) -> Option<Vec<Touched>> {
        let about = ["Role", "User", "Group", "Policy", "PermissionsBoundary", "AccessKey", "LoginProfile"];
        if !self.changes() || !about.iter().any(|word| self.name.contains(word)) {
            return None;
        }
        // A change of a policy's versions touches whoever it is attached to; attaching it touches only that one.
        let named = [
            self.text("roleName").map(Touched::Role),
            self.text("userName").map(Touched::User),
            self.text("groupName").map(Touched::Group),
            self.text("policyArn").map(Touched::ManagedPolicy),
        ];
        let renamed = [self.text("newUserName").map(Touched::User), self.text("newGroupName").map(Touched::Group)];
        let mut touched: Vec<_> = named.into_iter().flatten().take(1).chain(renamed.into_iter().flatten()).collect();
        // Users may leave out their own name.
        if touched.is_empty() && ["AccessKey", "LoginProfile"].iter().any(|word| self.name.contains(word)) {
            let answered = self.response.get("accessKey").and_then(|key| answered(key, "userName"));
            touched.extend(answered.or_else(|| self.user.map(str::to_owned)).map(Touched::User));
        }
        if touched.is_empty() {
            touched.push(Touched::All(Source::Authorization));
        }
        Some(touched)
    }

    /// <https://docs.aws.amazon.com/iot/latest/developerguide/iot-using-cloudtrail.html>
    fn iot(&self) -> Option<Vec<Touched>> {
        if !self.changes() {
            return None;
        }
        if self.name.contains("RoleAlias") {
            return Some(all(&[Source::RoleAliases]));
        }
        if self.name.contains("CACertificate") {
            return Some(all(&[Source::CaCertificates]));
        }
        if self.name.contains("DomainConfiguration") {
            return Some(all(&[Source::DomainConfigurations]));
        }
        if ![
            "Policy",
            "PolicyVersion",
            "Certificate",
            "Thing",
            "ThingPrincipal",
            "CertificateFromCsr",
            "CertificateTransfer",
            "CertificateWithoutCA",
        ]
        .iter()
        .any(|end| self.name.ends_with(end))
        {
            return None;
        }
        let named = [self.text("principal"), self.text("target")].into_iter().flatten();
        let certificate = self
            .text("certificateId")
            .or_else(|| named.into_iter().find_map(|arn| last(&arn, ":cert/")))
            .or_else(|| answered(self.response, "certificateId"));
        let policy = self.text("policyName").map(Touched::IotPolicy);
        let thing = self.text("thingName").map(Touched::Thing);
        Some([policy, thing, certificate.map(Touched::Certificate)].into_iter().flatten().collect())
    }

    /// <https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/monitoring-cloudtrail.html>
    fn video(&self) -> Option<Vec<Touched>> {
        // Data events: who puts and gets video changes nothing.
        if !self.changes()
            || ["PutMedia", "ConnectAsMaster", "ConnectAsViewer", "SendAlexaOfferToMaster"].contains(&self.name)
        {
            return None;
        }
        if self.name.starts_with("JoinStorageSession") {
            return None;
        }
        if self.name.contains("SignalingChannel") {
            return Some(all(&[Source::Channels]));
        }
        Some(self.one(&["streamName", "streamARN", "resourceARN"], Touched::Stream))
    }

    fn topic(&self) -> Vec<Touched> {
        let arn = self.text("topicArn").or_else(|| answered(self.response, "topicArn"));
        // A subscription's ARN is its topic's with one part more.
        let of_subscription = || self.text("subscriptionArn").and_then(|arn| Some(arn.rsplit_once(':')?.0.to_owned()));
        arn.or_else(of_subscription).map(Touched::Topic).into_iter().collect()
    }

    /// What the first of these parameters names, which may be a name or an ARN with the name after its first `/`.
    fn one(&self, parameters: &[&str], touched: fn(String) -> Touched) -> Vec<Touched> {
        let text = parameters.iter().find_map(|name| self.text(name));
        let in_arn = |arn: &str| arn.split('/').nth(1).unwrap_or_default().to_owned();
        let name = text.map(|text| if text.starts_with("arn:") { in_arn(&text) } else { text });
        name.filter(|name| !name.is_empty()).map(touched).into_iter().collect()
    }

    fn whole(&self, parameters: &[&str], touched: fn(String) -> Touched) -> Vec<Touched> {
        parameters.iter().find_map(|name| self.text(name)).map(touched).into_iter().collect()
    }

    /// A parameter by its name, whose case AWS's services do not agree on.
    fn text(&self, name: &str) -> Option<String> {
        answered(self.request, name)
    }
}

fn answered(parameters: &Value, name: &str) -> Option<String> {
    let (_, value) = parameters.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn all(sources: &[Source]) -> Vec<Touched> {
    sources.iter().copied().map(Touched::All).collect()
}

/// What follows a mark in an ARN.
fn last(arn: &str, mark: &str) -> Option<String> {
    arn.split_once(mark).map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn touched(source: &str, name: &str, request: &Value) -> Option<Vec<Touched>> {
        let source = format!("{source}.amazonaws.com");
        let response = json!({ "certificateId": "c1", "topicArn": "arn:t", "accessKey": { "userName": "made" } });
        Call { source: &source, name, request, response: &response, user: Some("self") }.touched()
    }

    #[test]
    fn a_call_touches_what_it_names() {
        let stream = "arn:aws:kinesisvideo:eu-west-1:111122223333:stream/gate-north/1700000000000";
        for (source, name, request, expected) in [
            ("iam", "PutRolePolicy", json!({ "roleName": "r", "policyName": "p" }), vec![Touched::Role("r".into())]),
            (
                "iam",
                "AttachRolePolicy",
                json!({ "roleName": "r", "policyArn": "arn:p" }),
                vec![Touched::Role("r".into())],
            ),
            (
                "iam",
                "CreatePolicyVersion",
                json!({ "policyArn": "arn:p" }),
                vec![Touched::ManagedPolicy("arn:p".into())],
            ),
            ("iam", "AddUserToGroup", json!({ "groupName": "g", "userName": "u" }), vec![Touched::User("u".into())]),
            ("iam", "DeleteGroupPolicy", json!({ "groupName": "g" }), vec![Touched::Group("g".into())]),
            ("iot", "CreatePolicyVersion", json!({ "policyName": "p" }), vec![Touched::IotPolicy("p".into())]),
            ("iot", "UpdateRoleAlias", json!({ "roleAlias": "a" }), vec![Touched::All(Source::RoleAliases)]),
            ("iot", "CreateKeysAndCertificate", json!({}), vec![Touched::Certificate("c1".into())]),
            (
                "kinesisvideo",
                "UpdateDataRetention",
                json!({ "streamARN": stream }),
                vec![Touched::Stream("gate-north".into())],
            ),
            (
                "kinesisvideo",
                "TagResource",
                json!({ "resourceARN": stream }),
                vec![Touched::Stream("gate-north".into())],
            ),
            ("kinesis", "StopStreamEncryption", json!({ "streamName": "s" }), vec![Touched::DataStream("s".into())]),
            ("sns", "Unsubscribe", json!({ "subscriptionArn": "arn:t:1" }), vec![Touched::Topic("arn:t".into())]),
            ("kms", "DisableKey", json!({ "keyId": "k" }), vec![Touched::Key("k".into())]),
            ("kms", "DeleteImportedKeyMaterial", json!({ "keyId": "k" }), vec![Touched::Key("k".into())]),
            (
                "iam",
                "UpdateUser",
                json!({ "userName": "u", "newUserName": "v" }),
                vec![Touched::User("u".into()), Touched::User("v".into())],
            ),
            ("iam", "CreateAccessKey", Value::Null, vec![Touched::User("made".into())]),
            (
                "iot",
                "AcceptCertificateTransfer",
                json!({ "certificateId": "c2" }),
                vec![Touched::Certificate("c2".into())],
            ),
            ("events", "DisableRule", json!({ "name": "r" }), vec![Touched::All(Source::OwnParts)]),
        ] {
            let found = touched(source, name, &request).unwrap();
            assert!(expected.iter().all(|one| found.contains(one)), "{source} {name}: {found:?}");
        }
        let attached = json!({ "thingName": "t", "principal": "arn:aws:iot:eu-west-1:111122223333:cert/c2" });
        let found = touched("iot", "AttachThingPrincipal", &attached).unwrap();
        assert_eq!(found, [Touched::Thing("t".into()), Touched::Certificate("c2".into())]);
    }

    #[test]
    fn what_reads_and_what_moves_video_is_out_of_scope() {
        for (source, name) in [
            ("iam", "GetRole"),
            ("iam", "CreateSAMLProvider"),
            ("kinesisvideo", "PutMedia"),
            ("kinesisvideo", "GetMedia"),
            ("kinesisvideo", "JoinStorageSession"),
            ("iot", "CreateTopicRule"),
            ("kms", "CreateGrant"),
            ("ec2", "RunInstances"),
            ("dynamodb", "CreateTable"),
            ("sts", "AssumeRole"),
        ] {
            assert_eq!(touched(source, name, &json!({ "roleName": "r", "streamName": "s" })), None, "{source} {name}");
        }
    }

    #[test]
    fn a_call_of_iam_s_that_names_nothing_touches_everything_and_one_of_others_nothing() {
        let omitted = json!({ "omitted": true, "originalSize": 110_000, "reason": "requestParameters is too large" });
        for request in [Value::Null, json!([]), json!({ "roleName": 7 }), json!({ "roleName": "" }), omitted] {
            let all = Some(vec![Touched::All(Source::Authorization)]);
            assert_eq!(touched("iam", "PutRolePolicy", &request), all, "{request}");
            assert_eq!(touched("kinesisvideo", "TagStream", &request), Some(Vec::new()), "{request}");
        }
    }

    #[test]
    fn who_changes_a_key_of_their_own_is_touched() {
        let (none, source) = (Value::Null, "iam.amazonaws.com");
        let call = Call { source, name: "UpdateAccessKey", request: &none, response: &none, user: Some("self") };
        assert_eq!(call.touched(), Some(vec![Touched::User("self".into())]));
    }
}
