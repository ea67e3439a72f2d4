//! What Cost Anomaly Detection writes when a cost is unusual.

use serde_json::Value;

use super::machine::{Written, text_of};
use super::{Kind, Said, Understood, shown};
use crate::money::Money;

/// Reads an anomaly, or says why it is none.
///
/// <https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html>
pub(super) fn read(written: &Written) -> Result<Understood, String> {
    let id = text_of(written.anomaly_id.as_ref()).ok_or("The anomaly's `anomalyId` is no text.")?;
    text_of(written.account_id.as_ref()).ok_or("The anomaly has no `accountId`, which says whose it is.")?;
    let mut doubts = Vec::new();
    let total = written.impact.as_ref().and_then(|impact| impact.get("totalImpact"));
    let impact = total.and_then(money);
    if impact.is_none() {
        let total = total.map(Value::to_string).unwrap_or_default();
        doubts.push(format!("The anomaly's `totalImpact` is `{}`: expected a number from 0.", shown(&total)));
    }
    let of = text_of(written.dimensional_value.as_ref()).map(shown);
    let since = text_of(written.anomaly_start_date.as_ref());
    let said = since.map(|since| Said::new("anomalyStartDate", since)).into_iter().collect();
    Ok(Understood { kind: Kind::Anomaly { id: shown(id), of, impact }, said, doubts })
}

/// A number of JSON; less than zero is none.
fn money(value: &Value) -> Option<Money> {
    let text = value.as_number()?.to_string();
    if text.starts_with('-') { None } else { Money::parse(&text).ok() }
}
