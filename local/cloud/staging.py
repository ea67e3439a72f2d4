"""What a test may ask of the world's money and traffic: what was spent, what cameras send, and how long ago it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import metric_data
from .budgets.spend import spend
from .kinesisvideo import marks
from .kinesisvideo.settings import SETTINGS
from .kinesisvideo.traffic import TRAFFIC

ROOMS: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
    ("POST", "spend"): spend,
    ("POST", "traffic"): TRAFFIC.stage,
    ("POST", "age"): lambda asked: _age(float(asked["seconds"])),
}
SETTING_NAMES = {"connectionSeconds", "streamTagCallsPerSecond", "metricPointsPerPage"}


def _age(seconds: float) -> dict[str, Any]:
    return TRAFFIC.age(seconds) | {"marks": marks.age(seconds)}


def settings() -> dict[str, Any]:
    return {
        "connectionSeconds": SETTINGS.connection_seconds,
        "streamTagCallsPerSecond": SETTINGS.tag_calls_per_second,
        "metricPointsPerPage": metric_data.SETTINGS.points_a_page,
    }


def change(asked: dict[str, Any]) -> None:
    """Takes those settings that are ours; `null` means AWS's own, or none."""
    if "connectionSeconds" in asked:
        SETTINGS.connection_seconds = float(asked["connectionSeconds"] or 0)
    if "streamTagCallsPerSecond" in asked:
        limit = asked["streamTagCallsPerSecond"]
        SETTINGS.tag_calls_per_second = None if limit is None else float(limit)
    if "metricPointsPerPage" in asked:
        most = asked["metricPointsPerPage"]
        metric_data.SETTINGS.points_a_page = metric_data.MOST_POINTS if most is None else int(most)
