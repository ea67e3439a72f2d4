//! What is AWS's own in everybody's account.

use crate::catalogue::{self, Level};
use crate::request::Request;

/// Whether a request would change what AWS keeps for itself: its managed policies, the roles that IAM Identity Center
/// reserves, the aliases of its keys.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html>,
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html>,
/// <https://docs.aws.amazon.com/kms/latest/developerguide/alias-create.html>
pub(super) fn may_not_change(request: &Request) -> bool {
    let mut parts = request.resource().splitn(6, ':').skip(2);
    let (service, account, name) = (parts.next(), parts.nth(1), parts.next().unwrap_or_default());
    let own = match service {
        Some("iam") => {
            (account == Some("aws") && name.starts_with("policy/")) || name.starts_with("role/aws-reserved/")
        }
        Some("kms") => name.starts_with("alias/aws/"),
        _ => false,
    };
    own && catalogue::action(request.action()).is_some_and(|action| {
        let prefix = Some(action.service).filter(|prefix| service == Some(*prefix));
        prefix.is_some() && !matches!(action.level, Level::Read | Level::List)
    })
}
