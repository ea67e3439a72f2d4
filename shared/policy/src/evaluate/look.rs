//! What allows one request.

use super::{Layer, Missing, Policies, Policy, Reason, Say, StatementRef, statements};
use crate::catalogue;
use crate::document::Effect;
use crate::principal::{Caller, Named};
use crate::request::Request;

pub(super) struct Look<'r, 'p> {
    request: &'r Request,
    policies: &'p Policies,
    say: Say<'r>,
}

impl<'r, 'p> Look<'r, 'p> {
    pub(super) fn new(request: &'r Request, policies: &'p Policies) -> Self {
        Self { request, policies, say: Say::new(request.principal(), policies) }
    }

    pub(super) fn denies(&self, at: &StatementRef<'_>) -> bool {
        self.say.of(at.layer) && self.say.named(at.statement).is_some() && self.covers(at)
    }

    fn covers(&self, at: &StatementRef<'_>) -> bool {
        let (statement, context) = (at.statement, self.request.context());
        at.covers_action(self.request.lower_action())
            && statement.covers_resource(self.request.resource(), context)
            && statement.conditions.iter().all(|condition| condition.holds(context))
    }

    /// The first of the statements that allows.
    fn first(&self, mut statements: impl Iterator<Item = StatementRef<'p>>) -> Option<StatementRef<'p>> {
        statements.find(|at| {
            at.statement.effect == Effect::Allow && self.covers(at) && self.say.named(at.statement).is_some()
        })
    }

    /// What allows it, or all that would have to and does not.
    pub(super) fn allowing(&self) -> Result<Vec<Reason<'p>>, Vec<Missing>> {
        let mut found = Found::default();
        if self.say.of(Layer::ServiceControl(0)) {
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
        let must_name = across || assumes || is_key(self.request) || !self.say.has_identity();
        match (by_resource, must_name) {
            (Some(at), _) => found.because.push(Reason::Statement(at)),
            (None, true) if self.say.has_identity() => found.missing.push(Missing::ResourceAllow),
            (None, true) => found.missing.push(Missing::OnlyResourceCould),
            (None, false) => {}
        }
        if self.say.has_identity() {
            let named = if across { None } else { named };
            // To be named in a trust policy does not lift a boundary, as it does elsewhere.
            if named != Some(Named::Itself) || assumes {
                self.needs_if_any(&mut found, Layer::Boundary, &self.policies.boundaries);
            }
            let federated = matches!(self.request.principal().caller(), Caller::FederatedUser { .. });
            if named != Some(Named::Itself) && federated && self.policies.session.is_empty() {
                found.needs(Layer::Session, None);
            } else if named != Some(Named::Itself) {
                self.needs_if_any(&mut found, Layer::Session, &self.policies.session);
            }
            match named {
                Some(Named::Itself | Named::Role) => {}
                Some(Named::Account) | None if matches!(self.request.principal().caller(), Caller::Root { .. }) => {
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
            let allow = at.statement.effect == Effect::Allow && self.covers(&at);
            allow.then(|| self.say.named(at.statement))?.map(|named| (named, at))
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
    action
        .is_some_and(|action| action.starts_with("assumerole") || matches!(action, "tagsession" | "setsourceidentity"))
}

/// Whether it is about a KMS key, also by one of its aliases: its policy decides who may.
fn is_key(request: &Request) -> bool {
    let takes = |kind: &str| {
        catalogue::action(request.action()).is_some_and(|action| action.resources.iter().any(|t| t.name() == kind))
    };
    let mut parts = request.resource().splitn(6, ':').skip(2);
    let (service, name) = (parts.next(), parts.nth(2).unwrap_or_default());
    request.lower_action().starts_with("kms:")
        && service == Some("kms")
        && (name.starts_with("key/") || (name.starts_with("alias/") && takes("key") && !takes("alias")))
}
