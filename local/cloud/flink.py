"""Managed Service for Apache Flink: moments are told as numbers, as AWS does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

_MOMENTS = ("CreateTimestamp", "LastUpdateTimestamp", "ApplicationVersionCreateTimestamp")


def install() -> None:
    """moto tells them as text, which no SDK but its own reads."""
    from moto.kinesisanalyticsv2.models import KinesisAnalyticsV2Backend as Backend

    for name in ("create_application", "describe_application"):
        setattr(Backend, name, _numbered(getattr(Backend, name)))


def _numbered(call: Any) -> Any:
    def numbered(self: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        told: dict[str, Any] = call(self, *args, **kwargs)
        return told | {name: datetime.fromisoformat(told[name]).timestamp() for name in _MOMENTS if told.get(name)}

    return numbered
