//! Interface endpoints.

use serde::{Deserialize, Serialize};

use super::DocumentText;

/// A VPC endpoint, as `DescribeVpcEndpoints` gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Endpoint {
    /// Its id, such as `vpce-0a1b`.
    pub vpc_endpoint_id: String,
    /// Its VPC.
    pub vpc_id: String,
    /// Such as `com.amazonaws.eu-west-1.kinesisvideo`.
    pub service_name: String,
    /// Such as `available`, in lower case.
    pub state: String,
    /// Its policy; AWS gives one that allows everything when nobody wrote one.
    pub policy_document: Option<DocumentText>,
    /// Whether the service's own names lead to it.
    pub private_dns_enabled: bool,
    /// Its subnets.
    pub subnet_ids: Vec<String>,
}
