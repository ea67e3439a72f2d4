//! How long the engine takes. `cargo xtask bench` runs this and holds the bounds against it.
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use local::Python;
use policy::{
    Allowance, Context, Document, Kind, Known, Outcome, Pattern, Policies, Policy, Principal, Request, Syntax,
    evaluate, reach,
};
use serde_json::Value;

/// As `template.yaml` gives it to cameras, with a key.
const CAMERA: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Sid": "OwnStream", "Effect": "Allow",
     "Action": ["kinesisvideo:PutMedia", "kinesisvideo:GetDataEndpoint", "kinesisvideo:DescribeStream"],
     "Resource": "arn:aws:kinesisvideo:eu-west-1:111122223333:stream/${credentials-iot:ThingName}/*"},
    {"Sid": "NotWhileStopped", "Effect": "Deny", "Action": "kinesisvideo:PutMedia", "Resource": "*",
     "Condition": {"StringEquals": {"aws:ResourceTag/kvs-warden:throttle": "stopped"}}},
    {"Sid": "NeverOurTags", "Effect": "Deny", "Resource": "*",
     "Action": ["kinesisvideo:TagStream", "kinesisvideo:UntagStream", "kinesisvideo:TagResource",
                "kinesisvideo:UntagResource"],
     "Condition": {"ForAnyValue:StringLike": {"aws:TagKeys": "kvs-warden:*"}}},
    {"Sid": "StreamKey", "Effect": "Allow", "Action": "kms:GenerateDataKey",
     "Resource": "arn:aws:kms:eu-west-1:111122223333:key/1f2e",
     "Condition": {"StringEquals": {"kms:ViaService": "kinesisvideo.eu-west-1.amazonaws.com"}}}]}"#;

fn policies(name: &str, text: &str) -> Policies {
    let document = Document::parse(Kind::Identity, text).unwrap();
    Policies::of_identity([Policy { name: name.to_owned(), document }])
}

fn camera() -> Principal {
    "arn:aws:sts::111122223333:assumed-role/camera/1f2e".parse().unwrap()
}

fn evaluates(c: &mut Criterion) {
    let policies = policies("camera", CAMERA);
    let context = || {
        Context::new([
            ("credentials-iot:ThingName", "gate-north"),
            ("credentials-iot:AwsCertificateId", "1f2e"),
            ("aws:ResourceTag/kvs-warden:throttle", "reduced"),
            ("aws:SourceIp", "203.0.113.7"),
            ("aws:SecureTransport", "true"),
        ])
    };
    for (name, stream, outcome) in
        [("allowed", "gate-north", Outcome::Allowed), ("denied", "gate-south", Outcome::ImplicitlyDenied)]
    {
        let stream = format!("arn:aws:kinesisvideo:eu-west-1:111122223333:stream/{stream}/1700000000000");
        let request = Request::new(camera(), "kinesisvideo:PutMedia", &stream, context());
        assert_eq!(evaluate(&request, &policies).outcome, outcome);
        c.bench_function(&format!("evaluate-{name}"), |b| {
            b.iter(|| evaluate(black_box(&request), black_box(&policies)).outcome);
        });
    }
    let producer = Allowance::about(&["kinesisvideo:*"]).unwrap();
    let known = Known::default().with("credentials-iot:ThingName", "gate-north");
    c.bench_function("beyond-camera", |b| {
        b.iter(|| reach(&camera(), black_box(&policies), &known).beyond(&producer).len());
    });
}

fn managed(c: &mut Criterion) {
    let python = Python::ready(&local::workspace(), &|_| {}).unwrap();
    let corpus: serde_json::Map<String, Value> = serde_json::from_str(&python.managed_policies().unwrap()).unwrap();
    let texts: Vec<_> =
        corpus.iter().map(|(name, policy)| (name, policy.get("Document").unwrap().to_string())).collect();
    let all: Vec<_> = texts.iter().map(|(name, text)| policies(name, text)).collect();
    let (principal, known) = ("arn:aws:iam::111122223333:role/one".parse().unwrap(), Known::default());
    c.bench_function("managed-parse", |b| {
        b.iter(|| {
            texts.iter().map(|(_, text)| Document::parse(Kind::Identity, text).unwrap().statements.len()).sum::<usize>()
        });
    });
    c.bench_function("managed-reach", |b| {
        b.iter(|| all.iter().map(|policies| reach(&principal, policies, &known).grants().len()).sum::<usize>());
    });
    let streams = Pattern::parse("arn:aws:kinesisvideo:*:*:stream/*", Syntax::WILDCARDS).unwrap();
    c.bench_function("managed-may-watch", |b| {
        b.iter(|| {
            let may = |policies| {
                matches!(reach(&principal, policies, &known).may("kinesisvideo:GetMedia", &streams), policy::May::Never)
            };
            all.iter().filter(|policies| !may(*policies)).count()
        });
    });
}

criterion_group!(benches, evaluates, managed);
criterion_main!(benches);
