"""TransactWriteItems: a token makes a transaction that comes again the same one, which moto does not look at.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any


def install() -> None:
    from moto.core.exceptions import ServiceException
    from moto.dynamodb import models
    from moto.dynamodb.responses import DynamoHandler

    class IdempotentParameterMismatch(ServiceException):
        code = "IdempotentParameterMismatchException"

    # By region and token: what was asked for, and the answer. AWS forgets after ten minutes.
    done: dict[tuple[str, str], tuple[Any, Any]] = {}
    carry_out = DynamoHandler.transact_write_items

    def transact_write_items(self: DynamoHandler) -> Any:
        token = self.body.get("ClientRequestToken")
        if not token:
            return carry_out(self)
        items, known = self.body["TransactItems"], done.get((self.region, token))
        if known is None:
            known = done[self.region, token] = (copy.deepcopy(items), carry_out(self))
        elif known[0] != items:
            raise IdempotentParameterMismatch("The token was used for another request.")
        return known[1]

    DynamoHandler.transact_write_items = transact_write_items  # type: ignore[method-assign]

    backend = models.DynamoDBBackend
    write = backend.transact_write_items

    def written(self: Any, transact_items: list[dict[str, Any]]) -> None:
        """The same with one copy of a table to go back to, where moto makes one for each item."""
        copies: dict[int, Any] = {}

        def once(table: Any) -> Any:
            if not isinstance(table, models.Table):
                return copy.deepcopy(table)
            if id(table) not in copies:
                copies[id(table)] = copy.deepcopy(table)
            return copies[id(table)]

        # The gateway lets no other call of this service in meanwhile.
        models.copy = SimpleNamespace(deepcopy=once, copy=copy.copy)  # type: ignore[attr-defined]
        try:
            write(self, transact_items)
        finally:
            models.copy = copy  # type: ignore[attr-defined]

    backend.transact_write_items = written  # type: ignore[method-assign]
