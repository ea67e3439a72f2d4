//! From a device's certificate to what its role may do: IoT policy, role alias, IAM role.

use crate::context::Context;
use crate::evaluate::{Miss, NearMiss, Outcome, Policies, evaluate, near_misses};
use crate::pattern::Pattern;
use crate::principal::{Caller, Principal};
use crate::reach::{Grant, Known, May, Reach, reach};
use crate::request::Request;

/// A device certificate and what is attached to it.
#[derive(Debug, Clone)]
pub struct Device<'p> {
    /// The certificate's ARN.
    pub certificate: Principal,
    /// The thing that the certificate is attached to and that the device names; None when there is none.
    pub thing: Option<String>,
    /// The thing's type; None when it has none.
    pub thing_type: Option<String>,
    /// Its IoT policies, as identity policies: of the certificate and of the thing groups that the thing is in.
    pub policies: &'p Policies,
    /// What is known of its requests to AWS IoT, such as `iot:Certificate.Subject.CommonName`.
    pub known: Known,
}

/// The role that a role alias points to.
#[derive(Debug, Clone)]
pub struct Role<'p> {
    /// The ARN of the alias.
    pub alias: String,
    /// The role's ARN.
    pub arn: Principal,
    /// Its policies: identity policies, boundary, SCPs, RCPs; and its trust policy as the resource policy.
    pub policies: &'p Policies,
}

/// What a device may do with the credentials that a role alias gives it.
#[derive(Debug, Clone)]
pub struct Chain<'p> {
    link: Link,
    reach: Reach<'p>,
}

/// Whether the device gets credentials at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// It does.
    Given,
    /// Its IoT policies, or the role's trust policy, let it under conditions only.
    Conditional,
    /// Its IoT policies do not let it use the alias.
    NoAlias,
    /// The role does not trust AWS IoT's credentials provider.
    NoTrust,
}

/// Follows a device to a role.
///
/// Its IoT policies have to allow `iot:AssumeRoleWithCertificate` on the alias, and the role has to trust
/// `credentials.iot.amazonaws.com`, which is taken to come with `aws:SourceArn` (the alias), `aws:SourceAccount`,
/// `aws:PrincipalIsAWSService` and `aws:PrincipalServiceName`, and with nothing else that is known. RCPs that deny it
/// count; SCPs do not concern a service. Then the role's policies decide, with `credentials-iot:AwsCertificateId`,
/// `ThingName` and `ThingTypeName` known: those of the device, or absent.
///
/// Rules: <https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html>
///
/// ```
/// use policy::{Device, Document, Kind, Known, Link, Policies, Policy, Role, follow};
///
/// let policy = |kind, text: &str| Policy { name: String::new(), document: Document::parse(kind, text).unwrap() };
/// let of_certificate = Policies::of_identity([policy(
///     Kind::Iot,
///     r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "iot:AssumeRoleWithCertificate",
///         "Resource": "arn:aws:iot:eu-west-1:111122223333:rolealias/camera"}}"#,
/// )]);
/// let of_role = Policies {
///     resource: Some(policy(
///         Kind::Resource,
///         r#"{"Statement": {"Effect": "Allow", "Principal": {"Service": "credentials.iot.amazonaws.com"},
///             "Action": "sts:AssumeRole"}}"#,
///     )),
///     ..Policies::of_identity([policy(
///         Kind::Identity,
///         r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "kinesisvideo:PutMedia",
///             "Resource": "arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*"}}"#,
///     )])
/// };
/// let chain = follow(
///     &Device {
///         certificate: "arn:aws:iot:eu-west-1:111122223333:cert/1f2e".parse()?,
///         thing: Some("gate-north".into()),
///         thing_type: None,
///         policies: &of_certificate,
///         known: Known::default(),
///     },
///     &Role {
///         alias: "arn:aws:iot:eu-west-1:111122223333:rolealias/camera".into(),
///         arn: "arn:aws:iam::111122223333:role/camera".parse()?,
///         policies: &of_role,
///     },
/// );
/// assert_eq!(chain.link(), Link::Given);
/// assert_eq!(chain.resources("kinesisvideo:PutMedia"), ["arn:aws:kinesisvideo:*:*:stream/gate-north/*"]);
/// # Ok::<(), policy::PrincipalFault>(())
/// ```
pub fn follow<'p>(device: &Device<'_>, role: &Role<'p>) -> Chain<'p> {
    let asks = reach(&device.certificate, device.policies, &device.known);
    let alias = asks.may("iot:AssumeRoleWithCertificate", &Pattern::literal(&role.alias));
    let link = match alias {
        May::Never => Link::NoAlias,
        may => match trusts(role) {
            None => Link::NoTrust,
            Some(true) if matches!(may, May::Always(_)) => Link::Given,
            Some(_) => Link::Conditional,
        },
    };
    let certificate = device.certificate.as_str().rsplit('/').next().unwrap_or_default();
    let known = Known::default().with("credentials-iot:AwsCertificateId", certificate);
    let known = [("credentials-iot:ThingName", &device.thing), ("credentials-iot:ThingTypeName", &device.thing_type)]
        .into_iter()
        .fold(known, |known, (key, value)| match value {
            Some(value) => known.with(key, value.as_str()),
            None => known.without(key),
        });
    Chain { link, reach: reach(&session(&role.arn, certificate), role.policies, &known) }
}

/// Whether the role trusts the credentials provider, surely or under conditions that are not known; None when not.
fn trusts(role: &Role<'_>) -> Option<bool> {
    let service = "credentials.iot.amazonaws.com";
    let context = Context::new([
        ("aws:SourceArn", role.alias.as_str()),
        ("aws:SourceAccount", role.arn.account().unwrap_or_default()),
        ("aws:PrincipalIsAWSService", "true"),
        ("aws:PrincipalServiceName", service),
    ]);
    let request = Request::new(service.parse().ok()?, "sts:AssumeRole", role.arn.as_str(), context);
    let policies = Policies {
        resource: role.policies.resource.clone(),
        resource_control: role.policies.resource_control.clone(),
        ..Policies::default()
    };
    match evaluate(&request, &policies).outcome {
        Outcome::Allowed => Some(true),
        Outcome::ExplicitlyDenied => None,
        Outcome::ImplicitlyDenied => {
            let unknown = |near: &NearMiss<'_>| match &near.miss {
                Miss::Conditions(unmet) => unmet.iter().all(|(_, values)| values.is_empty()),
                _ => false,
            };
            near_misses(&request, &policies).iter().any(unknown).then_some(false)
        }
    }
}

/// The session that the credentials provider makes of a role.
fn session(role: &Principal, name: &str) -> Principal {
    match role.caller() {
        Caller::Role { account, role: name_of_role } => {
            let arn = format!("arn:{}:sts::{account}:assumed-role/{name_of_role}/{name}", role.partition());
            arn.parse().unwrap_or_else(|_| role.clone())
        }
        _ => role.clone(),
    }
}

impl<'p> Chain<'p> {
    /// Whether the device gets credentials at all.
    pub fn link(&self) -> Link {
        self.link
    }

    /// What the role's policies let the device do, once it has credentials.
    pub fn reach(&self) -> &Reach<'p> {
        &self.reach
    }

    /// Whether the device may ever do an action on a resource, or on any that a pattern matches.
    pub fn may(&self, action: &str, resource: &Pattern) -> May<'_, 'p> {
        match (self.link, self.reach.may(action, resource)) {
            (Link::NoAlias | Link::NoTrust, _) => May::Never,
            (Link::Conditional, May::Always(grant)) => May::Conditionally(vec![grant]),
            (_, may) => may,
        }
    }

    /// The grants by which the device may do an action, none when it gets no credentials.
    pub fn allowing(&self, action: &str) -> impl Iterator<Item = &Grant<'p>> {
        let given = matches!(self.link, Link::Given | Link::Conditional);
        self.reach.allowing(action).filter(move |_| given)
    }

    /// The resources on which the device may do an action, such as the streams that it may write with
    /// `kinesisvideo:PutMedia`; see [`Reach::resources`]. None when it gets no credentials.
    pub fn resources(&self, action: &str) -> Vec<String> {
        match self.link {
            Link::Given | Link::Conditional => self.reach.resources(action),
            Link::NoAlias | Link::NoTrust => Vec::new(),
        }
    }
}
