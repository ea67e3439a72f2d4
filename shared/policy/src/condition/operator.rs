//! The condition operators.

use std::fmt;
use std::str::FromStr;

use crate::shown::shown;

/// A condition operator with what may stand around it: `ForAnyValue:StringLikeIfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operator {
    /// `ForAllValues:` or `ForAnyValue:` before it.
    pub quantifier: Option<Quantifier>,
    /// What it compares, and how.
    pub family: Family,
    /// `IfExists` behind it: an absent key meets it.
    pub if_exists: bool,
}

/// How many of a key's values have to meet the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// `ForAllValues:`. Also met when there are none.
    All,
    /// `ForAnyValue:`
    Any,
}

/// The operators themselves, by AWS's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are AWS's own")]
pub enum Family {
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnLike,
    ArnNotEquals,
    ArnNotLike,
    Null,
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 27] = [
        Self::StringEquals,
        Self::StringNotEquals,
        Self::StringEqualsIgnoreCase,
        Self::StringNotEqualsIgnoreCase,
        Self::StringLike,
        Self::StringNotLike,
        Self::NumericEquals,
        Self::NumericNotEquals,
        Self::NumericLessThan,
        Self::NumericLessThanEquals,
        Self::NumericGreaterThan,
        Self::NumericGreaterThanEquals,
        Self::DateEquals,
        Self::DateNotEquals,
        Self::DateLessThan,
        Self::DateLessThanEquals,
        Self::DateGreaterThan,
        Self::DateGreaterThanEquals,
        Self::Bool,
        Self::BinaryEquals,
        Self::IpAddress,
        Self::NotIpAddress,
        Self::ArnEquals,
        Self::ArnLike,
        Self::ArnNotEquals,
        Self::ArnNotLike,
        Self::Null,
    ];

    /// Whether it is met by what its values are not: an absent key meets it, and several values are all forbidden.
    pub fn negated(self) -> bool {
        matches!(
            self,
            Self::StringNotEquals
                | Self::StringNotEqualsIgnoreCase
                | Self::StringNotLike
                | Self::NumericNotEquals
                | Self::DateNotEquals
                | Self::NotIpAddress
                | Self::ArnNotEquals
                | Self::ArnNotLike
        )
    }
}

/// A text that is no operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperatorFault {
    /// No operator is called so.
    #[error(
        "`{0}` is no condition operator: expected one of AWS's, such as `StringEquals`, with or without `ForAllValues:` or `ForAnyValue:` before it and `IfExists` behind it"
    )]
    Unknown(String),
    /// `NullIfExists`
    #[error("`Null` cannot take `IfExists`: `Null` itself asks whether the key exists")]
    NullIfExists,
}

/// Case does not count: AWS's own documents write `stringEquals` and `Stringlike` too.
impl FromStr for Operator {
    type Err = OperatorFault;

    fn from_str(text: &str) -> Result<Self, OperatorFault> {
        let unknown = || OperatorFault::Unknown(shown(text));
        let lower = text.to_ascii_lowercase();
        let (quantifier, rest) = match lower.split_once(':') {
            None => (None, lower.as_str()),
            Some(("forallvalues", rest)) => (Some(Quantifier::All), rest),
            Some(("foranyvalue", rest)) => (Some(Quantifier::Any), rest),
            Some(_) => return Err(unknown()),
        };
        let (name, if_exists) = rest.strip_suffix("ifexists").map_or((rest, false), |name| (name, true));
        let mut families = Family::ALL.into_iter();
        let family = families.find(|family| family.to_string().eq_ignore_ascii_case(name)).ok_or_else(unknown)?;
        if family == Family::Null && if_exists {
            return Err(OperatorFault::NullIfExists);
        }
        Ok(Self { quantifier, family, if_exists })
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = match self.quantifier {
            None => "",
            Some(Quantifier::All) => "ForAllValues:",
            Some(Quantifier::Any) => "ForAnyValue:",
        };
        write!(f, "{before}{}{}", self.family, if self.if_exists { "IfExists" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_is_read_as_it_is_shown_in_any_case() {
        for family in Family::ALL {
            for quantifier in [None, Some(Quantifier::All), Some(Quantifier::Any)] {
                let operator = Operator { quantifier, family, if_exists: family != Family::Null };
                assert_eq!(operator.to_string().parse(), Ok(operator));
                assert_eq!(operator.to_string().to_uppercase().parse(), Ok(operator));
            }
        }
    }

    #[test]
    fn what_is_no_operator_is_named() {
        for text in ["", "StringEqual", "ForAnyValues:StringEquals", "StringEqualsIfExistsIfExists", "IfExists"] {
            let fault = text.parse::<Operator>().unwrap_err().to_string();
            assert!(fault.contains(&format!("`{text}` is no condition operator")), "{fault}");
        }
        assert_eq!("NullIfExists".parse::<Operator>(), Err(OperatorFault::NullIfExists));
    }
}
