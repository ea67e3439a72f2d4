"""Points in time as a test writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def moment(given: Any) -> float:
    """Seconds since 1970, from a number of them or from ISO 8601, which is UTC where it does not say otherwise."""
    if isinstance(given, int | float) and not isinstance(given, bool):
        return float(given)
    try:
        read = datetime.fromisoformat(str(given))
    except ValueError:
        raise ValueError(f"`{given}` is no time: expected ISO 8601 or seconds since 1970") from None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
