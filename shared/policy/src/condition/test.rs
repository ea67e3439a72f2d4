//! The values of a condition, read as its operator wants them.

use std::cmp::Ordering;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ipnet::IpNet;
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::arn::{Arn, ArnPattern};
use super::operator::Family;
use super::{At, moment};
use crate::context::{Context, Key};
use crate::pattern::{Pattern, Syntax, VariableFault};
use crate::shown::shown;

/// What a value of a key is compared with. A value of a policy that is not of the operator's type is None: AWS stores
/// such policies.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// `StringEquals`, `StringLike` and their negations.
    Text(Vec<Pattern>),
    /// The same without regard to case. The texts are as they were written.
    TextInAnyCase(Vec<Pattern>),
    Number(Compare, Vec<Option<Decimal>>),
    Date(Compare, Vec<Option<Timestamp>>),
    Bool(Vec<Option<Truth>>),
    Binary(Vec<Option<Vec<u8>>>),
    Ip(Vec<Option<IpNet>>),
    Arn(Vec<ArnPattern>),
    Null(Vec<Option<bool>>),
}

/// A boolean, or a variable that is to become one.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Truth {
    Is(bool),
    Variable(Pattern),
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

/// A value that is not of its operator's type: it is never matched, and a negated operator is not met beside it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is no {expected}")]
pub struct ValueFault {
    /// As it was written.
    pub value: String,
    /// A phrase that fits after "is no".
    pub expected: &'static str,
}

impl Test {
    /// Reads the values. A malformed variable is an error, with its place in the list.
    pub(super) fn new(
        family: Family,
        values: &[String],
        variables: bool,
    ) -> Result<(Self, Vec<At<ValueFault>>), At<VariableFault>> {
        let like = Syntax { wildcards: true, variables };
        let equal = Syntax { wildcards: false, variables };
        let patterns = |syntax| strict(values, |value| Pattern::parse(value, syntax));
        let mut faults = Vec::new();
        let test = match family {
            Family::StringEquals | Family::StringNotEquals => Self::Text(patterns(equal)?),
            Family::StringLike | Family::StringNotLike => Self::Text(patterns(like)?),
            Family::StringEqualsIgnoreCase | Family::StringNotEqualsIgnoreCase => Self::TextInAnyCase(patterns(equal)?),
            Family::ArnEquals | Family::ArnLike | Family::ArnNotEquals | Family::ArnNotLike => {
                Self::Arn(strict(values, |value| ArnPattern::parse(value, variables))?)
            }
            Family::NumericEquals | Family::NumericNotEquals => Self::numbers(Compare::Equal, values, &mut faults),
            Family::NumericLessThan => Self::numbers(Compare::Less, values, &mut faults),
            Family::NumericLessThanEquals => Self::numbers(Compare::LessOrEqual, values, &mut faults),
            Family::NumericGreaterThan => Self::numbers(Compare::Greater, values, &mut faults),
            Family::NumericGreaterThanEquals => Self::numbers(Compare::GreaterOrEqual, values, &mut faults),
            Family::DateEquals | Family::DateNotEquals => Self::dates(Compare::Equal, values, &mut faults),
            Family::DateLessThan => Self::dates(Compare::Less, values, &mut faults),
            Family::DateLessThanEquals => Self::dates(Compare::LessOrEqual, values, &mut faults),
            Family::DateGreaterThan => Self::dates(Compare::Greater, values, &mut faults),
            Family::DateGreaterThanEquals => Self::dates(Compare::GreaterOrEqual, values, &mut faults),
            Family::Bool => Self::Bool(lenient(values, |value| truth(value, variables), &mut faults)),
            Family::BinaryEquals => Self::Binary(lenient(values, binary, &mut faults)),
            Family::IpAddress | Family::NotIpAddress => Self::Ip(lenient(values, network, &mut faults)),
            Family::Null => Self::Null(lenient(values, boolean, &mut faults)),
        };
        Ok((test, faults))
    }

    fn numbers(compare: Compare, values: &[String], faults: &mut Vec<At<ValueFault>>) -> Self {
        Self::Number(compare, lenient(values, decimal, faults))
    }

    fn dates(compare: Compare, values: &[String], faults: &mut Vec<At<ValueFault>>) -> Self {
        Self::Date(compare, lenient(values, date, faults))
    }

    /// Whether one of the policy's values is found in a value of the request, before any negation. None when that
    /// cannot be said, as one of the two is not of the operator's type: neither the operator nor its negation is met.
    pub(super) fn finds(&self, value: &str, context: &Context) -> Option<bool> {
        match self {
            Self::Text(patterns) => Some(patterns.iter().any(|pattern| pattern.matches(value, context))),
            Self::TextInAnyCase(patterns) => {
                let lower = value.to_lowercase();
                let mut texts = patterns.iter().filter_map(|pattern| pattern.resolved(context));
                Some(texts.any(|text| text.as_literal().is_some_and(|text| text.to_lowercase() == lower)))
            }
            Self::Arn(patterns) => {
                let arn = Arn::parse(value)?;
                Some(patterns.iter().any(|pattern| pattern.matches(arn, context)))
            }
            Self::Number(compare, numbers) => {
                let value = decimal(value).ok()?;
                any(numbers, |number| compare.holds(value.cmp(number)))
            }
            Self::Date(compare, dates) => {
                let value = date(value).ok()?;
                any(dates, |date| compare.holds(value.cmp(date)))
            }
            Self::Bool(wanted) => {
                let value = boolean(value).ok()?;
                any(wanted, |wanted| match wanted {
                    Truth::Is(wanted) => *wanted == value,
                    Truth::Variable(pattern) => {
                        let wanted = pattern.resolved(context);
                        wanted.is_some_and(|wanted| wanted.as_literal().is_some_and(|text| boolean(text) == Ok(value)))
                    }
                })
            }
            Self::Binary(wanted) => {
                let value = binary(value).ok()?;
                any(wanted, |wanted| *wanted == value)
            }
            Self::Ip(networks) => {
                let value = network(value).ok()?;
                any(networks, |network| network.contains(&value))
            }
            Self::Null(_) => None,
        }
    }

    /// The keys of the variables in the values.
    pub(super) fn variables(&self) -> impl Iterator<Item = &Key> {
        let patterns: Box<dyn Iterator<Item = &Pattern>> = match self {
            Self::Text(patterns) | Self::TextInAnyCase(patterns) => Box::new(patterns.iter()),
            Self::Arn(arns) => Box::new(arns.iter().flat_map(ArnPattern::patterns)),
            Self::Bool(values) => Box::new(values.iter().flatten().filter_map(|value| match value {
                Truth::Is(_) => None,
                Truth::Variable(pattern) => Some(pattern),
            })),
            _ => Box::new(std::iter::empty()),
        };
        patterns.flat_map(|pattern| pattern.variables().map(crate::pattern::Variable::key))
    }
}

fn strict<T>(values: &[String], read: impl Fn(&str) -> Result<T, VariableFault>) -> Result<Vec<T>, At<VariableFault>> {
    values.iter().enumerate().map(|(at, value)| read(value).map_err(|fault| (at, fault))).collect()
}

fn lenient<T>(
    values: &[String],
    read: impl Fn(&str) -> Result<T, ValueFault>,
    faults: &mut Vec<At<ValueFault>>,
) -> Vec<Option<T>> {
    let each = values.iter().enumerate();
    each.map(|(at, value)| read(value).map_err(|fault| faults.push((at, fault))).ok()).collect()
}

/// Whether one of the values is it. With values that could not be read, only a yes is certain.
fn any<T>(values: &[Option<T>], is: impl Fn(&T) -> bool) -> Option<bool> {
    let found = values.iter().flatten().any(is);
    (found || values.iter().all(Option::is_some)).then_some(found)
}

fn fault(value: &str, expected: &'static str) -> ValueFault {
    ValueFault { value: shown(value), expected }
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

/// AWS's page on operators lets `Bool` take variables, its page on variables does not say so.
fn truth(value: &str, variables: bool) -> Result<Truth, ValueFault> {
    let syntax = Syntax { wildcards: false, variables };
    match Pattern::parse(value, syntax) {
        Ok(pattern) if pattern.variables().next().is_some() => Ok(Truth::Variable(pattern)),
        _ => boolean(value).map(Truth::Is),
    }
}

fn binary(value: &str) -> Result<Vec<u8>, ValueFault> {
    STANDARD.decode(value).or_else(|_| STANDARD_NO_PAD.decode(value)).ok().ok_or_else(|| fault(value, "base64"))
}

fn network(value: &str) -> Result<IpNet, ValueFault> {
    let address = || value.parse::<IpAddr>().map(IpNet::from);
    let expected = "IP address or range: expected such as `203.0.113.7`, `203.0.113.0/24` or `2001:db8::/32`";
    value.parse().or_else(|_| address()).ok().ok_or_else(|| fault(value, expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(family: Family, policy: &str, request: &str) -> bool {
        let (test, _) = Test::new(family, &[policy.to_owned()], true).unwrap();
        test.finds(request, &Context::default()) == Some(true)
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
            let (_, faults) = Test::new(family, &["x".to_owned(), value.to_owned()], true).unwrap();
            let (at, fault) = faults.last().unwrap();
            assert!(*at == 1 && fault.to_string().starts_with(&format!("`{value}` is no ")), "{fault}");
        }
    }
}
