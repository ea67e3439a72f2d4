//! The optional registry: only cameras that stand there may join.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;

use crate::fleet::Fleet;

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

async fn with_registry() -> Fleet {
    Fleet::with(&[("UseRegistry", "true")]).await
}

#[tokio::test]
async fn a_camera_that_is_not_in_the_registry_is_refused_until_it_is() {
    let fleet = with_registry().await;
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    fleet.assert_powerless(&camera).await;
    assert_eq!(fleet.metric("Refused", Some("not-in-registry")), 1);
    fleet.enter("cam-1", &[("enabled", AttributeValue::Bool(false))]).await;
    fleet.connect(&camera);
    fleet.assert_powerless(&camera).await;
    assert_eq!(fleet.metric("Refused", Some("disabled-in-registry")), 1);
    fleet.enter("cam-1", &[]).await;
    let before = fleet.mark();
    fleet.connect(&camera);
    fleet.assert_works("cam-1", &camera).await;
    let calls: Vec<_> = fleet.calls_after(before).into_iter().map(|call| call.operation).collect();
    assert_eq!(calls.len(), 9, "{calls:?}");
    assert!(calls.contains(&"GetItem".to_owned()));
}

#[tokio::test]
async fn an_entry_decides_over_the_settings() {
    let fleet = with_registry().await;
    fleet.iot.create_thing_group().thing_group_name("north").send().await.unwrap();
    fleet
        .enter(
            "cam-1",
            &[
                ("enabled", AttributeValue::Bool(true)),
                ("priority", text("critical")),
                ("retentionHours", AttributeValue::N("72".to_owned())),
                ("mediaType", text("video/h265")),
                ("group", text("north")),
                ("attributes", AttributeValue::M(HashMap::from([("site".to_owned(), text("gate-7"))]))),
            ],
        )
        .await;
    let camera = fleet.ca.issue("cam-1");
    fleet.connect(&camera);
    assert_eq!(fleet.status(&camera).await, "ACTIVE");
    let stream = fleet.kinesisvideo.describe_stream().stream_name("cam-1").send().await.unwrap().stream_info.unwrap();
    assert_eq!((stream.data_retention_in_hours, stream.media_type.as_deref()), (Some(72), Some("video/h265")));
    let wanted = json!({ "kvs-warden:thing": "cam-1", "kvs-warden:priority": "critical" });
    assert_eq!(json!(fleet.tags("cam-1").await), wanted);
    let members = fleet.iot.list_things_in_thing_group().thing_group_name("north").send().await.unwrap();
    assert_eq!(members.things.unwrap(), ["cam-1"]);
    let thing = fleet.iot.describe_thing().thing_name("cam-1").send().await.unwrap();
    assert_eq!(thing.attributes.unwrap()["site"], "gate-7");
}

#[tokio::test]
async fn a_bad_entry_is_a_refusal_that_names_the_field() {
    let fleet = with_registry().await;
    for (n, (field, value, says)) in [
        ("priority", text("urgent"), "field `priority` is `urgent`: expected one of"),
        ("retentionHours", text("a day"), "field `retentionHours` is `a day`"),
        ("enabled", text("yes"), "field `enabled` is `yes`: expected true or false"),
        ("prioritty", text("low"), "field `prioritty` is not known"),
        ("group", text("nowhere"), "field `group` is `nowhere`: expected a thing group that exists"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("cam-{n}");
        fleet.enter(&name, &[(field, value)]).await;
        let camera = fleet.ca.issue(&name);
        fleet.connect(&camera);
        fleet.assert_powerless(&camera).await;
        let line = fleet.logged("camera refused").pop().unwrap();
        assert_eq!(line["reason"], "registry-entry-invalid");
        assert!(line["detail"].as_str().unwrap().contains(says), "{line}");
    }
    assert_eq!(fleet.dead_letters(), Vec::<String>::new());
}
