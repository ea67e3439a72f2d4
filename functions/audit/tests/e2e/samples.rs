//! The sample events in `events/`, as people run them with `sam local invoke`.

use serde_json::Value;

use crate::account::{Account, FUNCTION};

#[tokio::test]
async fn every_sample_event_goes_through_the_function() {
    let account = Account::start().await;
    let mut samples = 0;
    for entry in std::fs::read_dir(local::workspace().join("events")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_stem().unwrap().to_str().unwrap();
        let Some(sample) = file.strip_prefix("audit-") else { continue };
        samples += 1;
        let event: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let answer = account.cloud.invoke(FUNCTION, &event).unwrap();
        account.control.settle().unwrap();
        let failed = answer["batchItemFailures"].as_array().unwrap_or_else(|| panic!("{sample}: {answer}")).len();
        match sample {
            "malformed" => assert_eq!((failed, account.metric("Malformed")), (2, 2), "{answer}"),
            "change" => assert_eq!((failed, account.metric("Duplicate")), (0, 1), "{answer}"),
            "denied" => assert_eq!((failed, account.metric("Denied")), (0, 1), "{answer}"),
            "sweep" => assert_eq!((failed, account.logged("sweep ended").len()), (0, 1), "{answer}"),
            other => panic!("say what is expected of events/audit-{other}.json"),
        }
    }
    assert_eq!(samples, 4);
}
