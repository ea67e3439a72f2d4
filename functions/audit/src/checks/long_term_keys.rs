//! Access keys of users.

mod old_access_key;
mod user_key_touches_video;

use policy::Principal;

use crate::check::{CannotJudge, Check};
use crate::identity::{Gathered, Identity};
use crate::inventory::AccessKey;
use crate::world::World;

/// The checks of the group.
pub(super) const CHECKS: &[&Check] = &[&user_key_touches_video::CHECK, &old_access_key::CHECK];

/// Whose key it is.
enum Owner<'i> {
    /// The root user, who may do everything.
    Root,
    /// A user with its policies.
    User(Box<Gathered<'i>>),
}

/// The owner of a key; an error when it was not read, or not all of its policies.
fn owner<'i>(world: &World<'i>, key: &AccessKey) -> Result<Owner<'i>, CannotJudge> {
    let is_root = |owner: Principal| matches!(owner.caller(), policy::Caller::Root { .. });
    if key.user_arn.parse().is_ok_and(is_root) {
        return Ok(Owner::Root);
    }
    let Some(user) = world.user(&key.user_arn) else {
        world.inventory.users.whole()?;
        return Err(CannotJudge::new(format!("user `{}` is not among those that were listed", key.user_arn)));
    };
    let gathered = Gathered::of_user(world.inventory, user);
    match cannot_judge(&gathered.identity()) {
        Some(cannot) => Err(cannot),
        None => Ok(Owner::User(Box::new(gathered))),
    }
}

fn cannot_judge(user: &Identity<'_>) -> Option<CannotJudge> {
    user.missing.cloned().or_else(|| {
        let (name, fault) = user.faults.first()?;
        Some(CannotJudge::new(format!("policy `{name}` of {} cannot be read: {fault}", user.title())))
    })
}

/// How people know the key, such as ``access key 1 of user `eve` ``.
fn title(key: &AccessKey, owner: &Owner<'_>) -> String {
    match owner {
        Owner::Root => format!("access key {} of the root user", key.number),
        Owner::User(user) => format!("access key {} of {}", key.number, user.identity().title()),
    }
}
