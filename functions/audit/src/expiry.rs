//! Whether a certificate's end has to be told of.

use crate::check::CannotJudge;
use crate::inventory::Moment;
use crate::world::World;

/// The end of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It is over.
    Past(Moment),
    /// It comes within the days that are expected to be left.
    Near(Moment),
}

/// The end of a certificate when it is over or near; exactly so many days as are expected counts as near. An error,
/// with the permission that would tell, when it was not read.
pub(crate) fn end(world: &World<'_>, not_after: Option<Moment>, permission: &str) -> Result<Option<End>, CannotJudge> {
    let Some(moment) = not_after else {
        let permission = Some(permission.to_owned());
        return Err(CannotJudge { because: "when it ends was not read".to_owned(), permission, not_asked: false });
    };
    let now = world.now();
    Ok(if moment <= now {
        Some(End::Past(moment))
    } else {
        (moment <= now.plus_days(i64::from(world.expect.expiry_days))).then_some(End::Near(moment))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expectations::Expectations;
    use crate::inventory::Inventory;

    #[test]
    fn the_limit_itself_is_near_and_now_is_past() {
        let (inventory, expect) = (Inventory::default(), Expectations::default());
        let world = World { inventory: &inventory, expect: &expect };
        let now = world.now();
        let end = |moment| end(&world, Some(moment), "iot:DescribeCertificate").unwrap();
        let second = |seconds| Moment::from_seconds(seconds);
        assert_eq!(end(now), Some(End::Past(now)));
        assert_eq!(end(second(1)), Some(End::Near(second(1))));
        assert_eq!(end(now.plus_days(30)), Some(End::Near(now.plus_days(30))));
        assert_eq!(end(second(30 * 86_400 + 1)), None);
    }
}
