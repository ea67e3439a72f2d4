//! What a principal could ever do: not whether one request is allowed, but which requests are.

mod actions;
mod beyond;
mod grant;
mod known;
mod may;
mod route;
mod sets;
mod witness;

pub use beyond::{Allowance, AllowanceFault, Excess};
pub use grant::{Grant, Term};
pub use known::Known;
pub use may::May;
pub use witness::Witness;

use std::sync::Arc;

use crate::document::Effect;
use crate::evaluate::{Layer, Policies, Policy, Say, StatementRef, statements};
use crate::principal::{Caller, Principal};
use crate::request::Request;

/// Everything that a principal's own policies let it do.
///
/// The identity policies, within the permissions boundary, the session policies, the SCPs and the endpoint policies,
/// less what any of them or an RCP denies. Resource policies are left out: they say who may do what to one resource.
/// Where a resource is in another account, or is a role or a KMS key, its own policy has to consent as well.
#[derive(Debug, Clone)]
pub struct Reach<'p> {
    principal: Principal,
    policies: &'p Policies,
    known: Known,
    grants: Vec<Grant<'p>>,
}

/// Finds everything that a principal could ever do.
///
/// A statement that denies is subtracted from one that allows only where its actions, resources and conditions surely
/// cover those; otherwise it stays as an exception of the grant. So every request that [`evaluate`](crate::evaluate)
/// allows by the principal's own policies lies within a grant, and the answers on top say what is certain. The two
/// actions of STS that need no permission lie in none.
///
/// What the principal implies is taken for known: `aws:PrincipalAccount`, `aws:PrincipalIsAWSService`, and, but for a
/// session, `aws:PrincipalArn`. A role stands for its sessions; what an endpoint's policy or an RCP says of one session
/// by its name is left out.
///
/// ```
/// use policy::{Document, Kind, Known, May, Pattern, Policies, Policy, Syntax, reach};
///
/// let document = Document::parse(
///     Kind::Identity,
///     r#"{"Version": "2012-10-17", "Statement": [
///         {"Effect": "Allow", "Action": "kinesisvideo:*", "Resource": "*"},
///         {"Effect": "Deny", "Action": "kinesisvideo:Delete*", "Resource": "*"},
///         {"Effect": "Deny", "Action": "kinesisvideo:GetMedia", "Resource": "*",
///          "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}]}"#,
/// )?;
/// let policies = Policies::of_identity([Policy { name: "viewer".into(), document }]);
/// let viewer = "arn:aws:iam::111122223333:role/viewer".parse().unwrap();
/// let known = Known::default();
/// let reach = reach(&viewer, &policies, &known);
///
/// let streams = Pattern::parse("arn:aws:kinesisvideo:*:*:stream/*", Syntax::WILDCARDS).unwrap();
/// assert!(matches!(reach.may("kinesisvideo:ListFragments", &streams), May::Always(_)));
/// assert!(matches!(reach.may("kinesisvideo:GetMedia", &streams), May::Conditionally(_)));
/// assert!(matches!(reach.may("kinesisvideo:DeleteStream", &streams), May::Never));
/// # Ok::<(), policy::ParseError>(())
/// ```
pub fn reach<'p>(principal: &Principal, policies: &'p Policies, known: &Known) -> Reach<'p> {
    let (say, known) = (Say::new(principal, policies), &known.implied_by(principal));
    let concerns = |at: &StatementRef<'p>| say.of(at.layer) && say.named(at.statement).is_some();
    let allowing = |layer: Layer, policies: &'p [Policy]| {
        let allows = statements(layer, policies).filter(|at| at.statement.effect == Effect::Allow && concerns(at));
        allows.filter_map(|at| Term::new(at, known)).collect::<Vec<_>>()
    };
    let mut grants: Vec<Grant<'p>> = match principal.caller() {
        _ if !say.has_identity() => Vec::new(),
        Caller::Root { .. } => vec![Grant { allow: None, within: Vec::new(), except: Vec::new() }],
        _ => {
            let terms = allowing(Layer::Identity, &policies.identity).into_iter();
            terms.map(|term| Grant { allow: Some(term), within: Vec::new(), except: Vec::new() }).collect()
        }
    };
    // What else has to allow.
    let federated = matches!(principal.caller(), Caller::FederatedUser { .. });
    let mut needed = Vec::new();
    for (layer, policies) in [
        (Layer::Boundary, &policies.boundaries),
        (Layer::Session, &policies.session),
        (Layer::Endpoint, &policies.endpoint),
    ] {
        if !policies.is_empty() || (federated && layer == Layer::Session) {
            needed.push(allowing(layer, policies));
        }
    }
    if say.of(Layer::ServiceControl(0)) {
        let levels = policies.service_control.iter().enumerate();
        needed.extend(levels.map(|(level, policies)| allowing(Layer::ServiceControl(level), policies)));
    }
    for terms in needed {
        // One that lets everything through makes the others needless.
        let all = terms.iter().find(|term| term.is_all()).cloned();
        let terms: Vec<_> = all.map_or(terms, |all| vec![all]).into_iter().map(Arc::new).collect();
        grants = grants.into_iter().filter_map(|grant| grant.limited(&terms)).collect();
    }
    let denies = policies.statements().filter(|at| at.statement.effect == Effect::Deny && at.layer != Layer::Resource);
    let denies: Vec<_> = denies.filter(concerns).filter_map(|at| Term::new(at, known)).map(Arc::new).collect();
    let grants = grants.into_iter().filter_map(|grant| denies.iter().try_fold(grant, Grant::less)).collect();
    Reach { principal: principal.clone(), policies, known: known.clone(), grants }
}

impl<'p> Reach<'p> {
    /// The grants. A request may lie in several.
    pub fn grants(&self) -> &[Grant<'p>] {
        &self.grants
    }

    /// Whose reach it is.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The policies that were asked about.
    pub fn policies(&self) -> &'p Policies {
        self.policies
    }

    /// What was taken for known.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// The grant that a request lies in; None when the principal's own policies do not allow it.
    pub fn covering(&self, request: &Request) -> Option<&Grant<'p>> {
        self.grants.iter().find(|grant| self.has_say_on(request.lower_action()) && grant.covers(request))
    }

    /// Whether the principal's policies have a say on an action at all.
    fn has_say_on(&self, lower: &str) -> bool {
        !crate::evaluate::is_beyond_certificates(&self.principal, lower)
    }
}
