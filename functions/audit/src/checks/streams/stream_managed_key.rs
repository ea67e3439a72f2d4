//! A stream is encrypted with the key that AWS manages.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::encryption::is_managed_by_aws;
use crate::inventory::Stream;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "stream-managed-key",
    group: Group::Streams,
    severity: Severity::Medium,
    title: "A stream is encrypted with the key that AWS manages",
    why: "Nobody can change who may use the key that AWS manages, nor withdraw it: whoever may read the stream may \
          decrypt it. With a key of your own, its policy is a second lock on the footage.",
    remedy: "A stream's key cannot be changed. Make the stream again with `aws kinesisvideo create-stream --kms-key-id \
             <your key>`, or set `customerKeys: false` under `expect:` in audit.yaml.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/how-kms.html",
    frameworks: &["NIST.800-53.r5 SC-12", "NIST.800-53.r5 SC-28"],
    judge: Judge::Stream(judge),
};

fn judge(world: &World<'_>, stream: &Stream) -> Judged {
    let named = stream.kms_key_id.as_deref();
    if !world.expect.customer_keys || !is_managed_by_aws(world, named)? {
        return Ok(None);
    }
    let sentence = format!("stream `{}` is encrypted with the key that AWS manages", stream.stream_name);
    let setting = format!("its key is `{}`", named.unwrap_or("alias/aws/kinesisvideo"));
    Ok(Some(Problem::new(sentence).proven(setting)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge_as, denied, fine_as, problem_as};

    fn stream(key: &str) -> Value {
        json!({ "streams": { "items": [{ "StreamName": "gate", "StreamARN": "arn:gate", "KmsKeyId": key }] } })
    }

    #[test]
    fn the_alias_of_the_managed_key_is_found() {
        let problem = problem_as(&CHECK, stream("alias/aws/kinesisvideo"), json!({ "customerKeys": true }));
        assert_eq!(problem.sentence, "stream `gate` is encrypted with the key that AWS manages");
    }

    #[test]
    fn an_alias_of_ones_own_or_no_such_expectation_is_fine() {
        fine_as(&CHECK, stream("alias/video"), json!({ "customerKeys": true }));
        fine_as(&CHECK, stream("alias/aws/kinesisvideo"), json!({}));
    }

    #[test]
    fn a_key_by_its_id_has_to_be_read() {
        let mut inventory = stream("1234abcd-12ab-34cd-56ef-1234567890ab");
        inventory["keys"] = json!({ "items": [], "couldNotCheck": denied("kms:DescribeKey") });
        let cannot = cannot_judge_as(&CHECK, inventory, json!({ "customerKeys": true }));
        assert_eq!(cannot.permission.as_deref(), Some("kms:DescribeKey"));
    }
}
