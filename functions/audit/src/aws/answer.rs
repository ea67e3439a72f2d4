//! What AWS's answers come to: a value, nothing there, or why it is not known.

use std::collections::BTreeSet;

use aws_sdk_iam::config::http::HttpResponse;
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_iam::primitives::DateTime;
use lambda::call::CallError;

use crate::inventory::{Listing, Missing, Moment, Seen};

/// Items that are asked about one by one in one page.
pub(super) const PAGE: usize = 25;

/// The answer, or why there is none. `permission` is the IAM action of the call, such as `iot:ListPolicies`.
pub(super) fn answer<T, E>(permission: &'static str, result: Result<T, SdkError<E, HttpResponse>>) -> Result<T, Missing>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    result.map_err(|error| missing(permission, &CallError::new(permission, &error)))
}

/// The same where None says that what was asked about does not exist.
pub(super) fn present<T, E>(
    permission: &'static str,
    result: Result<T, SdkError<E, HttpResponse>>,
) -> Result<Option<T>, Missing>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match result.map_err(|error| CallError::new(permission, &error)) {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.is_absent() => Ok(None),
        Err(error) => Err(missing(permission, &error)),
    }
}

/// A request that the SDK would not build.
pub(super) fn unbuilt(permission: &'static str, error: &dyn std::error::Error) -> Missing {
    missing(permission, &CallError::unbuilt(permission, error))
}

fn missing(permission: &str, error: &CallError) -> Missing {
    if error.is_denied() {
        return Missing::Denied { permission: permission.to_owned() };
    }
    failed(permission, &error.cause)
}

/// A call that failed, or whose answer is no use.
pub(super) fn failed(call: &str, because: &str) -> Missing {
    Missing::Failed { call: call.to_owned(), because: because.to_owned() }
}

/// What was read, or why it was not.
pub(super) fn seen<T>(result: Result<T, Missing>) -> Seen<T> {
    result.map_or_else(Seen::Missing, Seen::Is)
}

/// A token of AWS's; some services write the end as an empty one.
pub(super) fn token(token: Option<String>) -> Option<String> {
    token.filter(|token| !token.is_empty())
}

/// The place that an offset as a token stands for. What is no number is the beginning.
pub(super) fn offset(token: Option<&str>) -> usize {
    token.and_then(|token| token.parse().ok()).unwrap_or_default()
}

/// The token after a page of [`PAGE`] of `many` items from `at`.
pub(super) fn after(at: usize, many: usize) -> Option<String> {
    let next = at.saturating_add(PAGE);
    (next < many).then(|| next.to_string())
}

pub(super) fn moment(at: DateTime) -> Moment {
    Moment::from_seconds(at.secs())
}

/// Adds an item, in place of an older one of the same ARN.
pub(super) fn put<T>(items: &mut Vec<T>, item: T, arn: impl Fn(&T) -> &str) {
    let known = items.iter().position(|other| arn(other) == arn(&item));
    match known.and_then(|at| items.get_mut(at)) {
        Some(place) => *place = item,
        None => items.push(item),
    }
}

/// Notes what a look at one thing came to. `gone` is the ARN that it would have.
pub(super) fn settle<T>(
    listing: &mut Listing<T>,
    gone: (&mut BTreeSet<String>, String),
    arn: impl Fn(&T) -> &str,
    looked: Result<Option<T>, Missing>,
) {
    match looked {
        Ok(Some(item)) => put(&mut listing.items, item, arn),
        Ok(None) => {
            listing.items.retain(|item| arn(item) != gone.1);
            gone.0.insert(gone.1);
        }
        Err(missing) => listing.missing = Some(missing),
    }
}

/// The last part of an ARN: the name without the path.
pub(super) fn name_of(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or_default()
}

/// The account of an ARN.
pub(super) fn account_of(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use lambda::call::Class;

    use super::*;

    #[test]
    fn a_refusal_names_the_permission_and_a_failure_what_aws_said() {
        let error = |code: &str| CallError {
            operation: "iot:ListPolicies",
            class: Class::Failed,
            code: code.to_owned(),
            cause: format!("{code}: no"),
        };
        let denied = Missing::Denied { permission: "iot:ListPolicies".to_owned() };
        assert_eq!(missing("iot:ListPolicies", &error("AccessDeniedException")), denied);
        let failed = missing("iot:ListPolicies", &error("Throttling"));
        assert_eq!(failed.to_string(), "`iot:ListPolicies` failed: Throttling: no");
    }

    #[test]
    fn pages_follow_each_other_to_the_end() {
        assert_eq!(after(0, 26).as_deref(), Some("25"));
        assert_eq!(after(0, 25), None);
        assert_eq!(offset(Some("25")), 25);
        assert_eq!(offset(None), 0);
    }

    #[test]
    fn a_look_finds_a_thing_or_that_it_is_gone_or_neither() {
        let (mut listing, mut gone) = (Listing::some(vec!["a"], Missing::NotAsked), BTreeSet::new());
        settle(&mut listing, (&mut gone, "b".to_owned()), |item| item, Ok(Some("b")));
        settle(&mut listing, (&mut gone, "a".to_owned()), |item| item, Ok(None));
        assert_eq!((listing.items.as_slice(), gone.contains("a")), (["b"].as_slice(), true));
        assert!(!listing.asked());
        let failed = failed("iam:GetRole", "Throttling");
        settle(&mut listing, (&mut gone, "b".to_owned()), |item| item, Err(failed.clone()));
        assert_eq!((listing.missing, gone.len()), (Some(failed), 1));
    }

    #[test]
    fn a_later_look_takes_the_place_of_an_earlier_one() {
        let mut items = vec![("a", 1), ("b", 1)];
        put(&mut items, ("a", 2), |item| item.0);
        put(&mut items, ("c", 2), |item| item.0);
        assert_eq!(items, [("a", 2), ("b", 1), ("c", 2)]);
    }
}
