"""How many calls a second AWS takes of an operation. What comes beyond it is throttled, in the service's own words."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

# By the services' published models: the error, and the status that it comes with. Both services answer in REST-JSON.
_WORDS = {
    "iot": ("ThrottlingException", 400),
    "kinesisvideo": ("ClientLimitExceededException", 400),
}
_ANSWER = b'{"message": "The request was throttled because the limit of allowed client calls is exceeded."}'

Answer = tuple[int, list[tuple[str, str]], bytes]


class Rates:
    """A bucket of tokens for each operation that has a limit, which holds those of one second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._limits: dict[str, float] = {}
        # What is left, and when that was counted.
        self._left: dict[str, tuple[float, float]] = {}

    def limits(self) -> dict[str, float]:
        return dict(self._limits)

    def limit(self, limits: Mapping[str, float | None]) -> None:
        """New limits for these operations, as `iot:DescribeCertificate`; `None` for no limit. Others keep theirs."""
        for name in limits:
            service, _, operation = name.partition(":")
            if service not in _WORDS or not operation:
                known = ", ".join(sorted(_WORDS))
                raise ValueError(f"`{name}`: expected `<service>:<operation>` of a service that we know: {known}")
        with self._lock:
            for name, limit in limits.items():
                self._left.pop(name, None)
                if limit is None:
                    self._limits.pop(name, None)
                else:
                    self._limits[name] = float(limit)

    def throttled(self, service: str, operation: str) -> Answer | None:
        """The answer to a call for which there is no token; else `None`, and the token is used up."""
        name = f"{service}:{operation}"
        if name not in self._limits:
            return None
        now = time.monotonic()
        with self._lock:
            limit = self._limits[name]
            left, since = self._left.get(name, (limit, now))
            left = min(limit, left + (now - since) * limit)
            taken = left >= 1
            self._left[name] = (left - 1 if taken else left, now)
        if taken:
            return None
        code, status = _WORDS[service]
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(_ANSWER))),
            ("x-amzn-ErrorType", code),
        ]
        return status, headers, _ANSWER


RATES = Rates()
