"""The event buses: an event through every rule, to the rules' targets, by one thread in the order of publishing."""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from ..account import ACCOUNT, REGION
from .target import deliver

log = logging.getLogger("cloud.events")

_ENABLED = ("ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")


class Bus:
    """What is published is pending until every target has it."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._count = threading.Lock()
        self._pending = 0
        # How many were ever published, so that a look at rest can tell whether something began meanwhile.
        self.published = 0
        self._thread: threading.Thread | None = None

    def publish(self, event: Any, bus: str = "default") -> None:
        """`event` is the whole envelope, or what makes one, or nothing, when it is asked."""
        with self._count:
            self._pending += 1
            self.published += 1
            if not self._thread:
                self._thread = threading.Thread(target=self._deliver, name="events", daemon=True)
                self._thread.start()
        self._waiting.put((event, bus))

    @property
    def pending(self) -> int:
        return self._pending

    def _deliver(self) -> None:
        while True:
            event, bus = self._waiting.get()
            try:
                self._route(event, bus)
            except Exception:  # One bad event must not end the bus.
                log.exception("cannot deliver")
            finally:
                with self._count:
                    self._pending -= 1

    @staticmethod
    def _route(event: Any, bus: str) -> None:
        from moto.events.models import events_backends

        rules = [rule for rule in list(events_backends[ACCOUNT][REGION].event_buses[bus].rules.values()) if wants(rule)]
        if not rules:
            return
        envelope = event() if callable(event) else event
        for rule in rules:
            if envelope and rule.event_pattern.matches_event(envelope):
                for target in list(rule.targets):
                    deliver(target, envelope, rule.arn)


BUS = Bus()


def wants(rule: Any) -> bool:
    """Whether the rule takes events at all: a rule that only has a schedule does not."""
    return rule.state in _ENABLED and bool(rule.event_pattern.get_pattern())


def envelope(source: str, kind: str, detail: Any, resources: list[str] | None = None, at: float | None = None) -> Any:
    """An event as EventBridge hands it to targets."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": kind,
        "source": source,
        "account": ACCOUNT,
        "time": iso(time.time() if at is None else at),
        "region": REGION,
        "resources": resources or [],
        "detail": detail,
    }


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def put_events(self: Any, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """PutEvents. Nobody but AWS may name a source that begins with `aws.`."""
    from moto.events.exceptions import ValidationException

    if not 1 <= len(events) <= 10:
        raise ValidationException(f"Entries must have from 1 to 10 members, not {len(events)}")
    return [_put(self, entry) for entry in events]


def _put(backend: Any, entry: dict[str, Any]) -> dict[str, Any]:
    for name in ("Source", "DetailType", "Detail"):
        if not entry.get(name):
            return {
                "ErrorCode": "InvalidArgument",
                "ErrorMessage": f"Parameter {name} is not valid. Reason: {name} is a required argument.",
            }
    if entry["Source"].startswith("aws."):
        return {
            "ErrorCode": "NotAuthorizedForSourceException",
            "ErrorMessage": f"Not authorized for the source {entry['Source']}",
        }
    try:
        detail = json.loads(entry["Detail"])
    except ValueError:
        detail = None
    if not isinstance(detail, dict):
        return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
    bus = backend.describe_event_bus(backend._normalize_event_bus_arn(entry.get("EventBusName"))).name
    event = envelope(entry["Source"], entry["DetailType"], detail, entry.get("Resources"), entry.get("Time"))
    BUS.publish(event, bus)
    return {"EventId": event["id"]}
