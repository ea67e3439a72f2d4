"""The operations of AWS Budgets on budgets, notifications and subscribers."""

from __future__ import annotations

from typing import Any

from moto.budgets.models import budgets_backends
from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.core.utils import get_service_model

from ..paging import page
from ..validation import message, violations
from .alert import tell
from .backend import Budgets
from .errors import AccessDenied, InvalidNextToken, InvalidParameter

_MOST_LISTED = 100


class BudgetsOperations(BaseResponse):
    """Reads each request by botocore's service model, which also says what AWS would refuse."""

    def __init__(self) -> None:
        super().__init__(service_name="budgets")

    @property
    def backend(self) -> Budgets:
        return budgets_backends[self.current_account][self.partition]  # type: ignore[return-value]

    def call_action(self) -> Any:
        name = self._get_action()
        if name and name in get_service_model("budgets").operation_names:
            self.parse_parameters(self.normalized_request)
            if refused := self._refused(name):
                return self.serialized(ActionResult(refused))
        return super().call_action()

    def _refused(self, name: str) -> Exception | None:
        found = violations(get_service_model("budgets").operation_model(name).input_shape, self.params)
        if found:
            return InvalidParameter(message(found))
        account = self.params.get("AccountId")
        if account not in (None, self.current_account):
            return AccessDenied(f"Account {self.current_account} has no access to the budgets of account {account}.")
        return None

    def _page(self, items: Any) -> tuple[list[Any], str | None]:
        try:
            return page(items, self.params.get("MaxResults"), self.params.get("NextToken"), _MOST_LISTED)
        except ValueError:
            raise InvalidNextToken("The pagination token is invalid.") from None

    def create_budget(self) -> ActionResult:
        self.backend.create(
            self.params["Budget"],
            self.params.get("NotificationsWithSubscribers") or [],
            self.params.get("ResourceTags") or [],
        )
        return EmptyResult()

    def update_budget(self) -> ActionResult:
        # A new limit is held against the spend at once.
        tell(self.backend.update(self.params["NewBudget"]))
        return EmptyResult()

    def delete_budget(self) -> ActionResult:
        del self.backend.by_name[self.backend.find(self.params["BudgetName"], "delete").name]
        return EmptyResult()

    def describe_budget(self) -> ActionResult:
        return ActionResult({"Budget": self.backend.find(self.params["BudgetName"]).describe()})

    def describe_budgets(self) -> ActionResult:
        found, token = self._page(self.backend.by_name.values())
        return ActionResult({"Budgets": [one.describe() for one in found], "NextToken": token})

    def create_notification(self) -> ActionResult:
        name = self.params["BudgetName"]
        self.backend.add_notification(name, self.params["Notification"], self.params["Subscribers"])
        return EmptyResult()

    def delete_notification(self) -> ActionResult:
        name = self.params["BudgetName"]
        found = self.backend.find_notification(name, self.params["Notification"])
        self.backend.find(name).notifications.remove(found)
        return EmptyResult()

    def describe_notifications_for_budget(self) -> ActionResult:
        found, token = self._page(self.backend.find(self.params["BudgetName"]).notifications)
        return ActionResult({"Notifications": [one.describe() for one in found], "NextToken": token})

    def describe_subscribers_for_notification(self) -> ActionResult:
        one = self.backend.find_notification(self.params["BudgetName"], self.params["Notification"])
        found, token = self._page(one.subscribers)
        return ActionResult({"Subscribers": found, "NextToken": token})

    def list_tags_for_resource(self) -> ActionResult:
        tags = self.backend.find(self.params["ResourceARN"].split("/", 1)[-1]).tags
        return ActionResult({"ResourceTags": [{"Key": key, "Value": value} for key, value in tags.items()]})
