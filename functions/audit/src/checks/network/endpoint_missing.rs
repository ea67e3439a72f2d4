//! An interface endpoint that is expected is not there.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::inventory::Endpoint;
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "endpoint-missing",
    group: Group::Network,
    severity: Severity::Low,
    title: "An interface endpoint that is expected is not there",
    why: "Without an endpoint in the VPC, what watches or analyzes video there reaches AWS over the internet, past \
          every rule that asks for the endpoint. Asked for only of the services under `endpoints` in `audit.yaml`.",
    remedy: "Run `aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id <vpc> --subnet-ids <subnets> \
             --security-group-ids <group> --service-name com.amazonaws.<region>.<service>`, or take the service out of \
             `endpoints` in `audit.yaml`. Where a VPC uses WebRTC, do not make one for `kinesisvideo`.",
    reference: "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
    frameworks: &["NIST.800-53.r5 SC-7", "FSBP EC2.10"],
    judge: Judge::Account(judge),
};

fn judge(world: &World<'_>) -> Judged {
    let (endpoints, region) = (&world.inventory.endpoints, &world.inventory.taken.region);
    let is_there = |service: &str| {
        let mut of = endpoints.items.iter().filter(|endpoint| is_of(endpoint, region, service));
        of.any(|endpoint| endpoint.state.eq_ignore_ascii_case("available"))
    };
    let missing: Vec<&str> = world.expect.endpoints.iter().map(String::as_str).filter(|it| !is_there(it)).collect();
    if missing.is_empty() {
        return Ok(None);
    }
    endpoints.whole()?;
    let account = world.account();
    let sentence =
        format!("account `{account}` has no available interface endpoint in `{region}` for {}", some(&missing));
    let useless = |it: &&Endpoint| missing.iter().any(|service| is_of(it, region, service));
    let useless = endpoints.items.iter().filter(useless);
    let proofs =
        useless.map(|it| format!("endpoint `{}` to `{}` is `{}`", it.vpc_endpoint_id, it.service_name, it.state));
    let problem = Problem::new(sentence).proven(format!("`endpoints` in `audit.yaml` names {}", some(&missing)));
    Ok(Some(proofs.fold(problem, Problem::proven)))
}

/// Whether an endpoint leads to a service of the region.
fn is_of(endpoint: &Endpoint, region: &str, service: &str) -> bool {
    match service {
        "kinesisvideo" => endpoint.service_name == format!("com.amazonaws.{region}.kinesisvideo"),
        // In China names begin with `cn.`.
        other => endpoint.service_name.ends_with(&format!(".{region}.{other}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge_as, denied, fine_as, problem_as};

    fn endpoint(service: &str, state: &str) -> Value {
        let name = format!("com.amazonaws.us-east-1.{service}");
        json!({ "VpcEndpointId": "vpce-1", "ServiceName": name, "State": state })
    }

    fn expected() -> Value {
        json!({ "endpoints": ["kinesisvideo", "iot.credentials"] })
    }

    #[test]
    fn an_endpoint_that_waits_for_consent_is_not_there_yet() {
        let endpoints =
            json!([endpoint("kinesisvideo", "pendingAcceptance"), endpoint("iot.credentials", "available")]);
        let problem = problem_as(&CHECK, json!({ "endpoints": { "items": endpoints } }), expected());
        let sentence = "account `123456789012` has no available interface endpoint in `us-east-1` for `kinesisvideo`";
        assert_eq!(problem.sentence, sentence);
        assert!(problem.proofs[1].because.ends_with("is `pendingAcceptance`"), "{problem:?}");
    }

    #[test]
    fn both_are_there() {
        let endpoints = json!([endpoint("kinesisvideo", "available"), endpoint("iot.credentials", "available")]);
        fine_as(&CHECK, json!({ "endpoints": { "items": endpoints } }), expected());
    }

    #[test]
    fn without_the_list_of_endpoints_nothing_can_be_said() {
        let endpoints = json!({ "items": [], "couldNotCheck": denied("ec2:DescribeVpcEndpoints") });
        let cannot = cannot_judge_as(&CHECK, json!({ "endpoints": endpoints }), expected());
        assert_eq!(cannot.permission.as_deref(), Some("ec2:DescribeVpcEndpoints"));
    }
}
