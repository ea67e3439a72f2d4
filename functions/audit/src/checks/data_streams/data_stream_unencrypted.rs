//! A data stream is not encrypted.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::DataStream;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "data-stream-unencrypted",
    group: Group::DataStreams,
    severity: Severity::High,
    title: "A data stream is not encrypted",
    why: "What is found in footage, faces and number plates say, lies in the data stream for a day or longer. \
          Encrypted, it is read only by those who may also use the key.",
    remedy: "Run `aws kinesis start-stream-encryption --stream-name <name> --encryption-type KMS --key-id \
             alias/aws/kinesis`, or with a key of your own.",
    reference: "https://docs.aws.amazon.com/streams/latest/dev/what-is-sse.html",
    frameworks: &["FSBP Kinesis.1", "NIST.800-53.r5 SC-28"],
    judge: Judge::DataStream(judge),
};

#[expect(clippy::unnecessary_wraps, reason = "every check may be unable to judge")]
fn judge(_: &World<'_>, stream: &DataStream) -> Judged {
    let encryption = stream.encryption_type.as_str();
    if !matches!(encryption, "" | "NONE") {
        return Ok(None);
    }
    let sentence = format!("data stream `{}` is not encrypted", stream.stream_name);
    Ok(Some(Problem::new(sentence).proven(format!("its `EncryptionType` is `{encryption}`"))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem};

    fn stream(encryption: &str) -> Value {
        let stream = json!({ "StreamName": "faces", "StreamARN": "arn:faces", "EncryptionType": encryption });
        json!({ "dataStreams": { "items": [stream] } })
    }

    #[test]
    fn none_is_found() {
        assert_eq!(problem(&CHECK, stream("NONE")).sentence, "data stream `faces` is not encrypted");
    }

    #[test]
    fn any_key_is_fine() {
        fine(&CHECK, stream("KMS"));
    }

    #[test]
    fn data_streams_that_were_not_read_cannot_be_judged() {
        let streams = json!({ "items": [], "couldNotCheck": denied("kinesis:DescribeStreamSummary") });
        let cannot = cannot_judge(&CHECK, json!({ "dataStreams": streams }));
        assert_eq!(cannot.permission.as_deref(), Some("kinesis:DescribeStreamSummary"));
    }
}
