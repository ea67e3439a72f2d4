"""What AWS Budgets tells a topic, word for word, and whether it may."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .. import locks
from ..account import ACCOUNT, REGION
from ..journal import JOURNAL
from ..service_principal import allows
from .budget import Budget, Notification

log = logging.getLogger("cloud.budgets")

PRINCIPAL = "budgets.amazonaws.com"
# Of a quarter and a year there is no public sample.
_WHEN = {
    "DAILY": ("per day", "Yesterday, the"),
    "QUARTERLY": ("for the current quarter", "The"),
    "ANNUALLY": ("for the current year", "The"),
}
_MOST_SUBJECT = 100


def subject(budget: Budget) -> str:
    return f"AWS Budgets: {budget.name} has exceeded your alert threshold"[:_MOST_SUBJECT]


def text(budget: Budget, notification: Notification, grouped: bool = False) -> str:
    """The text of a cost budget's alert. Where the amounts are grouped, 1200 dollars are $1,200.00."""

    def dollars(amount: Decimal) -> str:
        rounded = amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
        return f"${rounded:,}" if grouped else f"${rounded}"

    kind = notification.kind
    limit = budget.limit_now()
    spent = dollars(Decimal((budget.actual if kind == "ACTUAL" else budget.forecast) or "0"))
    threshold = dollars(notification.amount(limit))
    when, begin = _WHEN.get(budget.time_unit, ("for the current month", "The"))
    sign, word = ("<", "less") if notification.operator == "LESS_THAN" else (">", "greater")
    return f"""AWS Budget Notification {datetime.now(UTC):%B %d, %Y}
AWS Account {ACCOUNT}

Dear AWS Customer,

You requested that we alert you when the {kind} Cost associated with your {budget.name} budget is {word} than \
{threshold} {when}. {begin} {kind} Cost associated with this budget is {spent}. You can find additional details below \
and by accessing the AWS Budgets dashboard [1].

Budget Name: {budget.name}
Budget Type: Cost
Budgeted Amount: {dollars(limit)}
Alert Type: {kind}
Alert Threshold: {sign} {threshold}
{kind} Amount: {spent}

[1] https://console.aws.amazon.com/costmanagement/home#/budgets
"""


def tell(budget: Budget, publish: bool = True, grouped: bool = False) -> list[dict[str, Any]]:
    """Holds the spend against each notification, and publishes what follows; with `publish` false it is lost."""
    told = []
    for one in budget.settle():
        if one.topic and publish and budget.kind == "COST":
            told.append(_publish(budget, one, one.topic, grouped))
    return told


def _publish(budget: Budget, notification: Notification, topic_arn: str, grouped: bool) -> dict[str, Any]:
    from moto.sns.models import sns_backends

    told = {"topic": topic_arn, "type": notification.kind, "threshold": notification.threshold}
    sns = sns_backends[ACCOUNT][REGION]
    with locks.of("sns"):
        refused = _refused(sns.topics.get(topic_arn), budget)
        if refused:
            log.warning("cannot publish to `%s`: %s", topic_arn, refused)
            error = "NotFound" if refused.startswith("there is no") else "AuthorizationError"
            JOURNAL.record(PRINCIPAL, "sns", "Publish", 404 if error == "NotFound" else 403, error, topic_arn)
            return told | {"refused": refused}
        identifier = sns.publish(text(budget, notification, grouped), arn=topic_arn, subject=subject(budget))
    JOURNAL.record(PRINCIPAL, "sns", "Publish", 200, None, topic_arn)
    return told | {"messageId": identifier}


def _refused(topic: Any, budget: Budget) -> str | None:
    """Why the topic does not take it. AWS tells that nobody, and does not try again."""
    if topic is None:
        return "there is no such topic"
    context = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": f"arn:aws:budgets::{ACCOUNT}:budget/{budget.name}"}
    if not allows(topic.policy, PRINCIPAL, "sns:Publish", topic.arn, context):
        return f"the topic's policy does not allow {PRINCIPAL} to publish"
    if topic.kms_master_key_id:
        from ..keys import policy

        document = policy(topic.kms_master_key_id)
        if document is None:
            return "the topic's key does not exist, or is one of AWS's own, which no service but SNS may use"
        for action in ("kms:GenerateDataKey", "kms:Decrypt"):
            if not allows(document, PRINCIPAL, action, "*", context):
                return f"the policy of the topic's key does not allow {PRINCIPAL} {action}"
    return None
