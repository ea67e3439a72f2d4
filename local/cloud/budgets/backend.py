"""The budgets of one account, and the limits that AWS sets them."""

from __future__ import annotations

import re
from typing import Any

from moto.core.base_backend import BaseBackend

from .budget import Budget, Notification, budget, notification
from .errors import CreationLimitExceeded, DuplicateRecord, InvalidParameter, NotFound

MOST_NOTIFICATIONS = 10
_MOST_SUBSCRIBERS = {"SNS": 1, "EMAIL": 10}


class Budgets(BaseBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.by_name: dict[str, Budget] = {}

    @property
    def _url_module(self) -> Any:
        from moto.budgets import urls

        return urls

    def create(self, given: dict[str, Any], notified: list[dict[str, Any]], tags: list[dict[str, str]]) -> Budget:
        made = self._read(given)
        if made.name in self.by_name:
            raise DuplicateRecord(f"Error creating budget: {made.name} - the budget already exists.")
        for one in notified:
            self._add(made, one["Notification"], one["Subscribers"])
        made.tags = {tag["Key"]: tag["Value"] for tag in tags}
        self.by_name[made.name] = made
        return made

    def update(self, given: dict[str, Any]) -> Budget:
        """What was spent and who is told of it stay as they are."""
        old, new = self.find(given["BudgetName"], "update"), self._read(given)
        new.actual, new.forecast, new.health = old.actual, old.forecast, old.health
        new.notifications, new.tags = old.notifications, old.tags
        if "TimePeriod" not in given:
            new.start, new.end = old.start, old.end
        self.by_name[new.name] = new
        return new

    def find(self, name: str, purpose: str = "get") -> Budget:
        if name not in self.by_name:
            raise NotFound(f"Unable to {purpose} budget: {name} - the budget doesn't exist.")
        return self.by_name[name]

    def find_notification(self, name: str, given: dict[str, Any]) -> Notification:
        wanted = notification(given, []).identity
        for one in self.find(name).notifications:
            if one.identity == wanted:
                return one
        raise NotFound("Unable to find notification - the notification doesn't exist.")

    def add_notification(self, name: str, given: dict[str, Any], subscribers: list[dict[str, str]]) -> None:
        if name not in self.by_name:
            raise NotFound("Unable to create notification - the budget doesn't exist.")
        self._add(self.by_name[name], given, subscribers)

    def _add(self, to: Budget, given: dict[str, Any], subscribers: list[dict[str, str]]) -> None:
        added = notification(given, subscribers)
        if any(one.identity == added.identity for one in to.notifications):
            raise DuplicateRecord("Error creating notification - the notification already exists.")
        if len(to.notifications) >= MOST_NOTIFICATIONS:
            raise CreationLimitExceeded(f"one budget can only have {MOST_NOTIFICATIONS} notifications")
        for kind, most in _MOST_SUBSCRIBERS.items():
            if sum(one["SubscriptionType"] == kind for one in subscribers) > most:
                raise CreationLimitExceeded(f"one notification can only have {most} subscribers with type of {kind}")
        if added.topic and not re.fullmatch(rf"arn:[a-z-]+:sns:[a-z0-9-]+:{self.account_id}:[\w-]+", added.topic):
            raise InvalidParameter(f"The SNS topic ARN {added.topic} is not one of a topic in this account.")
        to.notifications.append(added)

    @staticmethod
    def _read(given: dict[str, Any]) -> Budget:
        try:
            return budget(given)
        except ValueError as error:
            raise InvalidParameter(str(error)) from None
