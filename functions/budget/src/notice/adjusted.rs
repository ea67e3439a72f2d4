//! What AWS Budgets writes when it adjusts a budget's limit by itself.

use serde_json::Value;

use super::machine::{Written, text_of};
use super::{Kind, Understood, shown};

/// Reads an adjustment. AWS does not say how it looks beyond its two limits: they are told as they stand there.
pub(super) fn read(written: &Written) -> Result<Understood, String> {
    let limit = |value: &Option<Value>| match value {
        Some(Value::String(text)) => Ok(shown(text)),
        Some(other) => Ok(shown(&other.to_string())),
        None => Err("The adjustment lacks one of its limits.".to_owned()),
    };
    let before = limit(&written.previous_budget_limit)?;
    let after = limit(&written.current_budget_limit)?;
    let budget = text_of(written.budget_name.as_ref()).map(ToOwned::to_owned);
    Ok(Understood { kind: Kind::Adjusted { budget, before, after }, said: Vec::new(), doubts: Vec::new() })
}
