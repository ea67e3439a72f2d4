//! What the function may do is what it does.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use policy::{
    Allowance, Context, Device, Document, Kind, Known, Link, May, Outcome, Pattern, Policies, Policy, Principal,
    Request, Role, catalogue, evaluate, follow, reach,
};
use serde_json::{Value, json};

use crate::fleet::{ACCOUNT, Fleet};

/// The actions that a role's inline policies allow. A wildcard, a `NotAction` or a `Deny` is none of ours.
fn allowed(role: &Value) -> BTreeSet<String> {
    let policies = role["policies"].as_object().unwrap();
    let statements = policies.values().flat_map(|policy| policy["Statement"].as_array().unwrap());
    let mut allowed = BTreeSet::new();
    for statement in statements {
        assert_eq!(statement["Effect"], "Allow", "{statement}");
        assert!(statement.get("NotAction").is_none() && statement.get("NotResource").is_none(), "{statement}");
        let actions = statement["Action"].as_array().cloned().unwrap_or_else(|| vec![statement["Action"].clone()]);
        for action in actions {
            let action = action.as_str().unwrap().to_owned();
            assert!(!action.contains('*'), "{statement}");
            allowed.insert(action);
        }
    }
    allowed
}

/// The calls that the function's role is for.
pub(crate) fn calls_of_the_role(fleet: &Fleet) -> BTreeSet<String> {
    let granted = allowed(&fleet.control.policies().unwrap()["ProvisionRole"]);
    // Lambda itself uses these with the function's role.
    let host = [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    ];
    let host: BTreeSet<_> = host.into_iter().map(str::to_owned).collect();
    assert!(host.is_subset(&granted), "{granted:?}");
    granted.difference(&host).cloned().collect()
}

#[tokio::test]
async fn the_role_grants_every_call_that_the_function_makes_and_no_other() {
    let fleet = Fleet::with(&[("UseRegistry", "true"), ("CertificateRotation", "same-ca")]).await;
    for name in ["cam-1", "cam-2", "cam-4"] {
        fleet.enter(name, &[("enabled", AttributeValue::Bool(true))]).await;
    }
    fleet.enter("cam-3", &[("group", AttributeValue::S("nowhere".to_owned()))]).await;
    // A new camera, a stranger, a rotation, a thing and a stream that were there before, a group that is missing, a
    // certificate that is exclusively another thing's.
    fleet.connect(&fleet.ca.issue("cam-1"));
    fleet.connect(&fleet.ca.issue("stranger"));
    fleet.connect(&fleet.ca.issue("cam-1"));
    fleet.iot.create_thing().thing_name("cam-2").send().await.unwrap();
    fleet.kinesisvideo.create_stream().stream_name("cam-2").send().await.unwrap();
    fleet.connect(&fleet.ca.issue("cam-2"));
    fleet.connect(&fleet.ca.issue("cam-3"));
    let elsewhere = fleet.known(fleet.ca.issue("cam-4"));
    fleet.iot.create_thing().thing_name("other").send().await.unwrap();
    fleet.attach("other", &elsewhere).await;
    assert_eq!(fleet.invoke(&[elsewhere.event()]), [0; 0]);
    // And an event that queued.
    let queued = fleet.known(fleet.ca.issue("cam-5"));
    fleet.enter("cam-5", &[("enabled", AttributeValue::Bool(true))]).await;
    fleet.connected_ago(&queued);
    let called: BTreeSet<_> =
        fleet.calls_after(0).iter().map(|call| format!("{}:{}", call.service, call.operation)).collect();

    assert_eq!(called, calls_of_the_role(&fleet));
}

/// Whoever changes a policy of the template sees here what it comes to, to the last condition.
#[tokio::test]
async fn every_policy_is_as_reviewed() {
    let fleet = Fleet::start().await;
    insta::assert_json_snapshot!("policies_as_deployed", fleet.control.policies().unwrap());
    let fleet = Fleet::with(&EVERYTHING).await;
    insta::assert_json_snapshot!("policies_with_registry_key_and_budget", fleet.control.policies().unwrap());
}

const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";

/// All that adds to policies.
const EVERYTHING: [(&str, &str); 3] = [("UseRegistry", "true"), ("StreamKmsKeyArn", KEY), ("BudgetLimit", "1000")];

/// A document of the deployed stack, for the policy engine.
fn document(kind: Kind, document: &Value) -> Policy {
    Policy { name: String::new(), document: Document::parse(kind, &document.to_string()).unwrap() }
}

/// A role's inline policies, and its trust policy as that of the resource.
fn role(what: &Value) -> Policies {
    let inline = what["policies"].as_object().unwrap().values().map(|policy| document(Kind::Identity, policy));
    Policies { resource: Some(document(Kind::Resource, &what["trust"])), ..Policies::of_identity(inline) }
}

/// Every role and every action, by what our own engine finds that the role could ever do.
#[tokio::test]
async fn no_role_may_delete_a_stream_shorten_its_retention_or_touch_a_key() {
    let fleet = Fleet::with(&EVERYTHING).await;
    let policies = fleet.control.policies().unwrap();
    let video = catalogue::service("kinesisvideo").unwrap().actions.iter();
    let video = video.filter(|action| action.name.starts_with("Delete") || action.name.starts_with("Update"));
    let keys = catalogue::service("kms").unwrap().actions.iter();
    let keys = keys.filter(|action| !["DescribeKey", "GenerateDataKey", "GetKeyPolicy"].contains(&action.name));
    let forbidden: Vec<_> = video.chain(keys).map(ToString::to_string).collect();
    assert!(forbidden.len() > 50, "{forbidden:?}");
    let mut roles = 0;
    for (name, what) in policies.as_object().unwrap().iter().filter(|(_, what)| what.get("trust").is_some()) {
        roles += 1;
        let arn: Principal = format!("arn:aws:iam::{ACCOUNT}:role/{name}").parse().unwrap();
        let policies = role(what);
        let reach = reach(&arn, &policies, &Known::default());
        for action in &forbidden {
            assert!(matches!(reach.may(action, &Pattern::any()), May::Never), "{name} may {action}");
        }
    }
    assert_eq!(roles, 7);
}

/// From the certificate over the role alias to the role: what a camera could ever do to video and keys.
#[tokio::test]
async fn a_camera_reaches_its_own_stream_and_nothing_beyond() {
    let fleet = Fleet::with(&[("StreamKmsKeyArn", KEY)]).await;
    let policies = fleet.control.policies().unwrap();
    let of_certificate = Policies::of_identity([document(Kind::Iot, &policies["CameraPolicy"])]);
    let of_role = role(&policies["CameraRole"]);
    let device = Device {
        certificate: format!("arn:aws:iot:us-east-1:{ACCOUNT}:cert/1f2e").parse().unwrap(),
        thing: Some("cam-1".to_owned()),
        thing_type: None,
        policies: &of_certificate,
        known: Known::default(),
    };
    let role = Role {
        alias: format!("arn:aws:iot:us-east-1:{ACCOUNT}:rolealias/local-camera"),
        arn: format!("arn:aws:iam::{ACCOUNT}:role/camera").parse().unwrap(),
        policies: &of_role,
    };
    let chain = follow(&device, &role);
    assert_eq!(chain.link(), Link::Given);
    let own = format!("arn:aws:kinesisvideo:us-east-1:{ACCOUNT}:stream/cam-1/*");
    assert_eq!(chain.resources("kinesisvideo:PutMedia"), std::slice::from_ref(&own));
    let producer = ["kinesisvideo:PutMedia", "kinesisvideo:GetDataEndpoint", "kinesisvideo:DescribeStream"];
    let needed = Allowance::about(&["*"]).unwrap().with(&producer, &[&own]).unwrap();
    let needed = needed.with(&["kms:GenerateDataKey"], &[KEY]).unwrap();
    let beyond: Vec<_> = chain.reach().beyond(&needed).into_iter().map(|excess| excess.action).collect();
    assert!(beyond.is_empty(), "{beyond:?}");

    // The same chain, when the certificate is attached to no thing, and for an alias of somebody else.
    let nobody = follow(&Device { thing: None, ..device.clone() }, &role);
    assert!(matches!(nobody.may("kinesisvideo:PutMedia", &Pattern::any()), May::Never));
    let other = Role { alias: role.alias.replace("local-camera", "other"), ..role };
    assert_eq!(follow(&device, &other).link(), Link::NoAlias);
}

/// A stopped camera has its role and its certificate's policy, and somebody may have given its role more.
#[tokio::test]
async fn a_camera_cannot_lift_its_throttle_nor_speak_for_another() {
    let fleet = Fleet::with(&EVERYTHING).await;
    let policies = fleet.control.policies().unwrap();
    let arn: Principal = format!("arn:aws:sts::{ACCOUNT}:assumed-role/camera/1f2e").parse().unwrap();
    let own = format!("arn:aws:kinesisvideo:us-east-1:{ACCOUNT}:stream/cam-1/17");
    let ask = |policies: &Policies, action: &str, more: &[(&str, &str)]| {
        let mut context = vec![("credentials-iot:ThingName".to_owned(), vec!["cam-1".to_owned()])];
        context.extend(more.iter().map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()])));
        evaluate(&Request::new(arn.clone(), action, &own, Context::new(context)), policies).outcome
    };
    let identity = || policies["CameraRole"]["policies"].as_object().unwrap().values();
    let deployed = Policies::of_identity(identity().map(|policy| document(Kind::Identity, policy)));
    let stopped = ("aws:ResourceTag/kvs-warden:throttle", "stopped");
    assert_eq!(ask(&deployed, "kinesisvideo:PutMedia", &[]), Outcome::Allowed);
    assert_eq!(ask(&deployed, "kinesisvideo:PutMedia", &[stopped]), Outcome::ExplicitlyDenied);
    let all = json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*" } });
    let widened = identity().chain([&all]).map(|policy| document(Kind::Identity, policy));
    let widened = Policies::of_identity(widened);
    for action in ["TagStream", "UntagStream", "TagResource", "UntagResource"] {
        let action = format!("kinesisvideo:{action}");
        for tag in ["kvs-warden:throttle", "kvs-warden:throttled", "kvs-warden:priority", "kvs-warden:hold"] {
            let tag = ("aws:TagKeys", tag);
            assert_ne!(ask(&deployed, &action, &[tag]), Outcome::Allowed, "{action} {tag:?}");
            assert_eq!(ask(&widened, &action, &[tag]), Outcome::ExplicitlyDenied, "{action} {tag:?}");
        }
        assert_ne!(ask(&deployed, &action, &[("aws:TagKeys", "owner")]), Outcome::Allowed, "{action}");
    }

    // What it may say is said over MQTT, in its own shadow of our name; the API of shadows is closed to it.
    let certificate: Principal = format!("arn:aws:iot:us-east-1:{ACCOUNT}:cert/1f2e").parse().unwrap();
    let of_certificate = Policies::of_identity([document(Kind::Iot, &policies["CameraPolicy"])]);
    let known = [("iot:Connection.Thing.ThingName", "cam-1"), ("iot:Connection.Thing.IsAttached", "true")];
    let known = known.map(|(key, value)| (key.to_owned(), vec![value.to_owned()]));
    let may = |action: &str, what: &str| {
        let resource = format!("arn:aws:iot:us-east-1:{ACCOUNT}:{what}");
        let request = Request::new(certificate.clone(), action, &resource, Context::new(known.clone()));
        evaluate(&request, &of_certificate).outcome == Outcome::Allowed
    };
    assert!(may("iot:Publish", "topic/$aws/things/cam-1/shadow/name/kvs-warden/update"));
    for topic in [
        "topic/$aws/things/cam-2/shadow/name/kvs-warden/update",
        "topic/$aws/things/cam-1/shadow/name/other/update",
        "topic/$aws/things/cam-1/shadow/update",
        "topic/$aws/events/certificates/registered/1f2e",
        "topic/anything",
    ] {
        assert!(!may("iot:Publish", topic), "{topic}");
    }
    for action in ["iot:UpdateThingShadow", "iot:DeleteThingShadow", "iot:GetThingShadow"] {
        assert!(!may(action, "thing/cam-1/kvs-warden"), "{action}");
    }
    assert!(may("iot:Connect", "client/cam-1") && !may("iot:Connect", "client/cam-2"));
}
