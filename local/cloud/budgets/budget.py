"""One budget: its limit, what was spent, and what its notifications make of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

# "If you didn't specify an end date, AWS set your end date to `06/15/87 00:00 UTC`."
_NO_END = datetime(2087, 6, 15, tzinfo=UTC)
_COST_TYPES = {
    "IncludeTax": True,
    "IncludeSubscription": True,
    "UseBlended": False,
    "IncludeRefund": True,
    "IncludeCredit": True,
    "IncludeUpfront": True,
    "IncludeRecurring": True,
    "IncludeOtherSubscription": True,
    "IncludeSupport": True,
    "IncludeDiscount": True,
    "UseAmortized": False,
}
_KEPT = (
    "CostFilters",
    "CostTypes",
    "AutoAdjustData",
    "PlannedBudgetLimits",
    "FilterExpression",
    "Metrics",
    "BillingViewArn",
)


@dataclass
class Notification:
    kind: str
    operator: str
    threshold: float
    threshold_type: str
    subscribers: list[dict[str, str]]
    alarm: bool = False
    # "Actual alerts are only sent once per budget, per budget period."
    sent: bool = False

    @property
    def identity(self) -> tuple[str, str, float, str]:
        return self.kind, self.operator, self.threshold, self.threshold_type

    @property
    def topic(self) -> str | None:
        return next((one["Address"] for one in self.subscribers if one["SubscriptionType"] == "SNS"), None)

    def amount(self, limit: Decimal) -> Decimal:
        """The threshold in the budget's unit."""
        threshold = Decimal(str(self.threshold))
        return limit * threshold / 100 if self.threshold_type == "PERCENTAGE" else threshold

    def holds(self, spent: Decimal | None, limit: Decimal) -> bool:
        if spent is None:
            return False
        threshold = self.amount(limit)
        if self.operator == "GREATER_THAN":
            return spent > threshold
        return spent < threshold if self.operator == "LESS_THAN" else spent == threshold

    def describe(self) -> dict[str, Any]:
        return {
            "NotificationType": self.kind,
            "ComparisonOperator": self.operator,
            "Threshold": self.threshold,
            "ThresholdType": self.threshold_type,
            "NotificationState": "ALARM" if self.alarm else "OK",
        }


def notification(given: dict[str, Any], subscribers: list[dict[str, str]]) -> Notification:
    """One from the request that describes it."""
    return Notification(
        given["NotificationType"],
        given["ComparisonOperator"],
        float(given["Threshold"]),
        given.get("ThresholdType") or "PERCENTAGE",
        [dict(one) for one in subscribers],
    )


@dataclass
class Budget:
    name: str
    time_unit: str
    kind: str
    start: datetime
    end: datetime
    limit: str | None
    unit: str
    kept: dict[str, Any]
    actual: str = "0.0"
    # Absent until there is history enough, some five weeks of it.
    forecast: str | None = None
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    health: dict[str, Any] | None = None
    notifications: list[Notification] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)

    def limit_now(self) -> Decimal:
        """The limit of the period that it is; of planned ones, the last that began."""
        if planned := self.kept.get("PlannedBudgetLimits"):
            now = datetime.now(UTC).timestamp()
            begun = [start for start in sorted(planned, key=float) if float(start) <= now]
            return Decimal(planned[begun[-1] if begun else min(planned, key=float)]["Amount"])
        return Decimal(self.limit or "0")

    def settle(self) -> list[Notification]:
        """Gives each notification its state; those that are to be told of now."""
        limit, due = self.limit_now(), []
        for one in self.notifications:
            spent = self.actual if one.kind == "ACTUAL" else self.forecast
            before, one.alarm = one.alarm, one.holds(None if spent is None else Decimal(spent), limit)
            if one.alarm and not before and not (one.sent and one.kind == "ACTUAL"):
                one.sent = True
                due.append(one)
        return due

    def new_period(self) -> None:
        """Nothing is spent and nothing was told."""
        self.actual, self.forecast = "0.0", None
        for one in self.notifications:
            one.alarm = one.sent = False

    def describe(self) -> dict[str, Any]:
        spend = {"ActualSpend": {"Amount": self.actual, "Unit": self.unit}}
        if self.forecast is not None:
            spend["ForecastedSpend"] = {"Amount": self.forecast, "Unit": self.unit}
        told: dict[str, Any] = {
            "BudgetName": self.name,
            "TimeUnit": self.time_unit,
            "TimePeriod": {"Start": self.start, "End": self.end},
            "CalculatedSpend": spend,
            "BudgetType": self.kind,
            "LastUpdatedTime": self.updated,
            **self.kept,
        }
        if self.limit is not None or "PlannedBudgetLimits" in self.kept:
            told["BudgetLimit"] = {"Amount": decimal(self.limit_now()), "Unit": self.unit}
        if self.health is not None:
            told["HealthStatus"] = self.health
        return told


def budget(given: dict[str, Any]) -> Budget:
    """One from the request that describes it. Raises ValueError for what does not fit together."""
    if given["TimeUnit"] == "CUSTOM" and not (given.get("TimePeriod") or {}).get("End"):
        raise ValueError("A custom budget needs a TimePeriod with a Start and an End.")
    limit, planned = given.get("BudgetLimit"), given.get("PlannedBudgetLimits")
    if not (limit or planned or given.get("AutoAdjustData")):
        raise ValueError(
            "Unable to create/update budget - please provide one of the followings: "
            "Budget Limit/ Planned Budget Limit/ Auto Adjust Data"
        )
    period = given.get("TimePeriod") or {}
    start, end = period.get("Start") or _start(given["TimeUnit"]), period.get("End") or _NO_END
    if start >= end:
        raise ValueError("The start of the budget's TimePeriod must be before its end.")
    kept = {name: given[name] for name in _KEPT if given.get(name) is not None}
    if given["BudgetType"] == "COST" and "FilterExpression" not in kept and "Metrics" not in kept:
        kept["CostTypes"] = _COST_TYPES | (kept.get("CostTypes") or {})
        kept.setdefault("CostFilters", {})
    spend = limit or next(iter((planned or {}).values()), {})
    now = datetime.now(UTC)
    return Budget(
        given["BudgetName"],
        given["TimeUnit"],
        given["BudgetType"],
        start,
        end,
        decimal(Decimal(limit["Amount"])) if limit else None,
        spend.get("Unit", "USD"),
        kept,
        health={"Status": "HEALTHY", "LastUpdatedTime": now},
    )


def decimal(value: Decimal) -> str:
    """As AWS writes a limit: never without a decimal place."""
    text = format(value, "f")
    return text if "." in text else f"{text}.0"


def _start(unit: str) -> datetime:
    """The beginning of the unit that it is now."""
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "DAILY":
        return day
    month = {"MONTHLY": day.month, "QUARTERLY": day.month - (day.month - 1) % 3}.get(unit, 1)
    return day.replace(month=month, day=1)
