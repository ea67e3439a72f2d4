//! AWS IoT: policies, role aliases, certificates, things, domains.

use std::collections::BTreeMap;

use fleet::CERTIFICATE_ATTRIBUTE;
use serde::{Deserialize, Serialize};

use super::{DocumentText, Moment, Seen};

/// The status of a certificate that devices connect with.
const ACTIVE: &str = "ACTIVE";

/// An IoT policy with its versions (at most five) and what it is attached to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct IotPolicy {
    /// Its name.
    pub policy_name: String,
    /// Its ARN.
    pub policy_arn: String,
    /// Its versions.
    pub versions: Seen<Vec<IotPolicyVersion>>,
    /// The ARNs of certificates and thing groups that it is attached to: one page of `ListTargetsForPolicy`, which is
    /// enough to know whether there are any.
    pub targets: Seen<Vec<String>>,
}

/// A version of an IoT policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct IotPolicyVersion {
    /// Such as `2`.
    pub version_id: String,
    /// Whether it is in force.
    pub is_default_version: bool,
    /// What it says.
    pub policy_document: DocumentText,
}

/// A role alias.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RoleAlias {
    /// Its name.
    pub role_alias: String,
    /// Its ARN.
    pub role_alias_arn: String,
    /// The role's ARN.
    pub role_arn: String,
    /// How long its credentials are good for: 900 to 43200 seconds.
    pub credential_duration_seconds: i32,
}

/// A device certificate as `ListCertificates` gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Certificate {
    /// SHA-256 of the certificate, 64 hexadecimal digits.
    pub certificate_id: String,
    /// Its ARN.
    pub certificate_arn: String,
    /// Such as `ACTIVE`.
    pub status: String,
}

/// A device certificate that was looked at: `DescribeCertificate`, `ListPrincipalThings`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CertificateDetail {
    /// SHA-256 of the certificate, 64 hexadecimal digits.
    pub certificate_id: String,
    /// Its ARN.
    pub certificate_arn: String,
    /// Such as `ACTIVE`.
    pub status: String,
    /// When it ends.
    #[serde(default)]
    pub not_after: Option<Moment>,
    /// The names of the things that it is attached to.
    #[serde(default)]
    pub things: Seen<Vec<String>>,
}

/// A CA certificate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaCertificate {
    /// SHA-256 of the certificate, 64 hexadecimal digits.
    pub certificate_id: String,
    /// Its ARN.
    pub certificate_arn: String,
    /// `ACTIVE` or `INACTIVE`.
    pub status: String,
    /// `ENABLE` when devices that it signed register by connecting.
    #[serde(default)]
    pub auto_registration_status: String,
    /// When it ends.
    #[serde(default)]
    pub not_after: Option<Moment>,
}

/// A thing as `ListThings` gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Thing {
    /// Its name.
    pub thing_name: String,
    /// Its ARN.
    pub thing_arn: String,
    /// Its type, if it has one.
    pub thing_type_name: Option<String>,
    /// Its attributes.
    pub attributes: BTreeMap<String, String>,
    /// The ARNs of certificates that are attached to it; asked for a share of all things in each sweep.
    pub principals: Seen<Vec<String>>,
}

/// A domain configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DomainConfiguration {
    /// Its name.
    pub domain_configuration_name: String,
    /// Its ARN.
    pub domain_configuration_arn: String,
    /// The domain.
    pub domain_name: String,
    /// `ENABLED` or `DISABLED`.
    pub domain_configuration_status: String,
    /// `DATA`, `CREDENTIAL_PROVIDER` or `JOBS`.
    pub service_type: String,
    /// Such as `IotSecurityPolicy_TLS12_1_2_2022_10`; None where AWS tells none.
    pub security_policy: Option<String>,
}

impl Certificate {
    /// Whether a device may connect with it.
    pub fn is_active(&self) -> bool {
        self.status == ACTIVE
    }
}

impl CertificateDetail {
    /// Whether a device may connect with it.
    pub fn is_active(&self) -> bool {
        self.status == ACTIVE
    }
}

impl CaCertificate {
    /// Whether AWS IoT takes the device certificates that it signed.
    pub fn is_active(&self) -> bool {
        self.status == ACTIVE
    }
}

impl Thing {
    /// Whether it is a camera: it has the attribute that kvs-warden writes when it registers one.
    pub fn is_camera(&self) -> bool {
        self.attributes.contains_key(CERTIFICATE_ATTRIBUTE)
    }
}
