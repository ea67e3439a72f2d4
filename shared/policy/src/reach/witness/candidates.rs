//! Values of a condition key that are worth trying.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use rust_decimal::Decimal;

use crate::condition::{Condition, Test};
use crate::context::{Context, Key};
use crate::pattern::{Budget, Pattern};
use crate::principal::Principal;

/// Values that other keys are compared with, tried for a key.
const MOST_OTHERS: usize = 16;

/// Values for a key, made from the conditions that compare it: those that they name, and some that they do not. One
/// after the other, then all of them at once, as a key with several values.
pub(super) fn candidates(
    key: &Key,
    conditions: &[&Condition],
    context: &Context,
    principal: &Principal,
    budget: &Budget,
) -> Vec<Vec<String>> {
    let own = || conditions.iter().filter(|condition| condition.key() == key);
    let mut texts: Vec<String> = Vec::new();
    let patterns: Vec<Pattern> = own().flat_map(|condition| text_patterns(condition, context)).collect();
    for condition in own() {
        match condition.test() {
            // Each pattern for itself, and less the others: what one asks for another may forbid.
            Test::Text(_) | Test::TextInAnyCase(_) => {
                for pattern in text_patterns(condition, context) {
                    texts.push(plain(&pattern.witness()));
                    if pattern.as_literal().is_some() {
                        continue;
                    }
                    let others: Vec<_> = patterns.iter().filter(|other| **other != pattern).collect();
                    texts.extend(budget.search(&[&pattern], &others).found());
                    texts.extend(others.iter().filter_map(|other| budget.search(&[&pattern, other], &[]).found()));
                }
            }
            Test::Arn(arns) => texts.extend(arns.iter().filter_map(|arn| arn.witness(context))),
            Test::Number(_, numbers) => {
                for number in numbers.iter().flatten() {
                    let around = [Some(*number), number.checked_add(Decimal::ONE), number.checked_sub(Decimal::ONE)];
                    texts.extend(around.into_iter().flatten().map(|number| number.to_string()));
                }
            }
            Test::Date(_, dates) => {
                for date in dates.iter().flatten() {
                    let second = SignedDuration::from_secs(1);
                    let around = [Ok(*date), date.checked_add(second), date.checked_sub(second)];
                    texts.extend(around.into_iter().flatten().map(|date| date.to_string()));
                }
            }
            Test::Bool(_) => texts.extend(["true".to_owned(), "false".to_owned()]),
            Test::Binary(values) => texts.extend(values.iter().flatten().map(|bytes| STANDARD.encode(bytes))),
            Test::Ip(networks) => {
                texts.extend(networks.iter().flatten().map(|network| network.network().to_string()));
                // Addresses that documentation is written with.
                texts.extend(["192.0.2.1", "198.51.100.1", "2001:db8::1"].map(str::to_owned));
            }
            Test::Null(_) => {}
        }
    }
    if let Some(only) = implied(key, principal) {
        return vec![vec![only]];
    }
    let is_text = |condition: &&&Condition| matches!(condition.test(), Test::Text(_) | Test::TextInAnyCase(_));
    if own().all(|condition| matches!(condition.test(), Test::Null(_))) || own().any(|condition| is_text(&condition)) {
        texts.extend(["gate-north", "gate-south", "x"].map(str::to_owned));
        let all: Vec<_> = patterns.iter().collect();
        texts.extend(budget.search(&[&Pattern::any()], &all).found().filter(|text| !text.is_empty()));
    }
    if own().any(|condition| matches!(condition.test(), Test::Arn(_))) {
        texts.push("arn:aws:iam::111122223333:role/somebody".to_owned());
    }
    // A variable may tie the key to another: what that one is compared with is worth a try.
    let others = conditions.iter().flat_map(|condition| text_patterns(condition, context));
    texts.extend(others.take(MOST_OTHERS).map(|pattern| plain(&pattern.witness())));
    let mut seen = Vec::new();
    texts.retain(|text| {
        !seen.contains(text) && {
            seen.push(text.clone());
            true
        }
    });
    let mut values: Vec<Vec<String>> = texts.iter().map(|text| vec![text.clone()]).collect();
    // Only a key that is meant to has several values.
    if texts.len() > 1 && own().any(|condition| condition.operator().quantifier.is_some()) {
        values.push(texts);
    }
    values
}

/// What a key is in every request of a principal.
fn implied(key: &Key, principal: &Principal) -> Option<String> {
    match key.as_str().to_ascii_lowercase().as_str() {
        "aws:principalaccount" | "aws:resourceaccount" => principal.account().map(str::to_owned),
        "aws:principalarn" => Some(principal.role_or_own_arn()),
        _ => None,
    }
}

fn text_patterns(condition: &Condition, context: &Context) -> Vec<Pattern> {
    match condition.test() {
        Test::Text(patterns) | Test::TextInAnyCase(patterns) => {
            patterns.iter().filter_map(|pattern| pattern.resolved(context)).collect()
        }
        _ => Vec::new(),
    }
}

/// The text of a pattern without wildcards and variables.
fn plain(pattern: &Pattern) -> String {
    pattern.as_literal().unwrap_or_default().to_owned()
}
