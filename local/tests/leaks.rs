//! A function that tells a secret fails the test that it runs in, however it tells it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use local::{Cloud, Options, Python, workspace};
use serde_json::json;

const FUNCTION: &str = "BudgetFunction";

/// A function that does with its session token what the event says.
const FUNCTION_THAT_LEAKS: &str = r#"
import json, os, urllib.request

api = os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation"
token = os.environ["AWS_SESSION_TOKEN"]
while True:
    with urllib.request.urlopen(f"{api}/next") as asked:
        event, request = json.load(asked), asked.headers["Lambda-Runtime-Aws-Request-Id"]
    answer = {}
    match event["leak"]:
        case "log":
            print("the token is", token, flush=True)
        case "answer":
            answer = {"token": token}
        case "call":
            headers = {"Authorization": "AWS4-HMAC-SHA256 Credential=LOCALBUDGETFUNCTION/20261123/us-east-1/sqs/aws4_request"}
            headers |= {"X-Amz-Target": "AmazonSQS.ListQueues", "Content-Type": "application/x-amz-json-1.0"}
            body = json.dumps({"QueueNamePrefix": token}).encode()
            try:
                urllib.request.urlopen(urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], body, headers)).read()
            except urllib.error.HTTPError:
                pass
    urllib.request.urlopen(f"{api}/{request}/response", json.dumps(answer).encode()).read()
"#;

/// A cloud with that function.
fn cloud(name: &str) -> (Cloud, PathBuf) {
    let workspace = workspace();
    let python = Python::ready(&workspace, &|_| {}).unwrap();
    let script = workspace.join(format!("target/local-cloud/leaks-{}-{name}", std::process::id()));
    fs::create_dir_all(script.parent().unwrap()).unwrap();
    fs::write(&script, format!("#!{}\n{FUNCTION_THAT_LEAKS}", python.tool("python").display())).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
    let options = Options::default().function(FUNCTION, &script).parameter("BudgetLimit", "1000");
    (Cloud::start(&workspace, &python, &options).unwrap(), script)
}

/// What a panic says.
fn said(panic: &(dyn std::any::Any + Send)) -> String {
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

/// The cloud's leaks as they were kept. They are taken away: they were made on purpose.
fn kept(folder: &Path) -> String {
    let file = folder.with_extension("leaks");
    let kept = fs::read_to_string(&file).unwrap_or_default();
    fs::remove_file(file).unwrap_or_default();
    fs::remove_dir_all(folder).unwrap();
    kept
}

#[test]
fn a_token_in_the_log_in_an_answer_or_in_a_call_fails_the_test() {
    for (leak, file) in [("log", "log"), ("answer", "said"), ("call", "said")] {
        let (cloud, script) = cloud(leak);
        let folder = cloud.folder().to_path_buf();
        let answer = cloud.invoke(FUNCTION, &json!({ "leak": leak })).unwrap();
        assert!(answer.get("errorType").is_none(), "{answer}");
        let panic = catch_unwind(AssertUnwindSafe(|| drop(cloud))).unwrap_err();
        let (said, kept) = (said(panic.as_ref()), kept(&folder));
        fs::remove_file(script).unwrap();
        for told in [&said, &kept] {
            assert!(told.contains(&format!("{FUNCTION}.{file}: line ")), "{leak}: {told}");
            assert!(told.contains("holds a session token: ") && !told.contains("LOCALTOKEN"), "{leak}: {told}");
        }
    }
}

#[test]
fn a_leak_hides_no_other_failure_and_is_kept() {
    let (cloud, script) = cloud("panic");
    let folder = cloud.folder().to_path_buf();
    let panic = catch_unwind(AssertUnwindSafe(|| {
        cloud.invoke(FUNCTION, &json!({ "leak": "log" })).unwrap();
        let cloud = cloud;
        panic!("{} is not what the test expects", cloud.region().len());
    }));
    let kept = kept(&folder);
    fs::remove_file(script).unwrap();
    assert_eq!(said(panic.unwrap_err().as_ref()), "9 is not what the test expects");
    assert!(kept.contains("holds a session token: "), "{kept}");
}

#[test]
fn a_function_that_tells_nothing_leaves_nothing() {
    let (cloud, script) = cloud("nothing");
    let folder = cloud.folder().to_path_buf();
    cloud.invoke(FUNCTION, &json!({ "leak": "nothing" })).unwrap();
    drop(cloud);
    fs::remove_file(script).unwrap();
    assert!(!folder.exists() && !folder.with_extension("leaks").exists());
}
