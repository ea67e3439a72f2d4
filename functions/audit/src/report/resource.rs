//! What kind of thing an ARN names, as other tools call it.

/// An ARN, taken apart as far as reports need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Resource<'a> {
    partition: &'a str,
    service: &'a str,
    /// After the account: `role/camera`.
    rest: &'a str,
}

impl<'a> Resource<'a> {
    /// Takes an ARN apart. Of anything else all is the name.
    pub(super) fn new(arn: &'a str) -> Self {
        let mut parts = arn.splitn(6, ':');
        let mut next = || parts.next().unwrap_or_default();
        let (prefix, partition, service, _region, _account, rest) = (next(), next(), next(), next(), next(), next());
        if prefix != "arn" || rest.is_empty() {
            return Self { partition: "", service: "", rest: arn };
        }
        Self { partition, service, rest }
    }

    /// Such as `aws` or `aws-cn`.
    pub(super) fn partition(&self) -> &'a str {
        if self.partition.is_empty() { "aws" } else { self.partition }
    }

    /// The type by the names of AWS Security Hub; `Other` where it has none.
    pub(super) fn kind(&self) -> &'static str {
        let before = self.rest.split(['/', ':']).next().unwrap_or_default();
        match (self.service, before) {
            ("iam", "root") => "AwsAccount",
            ("iam", "role") | ("sts", "assumed-role") => "AwsIamRole",
            ("iam", "user") if self.rest.contains('#') => "AwsIamAccessKey",
            ("iam", "user") => "AwsIamUser",
            ("iam", "group") => "AwsIamGroup",
            ("iam", "policy") => "AwsIamPolicy",
            ("kinesis", "stream") => "AwsKinesisStream",
            ("kms", "key") => "AwsKmsKey",
            ("sns", _) => "AwsSnsTopic",
            ("sqs", _) => "AwsSqsQueue",
            ("s3", _) => "AwsS3Bucket",
            ("cloudtrail", "trail") => "AwsCloudTrailTrail",
            ("cloudwatch", "alarm") => "AwsCloudWatchAlarm",
            ("lambda", "function") => "AwsLambdaFunction",
            ("dynamodb", "table") => "AwsDynamoDbTable",
            _ => "Other",
        }
    }

    /// The shortest that still tells what it is: service and name, such as `iam role/camera`.
    pub(super) fn short(&self) -> String {
        match (self.service, self.rest) {
            ("", name) => name.to_owned(),
            ("iam", "root") => "the account".to_owned(),
            // Of a video stream the moment of its making, which its ARN ends with, tells nobody anything.
            (service @ "kinesisvideo", rest) => match rest.rsplit_once('/') {
                Some((name, made)) if made.bytes().all(|byte| byte.is_ascii_digit()) && name.contains('/') => {
                    format!("{service} {name}")
                }
                _ => format!("{service} {rest}"),
            },
            (service, rest) => format!("{service} {rest}"),
        }
    }
}

/// Who called, without what every ARN begins with: `assumed-role/deploy/alice`.
pub(super) fn caller(who: &str) -> &str {
    Resource::new(who).rest
}

/// The first so many bytes of a text, cut between characters, with `…` where something is missing. Never longer than
/// that.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let Some(room) = most.checked_sub('…'.len_utf8()) else { return String::new() };
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= room).last().unwrap_or_default();
    format!("{}…", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_kind_and_the_short_name_of_an_arn() {
        for (arn, kind, short) in [
            ("arn:aws:iam::111122223333:root", "AwsAccount", "the account"),
            ("arn:aws:iam::111122223333:role/path/camera", "AwsIamRole", "iam role/path/camera"),
            ("arn:aws:iam::111122223333:user/bob#1", "AwsIamAccessKey", "iam user/bob#1"),
            ("arn:aws:sts::111122223333:assumed-role/a/b", "AwsIamRole", "sts assumed-role/a/b"),
            ("arn:aws-cn:sns:cn-north-1:111122223333:a", "AwsSnsTopic", "sns a"),
            ("arn:aws:kinesis:eu-west-1:111122223333:stream/a", "AwsKinesisStream", "kinesis stream/a"),
            ("arn:aws:kinesisvideo:eu-west-1:111122223333:stream/a/1", "Other", "kinesisvideo stream/a"),
            ("arn:aws:kinesisvideo:eu-west-1:111122223333:stream/1", "Other", "kinesisvideo stream/1"),
            ("arn:aws:lambda:eu-west-1:111122223333:function:a", "AwsLambdaFunction", "lambda function:a"),
            ("nothing of that kind", "Other", "nothing of that kind"),
            ("arn:", "Other", "arn:"),
            ("", "Other", ""),
        ] {
            let resource = Resource::new(arn);
            assert_eq!((resource.kind(), resource.short().as_str()), (kind, short), "{arn}");
        }
        assert_eq!(caller("arn:aws:sts::111122223333:assumed-role/deploy/alice"), "assumed-role/deploy/alice");
        assert_eq!(caller("lambda.amazonaws.com"), "lambda.amazonaws.com");
    }

    proptest! {
        #[test]
        fn what_is_cut_fits_and_begins_the_same(text in ".{0,40}", most in 0_usize..40) {
            let kept = cut(&text, most);
            prop_assert!(kept.len() <= most);
            prop_assert!(text.starts_with(kept.trim_end_matches('…')));
            prop_assert!(text.len() > most || kept == text);
        }
    }
}
