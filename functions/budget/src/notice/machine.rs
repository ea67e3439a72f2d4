//! JSON texts: what CloudWatch, Cost Anomaly Detection and AWS Budgets write for machines.

use serde::Deserialize;
use serde_json::Value;

use super::{Expected, Kind, Refusal, Said, Understood, adjusted, alarm, anomaly, shown_up_to};

/// All keys that any of the texts is known or judged by; the rest may be anything. A key that stands twice is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Written {
    #[serde(rename = "AlarmName")]
    pub(super) alarm_name: Option<Value>,
    #[serde(rename = "AlarmArn")]
    pub(super) alarm_arn: Option<Value>,
    #[serde(rename = "AWSAccountId")]
    aws_account_id: Option<Value>,
    #[serde(rename = "NewStateValue")]
    pub(super) new_state_value: Option<Value>,
    #[serde(rename = "NewStateReason")]
    pub(super) new_state_reason: Option<Value>,
    #[serde(rename = "StateChangeTime")]
    pub(super) state_change_time: Option<Value>,
    account: Option<Value>,
    #[serde(rename = "accountId")]
    pub(super) account_id: Option<Value>,
    #[serde(rename = "anomalyId")]
    pub(super) anomaly_id: Option<Value>,
    #[serde(rename = "anomalyStartDate")]
    pub(super) anomaly_start_date: Option<Value>,
    #[serde(rename = "dimensionalValue")]
    pub(super) dimensional_value: Option<Value>,
    pub(super) impact: Option<Value>,
    #[serde(rename = "monitorArn")]
    monitor_arn: Option<Value>,
    #[serde(rename = "budgetName")]
    pub(super) budget_name: Option<Value>,
    #[serde(rename = "previousBudgetLimit")]
    pub(super) previous_budget_limit: Option<Value>,
    #[serde(rename = "currentBudgetLimit")]
    pub(super) current_budget_limit: Option<Value>,
}

/// Reads a text that begins as a JSON object.
pub(super) fn read(text: &str, expected: &Expected<'_>) -> Result<Understood, Refusal> {
    let unrecognized = |doubt: String| {
        let said = vec![Said::new("Message", text)];
        Ok(Understood { kind: Kind::Unrecognized, said, doubts: vec![doubt] })
    };
    let written: Written = match serde_json::from_str(text) {
        Ok(written) => written,
        Err(error) => {
            let error = shown_up_to(&error.to_string(), 200);
            return unrecognized(format!("The text begins as JSON and cannot be read as such: {error}."));
        }
    };
    written.check_accounts(expected)?;
    if let Some(name) = text_of(written.budget_name.as_ref()).filter(|name| *name != expected.budget) {
        return Err(expected.other_budget(name));
    }
    let is_alarm = written.alarm_name.is_some();
    let is_anomaly = written.anomaly_id.is_some();
    let is_adjusted = written.previous_budget_limit.is_some() && written.current_budget_limit.is_some();
    let understood = match (is_alarm, is_anomaly, is_adjusted) {
        (true, false, false) => alarm::read(&written),
        (false, true, false) => anomaly::read(&written),
        (false, false, true) => adjusted::read(&written),
        (false, false, false) => Err("The text is JSON of a kind that is not known here.".to_owned()),
        (_, _, _) => Err("The text is JSON with the keys of several kinds at once.".to_owned()),
    };
    understood.or_else(unrecognized)
}

impl Written {
    /// Refuses what names another account, whatever its kind. What is no account's number is left to the kinds.
    fn check_accounts(&self, expected: &Expected<'_>) -> Result<(), Refusal> {
        for number in [&self.aws_account_id, &self.account_id, &self.account] {
            match number {
                Some(Value::String(number)) => expected.is_account(number)?,
                // Without the zeros that it may begin with.
                Some(Value::Number(number)) => expected.is_account(&format!("{:0>12}", number.to_string()))?,
                Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => {}
            }
        }
        for arn in [&self.alarm_arn, &self.monitor_arn] {
            if let Some(number) = text_of(arn.as_ref()).and_then(account_of) {
                expected.is_account(number)?;
            }
        }
        Ok(())
    }
}

/// A string; None for any other value.
pub(super) fn text_of(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str)
}

/// The account in an ARN.
pub(super) fn account_of(arn: &str) -> Option<&str> {
    let mut parts = arn.splitn(6, ':');
    (parts.next() == Some("arn")).then(|| parts.nth(3)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_has_its_account_in_the_fifth_place() {
        for (arn, account) in [
            ("arn:aws:cloudwatch:ca-central-1:123456789012:alarm:a:b", Some("123456789012")),
            ("arn:aws:ce::123456789012:anomalymonitor/1", Some("123456789012")),
            ("arn:aws:s3:::bucket", Some("")),
            ("arn:aws", None),
            ("a:b:c:d:123456789012:f", None),
            ("", None),
        ] {
            assert_eq!(account_of(arn), account, "{arn}");
        }
    }
}
