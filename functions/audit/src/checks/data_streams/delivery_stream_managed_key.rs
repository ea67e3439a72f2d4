//! A Firehose stream is encrypted with a key that AWS owns.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::DeliveryStream;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "delivery-stream-managed-key",
    group: Group::DataStreams,
    severity: Severity::Low,
    title: "A Firehose stream is encrypted with a key that AWS owns",
    why: "A key that AWS owns has no policy that you could read or change, and leaves no trace of its use in \
          CloudTrail.",
    remedy: "Run `aws firehose start-delivery-stream-encryption --delivery-stream-name <name> \
             --delivery-stream-encryption-configuration-input KeyType=CUSTOMER_MANAGED_CMK,KeyARN=<your key>`, or set \
             `customerKeys: false` under `expect:` in audit.yaml.",
    reference: "https://docs.aws.amazon.com/firehose/latest/dev/encryption.html",
    frameworks: &["NIST.800-53.r5 SC-12"],
    judge: Judge::DeliveryStream(judge),
};

#[expect(clippy::unnecessary_wraps, reason = "every check may be unable to judge")]
fn judge(world: &World<'_>, stream: &DeliveryStream) -> Judged {
    // One that is not encrypted is for another check.
    let encrypted = matches!(stream.encryption_status.as_deref(), Some("ENABLED" | "ENABLING"));
    let owned = stream.key_type.as_deref() == Some("AWS_OWNED_CMK");
    if !world.expect.customer_keys || !encrypted || !owned {
        return Ok(None);
    }
    let sentence = format!("Firehose stream `{}` is encrypted with a key that AWS owns", stream.delivery_stream_name);
    Ok(Some(Problem::new(sentence).proven("its `KeyType` is `AWS_OWNED_CMK`")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge_as, denied, fine_as, problem_as};

    fn stream(key: &str) -> Value {
        let stream = json!({ "DeliveryStreamName": "clips", "DeliveryStreamARN": "arn:clips",
                             "DeliveryStreamType": "DirectPut", "EncryptionStatus": "ENABLED", "KeyType": key });
        json!({ "deliveryStreams": { "items": [stream] } })
    }

    #[test]
    fn a_key_that_aws_owns_is_found() {
        let problem = problem_as(&CHECK, stream("AWS_OWNED_CMK"), json!({ "customerKeys": true }));
        assert_eq!(problem.sentence, "Firehose stream `clips` is encrypted with a key that AWS owns");
    }

    #[test]
    fn ones_own_key_or_no_such_expectation_is_fine() {
        fine_as(&CHECK, stream("CUSTOMER_MANAGED_CMK"), json!({ "customerKeys": true }));
        fine_as(&CHECK, stream("AWS_OWNED_CMK"), json!({}));
    }

    #[test]
    fn streams_that_were_not_read_cannot_be_judged() {
        let streams = json!({ "items": [], "couldNotCheck": denied("firehose:ListDeliveryStreams") });
        let cannot = cannot_judge_as(&CHECK, json!({ "deliveryStreams": streams }), json!({ "customerKeys": true }));
        assert_eq!(cannot.permission.as_deref(), Some("firehose:ListDeliveryStreams"));
    }
}
