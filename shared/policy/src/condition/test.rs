//! The values of a condition, read as its operator wants them.

use std::cmp::Ordering;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ipnet::IpNet;
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::arn::ArnPattern;
use super::moment;
use super::operator::Family;
use crate::context::{Context, Key};
use crate::pattern::{Pattern, Syntax, VariableFault};

/// What a value of a key is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// `StringEquals`, `StringLike` and their negations.
    Text(Vec<Pattern>),
    /// The same without regard to case. The texts are as they were written.
    TextInAnyCase(Vec<Pattern>),
    Number(Compare, Vec<Decimal>),
    Date(Compare, Vec<Timestamp>),
    Bool(Vec<bool>),
    Binary(Vec<Vec<u8>>),
    Ip(Vec<IpNet>),
    Arn(Vec<ArnPattern>),
    Null(Vec<bool>),
}

/// How a value has to stand to that of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compare {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Compare {
    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// A value that the operator cannot be used with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueFault {
    /// Not of the operator's type.
    #[error("`{value}` is no {expected}")]
    Type {
        /// As it was written.
        value: String,
        /// A phrase that fits after "is no".
        expected: &'static str,
    },
    /// A malformed policy variable.
    #[error(transparent)]
    Variable(#[from] VariableFault),
}

impl Test {
    /// Reads the values; of one that cannot be read, its place in the list.
    pub(super) fn new(family: Family, values: &[String], variables: bool) -> Result<Self, (usize, ValueFault)> {
        let like = Syntax { wildcards: true, variables };
        let equal = Syntax { wildcards: false, variables };
        Ok(match family {
            Family::StringEquals | Family::StringNotEquals => Self::Text(each(values, |v| pattern(v, equal))?),
            Family::StringLike | Family::StringNotLike => Self::Text(each(values, |v| pattern(v, like))?),
            Family::StringEqualsIgnoreCase | Family::StringNotEqualsIgnoreCase => {
                Self::TextInAnyCase(each(values, |v| pattern(v, equal))?)
            }
            Family::NumericEquals | Family::NumericNotEquals => Self::Number(Compare::Equal, each(values, decimal)?),
            Family::NumericLessThan => Self::Number(Compare::Less, each(values, decimal)?),
            Family::NumericLessThanEquals => Self::Number(Compare::LessOrEqual, each(values, decimal)?),
            Family::NumericGreaterThan => Self::Number(Compare::Greater, each(values, decimal)?),
            Family::NumericGreaterThanEquals => Self::Number(Compare::GreaterOrEqual, each(values, decimal)?),
            Family::DateEquals | Family::DateNotEquals => Self::Date(Compare::Equal, each(values, date)?),
            Family::DateLessThan => Self::Date(Compare::Less, each(values, date)?),
            Family::DateLessThanEquals => Self::Date(Compare::LessOrEqual, each(values, date)?),
            Family::DateGreaterThan => Self::Date(Compare::Greater, each(values, date)?),
            Family::DateGreaterThanEquals => Self::Date(Compare::GreaterOrEqual, each(values, date)?),
            Family::Bool => Self::Bool(each(values, boolean)?),
            Family::BinaryEquals => Self::Binary(each(values, binary)?),
            Family::IpAddress | Family::NotIpAddress => Self::Ip(each(values, network)?),
            Family::ArnEquals | Family::ArnLike | Family::ArnNotEquals | Family::ArnNotLike => {
                Self::Arn(each(values, |v| Ok(ArnPattern::parse(v, variables)?))?)
            }
            Family::Null => Self::Null(each(values, boolean)?),
        })
    }

    /// Whether one of the policy's values is found in a value of the request, before any negation; None for a value
    /// that is not of the operator's type, which meets neither the operator nor its negation.
    pub(super) fn finds(&self, value: &str, context: &Context) -> Option<bool> {
        Some(match self {
            Self::Text(patterns) => patterns.iter().any(|pattern| pattern.matches(value, context)),
            Self::TextInAnyCase(patterns) => {
                let lower = value.to_lowercase();
                let mut texts = patterns.iter().filter_map(|pattern| pattern.resolved(context));
                texts.any(|text| text.as_literal().is_some_and(|text| text.to_lowercase() == lower))
            }
            Self::Number(compare, numbers) => {
                let value = decimal(value).ok()?;
                numbers.iter().any(|number| compare.holds(value.cmp(number)))
            }
            Self::Date(compare, dates) => {
                let value = moment::parse(value)?;
                dates.iter().any(|date| compare.holds(value.cmp(date)))
            }
            Self::Bool(wanted) => wanted.contains(&boolean(value).ok()?),
            Self::Binary(wanted) => wanted.contains(&binary(value).ok()?),
            Self::Ip(networks) => {
                let value = network(value).ok()?;
                networks.iter().any(|network| network.contains(&value))
            }
            Self::Arn(patterns) => patterns.iter().any(|pattern| pattern.matches(value, context)),
            Self::Null(_) => return None,
        })
    }

    /// The keys of the variables in the values.
    pub(super) fn variables(&self) -> impl Iterator<Item = &Key> {
        let patterns: Box<dyn Iterator<Item = &Pattern>> = match self {
            Self::Text(patterns) | Self::TextInAnyCase(patterns) => Box::new(patterns.iter()),
            Self::Arn(arns) => Box::new(arns.iter().flat_map(ArnPattern::patterns)),
            _ => Box::new(std::iter::empty()),
        };
        patterns.flat_map(|pattern| pattern.variables().map(crate::pattern::Variable::key))
    }
}

fn each<T>(values: &[String], read: impl Fn(&str) -> Result<T, ValueFault>) -> Result<Vec<T>, (usize, ValueFault)> {
    values.iter().enumerate().map(|(at, value)| read(value).map_err(|fault| (at, fault))).collect()
}

fn fault(value: &str, expected: &'static str) -> ValueFault {
    ValueFault::Type { value: value.chars().take(80).collect(), expected }
}

fn pattern(value: &str, syntax: Syntax) -> Result<Pattern, ValueFault> {
    Ok(Pattern::parse(value, syntax)?)
}

fn decimal(value: &str) -> Result<Decimal, ValueFault> {
    // `1_000` is a number to the library, and none to AWS.
    let read = Decimal::from_str_exact(value).or_else(|_| Decimal::from_scientific(value));
    read.ok().filter(|_| !value.contains('_')).ok_or_else(|| fault(value, "number: expected such as `10` or `-0.5`"))
}

fn date(value: &str) -> Result<Timestamp, ValueFault> {
    let expected = "date: expected ISO 8601, such as `2026-11-22T10:00:00Z`, or seconds since 1970; no wildcards";
    moment::parse(value).ok_or_else(|| fault(value, expected))
}

fn boolean(value: &str) -> Result<bool, ValueFault> {
    match value {
        _ if value.eq_ignore_ascii_case("true") => Ok(true),
        _ if value.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(fault(value, "boolean: expected `true` or `false`")),
    }
}

fn binary(value: &str) -> Result<Vec<u8>, ValueFault> {
    STANDARD.decode(value).or_else(|_| STANDARD_NO_PAD.decode(value)).map_err(|_| fault(value, "base64"))
}

fn network(value: &str) -> Result<IpNet, ValueFault> {
    let address = || value.parse::<IpAddr>().map(IpNet::from);
    let expected = "IP address or range: expected such as `203.0.113.7`, `203.0.113.0/24` or `2001:db8::/32`";
    value.parse().or_else(|_| address()).map_err(|_| fault(value, expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(family: Family, policy: &str, request: &str) -> bool {
        Test::new(family, &[policy.to_owned()], true).unwrap().finds(request, &Context::default()) == Some(true)
    }

    #[test]
    fn values_are_compared_as_what_they_are() {
        for (family, policy, request, expected) in [
            (Family::StringEquals, "a*", "ab", false),
            (Family::StringLike, "a*", "ab", true),
            (Family::StringLike, "A*", "ab", false),
            (Family::StringEqualsIgnoreCase, "ÄB", "äb", true),
            (Family::NumericEquals, "1.0", "1", true),
            (Family::NumericLessThan, "9007199254740993", "9007199254740992", true),
            (Family::NumericGreaterThan, "1e2", "101", true),
            (Family::NumericEquals, "1", "one", false),
            (Family::DateLessThan, "2026-01-01T00:00:00Z", "1767225599", true),
            (Family::Bool, "TRUE", "true", true),
            (Family::Bool, "false", "", false),
            (Family::BinaryEquals, "QmluYXJ5", "QmluYXJ5", true),
            (Family::IpAddress, "203.0.113.0/24", "203.0.113.9", true),
            (Family::IpAddress, "203.0.113.77/24", "203.0.113.9", true),
            (Family::IpAddress, "203.0.113.7", "203.0.113.7", true),
            (Family::IpAddress, "2001:db8::/32", "2001:db8::1", true),
            (Family::IpAddress, "0.0.0.0/0", "2001:db8::1", false),
        ] {
            assert_eq!(finds(family, policy, request), expected, "{family} {policy} {request}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_named() {
        for (family, value) in [
            (Family::NumericEquals, "ten"),
            (Family::NumericEquals, "${a:b}"),
            (Family::DateLessThan, "2026-*"),
            (Family::Bool, "yes"),
            (Family::Null, "1"),
            (Family::IpAddress, "203.0.113"),
            (Family::BinaryEquals, "?"),
        ] {
            let (at, fault) = Test::new(family, &[value.to_owned()], true).unwrap_err();
            assert!(at == 0 && fault.to_string().starts_with(&format!("`{value}` is no ")), "{fault}");
        }
    }
}
