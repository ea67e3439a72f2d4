//! A camera's role uses a variable that IAM gives no value.

use policy::catalogue::service;
use policy::{Key, StatementRef, Version};

use crate::camera_sessions::{CERTIFICATE_ID, THING_NAME, THING_TYPE};
use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::identity::Identity;
use crate::named_values::own_statements;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "camera-role-wrong-variable",
    group: Group::Producers,
    severity: Severity::Medium,
    title: "A camera's role uses a variable that IAM gives no value",
    why: "The variables of AWS IoT policies, `${iot:…}`, mean nothing in IAM. A statement that allows by one allows \
          nothing, so the camera cannot work; one that denies by it protects nothing.",
    remedy: "Write `${credentials-iot:ThingName}`, `${credentials-iot:ThingTypeName}` or \
             `${credentials-iot:AwsCertificateId}`, behind the fifth colon of an ARN, in a policy of the version \
             `2012-10-17`.",
    reference: "https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html",
    frameworks: &[],
    judge: Judge::CameraRole(judge),
};

/// All that AWS IoT's credentials provider tells IAM of a camera.
const TOLD: [&str; 3] = [THING_NAME, THING_TYPE, CERTIFICATE_ID];

fn judge(_: &World<'_>, role: &Identity<'_>) -> Judged {
    let (mut wrong, mut proofs) = (Vec::new(), Vec::new());
    for at in own_statements(role.policies) {
        for written in without_value(&at) {
            proofs.push(format!("`{written}` in {at}"));
            wrong.push(written);
        }
    }
    if wrong.is_empty() {
        return Ok(None);
    }
    let sentence = format!("{} uses variables that IAM gives no value: {}", role.title(), some(&wrong));
    Ok(Some(proofs.into_iter().fold(Problem::new(sentence), Problem::proven)))
}

/// What a statement uses and has no value: variables as they stand, and condition keys.
fn without_value(at: &StatementRef<'_>) -> Vec<String> {
    let statement = at.statement;
    let is_old = at.policy.document.version == Version::V2008;
    let resources = statement.resources.iter().flat_map(|resources| &resources.patterns);
    let mut wrong = Vec::new();
    for resource in resources {
        let real: Vec<&Key> = resource.pattern().variables().map(policy::Variable::key).collect();
        // Of a variable that the parser took for plain text, the text stands there and matches nothing.
        let plain = |key: &str| !real.contains(&&Key::new(key));
        wrong.extend(
            variables(resource.as_str()).filter(|key| is_wrong(key) || (is_told(key) && plain(key))).map(shown),
        );
    }
    for condition in &statement.conditions {
        let values = condition.values().iter().flat_map(|value| variables(value));
        wrong.extend(values.filter(|key| is_wrong(key) || (is_told(key) && is_old)).map(shown));
        let key = condition.key().as_str();
        wrong.extend((is_wrong(key) && !is_key_of_iot(key)).then(|| key.to_owned()));
    }
    wrong
}

fn shown(key: &str) -> String {
    format!("${{{key}}}")
}

/// The names in `${…}`, without their defaults.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    let inside = text.split("${").skip(1).filter_map(|part| part.split_once('}')).map(|(inside, _)| inside);
    inside.map(|inside| inside.split_once(',').map_or(inside, |(key, _)| key).trim())
}

fn is_told(key: &str) -> bool {
    TOLD.iter().any(|told| told.eq_ignore_ascii_case(key))
}

/// Whether a name is one of AWS IoT's own variables, or a slip in writing one that IAM has.
fn is_wrong(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    let last = lower.rsplit([':', '.', '/']).next().unwrap_or_default();
    let meant =
        lower.starts_with("credentials-iot") || ["thingname", "thingtypename", "awscertificateid"].contains(&last);
    !is_told(key) && !lower.starts_with("aws:") && (lower.starts_with("iot:") || meant)
}

/// Whether AWS IoT has a condition key for IAM of this name.
fn is_key_of_iot(key: &str) -> bool {
    let keys = service("iot").map(|service| service.conditions).unwrap_or_default();
    keys.iter().any(|known| known.name.eq_ignore_ascii_case(key))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_role, cannot_judge, denied, fine, problem};

    fn on(name: &str) -> Value {
        let arn = format!("arn:aws:kinesisvideo:*:*:stream/{name}/*");
        let role = camera_role(json!({ "Effect": "Allow", "Action": "kinesisvideo:PutMedia", "Resource": arn }));
        json!({ "roles": { "items": [role] } })
    }

    #[test]
    fn a_variable_of_iot_policies_is_told_with_its_statement() {
        let problem = problem(&CHECK, on("${iot:Connection.Thing.ThingName}"));
        assert!(problem.sentence.ends_with("no value: `${iot:Connection.Thing.ThingName}`"), "{problem:?}");
        assert!(problem.proofs[0].because.contains("inline"), "{problem:?}");
    }

    #[test]
    fn the_three_that_iam_has_are_fine_in_any_case() {
        for key in ["ThingName", "ThingTypeName", "AwsCertificateId", "thingname"] {
            fine(&CHECK, on(&format!("${{credentials-iot:{key}}}")));
        }
    }

    #[test]
    fn in_a_policy_of_the_old_version_a_variable_is_plain_text() {
        let mut inventory = on("${credentials-iot:ThingName}");
        inventory["roles"]["items"][0]["RolePolicyList"][0]["PolicyDocument"]["Version"] = json!("2008-10-17");
        problem(&CHECK, inventory);
    }

    #[test]
    fn roles_that_were_not_read_cannot_be_judged() {
        let roles = json!({ "items": [], "couldNotCheck": denied("iam:GetAccountAuthorizationDetails") });
        let cannot = cannot_judge(&CHECK, json!({ "roles": roles }));
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }
}
