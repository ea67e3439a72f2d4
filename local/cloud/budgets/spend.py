"""What a test says was spent, in the place of AWS's own bookkeeping."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from .. import locks
from ..account import ACCOUNT
from ..moments import moment
from .alert import tell
from .backend import Budgets
from .budget import decimal

_FIELDS = {
    "budget",
    "actual",
    "forecast",
    "updated",
    "health",
    "limit",
    "unit",
    "publish",
    "newPeriod",
    "grouped",
}


def spend(asked: dict[str, Any]) -> dict[str, Any]:
    """Stages the spend as if AWS had just refreshed the budget; each notification's state, and what was published."""
    from moto.budgets.models import budgets_backends

    if unknown := asked.keys() - _FIELDS:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}; expected {', '.join(sorted(_FIELDS))}")
    given = {name: _amount(asked[name]) for name in ("actual", "forecast", "limit") if asked.get(name) is not None}
    with locks.of("budgets"):
        backend: Budgets = budgets_backends[ACCOUNT]["aws"]  # type: ignore[assignment]
        if asked["budget"] not in backend.by_name:
            raise ValueError(f"there is no budget `{asked['budget']}`")
        budget = backend.by_name[asked["budget"]]
        if asked.get("newPeriod"):
            budget.new_period()
        budget.actual = given.get("actual", budget.actual)
        if "forecast" in asked:
            budget.forecast = given.get("forecast")
        if "limit" in given:
            budget.limit = decimal(Decimal(given["limit"]))
            budget.kept.pop("PlannedBudgetLimits", None)
        budget.unit = asked.get("unit", budget.unit)
        updated = asked.get("updated")
        budget.updated = datetime.now(UTC) if updated is None else datetime.fromtimestamp(moment(updated), UTC)
        if "health" in asked:
            budget.health = _health(asked["health"], budget.updated)
        published = tell(budget, bool(asked.get("publish", True)), bool(asked.get("grouped", False)))
        return {
            "budget": budget.name,
            "notifications": [one.describe() for one in budget.notifications],
            "published": [one for one in published if "messageId" in one],
            "refused": [one for one in published if "refused" in one],
        }


def _amount(value: Any) -> str:
    """The digits as they are given: AWS gives as many as there are."""
    try:
        if Decimal(str(value)).is_finite():
            return str(value)
    except InvalidOperation:
        pass
    raise ValueError(f"`{value}` is not an amount")


def _health(given: Any, updated: datetime) -> dict[str, Any] | None:
    """`HEALTHY`, a reason why it is not, the whole structure, or `null` for an answer without one."""
    if given is None:
        return None
    if isinstance(given, dict):
        return {"LastUpdatedTime": updated, **given}
    if given == "HEALTHY":
        return {"Status": given, "LastUpdatedTime": updated}
    return {"Status": "UNHEALTHY", "StatusReason": str(given), "LastUpdatedTime": updated}
