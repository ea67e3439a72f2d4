"""What a test orders for a function's calls: its death just before or just after one takes effect, or an answer that
comes after the function gave up."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class Order:
    function: str
    # None: of whichever service.
    service: str | None
    operation: str
    # `before` and `after` kill the function, `late` holds the answer back.
    when: str
    # How many such calls are still to come before the first that it concerns, that one included.
    nth: int
    # How many it still concerns from then on; None: all, until orders are taken back.
    times: int | None = 1
    # How long the answer is held back.
    hold_ms: int = 0
    # Only the worker that made the call is killed, and not all of the function's.
    one: bool = False


class Crashes:
    def __init__(self, kill: Callable[[str, str | None], None]) -> None:
        """`kill` kills a function's workers; only the one of a session token, when there is one."""
        self._kill = kill
        self._lock = threading.Lock()
        self._orders: list[Order] = []
        self._carried_out: Counter[str] = Counter()

    def order(self, order: Order) -> None:
        if order.when not in ("before", "after", "late"):
            raise ValueError(f"`when` is `{order.when}`: expected `before`, `after` or `late`")
        with self._lock:
            self._orders.append(order)

    def take_back(self) -> None:
        """All orders, and the count of those that were carried out."""
        with self._lock:
            self._orders.clear()
            self._carried_out.clear()

    def due(self, function: str, service: str, operation: str) -> Order | None:
        """Counts this call and answers the order that concerns it. Call once for a call."""
        with self._lock:
            for order in self._orders:
                if (order.function, order.operation) == (function, operation) and order.service in (None, service):
                    order.nth -= 1
                    if order.nth > 0:
                        continue
                    self._carried_out[f"{service}:{operation}"] += 1
                    if order.times is not None:
                        order.times -= 1
                        if order.times <= 0:
                            self._orders.remove(order)
                    return order
        return None

    def carry_out(self, order: Order, token: str | None) -> None:
        """`token` is the session token that the call was made with."""
        if order.when == "late":
            time.sleep(order.hold_ms / 1000)
        else:
            self._kill(order.function, token if order.one else None)

    def state(self) -> dict[str, Any]:
        with self._lock:
            return {"armed": [asdict(order) for order in self._orders], "carriedOut": dict(self._carried_out)}
