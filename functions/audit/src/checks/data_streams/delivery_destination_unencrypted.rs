//! A Firehose stream delivers without encryption.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::DeliveryStream;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "delivery-destination-unencrypted",
    group: Group::DataStreams,
    severity: Severity::Medium,
    title: "A Firehose stream asks for no encryption where it delivers",
    why: "What Firehose writes, also as a backup of what it could not deliver, stays for years. Where it asks for no \
          encryption with a key, whoever may read the bucket may read it all.",
    remedy: "Give the destination an `EncryptionConfiguration` with `KMSEncryptionConfig: {AWSKMSKeyARN: <your key>}` \
             by `aws firehose update-destination`, and its S3 backup too.",
    reference: "https://docs.aws.amazon.com/firehose/latest/APIReference/API_EncryptionConfiguration.html",
    frameworks: &["NIST.800-53.r5 SC-28"],
    judge: Judge::DeliveryStream(judge),
};

#[expect(clippy::unnecessary_wraps, reason = "every check may be unable to judge")]
fn judge(_: &World<'_>, stream: &DeliveryStream) -> Judged {
    let open: Vec<_> = stream.destinations.iter().filter(|destination| destination.no_encryption).collect();
    if open.is_empty() {
        return Ok(None);
    }
    let places: Vec<_> = open.iter().map(|open| format!("{} `{}`", open.kind, open.target)).collect();
    let (name, to) = (&stream.delivery_stream_name, places.join(", "));
    let problem = Problem::new(format!("Firehose stream `{name}` asks for no encryption where it delivers to: {to}"));
    Ok(Some(places.iter().fold(problem, |problem, place| problem.proven(format!("{place}: `NoEncryption`")))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem};

    fn stream(backup_is_open: bool) -> Value {
        let key = "arn:aws:kms:us-east-1:123456789012:key/1";
        let destinations = json!([
            { "Kind": "s3", "Target": "arn:aws:s3:::clips", "KeyArn": key },
            { "Kind": "s3 backup", "Target": "arn:aws:s3:::failed", "NoEncryption": backup_is_open },
        ]);
        let stream = json!({ "DeliveryStreamName": "clips", "DeliveryStreamARN": "arn:clips",
                             "Destinations": destinations });
        json!({ "deliveryStreams": { "items": [stream] } })
    }

    #[test]
    fn also_the_backup_counts() {
        let problem = problem(&CHECK, stream(true));
        let expected =
            "Firehose stream `clips` asks for no encryption where it delivers to: s3 backup `arn:aws:s3:::failed`";
        assert_eq!(problem.sentence, expected);
    }

    #[test]
    fn none_that_says_so_is_fine() {
        fine(&CHECK, stream(false));
    }

    #[test]
    fn streams_that_were_not_read_cannot_be_judged() {
        let streams = json!({ "items": [], "couldNotCheck": denied("firehose:DescribeDeliveryStream") });
        let cannot = cannot_judge(&CHECK, json!({ "deliveryStreams": streams }));
        assert_eq!(cannot.permission.as_deref(), Some("firehose:DescribeDeliveryStream"));
    }
}
