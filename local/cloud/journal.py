"""Every AWS call that reached the emulated services: who made it, what it was, what became of it."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import Any

from .account import POLLER_KEY


@dataclass(frozen=True)
class Call:
    n: int
    # The function's logical id, or the access key of whoever else called.
    caller: str
    service: str
    operation: str
    status: int
    error: str | None
    # The thing, stream, certificate, queue or table that it was about, as far as it can be told.
    target: str | None


class Journal:
    """Kept in memory, in the order in which the calls ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        # Access key to function, filled as functions are deployed.
        self.names: dict[str, str] = {}

    def record(
        self, key: str, service: str, operation: str, status: int, error: str | None, target: str | None
    ) -> None:
        with self._lock:
            self._calls.append(
                Call(len(self._calls) + 1, self.names.get(key, key), service, operation, status, error, target)
            )

    def after(self, number: int, everything: bool) -> list[dict[str, Any]]:
        """The calls after the `number`th; the poller's own only when `everything` is asked for."""
        with self._lock:
            calls = self._calls[number:]
        return [asdict(call) for call in calls if everything or call.caller != POLLER_KEY]


# The one of this cloud: what AWS does of its own accord is written there too.
JOURNAL = Journal()
