"""CloudWatch's GetMetricData, with what cameras send counted from their staged rates.

All other metrics are those that somebody put there; moto knows them.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.core.exceptions import ServiceException

from .account import ACCOUNT, REGION
from .kinesisvideo.traffic import TRAFFIC, Stretch

_NAMESPACE = "AWS/KinesisVideo"
_UNITS = {
    "PutMedia.IncomingBytes": "Bytes",
    "PutMedia.IncomingFragments": "Count",
    "PutMedia.ActiveConnections": "Count",
}
_STATISTICS = ("Sum", "SampleCount", "Average", "Minimum", "Maximum")
_MOST_QUERIES = 500
MOST_POINTS = 100_800
_ID = re.compile(r"[a-z][a-zA-Z0-9_]*")
_MINUTE, _DAY = 60.0, 86400.0


@dataclass
class Settings:
    # How many data points stand on a page unless the request asks for fewer.
    points_a_page: int = MOST_POINTS


SETTINGS = Settings()


class Invalid(ServiceException):
    code = "ValidationError"


class InvalidNextToken(ServiceException):
    code = "InvalidNextToken"


@dataclass(frozen=True)
class Result:
    identifier: str
    label: str
    times: list[datetime]
    values: list[float]


def get_metric_data(asked: dict[str, Any]) -> dict[str, Any]:
    """The answer, in the names of AWS's model."""
    queries = asked.get("MetricDataQueries") or []
    start, end = _check(queries, asked)
    descending = (asked.get("ScanBy") or "TimestampDescending") == "TimestampDescending"
    ours = {query["Id"]: _staged(query) for query in queries}
    moto = _of_moto([query for query in queries if not ours[query["Id"]]], asked, descending)
    results = []
    ranges: dict[int, tuple[list[tuple[float, float]], list[datetime]]] = {}
    for query in queries:
        if ours[query["Id"]]:
            if query.get("ReturnData", True):
                results.append(_result(query, start, end, descending, ranges))
        elif query["Id"] in moto:
            results.append(moto[query["Id"]])
    most = min(asked.get("MaxDatapoints") or SETTINGS.points_a_page, SETTINGS.points_a_page)
    return _page(results, most, asked.get("NextToken"))


def _check(queries: list[dict[str, Any]], asked: dict[str, Any]) -> tuple[float, float]:
    """Start and end in seconds, if AWS would take the request."""
    for name in ("StartTime", "EndTime"):
        if asked.get(name) is None:
            raise Invalid(f"The parameter {name} is required.")
    if not queries:
        raise Invalid("The parameter MetricDataQueries is required.")
    if len(queries) > _MOST_QUERIES:
        raise Invalid(f"The collection MetricDataQueries must not have a size greater than {_MOST_QUERIES}.")
    for number, query in enumerate(queries, 1):
        path = f"MetricDataQueries.member.{number}"
        if not _ID.fullmatch(query.get("Id") or ""):
            raise Invalid(f"The value {query.get('Id')} for parameter {path}.Id does not match {_ID.pattern}.")
        if ("MetricStat" in query) == ("Expression" in query):
            raise Invalid(f"Exactly one of {path}.MetricStat and {path}.Expression is required.")
        if (stat := query.get("MetricStat")) and not _is_period(int(stat.get("Period") or 0)):
            raise Invalid(f"The parameter {path}.MetricStat.Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
    if len({query["Id"] for query in queries}) != len(queries):
        raise Invalid("The values for parameter id in MetricDataQueries are not unique.")
    start, end = _seconds(asked["StartTime"]), _seconds(asked["EndTime"])
    if start >= end:
        raise Invalid("The parameter StartTime must be less than the parameter EndTime.")
    age = (time.time() - start) / _DAY
    step = _MINUTE if age < 15 else 300.0 if age < 63 else 3600.0
    return math.floor(start / step) * step, end


def _is_period(period: int) -> bool:
    return period in (1, 5, 10, 20, 30) or (period > 0 and period % 60 == 0)


def _seconds(value: Any) -> float:
    moment: datetime = value
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _staged(query: dict[str, Any]) -> str | None:
    """The stream, if the query is of one whose traffic is staged."""
    metric = (query.get("MetricStat") or {}).get("Metric") or {}
    dimensions = metric.get("Dimensions") or []
    if metric.get("Namespace") != _NAMESPACE or metric.get("MetricName") not in _UNITS or len(dimensions) != 1:
        return None
    name: str = dimensions[0].get("Value", "")
    return name if dimensions[0].get("Name") == "StreamName" and TRAFFIC.staged(name) else None


def _result(
    query: dict[str, Any],
    start: float,
    end: float,
    descending: bool,
    ranges: dict[int, tuple[list[tuple[float, float]], list[datetime]]],
) -> Result:
    stat = query["MetricStat"]
    metric, period = stat["Metric"]["MetricName"], int(stat["Period"])
    label = query.get("Label") or metric
    if stat["Stat"] not in _STATISTICS:
        raise Invalid(f"The local cloud does not know the statistic {stat['Stat']} of {metric}.")
    age = (time.time() - start) / _DAY
    # Old data points are kept in coarser steps only; finer periods find none.
    too_fine = (age > 63 and period % 3600) or (age > 15 and period % 300) or (age > 0.125 and period % 60)
    if too_fine or stat.get("Unit") not in (None, _UNITS[metric]):
        return Result(query["Id"], label, [], [])
    if period not in ranges:
        steps = list(_steps(start, end, period))
        if descending:
            steps.reverse()
        ranges[period] = steps, [datetime.fromtimestamp(begin, UTC) for begin, _ in steps]
    steps, times = ranges[period]
    stretches = TRAFFIC.sent(_staged(query) or "", start, end)
    values = _values(stretches, steps, metric, stat["Stat"])
    if all(value is not None for value in values):
        return Result(query["Id"], label, times, values)  # type: ignore[arg-type]
    pairs = [(at, value) for at, value in zip(times, values, strict=True) if value is not None]
    return Result(query["Id"], label, [at for at, _ in pairs], [value for _, value in pairs])


def _steps(start: float, end: float, period: int) -> Iterator[tuple[float, float]]:
    begin = start
    while begin < end:
        yield begin, min(begin + period, end)
        begin += period


def _values(
    stretches: list[Stretch], steps: list[tuple[float, float]], metric: str, statistic: str
) -> list[float | None]:
    """For each step what was counted in it; `None` where nothing was sent."""
    if len(stretches) == 1 and statistic == "Sum" and metric != "PutMedia.ActiveConnections":
        # Most of a large fleet.
        (one,) = stretches
        rate, first, last = _rate(one, metric), one.start, one.end
        return [rate * seconds if (seconds := min(end, last) - max(begin, first)) > 0 else None for begin, end in steps]
    return [_value(list(_within(stretches, begin, end)), metric, statistic) for begin, end in steps]


def _rate(stretch: Stretch, metric: str) -> float:
    """A second's worth."""
    return stretch.kbps * 125 if metric == "PutMedia.IncomingBytes" else 1 / stretch.fragment_seconds


def _within(stretches: Iterable[Stretch], begin: float, end: float) -> Iterator[tuple[Stretch, float]]:
    for one in stretches:
        seconds = min(one.end, end) - max(one.start, begin)
        if seconds > 0:
            yield one, seconds


def _value(parts: list[tuple[Stretch, float]], metric: str, statistic: str) -> float | None:
    """A minute counts as one sample; AWS's manual does not say what does."""
    if not parts:
        return None
    samples = float(max(1, math.ceil(round(sum(seconds for _, seconds in parts) / _MINUTE, 6))))
    if statistic == "SampleCount":
        return samples
    if metric == "PutMedia.ActiveConnections":
        return samples if statistic == "Sum" else 1.0
    total = sum(_rate(one, metric) * seconds for one, seconds in parts)
    if statistic == "Sum":
        return total
    if statistic == "Average":
        return total / samples
    of_minutes = [_rate(one, metric) * min(seconds, _MINUTE) for one, seconds in parts]
    return min(of_minutes) if statistic == "Minimum" else max(of_minutes)


def _of_moto(queries: list[dict[str, Any]], asked: dict[str, Any], descending: bool) -> dict[str, Result]:
    if not queries:
        return {}
    from moto.cloudwatch.models import cloudwatch_backends

    found = cloudwatch_backends[ACCOUNT][REGION].get_metric_data(
        queries=queries,
        start_time=_naive(asked["StartTime"]),
        end_time=_naive(asked["EndTime"]),
        scan_by="TimestampDescending" if descending else "TimestampAscending",
    )
    return {
        one["id"]: Result(
            one["id"],
            one["label"],
            [at.replace(tzinfo=UTC) for at in one["timestamps"]],
            [float(value) for value in one["values"]],
        )
        for one in found
    }


def _naive(value: datetime) -> datetime:
    """moto's own times are UTC and do not say so."""
    return datetime.fromtimestamp(_seconds(value), UTC).replace(tzinfo=None)


def _page(results: list[Result], most: int, token: str | None) -> dict[str, Any]:
    """The data points from where the token left off. A metric whose points do not all fit goes on on the next page."""
    if token and not re.fullmatch(r"\d+:\d+", token):
        raise InvalidNextToken("The next token specified is invalid.")
    first, skipped = (int(part) for part in token.split(":")) if token else (0, 0)
    told: list[dict[str, Any]] = []
    left, following = most, None
    for number in range(first, len(results)):
        result = results[number]
        begin = skipped if number == first else 0
        end = min(len(result.values), begin + left)
        if begin == end and result.values:
            following = f"{number}:{begin}"
            break
        left -= end - begin
        whole = end == len(result.values)
        told.append(
            {
                "Id": result.identifier,
                "Label": result.label,
                "Timestamps": result.times[begin:end],
                "Values": result.values[begin:end],
                "StatusCode": "Complete" if whole else "PartialData",
            }
        )
        if not whole:
            following = f"{number}:{end}"
            break
    answer: dict[str, Any] = {"MetricDataResults": told, "Messages": []}
    return answer | ({"NextToken": following} if following else {})
