"""What a rule or a schedule does with its target: the input it sends, and its dead letter queue when it cannot."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

from ..delivery import send

log = logging.getLogger("cloud.events")

_VARIABLE = re.compile(r"<([\w.-]+)>")
# A variable, or a string with whatever is in it.
_PART = re.compile(r"<([\w.-]+)>|\"(?:[^\"\\]|\\.)*\"")
_STEP = re.compile(r"\.([\w-]+)|\['([^']+)'\]|\[(\d+)\]")


def deliver(target: dict[str, Any], event: dict[str, Any], rule_arn: str) -> bool:
    """Sends the event to a rule's target; false when that failed."""
    return hand(target, body(target, event, rule_arn), {"RULE_ARN": rule_arn})


def hand(target: dict[str, Any], text: str, origin: dict[str, str]) -> bool:
    """Sends a text to a target; what cannot be sent goes to the target's dead letter queue if it has one."""
    group = (target.get("SqsParameters") or {}).get("MessageGroupId")
    try:
        send(target["Arn"], text, group=group)
        return True
    except Exception as error:  # Whatever keeps it from its target is what the dead letter queue is for.
        log.warning("cannot deliver to `%s`: %s", target["Arn"], error)
        dead = (target.get("DeadLetterConfig") or {}).get("Arn")
        if dead:
            about = origin | {
                "TARGET_ARN": target["Arn"],
                "ERROR_CODE": type(error).__name__,
                "ERROR_MESSAGE": str(error) or type(error).__name__,
            }
            try:
                send(dead, text, attributes=about)
            except Exception:  # AWS loses it here too.
                log.exception("cannot deliver to the dead letter queue `%s`", dead)
        return False


def body(target: dict[str, Any], event: dict[str, Any], rule_arn: str) -> str:
    """What the target gets: the event, a part of it, a constant, or a text made of its parts.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
    """
    if target.get("Input") is not None:
        return str(target["Input"])
    if target.get("InputPath") is not None:
        return _json(_find(event, target["InputPath"]))
    if transformer := target.get("InputTransformer"):
        values = {name: _find(event, path) for name, path in (transformer.get("InputPathsMap") or {}).items()}
        values |= {
            "aws.events.rule-arn": rule_arn,
            "aws.events.rule-name": rule_arn.rsplit("/", 1)[-1],
            "aws.events.event.ingestion-time": event.get("time"),
            "aws.events.event.json": event,
            "aws.events.event": {name: part for name, part in event.items() if name != "detail"},
        }
        return _transform(str(transformer["InputTemplate"]), values)
    return _json(event)


def _transform(template: str, values: dict[str, Any]) -> str:
    """In a JSON template a variable is JSON, and within one of its strings text; in a text it is text."""
    if template.lstrip()[:1] not in ("{", "["):
        return _VARIABLE.sub(lambda found: _plain(values.get(found[1])), template)

    def fill(part: re.Match[str]) -> str:
        if part[1]:
            return _json(values.get(part[1]))
        return _VARIABLE.sub(lambda found: _json(_plain(values.get(found[1])))[1:-1], part[0])

    filled = _PART.sub(fill, template)
    try:
        return _json(json.loads(filled))
    except ValueError:
        return filled


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else _json(value)


def _find(event: Any, path: str) -> Any:
    """JSONPath as far as EventBridge takes it: names and positions."""
    found = event
    for name, quoted, position in _STEP.findall(path.removeprefix("$")):
        if position:
            found = found[int(position)] if isinstance(found, list) and int(position) < len(found) else None
        else:
            found = found.get(name or quoted) if isinstance(found, dict) else None
    return found


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
