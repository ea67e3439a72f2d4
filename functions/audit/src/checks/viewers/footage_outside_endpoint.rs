//! Video may be watched past the VPC endpoint that is there for it.

use policy::{Known, reach};

use crate::camera_sessions::{actions_of, allowance};
use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::footage::pictures_of_streams;
use crate::identity::{Identity, proofs};
use crate::inventory::Endpoint;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "footage-outside-endpoint",
    group: Group::Viewers,
    severity: Severity::Info,
    title: "Video may be watched past the VPC endpoint",
    why: "The account has an endpoint for Kinesis Video Streams, so those who watch may be in its VPC. Credentials that \
          leak can still be used from anywhere.",
    remedy: "Add to the statements that read video the condition \
             `\"StringEquals\": {\"aws:SourceVpce\": \"vpce-…\"}` with your endpoint's id. Leave it out for those who \
             watch from elsewhere, and allow this check for them.",
    reference: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
    frameworks: &["NIST.800-53.r5 SC-7"],
    judge: Judge::Identity(judge),
};

/// What AWS tells of requests that come through an endpoint, and of no others.
const OF_ENDPOINTS: [&str; 7] = [
    "aws:SourceVpce",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
];

fn judge(world: &World<'_>, identity: &Identity<'_>) -> Judged {
    let Some(own) = identity.reach.as_ref().filter(|_| !identity.is_camera() && !identity.is_administrator()) else {
        return Ok(None);
    };
    let endpoints = &world.inventory.endpoints;
    let endpoint = endpoints.items.iter().find(|endpoint| is_for_video(endpoint));
    // What a principal may do takes long to find out, and most accounts have no endpoint.
    if endpoint.is_none() && endpoints.missing.is_none() {
        return Ok(None);
    }
    // Signaling channels cannot be reached through an endpoint, so nothing is asked about them.
    let watching = allowance(&pictures_of_streams(), &[])?;
    let known = OF_ENDPOINTS.iter().fold(Known::default(), |known, key| known.without(key));
    let outside = reach(own.principal(), identity.policies, &known);
    let beyond = outside.beyond(&watching);
    if beyond.is_empty() {
        return Ok(None);
    }
    let Some(endpoint) = endpoint else {
        endpoints.whole()?;
        return Ok(None);
    };
    let (title, actions) = (identity.title(), some(&actions_of(&beyond)));
    let sentence = format!("{title} may watch video from outside of `{}`: {actions}", endpoint.vpc_endpoint_id);
    Ok(Some(Problem::new(sentence).with(proofs(&beyond))))
}

/// Services have the same name in every partition: `com.amazonaws.eu-west-1.kinesisvideo`.
fn is_for_video(endpoint: &Endpoint) -> bool {
    endpoint.service_name.ends_with(".kinesisvideo") && endpoint.state.eq_ignore_ascii_case("available")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem, user};

    fn watching(condition: &Value, endpoints: &Value) -> Value {
        let user = user(
            "alice",
            json!({ "Effect": "Allow", "Action": "kinesisvideo:GetClip", "Condition": condition,
                "Resource": "arn:aws:kinesisvideo:*:*:stream/lobby/*" }),
        );
        json!({ "roles": { "items": [] }, "users": { "items": [user] }, "endpoints": endpoints })
    }

    fn endpoint(service: &str) -> Value {
        json!({ "items": [{ "VpcEndpointId": "vpce-1", "ServiceName": format!("com.amazonaws.us-east-1.{service}"),
            "State": "available" }] })
    }

    #[test]
    fn who_needs_no_endpoint_is_told_of() {
        let found = problem(&CHECK, watching(&json!({}), &endpoint("kinesisvideo")));
        assert_eq!(found.sentence, "user `alice` may watch video from outside of `vpce-1`: `kinesisvideo:GetClip`");
        assert!(found.proofs[0].request.is_some());
    }

    #[test]
    fn who_needs_it_is_not() {
        let condition = json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } });
        fine(&CHECK, watching(&condition, &endpoint("kinesisvideo")));
    }

    #[test]
    fn without_an_endpoint_there_is_nothing_to_pass() {
        fine(&CHECK, watching(&json!({}), &endpoint("kinesis-streams")));
    }

    #[test]
    fn endpoints_that_were_not_read_may_be_there() {
        let endpoints = json!({ "items": [], "couldNotCheck": denied("ec2:DescribeVpcEndpoints") });
        let cannot = cannot_judge(&CHECK, watching(&json!({}), &endpoints));
        assert_eq!(cannot.permission.as_deref(), Some("ec2:DescribeVpcEndpoints"));
    }
}
