//! A Firehose stream does not encrypt what it holds.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::DeliveryStream;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "delivery-stream-unencrypted",
    group: Group::DataStreams,
    severity: Severity::High,
    title: "A Firehose stream does not encrypt what it holds",
    why: "Records that are put into a Firehose stream wait there until they are delivered, and without encryption they \
          lie on disk in plain. One that reads from a data stream relies on the encryption of that.",
    remedy: "Run `aws firehose start-delivery-stream-encryption --delivery-stream-name <name> \
             --delivery-stream-encryption-configuration-input KeyType=AWS_OWNED_CMK`, or with a key of your own.",
    reference: "https://docs.aws.amazon.com/firehose/latest/dev/encryption.html",
    frameworks: &["FSBP DataFirehose.1", "NIST.800-53.r5 SC-28"],
    judge: Judge::DeliveryStream(judge),
};

#[expect(clippy::unnecessary_wraps, reason = "every check may be unable to judge")]
fn judge(_: &World<'_>, stream: &DeliveryStream) -> Judged {
    let status = stream.encryption_status.as_deref();
    // With other sources Firehose keeps nothing on disk, and has no encryption of its own.
    let own = stream.delivery_stream_type == "DirectPut";
    if !own || matches!(status, Some("ENABLED" | "ENABLING")) {
        return Ok(None);
    }
    let sentence = format!("Firehose stream `{}` does not encrypt what it holds", stream.delivery_stream_name);
    let setting = match status {
        Some(status) => format!("the `Status` of its encryption is `{status}`"),
        None => "it has no `DeliveryStreamEncryptionConfiguration`".to_owned(),
    };
    Ok(Some(Problem::new(sentence).proven(setting)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem};

    fn stream(kind: &str, status: &Value) -> Value {
        let stream = json!({ "DeliveryStreamName": "clips", "DeliveryStreamARN": "arn:clips",
                             "DeliveryStreamType": kind, "EncryptionStatus": status });
        json!({ "deliveryStreams": { "items": [stream] } })
    }

    #[test]
    fn disabled_failed_and_unsaid_are_found() {
        for status in [json!("DISABLED"), json!("ENABLING_FAILED"), json!(null)] {
            let problem = problem(&CHECK, stream("DirectPut", &status));
            assert_eq!(problem.sentence, "Firehose stream `clips` does not encrypt what it holds");
        }
    }

    #[test]
    fn one_that_is_being_encrypted_or_reads_from_a_data_stream_is_fine() {
        fine(&CHECK, stream("DirectPut", &json!("ENABLING")));
        fine(&CHECK, stream("KinesisStreamAsSource", &json!(null)));
    }

    #[test]
    fn streams_that_were_not_read_cannot_be_judged() {
        let streams = json!({ "items": [], "couldNotCheck": denied("firehose:DescribeDeliveryStream") });
        let cannot = cannot_judge(&CHECK, json!({ "deliveryStreams": streams }));
        assert_eq!(cannot.permission.as_deref(), Some("firehose:DescribeDeliveryStream"));
    }
}
