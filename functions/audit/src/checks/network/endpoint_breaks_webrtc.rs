//! An endpoint for video leaves WebRTC without a way.

use crate::check::{Check, Group, Judge, Judged, Problem, Severity};
use crate::wording::some;
use crate::world::World;

pub(super) const CHECK: Check = Check {
    id: "endpoint-breaks-webrtc",
    group: Group::Network,
    severity: Severity::High,
    title: "An interface endpoint makes WebRTC fail in its VPC",
    why: "With private DNS, all names of Kinesis Video Streams lead to the endpoint, and it does not carry WebRTC: \
          signaling, STUN and TURN fail for everyone in the VPC. The account has signaling channels, so live video \
          is likely to be cut off there.",
    remedy: "Put what uses WebRTC into a VPC without the endpoint, or take the endpoint away with `aws ec2 \
             delete-vpc-endpoints --vpc-endpoint-ids <endpoint>`. Where nothing in that VPC uses WebRTC, accept this \
             in `audit.yaml` with that reason.",
    reference: "https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/vpc-interface-endpoints.html",
    frameworks: &[],
    judge: Judge::Account(judge),
};

fn judge(world: &World<'_>) -> Judged {
    let (endpoints, channels) = (&world.inventory.endpoints, &world.inventory.channels);
    let service = format!("com.amazonaws.{}.kinesisvideo", world.inventory.taken.region);
    let taking = endpoints.items.iter().filter(|endpoint| {
        endpoint.service_name == service
            && endpoint.private_dns_enabled
            && endpoint.state.eq_ignore_ascii_case("available")
    });
    let taking: Vec<_> = taking.collect();
    if taking.is_empty() && endpoints.missing.is_none() {
        return Ok(None);
    }
    if channels.items.is_empty() {
        channels.whole()?;
        return Ok(None);
    }
    if taking.is_empty() {
        endpoints.whole()?;
    }
    let ids: Vec<&str> = taking.iter().map(|endpoint| endpoint.vpc_endpoint_id.as_str()).collect();
    let names: Vec<&str> = channels.items.iter().map(|channel| channel.channel_name.as_str()).collect();
    let sentence = format!("WebRTC fails where endpoint {} takes all names of `kinesisvideo`", some(&ids));
    let problem = Problem::new(sentence).proven(format!("there are signaling channels: {}", some(&names)));
    let proofs = taking
        .iter()
        .map(|it| format!("private DNS of endpoint `{}` in VPC `{}` is on", it.vpc_endpoint_id, it.vpc_id));
    Ok(Some(proofs.fold(problem, Problem::proven)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{cannot_judge, denied, fine, problem};

    fn inventory(private_dns: bool) -> Value {
        json!({
            "endpoints": { "items": [{
                "VpcEndpointId": "vpce-1", "VpcId": "vpc-1", "State": "available",
                "ServiceName": "com.amazonaws.us-east-1.kinesisvideo", "PrivateDnsEnabled": private_dns,
            }] },
            "channels": { "items": [{ "ChannelName": "gate" }] },
        })
    }

    #[test]
    fn private_dns_and_channels_do_not_go_together() {
        let problem = problem(&CHECK, inventory(true));
        assert_eq!(problem.sentence, "WebRTC fails where endpoint `vpce-1` takes all names of `kinesisvideo`");
        assert_eq!(problem.proofs[1].because, "private DNS of endpoint `vpce-1` in VPC `vpc-1` is on");
    }

    #[test]
    fn without_private_dns_or_channels_nothing_breaks() {
        fine(&CHECK, inventory(false));
        let mut quiet = inventory(true);
        quiet["channels"]["items"] = json!([]);
        fine(&CHECK, quiet);
    }

    #[test]
    fn without_the_list_of_channels_or_endpoints_nothing_can_be_said() {
        let mut unread = inventory(true);
        unread["channels"] = json!({ "items": [], "couldNotCheck": denied("kinesisvideo:ListSignalingChannels") });
        let cannot = cannot_judge(&CHECK, unread);
        assert_eq!(cannot.permission.as_deref(), Some("kinesisvideo:ListSignalingChannels"));
        let mut unread = inventory(true);
        unread["endpoints"] = json!({ "items": [], "couldNotCheck": denied("ec2:DescribeVpcEndpoints") });
        assert_eq!(cannot_judge(&CHECK, unread).permission.as_deref(), Some("ec2:DescribeVpcEndpoints"));
    }
}
