//! Who makes a request.

use std::fmt;
use std::str::FromStr;

use crate::shown::shown;

/// Who makes a request.
///
/// Written as AWS writes it: the ARN of a user, role, role session, federated user, account root or device certificate;
/// the ARN of an OIDC or SAML provider or its domain name for a caller that it vouches for; the name of a service such
/// as `lambda.amazonaws.com`. Nobody in particular is [`Principal::anonymous`].
///
/// ```
/// use policy::{Caller, Principal};
///
/// let session: Principal = "arn:aws:sts::111122223333:assumed-role/camera/gate-north".parse()?;
/// assert_eq!(session.account(), Some("111122223333"));
/// assert!(matches!(session.caller(), Caller::Session { role, .. } if role == "camera"));
/// # Ok::<(), policy::PrincipalFault>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Principal {
    written: String,
    caller: Caller,
}

/// What kind of principal it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Caller {
    /// Unsigned.
    Anonymous,
    /// An AWS service on its own behalf, or an identity provider that is named by its domain.
    Service,
    /// A caller that an OIDC or SAML provider vouches for.
    Federated,
    /// The root user of an account.
    Root {
        /// Twelve digits.
        account: String,
    },
    /// An IAM user.
    User {
        /// Twelve digits.
        account: String,
    },
    /// A role, without saying which of its sessions.
    Role {
        /// Twelve digits.
        account: String,
        /// The role's name, without its path.
        role: String,
    },
    /// A session of a role. The session's ARN does not tell the role's path.
    Session {
        /// Twelve digits.
        account: String,
        /// The role's name.
        role: String,
    },
    /// A user session from `GetFederationToken`.
    FederatedUser {
        /// Twelve digits.
        account: String,
    },
    /// A device with a certificate of AWS IoT.
    Certificate {
        /// Twelve digits.
        account: String,
    },
}

/// A text that names no principal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no principal: expected an ARN of IAM, STS or an IoT certificate, or the name of a service such as `lambda.amazonaws.com`; an account is asked as its root, `arn:aws:iam::111122223333:root`, and a session as `arn:aws:sts::111122223333:assumed-role/<role>/<session>`"
)]
pub struct PrincipalFault(String);

impl Principal {
    /// A caller that does not say who it is.
    pub fn anonymous() -> Self {
        Self { written: String::new(), caller: Caller::Anonymous }
    }

    /// What kind it is.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// As it was written; empty for anonymous.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The account that it belongs to; None for services, federated callers and anonymous ones.
    pub fn account(&self) -> Option<&str> {
        match &self.caller {
            Caller::Anonymous | Caller::Service | Caller::Federated => None,
            Caller::Root { account }
            | Caller::User { account }
            | Caller::Role { account, .. }
            | Caller::Session { account, .. }
            | Caller::FederatedUser { account }
            | Caller::Certificate { account } => Some(account),
        }
    }

    /// The partition of its ARN, such as `aws-cn`; `aws` where it has none.
    pub(crate) fn partition(&self) -> &str {
        self.written.split(':').nth(1).unwrap_or("aws")
    }

    /// What `aws:PrincipalArn` is in its requests: of a session the role's ARN, here without the path, which the session
    /// does not tell.
    pub(crate) fn role_or_own_arn(&self) -> String {
        match &self.caller {
            Caller::Session { account, role } => {
                format!("arn:{}:iam::{account}:role/{role}", self.partition())
            }
            _ => self.written.clone(),
        }
    }

    /// Whether it is a service-linked role, which neither SCPs nor RCPs concern: by its path, or, since a session does
    /// not tell it, by the name that AWS gives such roles. That nobody else gives it is not documented.
    pub fn is_service_linked(&self) -> bool {
        match &self.caller {
            Caller::Role { .. } => self.written.contains(":role/aws-service-role/"),
            Caller::Session { role, .. } => role.starts_with("AWSServiceRoleFor"),
            _ => false,
        }
    }
}

impl FromStr for Principal {
    type Err = PrincipalFault;

    fn from_str(text: &str) -> Result<Self, PrincipalFault> {
        let fault = || PrincipalFault(shown(text));
        let caller =
            if text.starts_with("arn:") { arn(text).ok_or_else(fault)? } else { domain(text).ok_or_else(fault)? };
        Ok(Self { written: text.to_owned(), caller })
    }
}

/// The six parts of an ARN, none of them a pattern.
pub(super) fn arn_parts(text: &str) -> Option<[&str; 6]> {
    let mut parts = text.splitn(6, ':');
    let whole = [parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    matches!(whole, ["arn", _, ..]).then_some(whole)
}

/// Twelve digits.
pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn arn(text: &str) -> Option<Caller> {
    let [_, _, service, _, account, resource] = arn_parts(text)?;
    let account = is_account(account).then(|| account.to_owned())?;
    let (kind, name) = resource.split_once('/').unwrap_or((resource, ""));
    if name.is_empty() != (kind == "root") {
        return None;
    }
    Some(match (service, kind) {
        ("iam", "root") => Caller::Root { account },
        ("iam", "user") => Caller::User { account },
        ("iam", "role") => Caller::Role { account, role: last(name).to_owned() },
        ("iam", "oidc-provider" | "saml-provider") => Caller::Federated,
        ("sts", "assumed-role") => {
            let (role, session) = name.rsplit_once('/')?;
            (!session.is_empty()).then(|| Caller::Session { account, role: last(role).to_owned() })?
        }
        ("sts", "federated-user") => Caller::FederatedUser { account },
        ("iot", "cert") => Caller::Certificate { account },
        _ => return None,
    })
}

fn last(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

fn domain(text: &str) -> Option<Caller> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    (text.contains('.') && text.chars().all(plain)).then_some(Caller::Service)
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.caller == Caller::Anonymous { "an anonymous caller" } else { &self.written })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_what_it_is() {
        let account = || "111122223333".to_owned();
        let role = || "camera".to_owned();
        for (text, caller) in [
            ("arn:aws:iam::111122223333:root", Caller::Root { account: account() }),
            ("arn:aws-cn:iam::111122223333:user/staff/eve", Caller::User { account: account() }),
            ("arn:aws:iam::111122223333:role/path/camera", Caller::Role { account: account(), role: role() }),
            ("arn:aws:sts::111122223333:assumed-role/camera/x", Caller::Session { account: account(), role: role() }),
            ("arn:aws:sts::111122223333:federated-user/eve", Caller::FederatedUser { account: account() }),
            ("arn:aws:iot:eu-west-1:111122223333:cert/ab", Caller::Certificate { account: account() }),
            ("arn:aws:iam::111122223333:saml-provider/x", Caller::Federated),
            ("lambda.amazonaws.com", Caller::Service),
        ] {
            assert_eq!(text.parse::<Principal>().unwrap().caller(), &caller, "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_by_name() {
        for text in [
            "",
            "*",
            "eve",
            "111122223333",
            "arn:aws:iam::1:user/eve",
            "arn:aws:iam::111122223333:group/x",
            "arn:aws:iam::111122223333:user/",
            "arn:aws:sts::111122223333:assumed-role/camera",
            "arn:aws:s3:::bucket",
        ] {
            let fault = text.parse::<Principal>().unwrap_err().to_string();
            assert!(fault.contains(&format!("`{text}` is no principal: expected")), "{fault}");
        }
    }
}
