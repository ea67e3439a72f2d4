//! Whether a request is allowed, and why.

mod decision;
mod layer;
mod look;
mod near;
mod owned;
mod say;

pub use decision::{Decision, Missing, Outcome, Reason, StatementRef};
pub use layer::Layer;
pub use near::{Miss, NearMiss, near_misses, these};

use crate::document::{Document, Effect};
use crate::principal::{Caller, Principal};
use crate::request::Request;
use look::Look;
pub(crate) use owned::kept;
pub(crate) use say::Say;

/// A policy document with the name that a reader knows it by.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Such as `camera/inline/put-media`, or empty.
    pub name: String,
    /// What it says.
    pub document: Document,
}

/// All policies that have a say in a request.
///
/// Only those that are in force: SCPs do not concern principals of the management account, RCPs do not concern its
/// resources nor services that do not take part, and an endpoint's policy concerns only what comes through it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policies {
    /// Of the user, its groups, or the role. For a device certificate, its IoT policies.
    pub identity: Vec<Policy>,
    /// Of the resource: a resource policy, a key policy, a role's trust policy.
    pub resource: Option<Policy>,
    /// The permissions boundary of the principal. AWS has one at most; of several, one has to allow.
    pub boundaries: Vec<Policy>,
    /// The policies that were passed when the session was made: one of them has to allow.
    pub session: Vec<Policy>,
    /// SCPs of the principal's account, a list for each level from the root to the account: at each level one has to
    /// allow. No levels: the account is in no organization.
    pub service_control: Vec<Vec<Policy>>,
    /// RCPs of the resource's account, a list for each level. They only deny: `RCPFullAWSAccess` is always there.
    pub resource_control: Vec<Vec<Policy>>,
    /// Of the VPC endpoint that the request comes through: one of them has to allow.
    pub endpoint: Vec<Policy>,
}

impl Policies {
    /// Just the policies of a user or role, or the IoT policies of a certificate.
    pub fn of_identity(policies: impl IntoIterator<Item = Policy>) -> Self {
        Self { identity: policies.into_iter().collect(), ..Self::default() }
    }

    /// Every policy, with its layer.
    pub fn documents(&self) -> impl Iterator<Item = (Layer, &Policy)> {
        of(Layer::Identity, &self.identity)
            .chain(of(Layer::Resource, self.resource.as_slice()))
            .chain(of(Layer::Boundary, &self.boundaries))
            .chain(of(Layer::Session, &self.session))
            .chain(levels(&self.service_control, Layer::ServiceControl))
            .chain(levels(&self.resource_control, Layer::ResourceControl))
            .chain(of(Layer::Endpoint, &self.endpoint))
    }

    /// Every statement, with the layer and the policy that it stands in.
    pub fn statements(&self) -> impl Iterator<Item = StatementRef<'_>> {
        self.documents().flat_map(|(layer, policy)| numbered(layer, policy))
    }
}

fn of(layer: Layer, policies: &[Policy]) -> impl Iterator<Item = (Layer, &Policy)> {
    policies.iter().map(move |policy| (layer, policy))
}

fn levels(levels: &[Vec<Policy>], layer: fn(usize) -> Layer) -> impl Iterator<Item = (Layer, &Policy)> {
    levels.iter().enumerate().flat_map(move |(level, policies)| of(layer(level), policies))
}

fn numbered(layer: Layer, policy: &Policy) -> impl Iterator<Item = StatementRef<'_>> {
    let numbered = policy.document.statements.iter().enumerate();
    numbered.map(move |(index, statement)| StatementRef { layer, policy, index, statement })
}

pub(crate) fn statements(layer: Layer, policies: &[Policy]) -> impl Iterator<Item = StatementRef<'_>> {
    policies.iter().flat_map(move |policy| numbered(layer, policy))
}

/// Whether a request is allowed whatever the policies say: who one is, and a user's session token, which proves a second
/// factor.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html>
fn needs_no_permission(request: &Request) -> bool {
    match request.lower_action() {
        "sts:getcalleridentity" => *request.principal().caller() != Caller::Anonymous,
        "sts:getsessiontoken" => matches!(request.principal().caller(), Caller::User { .. } | Caller::Root { .. }),
        _ => false,
    }
}

/// Whether a device certificate asks for what is not AWS IoT's: it signs no requests to other services.
///
/// <https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html>
pub(crate) fn is_beyond_certificates(principal: &Principal, lower: &str) -> bool {
    let iot = ["iot:", "iotjobsdata:"].iter().any(|prefix| lower.starts_with(prefix));
    matches!(principal.caller(), Caller::Certificate { .. }) && !iot
}

/// Decides a request as AWS does.
///
/// - A statement that denies it, in any policy that concerns the caller, decides.
/// - SCPs have to allow it at every level, and the policy of the endpoint has to allow it.
/// - Within an account: the resource's policy allows it to the caller itself, or to the caller's role and the boundary
///   and the session policies do too, or the identity policies, the boundary and the session policies all do. Where the
///   resource is a role to be assumed or a KMS key, its policy must have named the caller or its account in any case.
/// - Across accounts: the resource's policy and the identity policies, the boundary and the session policies all do.
/// - Services, federated and anonymous callers have nothing but the resource's policy.
/// - A device certificate has its IoT policies, here as identity policies; their wildcards, variables and conditions
///   work alike, and `+` and `#` of MQTT topic filters are plain characters. Other services it reaches only with the
///   credentials of a role alias, as a session of the role: see [`follow`](crate::follow).
///
/// SCPs do not concern service-linked roles, device certificates, services, federated and anonymous callers; RCPs do not
/// concern service-linked roles and `kms:RetireGrant`. The root user needs no identity policy. A federated user's session
/// that was made without a session policy has nothing but what resources' policies give it. `sts:GetCallerIdentity`, and
/// a user's `sts:GetSessionToken`, need no permission and cannot be denied.
///
/// Rules: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>,
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>,
/// <https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html>
///
/// ```
/// use policy::{Context, Document, Kind, Outcome, Policies, Policy, Request, evaluate};
///
/// let document = Document::parse(
///     Kind::Identity,
///     r#"{"Version": "2012-10-17", "Statement": {
///         "Effect": "Allow",
///         "Action": ["kinesisvideo:PutMedia", "kinesisvideo:GetDataEndpoint"],
///         "Resource": "arn:aws:kinesisvideo:*:*:stream/${credentials-iot:ThingName}/*"
///     }}"#,
/// )?;
/// let policies = Policies::of_identity([Policy { name: "camera".into(), document }]);
/// let ask = |stream: &str| {
///     let camera = "arn:aws:sts::111122223333:assumed-role/camera/1f2e".parse().unwrap();
///     let stream = format!("arn:aws:kinesisvideo:eu-west-1:111122223333:stream/{stream}/1700000000000");
///     let context = Context::new([("credentials-iot:ThingName", "gate-north")]);
///     evaluate(&Request::new(camera, "kinesisvideo:PutMedia", &stream, context), &policies).outcome
/// };
/// assert_eq!(ask("gate-north"), Outcome::Allowed);
/// assert_eq!(ask("gate-south"), Outcome::ImplicitlyDenied);
/// # Ok::<(), policy::ParseError>(())
/// ```
pub fn evaluate<'p>(request: &Request, policies: &'p Policies) -> Decision<'p> {
    if needs_no_permission(request) {
        return Decision { outcome: Outcome::Allowed, because: vec![Reason::NeedsNoPermission] };
    }
    let look = Look::new(request, policies);
    let mut denies = policies.statements().filter(|at| at.statement.effect == Effect::Deny && look.denies(at));
    if let Some(first) = denies.next() {
        let because = std::iter::once(first).chain(denies).map(Reason::Statement).collect();
        return Decision { outcome: Outcome::ExplicitlyDenied, because };
    }
    if owned::may_not_change(request) {
        let because = vec![Reason::Missing(Missing::AwsOwned)];
        return Decision { outcome: Outcome::ImplicitlyDenied, because };
    }
    if is_beyond_certificates(request.principal(), request.lower_action()) {
        let because = vec![Reason::Missing(Missing::RoleAlias)];
        return Decision { outcome: Outcome::ImplicitlyDenied, because };
    }
    match look.allowing() {
        Ok(because) => Decision { outcome: Outcome::Allowed, because },
        Err(missing) => {
            Decision { outcome: Outcome::ImplicitlyDenied, because: missing.into_iter().map(Reason::Missing).collect() }
        }
    }
}
