//! What AWS Budgets says of the budget now.

use aws_sdk_budgets::primitives::DateTime;
use aws_sdk_budgets::types::{
    Budget, BudgetType, HealthStatus, HealthStatusValue, Notification, NotificationState, Spend,
};
use lambda::call::CallError;

use super::Aws;
use crate::budget::{Figures, Period, TimeUnit};
use crate::money::Money;
use crate::settings::Settings;

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// The budget's figures.
    Figures(Figures),
    /// There is no such budget: it never was, or has ended or been deleted.
    Gone,
    /// The budget is there, and nothing may be decided by it. The sentence says why, and what to do.
    Unfit(String),
}

/// A notification of the budget, and whether its threshold is passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Such as `ACTUAL over 80%`.
    pub what: String,
    /// The threshold is passed.
    pub alarm: bool,
}

impl Aws {
    /// Asks for the budget.
    ///
    /// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_DescribeBudget.html>
    pub async fn figures(&self, settings: &Settings, now: i64) -> Result<Told, CallError> {
        let call = self.budgets.describe_budget().account_id(settings.account.as_str()).budget_name(&settings.budget);
        match call.send().await {
            Ok(answer) => Ok(match answer.budget {
                Some(budget) => figures(&budget, settings, now).map_or_else(Told::Unfit, Told::Figures),
                None => Told::Unfit(format!("AWS answered without the budget `{}`", settings.budget)),
            }),
            Err(error) => match CallError::new("DescribeBudget", &error) {
                error if error.is_absent() => Ok(Told::Gone),
                error => Err(error),
            },
        }
    }

    /// The budget's notifications, all pages.
    ///
    /// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_DescribeNotificationsForBudget.html>
    pub async fn alerts(&self, settings: &Settings) -> Result<Vec<Alert>, CallError> {
        let mut alerts = Vec::new();
        let mut next = None;
        loop {
            let call = self.budgets.describe_notifications_for_budget().account_id(settings.account.as_str());
            let page = call.budget_name(&settings.budget).set_next_token(next).send().await;
            let page = page.map_err(|error| CallError::new("DescribeNotificationsForBudget", &error))?;
            alerts.extend(page.notifications.unwrap_or_default().iter().map(alert));
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(alerts);
            }
        }
    }
}

fn alert(notification: &Notification) -> Alert {
    let unit = notification.threshold_type.as_ref().map_or("%", |kind| match kind.as_str() {
        "ABSOLUTE_VALUE" => "",
        _ => "%",
    });
    Alert {
        what: format!("{} over {}{unit}", notification.notification_type.as_str(), notification.threshold),
        alarm: notification.notification_state == Some(NotificationState::Alarm),
    }
}

fn figures(budget: &Budget, settings: &Settings, now: i64) -> Result<Figures, String> {
    let name = &budget.budget_name;
    if budget.budget_type != BudgetType::Cost {
        let kind = budget.budget_type.as_str();
        return Err(format!("the budget `{name}` is of the type {kind}: expected a COST budget"));
    }
    if let Some(HealthStatus { status: Some(HealthStatusValue::Unhealthy), status_reason, .. }) = &budget.health_status
    {
        let reason = status_reason.as_ref().map_or("no reason given", |reason| reason.as_str());
        return Err(format!(
            "AWS says that the budget `{name}` is unhealthy ({reason}) and does not update it: mend it"
        ));
    }
    let amount = |what: &str, spend: Option<&Spend>| {
        let spend = spend.ok_or_else(|| format!("the budget `{name}` has no {what}"))?;
        if spend.unit != settings.currency {
            let (theirs, ours) = (&spend.unit, &settings.currency);
            return Err(format!(
                "the budget `{name}` counts in {theirs} and the prices are in {ours}: set CURRENCY and the prices"
            ));
        }
        Money::parse(&spend.amount).map_err(|fault| format!("the {what} of the budget `{name}` is {fault}"))
    };
    let unit = TimeUnit::parse(budget.time_unit.as_str()).map_err(|fault| format!("the budget `{name}`: {fault}"))?;
    let begin = budget.time_period.as_ref().and_then(|period| period.start.as_ref()).map_or(0, DateTime::secs);
    let spend = budget.calculated_spend.as_ref();
    let forecast = spend.and_then(|spend| spend.forecasted_spend.as_ref());
    Ok(Figures {
        name: name.clone(),
        currency: settings.currency.clone(),
        limit: amount("limit", budget.budget_limit.as_ref())?,
        actual: amount("actual spend", spend.and_then(|spend| spend.actual_spend.as_ref()))?,
        forecast: forecast.map(|forecast| amount("forecast", Some(forecast))).transpose()?,
        period: Period::at(unit, begin, now).map_err(|fault| format!("the budget `{name}`: {fault}"))?,
        updated: budget.last_updated_time.as_ref().map_or(0, DateTime::secs),
    })
}
