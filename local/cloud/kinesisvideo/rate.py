"""How many calls a second AWS takes of the operations on a stream's tags."""

from __future__ import annotations

import threading
import time

from .settings import SETTINGS

_OPERATIONS = ("TagStream", "UntagStream", "ListTagsForStream")


class Rate:
    """A bucket of tokens for each operation, which holds those of one second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # What is left, and when that was counted.
        self._left: dict[str, tuple[float, float]] = {}

    def takes(self, operation: str) -> bool:
        """Whether there is a token for this call, which is used up then."""
        limit = SETTINGS.tag_calls_per_second
        if limit is None or operation not in _OPERATIONS:
            return True
        now = time.monotonic()
        with self._lock:
            left, since = self._left.get(operation, (limit, now))
            left = min(limit, left + (now - since) * limit)
            taken = left >= 1
            self._left[operation] = (left - 1 if taken else left, now)
            return taken


TAG_CALLS = Rate()
