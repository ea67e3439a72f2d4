"""Deaths that a test orders: a function killed just before or just after one of its calls takes effect."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class Order:
    function: str
    operation: str
    when: str
    # How many such calls are still to come before the one that kills, that one included.
    nth: int


class Crashes:
    def __init__(self, kill: Callable[[str], None]) -> None:
        self._kill = kill
        self._lock = threading.Lock()
        self._orders: list[Order] = []

    def order(self, function: str, operation: str, when: str, nth: int) -> None:
        if when not in ("before", "after"):
            raise ValueError(f"`when` is `{when}`: expected `before` or `after`")
        with self._lock:
            self._orders.append(Order(function, operation, when, nth))

    def due(self, function: str, operation: str) -> Order | None:
        """Counts this call and takes out the order that it fulfils. Call once for a call."""
        with self._lock:
            for order in self._orders:
                if (order.function, order.operation) == (function, operation):
                    order.nth -= 1
                    if order.nth <= 0:
                        self._orders.remove(order)
                        return order
        return None

    def carry_out(self, order: Order) -> None:
        self._kill(order.function)

    def armed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(order) for order in self._orders]
