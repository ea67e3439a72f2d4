//! Cameras that may join.

use serde_json::json;

use crate::fleet::Fleet;

#[tokio::test]
async fn a_first_connect_becomes_a_working_camera_in_eight_calls() {
    let fleet = Fleet::start().await;
    let camera = fleet.ca.issue("cam-1");
    let first = fleet.connect(&camera);
    assert!(!first.connected && first.published, "{first:?}");
    fleet.assert_works("cam-1", &camera).await;
    assert_eq!(
        fleet.calls(),
        [
            "DescribeCertificate",
            "CreateThing",
            "AddThingToThingGroup",
            "CreateStream",
            "DescribeStream",
            "AttachThingPrincipal",
            "AttachPolicy",
            "UpdateCertificate"
        ]
    );
    let thing = fleet.iot.describe_thing().thing_name("cam-1").send().await.unwrap();
    let attributes = thing.attributes.unwrap();
    assert_eq!(attributes["organization"], "Gate___Co");
    assert_eq!(attributes["caCertificateId"], fleet.ca.id);
    assert!(attributes["registeredAt"].ends_with('Z'), "{attributes:?}");
    let stream = fleet.kinesisvideo.describe_stream().stream_name("cam-1").send().await.unwrap().stream_info.unwrap();
    assert_eq!(stream.data_retention_in_hours, Some(24));
    assert_eq!(stream.media_type.as_deref(), Some("video/h264"));
    let tags = fleet.tags("cam-1").await;
    assert_eq!(json!(tags), json!({ "kvs-warden:thing": "cam-1", "kvs-warden:priority": "standard" }));

    assert_eq!(fleet.metric("Provisioned", None), 1);
    let line = fleet.logged("camera provisioned").remove(0);
    assert_eq!((line["level"].as_str(), line["aws_calls"].as_u64()), (Some("INFO"), Some(8)), "{line}");
    assert!(line["timestamp"].is_string() && line["time_to_active_ms"].is_u64(), "{line}");
}
