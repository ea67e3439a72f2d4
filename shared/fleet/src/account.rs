//! An AWS account.

use std::fmt;

use crate::Fault;

/// The 12 digits of an AWS account, leading zeros kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountId(String);

impl AccountId {
    /// Takes 12 digits and nothing else.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Fault::new(text, "an AWS account id of 12 digits"))
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_zeros_belong_to_an_account() {
        assert_eq!(AccountId::parse("000000000012").map(|a| a.to_string()).as_deref(), Ok("000000000012"));
        for bad in ["12", "1234567890123", "12345678901a", ""] {
            assert!(AccountId::parse(bad).is_err(), "{bad}");
        }
    }
}
