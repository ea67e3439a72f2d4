//! A condition key.

/// What the values of a condition key are.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// Text: `String…` operators.
    Text,
    /// A number: `Numeric…` operators.
    Number,
    /// A point in time: `Date…` operators.
    Date,
    /// `true` or `false`: `Bool`.
    Bool,
    /// An ARN: `Arn…` operators.
    Arn,
}

/// A condition key of a service.
#[derive(Debug)]
pub struct ConditionKey {
    /// Its name as AWS prints it. A part in `${}` stands for any text: `aws:ResourceTag/${TagKey}`.
    pub name: &'static str,
    /// What its values are.
    pub kind: KeyType,
    /// Whether a request may have many values of it, so that a condition needs `ForAllValues` or `ForAnyValue`.
    pub many: bool,
}

impl ConditionKey {
    pub(super) const fn one(name: &'static str, kind: KeyType) -> Self {
        Self { name, kind, many: false }
    }

    pub(super) const fn many(name: &'static str, kind: KeyType) -> Self {
        Self { name, kind, many: true }
    }
}
