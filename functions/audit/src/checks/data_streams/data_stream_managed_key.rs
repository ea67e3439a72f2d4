//! A data stream is encrypted with the key that AWS manages.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::encryption::is_managed_by_aws;
use crate::inventory::DataStream;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "data-stream-managed-key",
    group: Group::DataStreams,
    severity: Severity::Medium,
    title: "A data stream is encrypted with the key that AWS manages",
    why: "Nobody can change who may use the key that AWS manages, nor withdraw it: whoever may read the data stream \
          may decrypt it.",
    remedy: "Run `aws kinesis start-stream-encryption --stream-name <name> --encryption-type KMS --key-id <your key>`, \
             or set `customerKeys: false` under `expect:` in audit.yaml.",
    reference: "https://docs.aws.amazon.com/streams/latest/dev/creating-using-sse-master-keys.html",
    frameworks: &["NIST.800-53.r5 SC-12", "NIST.800-53.r5 SC-28"],
    judge: Judge::DataStream(judge),
};

fn judge(world: &World<'_>, stream: &DataStream) -> Judged {
    // One without encryption is for another check.
    let encrypted = stream.encryption_type == "KMS";
    let named = stream.key_id.as_deref();
    if !world.expect.customer_keys || !encrypted || !is_managed_by_aws(world, named)? {
        return Ok(None);
    }
    let sentence = format!("data stream `{}` is encrypted with the key that AWS manages", stream.stream_name);
    Ok(Some(Problem::new(sentence).proven(format!("its key is `{}`", named.unwrap_or("alias/aws/kinesis")))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge_as, denied, fine_as, problem_as};

    fn stream(key: &str) -> Value {
        let stream = json!({ "StreamName": "faces", "StreamARN": "arn:f", "EncryptionType": "KMS", "KeyId": key });
        json!({ "dataStreams": { "items": [stream] } })
    }

    #[test]
    fn the_alias_of_the_managed_key_is_found() {
        let problem = problem_as(&CHECK, stream("alias/aws/kinesis"), json!({ "customerKeys": true }));
        assert_eq!(problem.sentence, "data stream `faces` is encrypted with the key that AWS manages");
    }

    #[test]
    fn an_alias_of_ones_own_or_no_such_expectation_is_fine() {
        fine_as(&CHECK, stream("alias/faces"), json!({ "customerKeys": true }));
        fine_as(&CHECK, stream("alias/aws/kinesis"), json!({}));
    }

    #[test]
    fn a_key_by_its_id_has_to_be_read() {
        let mut inventory = stream("1234abcd-12ab-34cd-56ef-1234567890ab");
        inventory["keys"] = json!({ "items": [], "couldNotCheck": denied("kms:DescribeKey") });
        let cannot = cannot_judge_as(&CHECK, inventory, json!({ "customerKeys": true }));
        assert_eq!(cannot.permission.as_deref(), Some("kms:DescribeKey"));
    }
}
