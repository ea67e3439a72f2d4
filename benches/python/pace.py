"""Keeping under a rate of calls: at an even rate, one at a time."""

import threading
import time


class Pacer:
    def __init__(self, calls_per_second: int, workers: int) -> None:
        self._between = workers / calls_per_second
        self._next = 0.0
        self._lock = threading.Lock()

    def place(self) -> None:
        """Waits for the next place."""
        with self._lock:
            now = time.monotonic()
            wait = self._next - now
            self._next = max(now, self._next) + self._between
        if wait > 0:
            time.sleep(wait)
