//! The budget of the deployed stack: its settings, as the function has them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, anyhow, bail};
use budget::{Budget, Settings};

use super::{Cloud, Deployed};
use crate::stack::Stack;

/// The function's variables that stand among the stack's parameters, under other names.
const PARAMETERS: [(&str, &str); 10] = [
    ("LADDER", "Ladder"),
    ("PRICE_INGEST_GB", "PriceIngestGb"),
    ("PRICE_STORE_GB_MONTH", "PriceStoreGbMonth"),
    ("PRICE_WARM_1000_FRAGMENTS", "PriceWarm1000Fragments"),
    ("PRICE_WARM_STORE_GB_MONTH", "PriceWarmStoreGbMonth"),
    ("CURRENCY", "BudgetCurrency"),
    ("STREAM_STORAGE_TIER", "StreamStorageTier"),
    ("TAG_CALLS_PER_SECOND", "TagCallsPerSecond"),
    ("EVERY_MINUTES", "BudgetMinutes"),
    ("DRY_RUN", "DryRun"),
];

/// Those that stand among its outputs.
const OUTPUTS: [(&str, &str); 6] = [
    ("BUDGET_NAME", "BudgetName"),
    ("TRIGGER_TOPIC_ARN", "BudgetTopicArn"),
    ("THROTTLE_TOPIC_ARN", "ThrottleTopicArn"),
    ("REPORT_TOPIC_ARN", "BudgetReportTopicArn"),
    ("QUEUE_URL", "BudgetQueueUrl"),
    ("TABLE_NAME", "BudgetTableName"),
];

impl Cloud {
    /// What the function would work with. An error when there is no stack, or it has no budget.
    pub(crate) async fn budget(&self, stack: &Stack) -> Result<Budget> {
        if self.deployed(stack).await? == Deployed::Absent {
            bail!(
                "look at the budget: there is no stack `{stack}` in Region `{}`: name another with `--stack`",
                self.place.region
            );
        }
        let answer = self.stacks.describe_stacks().stack_name(stack.to_string()).send().await;
        let answer = answer.map_err(|error| self.place.failed(format!("read the stack `{stack}`"), &error))?;
        let found = answer.stacks.into_iter().flatten().next().context("read the stack: AWS answers nothing")?;
        let mut values: BTreeMap<String, String> = BTreeMap::new();
        for parameter in found.parameters.unwrap_or_default() {
            values.extend(parameter.parameter_key.zip(parameter.parameter_value));
        }
        for output in found.outputs.unwrap_or_default() {
            values.extend(output.output_key.zip(output.output_value));
        }
        if !values.contains_key("BudgetName") {
            bail!("look at the budget: the stack `{stack}` has none: deploy it with `BudgetLimit=AMOUNT`");
        }
        // Such as `arn:aws:sns:eu-west-1:111122223333:topic`.
        let topic = values.get("BudgetTopicArn").cloned().unwrap_or_default();
        let mut parts = topic.split(':').skip(1);
        let (partition, account) = (parts.next().unwrap_or_default(), parts.nth(2).unwrap_or_default());
        let lookup = |name: &str| {
            let value = match name {
                "ACCOUNT_ID" => Some(account.to_owned()),
                "BUDGETS_REGION" if partition == "aws-cn" => Some("cn-northwest-1".to_owned()),
                _ => {
                    let key = PARAMETERS.iter().chain(&OUTPUTS).find(|(variable, _)| *variable == name);
                    key.and_then(|(_, key)| values.get(*key).cloned())
                }
            };
            value.filter(|value| !value.is_empty())
        };
        let settings = Settings::from_env(lookup)
            .map_err(|error| anyhow!("read the budget's settings from the stack `{stack}`: {error}"))?;
        Ok(Budget::new(&self.config, settings))
    }
}
