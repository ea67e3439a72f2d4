//! `warden simulate`, as the program that people run.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn simulate(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_warden"));
    let command = command.arg("simulate").args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    for said in [&output.stdout, &output.stderr] {
        let leaks: Vec<_> = local::leaks(&String::from_utf8_lossy(said)).iter().map(ToString::to_string).collect();
        assert!(leaks.is_empty(), "{}", leaks.join("; "));
    }
    output
}

fn answers(output: &Output) -> Vec<Value> {
    String::from_utf8(output.stdout.clone()).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn stream(name: &str) -> String {
    format!("arn:aws:kinesisvideo:eu-west-1:111122223333:stream/{name}/1700000000000")
}

fn camera(name: &str, stream_name: &str) -> Value {
    json!({
        "name": name,
        "principal": "arn:aws:sts::111122223333:assumed-role/camera/1f2e",
        "action": "kinesisvideo:PutMedia",
        "resource": stream(stream_name),
        "context": {"credentials-iot:ThingName": "gate-north"},
        "identityPolicies": [{"name": "camera", "document": {"Version": "2012-10-17", "Statement": [{
            "Sid": "OwnStream",
            "Effect": "Allow",
            "Action": "kinesisvideo:PutMedia",
            "Resource": "arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*",
        }]}}],
    })
}

fn lines(questions: &[Value]) -> Vec<u8> {
    let mut lines = questions.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n").into_bytes();
    lines.push(b'\n');
    lines
}

#[test]
fn each_line_is_answered_with_what_decided() {
    let mut denied = camera("denied", "gate-north");
    denied["serviceControlPolicies"] = json!([[{"name": "guard", "document": {"Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Sid": "NoVideo", "Effect": "Deny", "Action": "kinesisvideo:*", "Resource": "*"},
    ]}}]]);
    let output = simulate(&[], &lines(&[camera("own", "gate-north"), camera("other", "gate-south"), denied]));
    assert!(output.status.success(), "{output:?}");
    let answers = answers(&output);
    assert_eq!(
        answers[0],
        json!({"name": "own", "decision": "Allowed", "because": [{
            "kind": "statement",
            "text": "identity policy `camera`, statement 0 (`OwnStream`) allows it",
            "layer": "identity policy", "policy": "camera", "statement": 0, "sid": "OwnStream", "effect": "Allow",
        }]})
    );
    assert_eq!(
        answers[1],
        json!({"name": "other", "decision": "ImplicitlyDenied", "because": [{
            "kind": "missing",
            "text": "no identity policy allows it",
            "layer": "identity policy",
            "near": [{
                "kind": "statement",
                "text": "identity policy `camera`, statement 0 (`OwnStream`) is about the action, but does not cover the \
                         resource: it names `arn:aws:kinesisvideo:*:*:stream/gate-north/*`",
                "layer": "identity policy", "policy": "camera", "statement": 0, "sid": "OwnStream", "effect": "Allow",
            }],
        }]})
    );
    assert_eq!(answers[2]["decision"], "ExplicitlyDenied");
    assert_eq!(answers[2]["because"][0]["sid"], "NoVideo");
    assert_eq!(answers[2]["because"][0]["layer"], "service control policy of level 0");
}

#[test]
fn a_line_that_cannot_be_read_names_line_and_field_and_the_others_go_on() {
    let mut broken = camera("broken", "gate-north");
    broken["identityPolicies"][0]["document"]["Statement"][0]["Efect"] = json!("Allow");
    let mut no_action = camera("no action", "gate-north");
    no_action.as_object_mut().unwrap().remove("action");
    let mut no_principal = camera("no principal", "gate-north");
    no_principal.as_object_mut().unwrap().remove("principal");
    let mut typing = camera("typing", "gate-north");
    typing["identityPolices"] = json!([]);
    let mut context = camera("context", "gate-north");
    context["context"]["aws:SourceIp"] = json!({"a": 1});
    let mut input = lines(&[broken, no_action, no_principal, typing, context, camera("bad account", "gate-north")]);
    input.extend_from_slice(b"\n{\n\xff\xfe\n[]\n");
    let mut twice = camera("twice", "gate-north").to_string();
    twice = twice.replace(r#""Effect":"Allow""#, r#""Effect":"Allow","Effect":"Deny""#);
    input.extend_from_slice(twice.as_bytes());
    input.push(b'\n');
    input.extend(lines(&[camera("last", "gate-north")]));

    let output = simulate(&[], &input);
    assert_eq!(output.status.code(), Some(1));
    let answers = answers(&output);
    let errors: Vec<_> = answers.iter().filter_map(|answer| answer["error"].as_str()).collect();
    let expected = [
        "line 1: `identityPolicies[0].document`: `Statement[0]`: there is no element `Efect`: expected one of Sid, Effect, \
         Action, NotAction, Resource, NotResource, Condition",
        "line 2: missing field `action`",
        "line 3: missing field `principal`",
        "line 4: unknown field `identityPolices`, expected one of ",
        "line 5: `context.aws:SourceIp`: expected a string, a number, a boolean, or a list of these",
        "line 8: not JSON: ",
        "line 9: not UTF-8",
        "line 10: expected an object with `principal`, ",
        "line 11: `identityPolicies[0].document`: `Statement[0]`: `Effect` stands twice",
    ];
    assert_eq!(errors.len(), expected.len(), "{errors:#?}");
    for (error, expected) in errors.iter().zip(expected) {
        assert!(error.starts_with(expected), "{error}\n{expected}");
    }
    assert_eq!(answers[0]["name"], "broken");
    assert_eq!(answers[0]["line"], 1);
    assert_eq!(answers.last().unwrap()["decision"], "Allowed");
}

#[test]
fn documents_come_in_every_form() {
    let document = camera("", "gate-north")["identityPolicies"][0]["document"].clone();
    let text = document.to_string();
    let encoded = text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let forms = [
        json!(document),
        json!(text),
        json!(encoded),
        json!({"document": document}),
        json!({"name": "x", "document": text}),
        json!({"document": encoded}),
    ];
    let questions: Vec<_> = forms
        .into_iter()
        .map(|form| {
            let mut question = camera("form", "gate-north");
            question["identityPolicies"] = json!([form]);
            question
        })
        .collect();
    let output = simulate(&["-"], &lines(&questions));
    let decisions: Vec<_> = answers(&output).iter().map(|answer| answer["decision"].clone()).collect();
    assert_eq!(decisions, vec![json!("Allowed"); 6], "{output:?}");
}

#[test]
fn a_certificate_has_iot_policies_and_services_and_strangers_have_only_the_resource() {
    let iot = json!({
        "principal": "arn:aws:iot:eu-west-1:111122223333:cert/1f2e",
        "action": "iot:Connect",
        "resource": "arn:aws:iot:eu-west-1:111122223333:client/gate-north",
        "context": {"iot:Connection.Thing.ThingName": "gate-north", "iot:Connection.Thing.IsAttached": true},
        "identityPolicies": [{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:Connect",
            "Resource": "arn:aws:iot:*:*:client/${iot:Connection.Thing.ThingName}",
            "Condition": {"Bool": {"iot:Connection.Thing.IsAttached": "true"}}}}],
    });
    let topic = "arn:aws:sns:eu-west-1:111122223333:alerts";
    let publish = |principal: Value| {
        json!({"principal": principal, "action": "sns:Publish", "resource": topic, "resourcePolicy": {"Statement": {
            "Effect": "Allow", "Principal": {"Service": "budgets.amazonaws.com"}, "Action": "sns:Publish", "Resource": topic}}})
    };
    let questions =
        [iot, publish(json!("budgets.amazonaws.com")), publish(json!("lambda.amazonaws.com")), publish(Value::Null)];
    let output = simulate(&[], &lines(&questions));
    let decisions: Vec<_> = answers(&output).iter().map(|answer| answer["decision"].clone()).collect();
    assert_eq!(decisions, ["Allowed", "Allowed", "ImplicitlyDenied", "ImplicitlyDenied"], "{output:?}");
}

#[test]
fn files_are_read_in_turn_and_named_where_they_are_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one.jsonl"), folder.path().join("two.jsonl"));
    std::fs::write(&one, lines(&[camera("one", "gate-north")])).unwrap();
    std::fs::write(&two, b"{}\n").unwrap();
    let output = simulate(&[one.to_str().unwrap(), two.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(1));
    let answers = answers(&output);
    assert_eq!(answers[0]["name"], "one");
    let error = answers[1]["error"].as_str().unwrap();
    assert!(error.contains("two.jsonl`, line 1: missing field `principal`"), "{error}");

    let output = simulate(&["nowhere.jsonl"], b"");
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with("error: cannot read `nowhere.jsonl`: "), "{error}");
}

/// What a person reads.
#[test]
fn the_examples_are_explained() {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/requests.jsonl");
    let output = simulate(&["--explain", examples], b"");
    assert!(output.status.success(), "{output:?}");
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[test]
fn what_is_missing_or_odd_is_explained() {
    let mut conditional = camera("not over the endpoint", "gate-north");
    conditional["identityPolicies"][0]["document"]["Statement"][0]["Condition"] =
        json!({"StringEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}, "DateLessThan": {"aws:CurrentTime": "soon"}});
    let mut unattached = camera("no thing name", "gate-north");
    unattached["context"] = json!({});
    let mut dead = camera("no such action", "gate-north");
    dead["action"] = json!("kinesisvideo:GetStreamingEndpoint");
    let mut broken = camera("broken", "gate-north");
    broken["resource"] = json!("gate-north");
    let questions = [conditional, unattached, dead, broken];
    let output = simulate(&["--explain"], &lines(&questions));
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}
