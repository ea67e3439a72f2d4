"""Streams and the budget's marks on them, made older: what a function reads there is when it did what."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from .traffic import all_streams

MARK_TAG = "kvs-warden:throttled"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_PERIOD = re.compile(r"(?<=period )\d{4}-\d\d-\d\d")


def age(seconds: float) -> int:
    """As if every stream and mark had been made so many seconds earlier, a mark in the month that it was then.

    How many marks there are.
    """
    count = 0
    for stream in list(all_streams().values()):
        stream.older_seconds += seconds
        if mark := stream.tags.get(MARK_TAG):
            older = _MOMENT.sub(lambda found: _earlier(found[0], seconds), mark)
            since = _MOMENT.search(older)
            if since:
                older = _PERIOD.sub(f"{since[0][:7]}-01", older)
            stream.tags[MARK_TAG] = older
            count += 1
    return count


def _earlier(moment: str, seconds: float) -> str:
    then = datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) - timedelta(seconds=seconds)
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")
