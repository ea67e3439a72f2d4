//! The values with which a principal's policies compare a condition key, so that a check can ask with each.

use std::collections::BTreeSet;

use policy::{Key, Layer, Pattern, Policies, StatementRef, Syntax};

/// At most so many values of a key are asked with.
const MOST: usize = 32;

/// The statements of a principal's own policies: all but those of a role's trust policy.
pub(crate) fn own_statements(policies: &Policies) -> impl Iterator<Item = StatementRef<'_>> {
    policies.statements().filter(|at| at.layer != Layer::Resource)
}

/// The texts that conditions on a key name, each once: the shortest for one with wildcards, none for one with variables.
pub(crate) fn named_values(policies: &Policies, key: &str) -> BTreeSet<String> {
    let key = Key::new(key);
    let conditions = own_statements(policies).flat_map(|at| &at.statement.conditions);
    let values = conditions.filter(|condition| *condition.key() == key).flat_map(policy::Condition::values);
    let texts = values.filter_map(|value| {
        let shortest = Pattern::parse(value, Syntax::FULL).ok()?.witness();
        shortest.as_literal().filter(|text| !text.is_empty()).map(str::to_owned)
    });
    texts.take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use policy::{Document, Kind, Policy};

    use super::*;

    #[test]
    fn the_texts_of_a_key_are_those_that_it_is_compared_with() {
        let document = Document::parse(
            Kind::Identity,
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {
                "StringNotLike": {"aws:PrincipalTag/site": ["lobby-?", "*", "${aws:username}"], "aws:SourceVpc": "v"}}}}"#,
        );
        let policies = Policies::of_identity([Policy { name: String::new(), document: document.unwrap() }]);
        assert_eq!(named_values(&policies, "aws:principaltag/Site").into_iter().collect::<Vec<_>>(), ["lobby-x"]);
    }
}
