"""Event patterns: whether one is well formed, and whether an event matches it.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html. An array in an event stands
for each of its elements, and a pattern below an array of objects matches within one of them.
"""

from __future__ import annotations

import ipaddress
import operator
import re
from collections.abc import Callable
from typing import Any

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}
_FILTERS = {
    "anything-but",
    "cidr",
    "equals-ignore-case",
    "exists",
    "numeric",
    "prefix",
    "suffix",
    "wildcard",
}
_WITHIN_ANYTHING_BUT = {"equals-ignore-case", "prefix", "suffix", "wildcard"}


class InvalidPattern(ValueError):
    """EventBridge would refuse the pattern; the text says why."""


def check(pattern: Any) -> None:
    """Raises for a pattern that EventBridge refuses."""
    if not isinstance(pattern, dict) or not pattern:
        raise InvalidPattern("Filter is not an object" if pattern else "Event pattern is empty")
    for name, wanted in pattern.items():
        if name == "$or" and isinstance(wanted, list) and all(isinstance(one, dict) for one in wanted):
            if len(wanted) < 2:
                raise InvalidPattern('There must have at least 2 Objects in "$or" relationship')
            for one in wanted:
                check(one)
        elif isinstance(wanted, dict):
            check(wanted)
        elif not isinstance(wanted, list):
            raise InvalidPattern(f'"{name}" must be an object or an array')
        elif not wanted:
            raise InvalidPattern("Empty arrays are not allowed")
        else:
            for one in wanted:
                _check_value(one)


def _check_value(wanted: Any) -> None:
    if isinstance(wanted, list):
        raise InvalidPattern("Match value must be String, number, true, false, or null")
    if not isinstance(wanted, dict):
        return
    if len(wanted) != 1:
        raise InvalidPattern("Only one key allowed in match expression")
    ((kind, value),) = wanted.items()
    if kind not in _FILTERS:
        raise InvalidPattern(f"Unrecognized match type {kind}")
    if kind == "exists" and not isinstance(value, bool):
        raise InvalidPattern("exists match pattern must be either true or false.")
    if kind == "numeric":
        pairs = isinstance(value, list) and len(value) in (2, 4)
        if not pairs or any(sign not in _COMPARISONS for sign in value[::2]) or not all(map(_number, value[1::2])):
            raise InvalidPattern("Value of numeric must be an array of operators and numbers")
    if kind == "anything-but" and isinstance(value, dict):
        if len(value) != 1 or not value.keys() <= _WITHIN_ANYTHING_BUT:
            raise InvalidPattern("Unsupported anything-but pattern")
    elif kind in ("prefix", "suffix") and isinstance(value, dict):
        if value.keys() != {"equals-ignore-case"}:
            raise InvalidPattern(f"Unsupported {kind} pattern")
    elif kind in ("prefix", "suffix", "wildcard", "equals-ignore-case", "cidr") and not isinstance(value, str):
        raise InvalidPattern(f"{kind} match pattern must be a string")


def matches(pattern: dict[str, Any], event: Any) -> bool:
    """Whether every field of the pattern matches. `event` is any JSON value; a field that it lacks is absent."""
    if isinstance(event, list):
        objects = [item for item in event if isinstance(item, dict | list)]
        return any(matches(pattern, item) for item in objects or [{}])
    fields = event if isinstance(event, dict) else {}
    for name, wanted in pattern.items():
        if name == "$or" and isinstance(wanted, list) and all(isinstance(one, dict) for one in wanted):
            if not any(matches(one, fields) for one in wanted):
                return False
        elif isinstance(wanted, dict):
            if not matches(wanted, fields.get(name, {})):
                return False
        elif not _any(wanted, _leaves(fields[name]) if name in fields else []):
            return False
    return True


def _leaves(value: Any) -> list[Any]:
    """What a field stands for: an object for nothing, an array for all that is in it."""
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    return [] if isinstance(value, dict) else [value]


def _any(wanted: list[Any], found: list[Any]) -> bool:
    for one in wanted:
        if isinstance(one, dict) and "exists" in one:
            if one["exists"] == bool(found):
                return True
        elif any(_matches(one, value) for value in found):
            return True
    return False


def _matches(wanted: Any, value: Any) -> bool:
    if not isinstance(wanted, dict):
        return _equal(wanted, value)
    ((kind, limit),) = wanted.items()
    if kind == "anything-but":
        if isinstance(limit, dict):
            ((inner, texts),) = limit.items()
            return isinstance(value, str) and not any(_text(inner, text, value) for text in _list(texts))
        return not any(_equal(one, value) for one in _list(limit))
    if kind == "numeric":
        pairs = zip(limit[::2], limit[1::2], strict=True)
        return _number(value) and all(_COMPARISONS[sign](value, number) for sign, number in pairs)
    return isinstance(value, str) and _text(kind, limit, value)


def _text(kind: str, limit: Any, value: str) -> bool:
    if isinstance(limit, dict):
        limit, value = limit["equals-ignore-case"].lower(), value.lower()
    if kind == "prefix":
        return value.startswith(limit)
    if kind == "suffix":
        return value.endswith(limit)
    if kind == "equals-ignore-case":
        return bool(value.lower() == limit.lower())
    if kind == "wildcard":
        parts = re.split(r"(\\.|\*)", limit)
        glob = "".join(".*" if part == "*" else re.escape(part[-1] if part[:1] == "\\" else part) for part in parts)
        return re.fullmatch(glob, value, re.DOTALL) is not None
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(limit, strict=False)
    except ValueError:
        return False


def _equal(wanted: Any, value: Any) -> bool:
    """JSON's equality: `true` is not 1, which it is to Python."""
    return isinstance(wanted, bool) == isinstance(value, bool) and bool(wanted == value)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
