"""`AWS::Budgets::Budget`, which moto's CloudFormation does not know."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.budgets.models import budgets_backends

from ..account import ACCOUNT
from ..moments import moment
from .resource import Resource


class Budget(Resource):
    TYPE = "AWS::Budgets::Budget"
    # It stands one level further down.
    NAME = "Id"

    def create(self) -> None:
        given: dict[str, Any] = dict(self.properties["Budget"])
        self.name = self.reference = given.setdefault("BudgetName", self.name)
        if limit := given.get("BudgetLimit"):
            given["BudgetLimit"] = _spend(limit)
        if planned := given.get("PlannedBudgetLimits"):
            given["PlannedBudgetLimits"] = {start: _spend(limit) for start, limit in planned.items()}
        if period := given.get("TimePeriod"):
            given["TimePeriod"] = {
                name: datetime.fromtimestamp(moment(_number(value)), UTC) for name, value in period.items()
            }
        if types := given.get("CostTypes"):
            given["CostTypes"] = {name: str(value).lower() == "true" for name, value in types.items()}
        notified = [
            {"Notification": one["Notification"], "Subscribers": one["Subscribers"]}
            for one in self.properties.get("NotificationsWithSubscribers", [])
        ]
        tags = self.properties.get("ResourceTags", [])
        budgets_backends[ACCOUNT]["aws"].create(given, notified, tags)  # type: ignore[attr-defined]
        self.attributes = {"Arn": f"arn:aws:budgets::{ACCOUNT}:budget/{self.name}"}


def _spend(limit: dict[str, Any]) -> dict[str, str]:
    """A number in the template, a text in the API."""
    return {"Amount": str(limit["Amount"]), "Unit": str(limit["Unit"])}


def _number(value: Any) -> Any:
    return float(value) if str(value).isdigit() else value
