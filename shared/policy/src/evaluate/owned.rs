//! What is AWS's own in everybody's account.

use crate::catalogue::{self, Level};
use crate::context::Context;
use crate::pattern::{Pattern, Syntax};
use crate::request::Request;

/// Patterns for what an action cannot be done on, as AWS keeps it for itself: its managed policies, the roles that IAM
/// Identity Center reserves, the aliases of its keys. None for an action that changes nothing.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>,
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html>,
/// <https://docs.aws.amazon.com/kms/latest/developerguide/alias-create.html>
pub(crate) fn kept(action: &str) -> Vec<Pattern> {
    let changes = catalogue::action(action).filter(|action| !matches!(action.level, Level::Read | Level::List));
    let texts: &[&str] = match changes.map(|action| action.service) {
        Some("iam") => &["arn:*:iam::aws:policy/*", "arn:*:iam:*:*:role/aws-reserved/*"],
        Some("kms") => &["arn:*:kms:*:*:alias/aws/*"],
        _ => &[],
    };
    texts.iter().filter_map(|text| Pattern::parse(text, Syntax::WILDCARDS).ok()).collect()
}

/// Whether a request would change what AWS keeps for itself.
pub(super) fn may_not_change(request: &Request) -> bool {
    let owned = ["iam:", "kms:"].iter().any(|service| request.lower_action().starts_with(service));
    owned && kept(request.action()).iter().any(|pattern| pattern.matches(request.resource(), Context::EMPTY))
}
