"""One lock for each emulated service. A whole operation holds it, since moto's backends are plain dictionaries."""

from __future__ import annotations

import threading
from collections import defaultdict

_LOCKS: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)


def of(service: str) -> threading.RLock:
    """The lock of the service with that signing name."""
    return _LOCKS[service]
