//! What the deployed resources are called.

use std::fmt;

use fleet::Fault;

/// The name of the deployed stack, from which the names of its resources derive.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stack(String);

impl Stack {
    /// Takes what CloudFormation takes: a letter, then at most 127 letters, digits and hyphens.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
        if begins && text.len() <= 128 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            Ok(Self(text.to_owned()))
        } else {
            let expected = "a stack name: a letter, then at most 127 letters, digits and hyphens";
            Err(Fault { value: text.to_owned(), expected })
        }
    }

    /// The whole command that deploys it, from the sources. Given CAs, exactly theirs are the cameras that may join; given
    /// none, those whose cameras might before, for a parameter that is not named keeps its value.
    pub(crate) fn deploy(&self, allowed: &[&str]) -> String {
        let command = format!("sam deploy --stack-name {self} --resolve-s3 --capabilities CAPABILITY_IAM");
        if allowed.is_empty() {
            command
        } else {
            format!("{command} --parameter-overrides AllowedCaCertificateIds={}", allowed.join(","))
        }
    }

    /// The thing type that every camera's thing has.
    pub(crate) fn thing_type(&self) -> String {
        format!("{self}-camera")
    }

    /// The static group that every camera's thing is in.
    pub(crate) fn thing_group(&self) -> String {
        format!("{self}-cameras")
    }

    /// The AWS IoT policy on every camera's certificate.
    pub(crate) fn camera_policy(&self) -> String {
        format!("{self}-camera")
    }

    /// The role alias by which a camera gets AWS credentials.
    pub(crate) fn role_alias(&self) -> String {
        format!("{self}-camera")
    }

    /// The topic rule that hands registrations on. Rule names take no hyphen.
    pub(crate) fn rule(&self) -> String {
        format!("{}_registration", self.0.replace('-', "_"))
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_begins_with_the_stacks() {
        let stack = Stack::parse("kvs-warden").expect("a stack name");
        assert_eq!(stack.thing_type(), "kvs-warden-camera");
        assert_eq!(stack.thing_group(), "kvs-warden-cameras");
        assert_eq!(stack.camera_policy(), "kvs-warden-camera");
        assert_eq!(stack.role_alias(), "kvs-warden-camera");
        assert_eq!(stack.rule(), "kvs_warden_registration");
    }

    #[test]
    fn a_deployment_names_every_ca_or_leaves_them_as_they_are() {
        let stack = Stack::parse("yard").expect("a stack name");
        let command = "sam deploy --stack-name yard --resolve-s3 --capabilities CAPABILITY_IAM";
        assert_eq!(stack.deploy(&[]), command);
        let allowed = format!("{command} --parameter-overrides AllowedCaCertificateIds=aa,bb");
        assert_eq!(stack.deploy(&["aa", "bb"]), allowed);
    }

    #[test]
    fn what_cloudformation_refuses_is_no_stack_name() {
        for bad in ["", "-a", "1a", "a_b", "a b", "ä", &"a".repeat(129)] {
            assert!(Stack::parse(bad).is_err(), "{bad:?}");
        }
    }
}
