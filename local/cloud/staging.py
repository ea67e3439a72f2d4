"""What a test may ask of the world's money, traffic and pace: what was spent, what cameras send, how long ago it was,
and how many calls AWS takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import metric_data
from .budgets.spend import spend
from .kinesisvideo import marks
from .kinesisvideo.settings import SETTINGS
from .kinesisvideo.traffic import TRAFFIC
from .rate import RATES

ROOMS: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
    ("POST", "spend"): spend,
    ("POST", "traffic"): TRAFFIC.stage,
    ("POST", "age"): lambda asked: _age(float(asked["seconds"])),
}
SETTING_NAMES = {"callsPerSecond", "connectionSeconds", "metricPointsPerPage"}


def _age(seconds: float) -> dict[str, Any]:
    return TRAFFIC.age(seconds) | {"marks": marks.age(seconds)}


def settings() -> dict[str, Any]:
    return {
        "callsPerSecond": RATES.limits(),
        "connectionSeconds": SETTINGS.connection_seconds,
        "metricPointsPerPage": metric_data.SETTINGS.points_a_page,
    }


def change(asked: dict[str, Any]) -> None:
    """Takes those settings that are ours; `null` means AWS's own, or none."""
    if "callsPerSecond" in asked:
        RATES.limit(asked["callsPerSecond"])
    if "connectionSeconds" in asked:
        SETTINGS.connection_seconds = float(asked["connectionSeconds"] or 0)
    if "metricPointsPerPage" in asked:
        most = asked["metricPointsPerPage"]
        metric_data.SETTINGS.points_a_page = metric_data.MOST_POINTS if most is None else int(most)
