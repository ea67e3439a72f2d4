"""The frame of every judge in Python, as `judge` is one in Rust.

Policies by name come in as JSON, `argv[1]` says how often all are judged, and what is said of each goes out as JSON,
with the time that each round took.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any


def judge(read: Callable[[dict[str, Any]], Any], verdict: Callable[[Any], list[str]]) -> None:
    """`read` makes of a document what the judge is given, once and unmeasured; `verdict` is what is measured."""
    policies = {name: read(document) for name, document in json.load(sys.stdin).items()}
    nanoseconds = []
    found: dict[str, list[str]] = {}
    failed: list[str] = []
    for _ in range(int(sys.argv[1])):
        found, failed = {}, []
        began = time.perf_counter_ns()
        for name, policy in policies.items():
            try:
                found[name] = verdict(policy)
            except Exception:
                failed.append(name)
        nanoseconds.append(time.perf_counter_ns() - began)
    json.dump({"nanoseconds": nanoseconds, "found": found, "failed": failed}, sys.stdout)
