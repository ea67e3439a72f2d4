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
        """The same with one copy of a table to go back to, and of those items in it that are written, where moto makes
        one of the whole table for each item."""
        copies: dict[int, Any] = {}

        def once(value: Any) -> Any:
            if not isinstance(value, models.Table):
                return copy.deepcopy(value)
            if id(value) not in copies:
                copies[id(value)] = copy.deepcopy(value, _others(value, transact_items))
            return copies[id(value)]

        # The gateway lets no other call of this service in meanwhile.
        models.copy = SimpleNamespace(deepcopy=once, copy=copy.copy)  # type: ignore[attr-defined]
        try:
            write(self, transact_items)
        finally:
            models.copy = copy  # type: ignore[attr-defined]

    backend.transact_write_items = written  # type: ignore[method-assign]


def _others(table: Any, transact_items: list[dict[str, Any]]) -> dict[int, Any]:
    """Whatever need not be copied, by its id: items that no part of the transaction names, and all keys."""
    names = [name for name in (table.hash_key_attr, table.range_key_attr) if name]
    parts = [part for item in transact_items for part in item.values()]
    named = [[(part.get("Key") or part.get("Item"))[name] for name in names] for part in parts]
    kept: dict[int, Any] = {}
    for hash_key, items in table.items.items():
        kept[id(hash_key)] = hash_key
        for range_key, item in items.items() if table.range_key_attr else [(None, items)]:
            kept[id(range_key)] = range_key
            keys = [hash_key.to_json()] + ([range_key.to_json()] if range_key else [])
            if keys not in named:
                kept[id(item)] = item
    return kept
