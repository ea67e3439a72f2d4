//! What a check may look at.

use crate::expectations::Expectations;
use crate::inventory::{
    Certificate, Inventory, Key, Listing, Missing, Moment, OwnPart, Role, Stream, Tag, Thing, User,
};

/// What a check may look at: what was read, and what is expected. Nothing else: no clock, no AWS.
#[derive(Debug, Clone, Copy)]
pub struct World<'i> {
    /// What was read.
    pub inventory: &'i Inventory,
    /// What the people who run the fleet expect.
    pub expect: &'i Expectations,
}

impl<'i> World<'i> {
    /// When the inventory was read: the checks' now.
    pub fn now(&self) -> Moment {
        self.inventory.taken.at
    }

    /// The account's number.
    pub fn account(&self) -> &'i str {
        &self.inventory.taken.account
    }

    /// An ARN of this account and region, such as `arn:aws:kinesisvideo:eu-west-1:111122223333:stream/a`.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        self.inventory.taken.arn(service, resource)
    }

    /// The role of an ARN, when it was read.
    pub fn role(&self, arn: &str) -> Option<&'i Role> {
        let roles = &self.inventory.roles.items;
        let at = roles.binary_search_by(|role| role.arn.as_str().cmp(arn)).ok()?;
        roles.get(at)
    }

    /// Whether a role is one of kvs-warden's own, by its logical id in `template.yaml`; an error when nobody can tell.
    pub fn is_own_role(&self, arn: &str, id: &str) -> Result<bool, &'i Missing> {
        let parts = &self.inventory.own_parts;
        let is = |part: &OwnPart| part.kind == "own-role" && part.logical_id == id && part.arn == arn;
        if parts.items.iter().any(is) {
            return Ok(true);
        }
        parts.missing.as_ref().map_or(Ok(false), Err)
    }

    /// The user of an ARN, when it was read.
    pub fn user(&self, arn: &str) -> Option<&'i User> {
        let users = &self.inventory.users.items;
        let at = users.binary_search_by(|user| user.arn.as_str().cmp(arn)).ok()?;
        users.get(at)
    }

    /// The key that something names by id, ARN or alias, when it was read.
    pub fn key(&self, named: &str) -> Option<&'i Key> {
        self.inventory.keys.items.iter().find(|key| key.named == named || key.arn == named)
    }

    /// The thing of a name; None when there is none, an error when nobody can tell.
    pub fn thing(&self, name: &str) -> Result<Option<&'i Thing>, &'i Missing> {
        find(&self.inventory.things, name, |thing| &thing.thing_name)
    }

    /// The video stream of a name; None when there is none, an error when nobody can tell.
    pub fn stream(&self, name: &str) -> Result<Option<&'i Stream>, &'i Missing> {
        find(&self.inventory.streams, name, |stream| &stream.stream_name)
    }

    /// The device certificate of an ARN; None when there is none, an error when nobody can tell.
    pub fn certificate(&self, arn: &str) -> Result<Option<&'i Certificate>, &'i Missing> {
        find(&self.inventory.certificates, arn, |certificate| &certificate.certificate_arn)
    }

    /// Whether an account is this one, or one that is trusted.
    pub fn trusts(&self, account: &str) -> bool {
        account == self.account() || self.expect.trusted_accounts.iter().any(|trusted| trusted == account)
    }
}

/// What a sorted list has by a name.
fn find<'i, T>(listing: &'i Listing<T>, name: &str, of: fn(&T) -> &str) -> Result<Option<&'i T>, &'i Missing> {
    match listing.items.binary_search_by(|item| of(item).cmp(name)) {
        Ok(at) => Ok(listing.items.get(at)),
        Err(_) => listing.missing.as_ref().map_or(Ok(None), Err),
    }
}

/// The value of a tag.
pub fn tag<'t>(tags: &'t [Tag], key: &str) -> Option<&'t str> {
    tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.as_str())
}
