//! Condition blocks: operators, the values they compare with, and what they say of a request.

mod arn;
mod moment;
mod operator;
mod test;

use std::fmt;

use crate::context::{Context, Key};
use crate::pattern::VariableFault;
use crate::shown::shown;

pub use operator::{Family, Operator, OperatorFault, Quantifier};
pub(crate) use test::Test;
pub use test::ValueFault;

/// Something about a value, with the place of the value in its list.
pub(crate) type At<T> = (usize, T);

/// One condition of a statement: an operator, a key, and the values that the key is compared with.
///
/// Rules: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html> and
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    operator: Operator,
    key: Key,
    /// As they were written.
    values: Vec<String>,
    test: Test,
}

impl Condition {
    /// Reads the values as the operator wants them, and tells which are not of its type. `variables` as in
    /// [`Syntax`](crate::Syntax).
    pub(crate) fn new(
        operator: Operator,
        key: Key,
        values: Vec<String>,
        variables: bool,
    ) -> Result<(Self, Vec<At<ValueFault>>), At<VariableFault>> {
        let (test, faults) = Test::new(operator.family, &values, variables)?;
        Ok((Self { operator, key, values, test }, faults))
    }

    /// The operator, such as `ForAnyValue:StringLikeIfExists`.
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// The key that is looked at.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The values as they were written.
    pub fn values(&self) -> &[String] {
        &self.values
    }

    pub(crate) fn test(&self) -> &Test {
        &self.test
    }

    /// The keys that it depends on: its own and those of variables in its values.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.key).chain(self.test.variables())
    }

    /// Whether a request with this context meets the condition.
    ///
    /// A key that is absent meets negated operators, `…IfExists` and `ForAllValues`, and nothing else; `Null` asks just
    /// that. What AWS does with the next two it does not say; here neither meets any operator, negated or not: a key
    /// with several values without `ForAllValues` or `ForAnyValue`, and a value that is not of the operator's type.
    pub fn holds(&self, context: &Context) -> bool {
        let values = context.get(&self.key);
        let Operator { quantifier, family, if_exists } = self.operator;
        if let Test::Null(wanted) = &self.test {
            return match quantifier {
                None => wanted.contains(&Some(values.is_none())),
                Some(Quantifier::All) => true,
                Some(Quantifier::Any) => false,
            };
        }
        let negated = family.negated();
        let meets = |value: &String| self.test.finds(value, context).is_some_and(|found| found != negated);
        match (quantifier, values) {
            (None, None) => negated || if_exists,
            (None, Some([value])) => meets(value),
            (None, Some(_)) => false,
            (Some(Quantifier::All), None) => true,
            // An empty text counts as no value here.
            (Some(Quantifier::All), Some(values)) => values.iter().filter(|value| !value.is_empty()).all(meets),
            (Some(Quantifier::Any), None) => if_exists,
            (Some(Quantifier::Any), Some(values)) => values.iter().any(meets),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.operator, shown(self.key.as_str()))?;
        match self.values.as_slice() {
            [one] => write!(f, "`{}`", shown(one)),
            values => write!(
                f,
                "[{}]",
                values.iter().map(|value| format!("`{}`", shown(value))).collect::<Vec<_>>().join(", ")
            ),
        }
    }
}
