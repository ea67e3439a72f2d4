//! Whose key something is encrypted with.

use crate::check::CannotJudge;
use crate::inventory::Key;
use crate::world::World;

/// Whether AWS manages the key that something names by id, ARN or alias. Where nothing is named, AWS's own is used.
///
/// Aliases that begin with `alias/aws/` are AWS's, and no other leads to a key that AWS manages:
/// <https://docs.aws.amazon.com/kms/latest/developerguide/alias-about.html>
pub fn is_managed_by_aws(world: &World<'_>, named: Option<&str>) -> Result<bool, CannotJudge> {
    let Some(named) = named else { return Ok(true) };
    match alias(named) {
        Some(alias) => Ok(alias.starts_with("aws/")),
        None => Ok(key(world, named)?.key_manager == "AWS"),
    }
}

/// The key itself, which must have been read.
pub fn key<'i>(world: &World<'i>, named: &str) -> Result<&'i Key, CannotJudge> {
    let keys = &world.inventory.keys;
    if let Some(key) = world.key(named) {
        return Ok(key);
    }
    let missing = keys.missing.as_ref().map(CannotJudge::from);
    Err(missing.unwrap_or_else(|| CannotJudge {
        because: format!("the key `{named}` was not read"),
        permission: Some("kms:DescribeKey".to_owned()),
        not_asked: false,
    }))
}

/// The name of an alias, without `alias/`, when it is one.
fn alias(named: &str) -> Option<&str> {
    let own = named.strip_prefix("arn:").and_then(|arn| arn.splitn(5, ':').nth(4)).unwrap_or(named);
    own.strip_prefix("alias/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expectations::Expectations;
    use crate::inventory::{Inventory, Listing};

    #[test]
    fn aliases_tell_by_themselves_and_other_names_have_to_be_read() {
        let read = |arn: &str, manager: &str| Key { arn: arn.into(), key_manager: manager.into(), ..Key::default() };
        let ours = "arn:aws:kms:us-east-1:123456789012:key/1";
        let keys = vec![read(ours, "CUSTOMER"), Key { named: "2".into(), ..read("arn:2", "AWS") }];
        let inventory = Inventory { keys: Listing::all(keys), ..Inventory::default() };
        let world = World { inventory: &inventory, expect: &Expectations::default() };
        let managed = |named| is_managed_by_aws(&world, named);
        for named in [None, Some("alias/aws/kinesis"), Some("arn:aws:kms:us-east-1:1:alias/aws/kinesis"), Some("2")] {
            assert_eq!(managed(named), Ok(true), "{named:?}");
        }
        for named in [Some("alias/video"), Some("arn:aws:kms:us-east-1:1:alias/awsome"), Some(ours)] {
            assert_eq!(managed(named), Ok(false), "{named:?}");
        }
        assert_eq!(managed(Some("3")).unwrap_err().permission.as_deref(), Some("kms:DescribeKey"));
    }
}
