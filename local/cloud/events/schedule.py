"""EventBridge Scheduler: a schedule fires when it is told to, never by the clock."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

from ..account import ACCOUNT, REGION
from .bus import envelope, iso
from .target import deliver, hand


def tick(asked: str, resources: Mapping[str, str], at: str | None) -> dict[str, Any]:
    """Fires the schedule, or the rule with a schedule, of this logical id or name. One that is DISABLED does not."""
    from moto.events.models import events_backends
    from moto.scheduler.models import scheduler_backends

    name = resources.get(asked, asked)
    for group in scheduler_backends[ACCOUNT][REGION].schedule_groups.values():
        if name in group.schedules:
            schedule = group.schedules[name]
            fired = schedule.state == "ENABLED"
            delivered = fired and hand(schedule.target, _input(schedule, at), {"SCHEDULE_ARN": schedule.arn})
            return {"schedule": name, "fired": fired, "delivered": delivered}
    rule = events_backends[ACCOUNT][REGION].event_buses["default"].rules.get(name)
    if rule and rule.scheduled_expression:
        event = envelope("aws.events", "Scheduled Event", {}, [rule.arn])
        fired = rule.state == "ENABLED"
        delivered = fired and all([deliver(target, event, rule.arn) for target in rule.targets])
        return {"schedule": name, "fired": fired, "delivered": delivered}
    raise ValueError(f"no schedule `{asked}`")


def _input(schedule: Any, at: str | None) -> str:
    """https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html"""
    when = at or iso(time.time())
    given = schedule.target.get("Input")
    if given is None:
        event = envelope("aws.scheduler", "Scheduled Event", "{}", [schedule.arn])
        return json.dumps(event | {"time": when}, separators=(",", ":"))
    for name, value in {
        "schedule-arn": schedule.arn,
        "scheduled-time": when,
        "execution-id": str(uuid.uuid4()),
        "attempt-number": "1",
    }.items():
        given = given.replace(f"<aws.scheduler.{name}>", value)
    return str(given)
