//! The `Principal` of a statement.

use std::fmt;

use super::caller::{Caller, Principal, arn_parts, is_account};

/// The `Principal` or `NotPrincipal` of a statement.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalElement {
    /// `NotPrincipal`
    pub negated: bool,
    /// Whom it names.
    pub entries: Vec<PrincipalEntry>,
}

/// One that a `Principal` element names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalEntry {
    /// `"*"`, or `{"AWS": "*"}`
    Everyone,
    /// An account, by its number or the ARN of its root.
    Account(String),
    /// The ARN of a user, role, session or federated user, or the id of one that was deleted. Wildcards are not special.
    Aws(String),
    /// The name of a service, or `*`.
    Service(String),
    /// An identity provider, or `*`.
    Federated(String),
    /// An S3 canonical user id. It does not tell an ARN, so it names nobody here.
    CanonicalUser(String),
}

/// How closely a resource's policy names a caller: the closer, the less else has to allow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// By its account: the account's own policies decide who of it may.
    Account,
    /// By the role of the session: a permissions boundary and a session policy still limit it.
    Role,
    /// By itself, or as everyone.
    Itself,
}

impl PrincipalEntry {
    /// An entry under `AWS`.
    pub(crate) fn aws(text: &str) -> Self {
        let root = arn_parts(text).filter(|[_, _, service, _, _, resource]| (*service, *resource) == ("iam", "root"));
        let account = root.map_or(text, |[.., account, _]| account);
        match text {
            "*" => Self::Everyone,
            _ if is_account(account) => Self::Account(account.to_owned()),
            _ => Self::Aws(text.to_owned()),
        }
    }

    /// How closely it names a caller; None when it does not.
    pub fn names(&self, principal: &Principal) -> Option<Named> {
        let one = |yes: bool| yes.then_some(Named::Itself);
        match self {
            Self::Everyone => one(true),
            Self::Account(account) => (principal.account()? == account).then(|| match principal.caller() {
                Caller::Root { .. } => Named::Itself,
                _ => Named::Account,
            }),
            Self::Aws(arn) if arn == principal.as_str() => match principal.caller() {
                Caller::Role { .. } => Some(Named::Role),
                _ => one(true),
            },
            Self::Aws(arn) => match principal.caller() {
                // A role's name is unique in its account, whatever its path.
                Caller::Session { account, role } | Caller::Role { account, role } => {
                    let named: Principal = arn.parse().ok()?;
                    let same =
                        matches!(named.caller(), Caller::Role { account: a, role: r } if (a, r) == (account, role));
                    same.then_some(Named::Role)
                }
                _ => None,
            },
            Self::Service(name) => {
                one(*principal.caller() == Caller::Service && (name == "*" || name == principal.as_str()))
            }
            Self::Federated(name) => one(match principal.caller() {
                Caller::Federated => name == "*" || name == principal.as_str(),
                Caller::Service => name == principal.as_str(),
                _ => false,
            }),
            Self::CanonicalUser(_) => None,
        }
    }
}

impl PrincipalElement {
    /// How closely a statement with this element concerns a caller; None when it does not.
    ///
    /// `NotPrincipal` concerns whoever is not named. To name the account is not to name those in it: AWS's own examples
    /// list both. With `deny`, it also concerns everyone who has a permissions boundary, named or not.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>
    pub fn concerns(&self, principal: &Principal, deny: bool, has_boundary: bool) -> Option<Named> {
        let named = self.entries.iter().filter_map(|entry| entry.names(principal)).max();
        if !self.negated {
            return named;
        }
        let spared = named.is_some_and(|named| named > Named::Account) && !(deny && has_boundary);
        (!spared).then_some(Named::Itself)
    }
}

impl fmt::Display for PrincipalEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => f.write_str("*"),
            Self::Account(text)
            | Self::Aws(text)
            | Self::Service(text)
            | Self::Federated(text)
            | Self::CanonicalUser(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/camera/gate-north";

    fn named(entry: &str, caller: &str) -> Option<Named> {
        PrincipalEntry::aws(entry).names(&caller.parse().unwrap())
    }

    #[test]
    fn a_session_is_named_by_itself_its_role_with_any_path_and_its_account() {
        assert_eq!(named(SESSION, SESSION), Some(Named::Itself));
        assert_eq!(named("arn:aws:iam::111122223333:role/site/camera", SESSION), Some(Named::Role));
        assert_eq!(named("111122223333", SESSION), Some(Named::Account));
        assert_eq!(named("arn:aws:iam::111122223333:root", SESSION), Some(Named::Account));
        assert_eq!(named("*", SESSION), Some(Named::Itself));
        for other in [
            "arn:aws:iam::111122223333:role/camera*",
            "arn:aws:iam::444455556666:role/camera",
            "arn:aws:iam::111122223333:user/camera",
            "AROAEXAMPLE",
            "444455556666",
        ] {
            assert_eq!(named(other, SESSION), None, "{other}");
        }
    }

    #[test]
    fn not_principal_spares_those_it_names_unless_they_have_a_boundary() {
        let eve: Principal = "arn:aws:iam::111122223333:user/eve".parse().unwrap();
        let but = |entries: &[&str]| PrincipalElement {
            negated: true,
            entries: entries.iter().map(|entry| PrincipalEntry::aws(entry)).collect(),
        };
        assert_eq!(but(&[eve.as_str()]).concerns(&eve, true, false), None);
        assert_eq!(but(&[eve.as_str()]).concerns(&eve, true, true), Some(Named::Itself));
        assert_eq!(but(&["111122223333"]).concerns(&eve, true, false), Some(Named::Itself));
        assert_eq!(but(&[]).concerns(&eve, true, false), Some(Named::Itself));
    }
}
