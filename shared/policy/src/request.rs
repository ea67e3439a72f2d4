//! What is asked.

use crate::catalogue;
use crate::context::Context;
use crate::principal::{Principal, is_account};

/// One request: may this principal do this action on this resource?
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    principal: Principal,
    action: String,
    /// The action in lower case: its case does not count.
    lower: String,
    resource: String,
    resource_account: Option<String>,
    context: Context,
}

impl Request {
    /// A request for an action (`kinesisvideo:PutMedia`) on a resource: an ARN, or `*` for actions that take none.
    ///
    /// An action that takes no resource, as the [catalogue] knows it, is asked for on `*`, whatever is given here: so
    /// AWS does, and a policy can grant it on `*` only.
    pub fn new(principal: Principal, action: &str, resource: &str, context: Context) -> Self {
        let resource = if catalogue::takes_none(action) { "*" } else { resource };
        Self {
            principal,
            action: action.to_owned(),
            lower: action.to_ascii_lowercase(),
            resource: resource.to_owned(),
            resource_account: None,
            context,
        }
    }

    /// Says whose the resource is, where its ARN does not (as of an S3 bucket) or it has none.
    #[must_use]
    pub fn in_account(mut self, account: &str) -> Self {
        self.resource_account = Some(account.to_owned());
        self
    }

    /// Who asks.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The action as it was written.
    pub fn action(&self) -> &str {
        &self.action
    }

    pub(crate) fn lower_action(&self) -> &str {
        &self.lower
    }

    /// The resource that is asked for.
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// The condition keys.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The account of the resource: as it was said, or as the ARN says; None when neither does. What is AWS's own, such
    /// as its managed policies, belongs to no account.
    pub fn resource_account(&self) -> Option<&str> {
        let of_arn = || self.resource.split(':').nth(4).filter(|account| is_account(account));
        self.resource_account.as_deref().or_else(of_arn)
    }

    /// Whether the resource belongs to another account than the caller. Where nothing tells whose it is, it is taken
    /// for the caller's.
    pub fn is_cross_account(&self) -> bool {
        let accounts = self.principal.account().zip(self.resource_account());
        accounts.is_some_and(|(caller, owner)| caller != owner)
    }
}
