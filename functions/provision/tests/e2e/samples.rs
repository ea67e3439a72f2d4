//! The sample events in `events/`, as people run them with `sam local invoke`.

use std::fs;

use serde_json::Value;

use crate::fleet::{FUNCTION, Fleet};

#[tokio::test]
async fn every_sample_event_goes_through_the_function_and_ends_as_its_name_says() {
    let fleet = Fleet::start().await;
    let mut seen = 0;
    for entry in fs::read_dir(local::workspace().join("events")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let Some(what) = name.strip_prefix("provision-") else { continue };
        let event: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let answer = fleet.cloud.invoke(FUNCTION, &event).unwrap();
        let failed: Vec<&str> = answer["batchItemFailures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|failure| failure["itemIdentifier"].as_str().unwrap())
            .collect();
        // The certificates of the samples are nobody's: what is well formed is refused, the rest handed back.
        let expected: &[&str] = match what {
            "first-connect" | "duplicates" | "reconnect" => &[],
            "malformed" => &["malformed-0001", "malformed-0002"],
            "mixed" => &["mixed-0002"],
            other => panic!("say what is expected of events/provision-{other}.json"),
        };
        assert_eq!(failed, expected, "{name}");
        seen += 1;
    }
    assert_eq!(seen, 5);
}
