//! The sample events in `events/`, as people run them with `sam local invoke`.

use serde_json::Value;

use crate::fleet::{FUNCTION, Fleet};

#[tokio::test]
async fn every_sample_event_goes_through_the_function() {
    let fleet = Fleet::start().await;
    let (topic, budget) = (fleet.cloud.output("BudgetTopicArn").unwrap(), fleet.budget());
    let mut samples = 0;
    for entry in std::fs::read_dir(local::workspace().join("events")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_stem().unwrap().to_str().unwrap();
        let Some(sample) = file.strip_prefix("budget-") else { continue };
        samples += 1;
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.replace("arn:aws:sns:us-east-1:123456789012:kvs-warden-BudgetTopic", topic);
        let event: Value = serde_json::from_str(&text.replace("kvs-warden-video", budget)).unwrap();
        let before = ["Looks", "Refused", "Malformed"].map(|name| fleet.metric(name));
        let answer = fleet.cloud.invoke(FUNCTION, &event).unwrap();
        fleet.control.settle().unwrap();
        let failed = answer["batchItemFailures"].as_array().unwrap_or_else(|| panic!("{sample}: {answer}")).len();
        let [looks, refused, malformed] = ["Looks", "Refused", "Malformed"].map(|name| fleet.metric(name));
        let told = (failed, looks - before[0], refused - before[1], malformed - before[2]);
        match sample {
            "notice" | "schedule" => assert_eq!(told, (0, 1, 0, 0), "{sample}: {answer}"),
            "refused" => assert_eq!(told, (0, 0, 2, 0), "{answer}"),
            "malformed" => assert_eq!(told, (2, 0, 0, 2), "{answer}"),
            other => panic!("say what is expected of events/budget-{other}.json"),
        }
    }
    assert_eq!(samples, 4);
}
