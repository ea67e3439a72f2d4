//! Which policies have a say on a caller.

use super::{Layer, Policies};
use crate::document::{Effect, Statement};
use crate::principal::{Caller, Named, Principal};

/// What has a say on one caller.
pub(crate) struct Say<'a> {
    principal: &'a Principal,
    has_identity: bool,
    has_boundary: bool,
}

impl<'a> Say<'a> {
    pub(crate) fn new(principal: &'a Principal, policies: &Policies) -> Self {
        let has_identity = !matches!(principal.caller(), Caller::Anonymous | Caller::Service | Caller::Federated);
        Self { principal, has_identity, has_boundary: has_identity && !policies.boundaries.is_empty() }
    }

    /// Whether the caller has identity policies at all.
    pub(crate) fn has_identity(&self) -> bool {
        self.has_identity
    }

    /// Whether the policies of a layer concern the caller.
    pub(crate) fn of(&self, layer: Layer) -> bool {
        let linked = || self.principal.is_service_linked();
        match layer {
            Layer::Identity | Layer::Boundary | Layer::Session => self.has_identity,
            Layer::ServiceControl(_) => {
                self.has_identity && !linked() && !matches!(self.principal.caller(), Caller::Certificate { .. })
            }
            Layer::ResourceControl(_) => !linked(),
            Layer::Resource | Layer::Endpoint => true,
        }
    }

    /// How closely a statement names the caller; None when it concerns others.
    pub(crate) fn named(&self, statement: &Statement) -> Option<Named> {
        match &statement.principal {
            None => Some(Named::Itself),
            Some(element) => element.concerns(self.principal, statement.effect == Effect::Deny, self.has_boundary),
        }
    }
}
