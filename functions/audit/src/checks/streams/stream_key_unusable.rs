//! A stream's key cannot be used, or is somebody else's.

use crate::check::{CannotJudge, Check, Group, Judge, Judged, Problem, Severity};
use crate::encryption::{is_managed_by_aws, key};
use crate::inventory::Stream;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "stream-key-unusable",
    group: Group::Streams,
    severity: Severity::High,
    title: "A stream's key cannot be used, or is somebody else's",
    why: "Video is neither stored nor read while the key of its stream is disabled, and is lost for good once the key \
          is deleted. Whoever owns the key decides that at any moment.",
    remedy: "Enable the key again with `aws kms enable-key --key-id <key>`; of one that is about to be deleted, call \
             `aws kms cancel-key-deletion --key-id <key>` first. Where the key is in an account that you trust, name \
             the account in `trustedAccounts` under `expect:` in audit.yaml.",
    reference: "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
    frameworks: &["NIST.800-53.r5 SC-12"],
    judge: Judge::Stream(judge),
};

fn judge(world: &World<'_>, stream: &Stream) -> Judged {
    let Some(named) = stream.kms_key_id.as_deref() else { return Ok(None) };
    let problem = |is: &str| {
        let sentence = format!("stream `{}` is encrypted with a key that {is}", stream.stream_name);
        Ok(Some(Problem::new(sentence).proven(format!("its key is `{named}`"))))
    };
    // The ARN of a foreign key tells so, read or not.
    let foreign = |arn: &str| account(arn).filter(|account| !world.trusts(account)).map(str::to_owned);
    if let Some(account) = foreign(named) {
        return problem(&format!("is in account `{account}`, which is not trusted"));
    }
    // Aliases of AWS lead to keys that only AWS disables.
    if is_managed_by_aws(world, Some(named)) == Ok(true) {
        return Ok(None);
    }
    let key = key(world, named)?;
    if let Some(account) = foreign(&key.arn) {
        return problem(&format!("is in account `{account}`, which is not trusted"));
    }
    match key.key_state.as_str() {
        // A multi-Region key works while its primary Region changes.
        "Enabled" | "Updating" => Ok(None),
        "" => Err(CannotJudge::new(format!("the state of the key `{named}` is not known"))),
        state => problem(&format!("cannot be used: its state is `{state}`")),
    }
}

fn account(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').nth(3).filter(|account| !account.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, fine_as, problem};

    const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/1";

    fn stream(named: &str, key: &Value) -> Value {
        json!({
            "streams": { "items": [{ "StreamName": "gate", "StreamARN": "arn:gate", "KmsKeyId": named }] },
            "keys": { "items": [key] },
        })
    }

    #[test]
    fn a_disabled_key_and_a_foreign_one_are_found() {
        let key = json!({ "Named": "alias/video", "Arn": KEY, "KeyManager": "CUSTOMER", "KeyState": "Disabled" });
        let problem_of = |named: &str| problem(&CHECK, stream(named, &key)).sentence;
        let disabled = "stream `gate` is encrypted with a key that cannot be used: its state is `Disabled`";
        assert_eq!(problem_of("alias/video"), disabled);
        assert!(problem_of("arn:aws:kms:us-east-1:444455556666:key/2").ends_with("which is not trusted"));
    }

    #[test]
    fn an_enabled_key_is_fine_also_in_a_trusted_account() {
        let key = |arn: &str| json!({ "Arn": arn, "KeyManager": "CUSTOMER", "KeyState": "Enabled" });
        fine(&CHECK, stream(KEY, &key(KEY)));
        let theirs = "arn:aws:kms:us-east-1:444455556666:key/2";
        fine_as(&CHECK, stream(theirs, &key(theirs)), json!({ "trustedAccounts": ["444455556666"] }));
    }

    #[test]
    fn a_key_that_was_not_read_cannot_be_judged() {
        let mut inventory = stream("alias/video", &json!({}));
        inventory["keys"] = json!({ "items": [], "couldNotCheck": denied("kms:DescribeKey") });
        assert_eq!(cannot_judge(&CHECK, inventory).permission.as_deref(), Some("kms:DescribeKey"));
    }
}
