//! A data stream's policy lets in strangers.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::DataStream;
use crate::openness::{deputies, named, strangers};
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "data-stream-shared",
    group: Group::DataStreams,
    severity: Severity::High,
    title: "A data stream's policy lets in strangers",
    why: "A data stream's own policy lets other accounts read its records or put their own among them, whatever the \
          roles of this account allow.",
    remedy: "Name the principals that are meant in the policy, or add a condition such as `\"StringEquals\": \
             {\"aws:PrincipalOrgID\": \"<your organization>\"}`, and put it with `aws kinesis put-resource-policy`. \
             Accounts that are meant stand in `trustedAccounts` under `expect:` in audit.yaml.",
    reference: "https://docs.aws.amazon.com/streams/latest/dev/resource-based-policy-examples.html",
    frameworks: &["NIST.800-53.r5 AC-3", "NIST.800-53.r5 AC-6"],
    judge: Judge::DataStream(judge),
};

fn judge(world: &World<'_>, stream: &DataStream) -> Judged {
    let Some(policy) = stream.policy.get()? else { return Ok(None) };
    let mut found = strangers(world, policy, &["kinesis:*"], &stream.stream_arn)?;
    found.extend(deputies(world, policy, &["kinesis:*"], &stream.stream_arn)?);
    if found.is_empty() {
        return Ok(None);
    }
    let sentence = format!("data stream `{}` lets in {}", stream.stream_name, named(&found));
    Ok(Some(Problem::new(sentence).with(found.into_iter().map(|stranger| stranger.proof))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, document, fine, fine_as, problem};

    const STREAM: &str = "arn:aws:kinesis:us-east-1:123456789012:stream/faces";

    fn stream(policy: &Value) -> Value {
        let stream = json!({ "StreamName": "faces", "StreamARN": STREAM, "Policy": policy });
        json!({ "dataStreams": { "items": [stream] } })
    }

    fn to(principal: &Value) -> Value {
        let actions = ["kinesis:GetRecords", "kinesis:GetShardIterator"];
        document(json!({ "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": STREAM }))
    }

    #[test]
    fn anyone_and_a_foreign_account_are_found_with_a_request() {
        assert_eq!(problem(&CHECK, stream(&to(&json!("*")))).sentence, "data stream `faces` lets in anyone");
        let problem = problem(&CHECK, stream(&to(&json!({ "AWS": "444455556666" }))));
        assert_eq!(problem.sentence, "data stream `faces` lets in account `444455556666`");
        let request = problem.proofs[0].request.as_ref().unwrap();
        assert_eq!(request["action"], "kinesis:GetRecords");
        assert_eq!(request["resource"], STREAM);
    }

    #[test]
    fn no_policy_and_one_for_trusted_accounts_are_fine() {
        fine(&CHECK, stream(&json!(null)));
        let trusted = json!({ "trustedAccounts": ["444455556666"] });
        fine_as(&CHECK, stream(&to(&json!({ "AWS": ["123456789012", "444455556666"] }))), trusted);
    }

    #[test]
    fn a_policy_that_was_not_read_or_is_none_cannot_be_judged() {
        let unseen = json!({ "couldNotCheck": denied("kinesis:GetResourcePolicy") });
        let cannot = cannot_judge(&CHECK, stream(&unseen));
        assert_eq!(cannot.permission.as_deref(), Some("kinesis:GetResourcePolicy"));
        let cannot = cannot_judge(&CHECK, stream(&json!({ "Statement": { "Effect": "Perhaps" } })));
        assert!(cannot.because.starts_with("its policy cannot be read: "), "{cannot:?}");
    }
}
