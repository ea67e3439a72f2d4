//! A camera's role names an action that AWS does not have, or a resource that no stream is.

use policy::catalogue::lacking;
use policy::{ActionPattern, Context, Pattern, ResourcePattern, Statement, Syntax};

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::identity::Identity;
use crate::named_values::own_statements;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "camera-role-dead-permission",
    group: Group::Producers,
    severity: Severity::Low,
    title: "A camera's role names actions or streams that do not exist",
    why: "AWS stores such a statement and never applies it. The camera then cannot do what it was meant to, and \
          somebody soon gives it more than it needs; a statement that denies protects nothing.",
    remedy: "Write `kinesisvideo:GetDataEndpoint` for `kinesisvideo:GetStreamingEndpoint`. Write streams as \
             `arn:aws:kinesisvideo:*:*:stream/NAME/*`: the ARN of a stream ends with the time of its creation.",
    reference: "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesisvideostreams.html",
    frameworks: &[],
    judge: Judge::CameraRole(judge),
};

/// What ARNs of Kinesis Video Streams are about: each goes on with a name and the time of its creation.
const KINDS: [&str; 2] = ["stream", "channel"];

fn judge(_: &World<'_>, role: &Identity<'_>) -> Judged {
    let (mut dead, mut proofs) = (Vec::new(), Vec::new());
    for at in own_statements(role.policies) {
        let actions = at.statement.actions.patterns.iter().filter(|action| does_not_exist(action));
        let of_video = is_of_video(at.statement);
        let resources = at.statement.resources.iter().flat_map(|resources| &resources.patterns);
        let resources = resources.filter(|resource| (of_video || names_video(resource)) && !matches_a_stream(resource));
        for written in actions.map(ActionPattern::as_str).chain(resources.map(ResourcePattern::as_str)) {
            proofs.push(format!("`{written}` in {at}"));
            dead.push(written);
        }
    }
    if dead.is_empty() {
        return Ok(None);
    }
    let sentence = format!("{} names what AWS does not have: {}", role.title(), some(&dead));
    Ok(Some(proofs.into_iter().fold(Problem::new(sentence), Problem::proven)))
}

/// Whether it is the name of an action, and Kinesis Video Streams has none of that name. Wildcards may be there for
/// actions to come.
fn does_not_exist(action: &ActionPattern) -> bool {
    !action.as_str().contains(['*', '?']) && lacking(action).is_some_and(|service| service.prefix == "kinesisvideo")
}

/// Whether a statement is about video alone, so that all its resources have to be.
fn is_of_video(statement: &Statement) -> bool {
    let actions = &statement.actions;
    let of_video = |action: &ActionPattern| action.as_str().to_ascii_lowercase().starts_with("kinesisvideo:");
    !actions.negated && actions.patterns.iter().all(of_video)
}

fn names_video(resource: &ResourcePattern) -> bool {
    resource.as_str().split(':').nth(2) == Some("kinesisvideo")
}

/// Whether a stream or channel may be meant. A name that a variable stands for has no slash in it.
fn matches_a_stream(resource: &ResourcePattern) -> bool {
    let keys = resource.pattern().variables().map(|variable| (variable.key().as_str(), "x"));
    let Some(bound) = resource.pattern().bind(&Context::new(keys), &[]) else { return false };
    let overlaps = |text: &str, shape: &str| {
        let pattern = |text| Pattern::parse(text, Syntax::FULL).ok();
        pattern(text).zip(pattern(shape)).is_some_and(|(one, other)| one.overlaps(&other))
    };
    let text = bound.to_string();
    // Each part for itself: a wildcard for an account would take the colons and slashes of the rest.
    match text.splitn(6, ':').collect::<Vec<_>>().as_slice() {
        [arn, partition, service, region, account, rest] => {
            let head = [(arn, "arn"), (partition, "?*"), (service, "kinesisvideo"), (region, "?*"), (account, "?*")];
            head.iter().all(|(text, shape)| overlaps(text, shape))
                && KINDS.iter().any(|kind| overlaps(rest, &format!("{kind}/?*/?*")))
        }
        _ => KINDS.iter().any(|kind| overlaps(&text, &format!("arn:?*:kinesisvideo:?*:?*:{kind}/?*/?*"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{camera_role, cannot_judge, denied, fine, problem};

    fn may(action: &str, resource: &str) -> Value {
        let role = camera_role(json!({ "Effect": "Allow", "Action": action, "Resource": resource }));
        json!({ "roles": { "items": [role] } })
    }

    #[test]
    fn an_action_that_aws_does_not_have_is_told_with_its_statement() {
        let problem = problem(&CHECK, may("kinesisvideo:GetStreamingEndpoint", "*"));
        assert_eq!(problem.sentence, "role `camera` names what AWS does not have: `kinesisvideo:GetStreamingEndpoint`");
        assert!(problem.proofs[0].because.contains("inline"), "{problem:?}");
    }

    #[test]
    fn a_stream_without_its_time_is_none() {
        problem(&CHECK, may("kinesisvideo:PutMedia", "arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}"));
        for rest in ["stream/${credentials-iot:ThingName}/*", "stream/gate*", "*", "channel/gate/1700000000000"] {
            fine(&CHECK, may("kinesisvideo:PutMedia", &format!("arn:aws:kinesisvideo:*:*:{rest}")));
        }
    }

    #[test]
    fn a_key_beside_a_stream_is_fine() {
        let key = "arn:aws:kms:us-east-1:123456789012:key/1";
        let role = camera_role(json!({
            "Effect": "Allow", "Action": ["kinesisvideo:PutMedia", "kms:GenerateDataKey"], "Resource": ["*", key],
        }));
        fine(&CHECK, json!({ "roles": { "items": [role] } }));
    }

    #[test]
    fn roles_that_were_not_read_cannot_be_judged() {
        let roles = json!({ "items": [], "couldNotCheck": denied("iam:GetAccountAuthorizationDetails") });
        let cannot = cannot_judge(&CHECK, json!({ "roles": roles }));
        assert_eq!(cannot.permission.as_deref(), Some("iam:GetAccountAuthorizationDetails"));
    }
}
