//! Interface endpoints of VPCs.

use aws_sdk_ec2::types::Filter;

use super::Aws;
use super::answer::{answer, token};
use crate::inventory::{DocumentText, Endpoint, Inventory, Missing};

impl Aws {
    /// 1000 a page, of which those of Kinesis (video, data, Firehose) and IoT stay.
    ///
    /// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html>
    pub(super) async fn endpoints(
        &self,
        next: Option<String>,
        into: &mut Inventory,
    ) -> Result<Option<String>, Missing> {
        let interfaces = Filter::builder().name("vpc-endpoint-type").values("Interface").build();
        let call = self.ec2.describe_vpc_endpoints().filters(interfaces).max_results(1000).set_next_token(next);
        let page = answer("ec2:DescribeVpcEndpoints", call.send().await)?;
        let endpoints = page.vpc_endpoints.unwrap_or_default().into_iter();
        let endpoints = endpoints.filter(|endpoint| is_in_scope(endpoint.service_name().unwrap_or_default()));
        into.endpoints.items.extend(endpoints.map(|endpoint| Endpoint {
            vpc_endpoint_id: endpoint.vpc_endpoint_id.unwrap_or_default(),
            vpc_id: endpoint.vpc_id.unwrap_or_default(),
            service_name: endpoint.service_name.unwrap_or_default(),
            state: endpoint.state.map(|state| state.as_str().to_lowercase()).unwrap_or_default(),
            policy_document: endpoint.policy_document.map(|text| DocumentText::new(&text)),
            private_dns_enabled: endpoint.private_dns_enabled.unwrap_or_default(),
            subnet_ids: endpoint.subnet_ids.unwrap_or_default(),
        }));
        Ok(token(page.next_token))
    }
}

fn is_in_scope(service: &str) -> bool {
    service.contains("kinesis") || service.contains(".iot.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_of_kinesis_and_iot_are_in_scope() {
        for service in ["kinesisvideo", "kinesis-streams", "kinesis-firehose", "iot.data", "iot.credentials"] {
            assert!(is_in_scope(&format!("com.amazonaws.eu-west-1.{service}")), "{service}");
        }
        for service in ["s3", "iotwireless.api", "monitoring"] {
            assert!(!is_in_scope(&format!("com.amazonaws.eu-west-1.{service}")), "{service}");
        }
    }
}
