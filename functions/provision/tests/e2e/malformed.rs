//! Messages that are no registration events: never a crash, never lost.

use serde_json::{Value, json};

use crate::fleet::Fleet;

/// Bodies that nobody should send.
fn bodies() -> Vec<(&'static str, Value)> {
    let mut wrong_types = json!({ "certificateId": 7, "caCertificateId": [], "awsAccountId": {} });
    wrong_types["timestamp"] = json!("soon");
    vec![
        ("not JSON", json!("hello")),
        ("JSON, but no object", json!("[1, 2]")),
        ("an empty object", json!({})),
        ("wrong types", wrong_types),
        ("256 KB", json!("x".repeat(256 * 1024 - 64))),
        ("256 KB of nesting", json!("[".repeat(200 * 1024))),
        ("noise that SQS takes", json!("\u{fffd}\u{a0}\u{202e}\u{10fffd}\t\u{1f4f7}")),
        ("binary", json!("\u{1}\u{7f}\u{fffd}\u{85}\u{202e}\u{10ffff}")),
        ("a long string of JSON", json!(format!("\"{}\"", "x".repeat(100_000)))),
        (
            "a long time",
            json!({ "certificateId": "a", "caCertificateId": "b", "awsAccountId": "c", "timestamp": "9".repeat(90_000) }),
        ),
        ("half an event", json!("{\"certificateId\":\"aaaa")),
    ]
}

#[tokio::test]
async fn one_poison_message_among_nine_good_ones_fails_alone() {
    let fleet = Fleet::start().await;
    let cameras: Vec<_> =
        (0..9).map(|n| (format!("cam-{n}"), fleet.known(fleet.ca.issue(&format!("cam-{n}"))))).collect();
    let mut batch: Vec<Value> = cameras.iter().map(|(_, camera)| camera.event()).collect();
    batch.insert(4, json!("poison"));
    assert_eq!(fleet.invoke(&batch), [4]);
    for (name, camera) in &cameras {
        fleet.assert_works(name, camera).await;
    }
}

#[tokio::test]
async fn every_malformed_body_fails_its_item_with_a_reason() {
    let fleet = Fleet::start().await;
    let (names, mut batch): (Vec<_>, Vec<_>) = bodies().into_iter().unzip();
    batch.push(json!(""));
    let all: Vec<usize> = (0..batch.len()).collect();
    assert_eq!(fleet.invoke(&batch), all, "{names:?}");
    let lines = fleet.logged("message is no registration event");
    assert_eq!(lines.len(), batch.len());
    for line in &lines {
        let detail = line["detail"].as_str().unwrap();
        assert!(line["level"] == "ERROR" && detail.contains("body") && detail.len() < 350, "{line}");
    }
    assert_eq!(fleet.metric("Retried", Some("malformed")), u64::try_from(batch.len()).unwrap());
}

#[tokio::test]
async fn malformed_messages_end_in_the_dead_letters_as_they_came() {
    let fleet = Fleet::start().await;
    let sent: Vec<String> = bodies()
        .into_iter()
        .filter(|(name, _)| *name != "binary") // SQS itself refuses characters outside of XML's.
        .map(|(_, body)| body.as_str().map_or_else(|| body.to_string(), str::to_owned))
        .collect();
    for body in &sent {
        fleet.send(body).await;
    }
    for _ in 0..7 {
        fleet.control.settle().unwrap();
        fleet.control.redeliver().unwrap();
    }
    fleet.control.settle().unwrap();
    let mut dead = fleet.dead_letters();
    let mut sent = sent;
    dead.sort();
    sent.sort();
    assert_eq!(dead, sent);
    // The function is alive.
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    fleet.assert_works("cam-1", &camera).await;
}
