//! Whether a request is allowed, and why.

mod decision;
mod layer;
mod near;
mod owned;

pub use decision::{Decision, Missing, Outcome, Reason, StatementRef};
pub use layer::Layer;
pub use near::{Miss, NearMiss, near_misses};

use crate::document::{Document, Effect, Statement};
use crate::principal::{Caller, Named};
use crate::request::Request;

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
    /// Just the policies of a user, a role or a certificate.
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

fn statements(layer: Layer, policies: &[Policy]) -> impl Iterator<Item = StatementRef<'_>> {
    policies.iter().flat_map(move |policy| numbered(layer, policy))
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
///   work alike, and `+` and `#` of MQTT topic filters are plain characters.
///
/// SCPs do not concern service-linked roles, services, federated and anonymous callers; RCPs do not concern
/// service-linked roles. The root user needs no identity policy.
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
    if request.lower_action() == "sts:getcalleridentity" {
        return Decision { outcome: Outcome::Allowed, because: vec![Reason::NeedsNoPermission] };
    }
    let look = Look { request, policies, caller: request.principal().caller() };
    let mut denies = policies.statements().filter(|at| at.statement.effect == Effect::Deny && look.denies(at));
    if let Some(first) = denies.next() {
        let because = std::iter::once(first).chain(denies).map(Reason::Statement).collect();
        return Decision { outcome: Outcome::ExplicitlyDenied, because };
    }
    if owned::may_not_change(request) {
        let because = vec![Reason::Missing(Missing::AwsOwned)];
        return Decision { outcome: Outcome::ImplicitlyDenied, because };
    }
    match look.allowing() {
        Ok(because) => Decision { outcome: Outcome::Allowed, because },
        Err(missing) => {
            Decision { outcome: Outcome::ImplicitlyDenied, because: missing.into_iter().map(Reason::Missing).collect() }
        }
    }
}

struct Look<'r, 'p> {
    request: &'r Request,
    policies: &'p Policies,
    caller: &'r Caller,
}

impl<'p> Look<'_, 'p> {
    fn denies(&self, at: &StatementRef<'_>) -> bool {
        self.concerned(at.layer) && self.named(at.statement).is_some() && self.covers(at.statement)
    }

    /// Whether a layer has a say on this caller.
    fn concerned(&self, layer: Layer) -> bool {
        let linked = self.request.principal().is_service_linked();
        match layer {
            Layer::Identity | Layer::Boundary | Layer::Session => self.has_identity(),
            Layer::ServiceControl(_) => self.has_identity() && !linked,
            Layer::ResourceControl(_) => !linked,
            Layer::Resource | Layer::Endpoint => true,
        }
    }

    fn has_identity(&self) -> bool {
        !matches!(self.caller, Caller::Anonymous | Caller::Service | Caller::Federated)
    }

    fn named(&self, statement: &Statement) -> Option<Named> {
        let boundary = self.has_identity() && !self.policies.boundaries.is_empty();
        match &statement.principal {
            None => Some(Named::Itself),
            Some(element) => element.concerns(self.request.principal(), statement.effect == Effect::Deny, boundary),
        }
    }

    fn covers(&self, statement: &Statement) -> bool {
        let context = self.request.context();
        statement.covers_action(self.request.lower_action())
            && statement.covers_resource(self.request.resource(), context)
            && statement.conditions.iter().all(|condition| condition.holds(context))
    }

    /// The first of the statements that allows.
    fn first(&self, mut statements: impl Iterator<Item = StatementRef<'p>>) -> Option<StatementRef<'p>> {
        statements.find(|at| {
            at.statement.effect == Effect::Allow && self.covers(at.statement) && self.named(at.statement).is_some()
        })
    }

    /// What allows it, or all that would have to and does not.
    fn allowing(&self) -> Result<Vec<Reason<'p>>, Vec<Missing>> {
        let mut found = Found::default();
        if self.concerned(Layer::ServiceControl(0)) {
            for (level, policies) in self.policies.service_control.iter().enumerate() {
                let layer = Layer::ServiceControl(level);
                found.needs(layer, self.first(statements(layer, policies)));
            }
        }
        if !self.policies.endpoint.is_empty() {
            found.needs(Layer::Endpoint, self.first(statements(Layer::Endpoint, &self.policies.endpoint)));
        }
        let resource = self.by_resource();
        let (named, by_resource) = resource.map_or((None, None), |(named, at)| (Some(named), Some(at)));
        let across = self.request.is_cross_account();
        let assumes = is_assume_role(self.request);
        let must_name = across || assumes || is_key(self.request) || !self.has_identity();
        match (by_resource, must_name) {
            (Some(at), _) => found.because.push(Reason::Statement(at)),
            (None, true) if self.has_identity() => found.missing.push(Missing::ResourceAllow),
            (None, true) => found.missing.push(Missing::OnlyResourceCould),
            (None, false) => {}
        }
        if self.has_identity() {
            let named = if across { None } else { named };
            // To be named in a trust policy does not lift a boundary, as it does elsewhere.
            if named != Some(Named::Itself) || assumes {
                self.needs_if_any(&mut found, Layer::Boundary, &self.policies.boundaries);
            }
            if named != Some(Named::Itself) {
                self.needs_if_any(&mut found, Layer::Session, &self.policies.session);
            }
            match named {
                Some(Named::Itself | Named::Role) => {}
                Some(Named::Account) | None if matches!(self.caller, Caller::Root { .. }) => {
                    found.because.push(Reason::RootUser);
                }
                Some(Named::Account) | None => {
                    found.needs(Layer::Identity, self.first(statements(Layer::Identity, &self.policies.identity)));
                }
            }
        }
        if found.missing.is_empty() { Ok(found.because) } else { Err(found.missing) }
    }

    fn needs_if_any(&self, found: &mut Found<'p>, layer: Layer, policies: &'p [Policy]) {
        if !policies.is_empty() {
            found.needs(layer, self.first(statements(layer, policies)));
        }
    }

    /// The statement of the resource's policy that allows it and names the caller most closely.
    fn by_resource(&self) -> Option<(Named, StatementRef<'p>)> {
        let allows = statements(Layer::Resource, self.policies.resource.as_slice()).filter_map(|at| {
            let allow = at.statement.effect == Effect::Allow && self.covers(at.statement);
            allow.then(|| self.named(at.statement))?.map(|named| (named, at))
        });
        allows.reduce(|best, next| if next.0 > best.0 { next } else { best })
    }
}

/// What was found to allow, and what was not.
#[derive(Default)]
struct Found<'p> {
    because: Vec<Reason<'p>>,
    missing: Vec<Missing>,
}

impl<'p> Found<'p> {
    fn needs(&mut self, layer: Layer, by: Option<StatementRef<'p>>) {
        match by {
            Some(at) => self.because.push(Reason::Statement(at)),
            None => self.missing.push(Missing::Allow(layer)),
        }
    }
}

/// Whether a role is to be assumed: its trust policy decides who may.
fn is_assume_role(request: &Request) -> bool {
    let action = request.lower_action().strip_prefix("sts:");
    let assume = action
        .is_some_and(|action| action.starts_with("assumerole") || matches!(action, "tagsession" | "setsourceidentity"));
    assume && is_of(request.resource(), "iam", "role/")
}

/// Whether it is about a KMS key: its policy decides who may.
fn is_key(request: &Request) -> bool {
    request.lower_action().starts_with("kms:") && is_of(request.resource(), "kms", "key/")
}

fn is_of(arn: &str, service: &str, kind: &str) -> bool {
    let mut parts = arn.splitn(6, ':');
    parts.nth(2) == Some(service) && parts.nth(2).is_some_and(|resource| resource.starts_with(kind))
}
