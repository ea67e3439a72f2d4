"""Checks of a request against the limits that botocore's service model states for its shapes.

moto accepts whatever parses. AWS does not, and a function that sends a name AWS would refuse must fail here too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any


def violations(shape: Any, value: Any, path: str = "") -> list[str]:
    """Every limit of `shape` that `value` breaks, in AWS's own words; empty when there is none."""
    found: list[str] = []
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        for name in shape.required_members:
            if value.get(name) is None:
                found.append(
                    f"Value null at '{_join(path, name)}' failed to satisfy constraint: Member must not be null"
                )
        for name, member in shape.members.items():
            if value.get(name) is not None:
                found += violations(member, value[name], _join(path, name))
    elif kind == "map" and isinstance(value, dict):
        found += _range(shape, len(value), value, path, "length")
        for key, item in value.items():
            found += violations(shape.key, key, path) + violations(shape.value, item, _join(path, str(key)))
    elif kind == "list" and isinstance(value, list):
        found += _range(shape, len(value), value, path, "length")
        for index, item in enumerate(value, 1):
            found += violations(shape.member, item, f"{path}.{index}.member")
    elif kind == "string" and isinstance(value, str):
        found += _range(shape, len(value), value, path, "length")
        pattern = shape.metadata.get("pattern")
        if pattern and not _compiled(pattern).fullmatch(value):
            found.append(
                f"Value '{value}' at '{path}' failed to satisfy constraint: "
                f"Member must satisfy regular expression pattern: {pattern}"
            )
        if shape.enum and value not in shape.enum:
            found.append(
                f"Value '{value}' at '{path}' failed to satisfy constraint: "
                f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"
            )
    elif kind in ("integer", "long") and isinstance(value, int):
        found += _range(shape, value, value, path, "value")
    return found


def message(found: list[str]) -> str:
    """The one message that AWS makes of several violations."""
    plural = "error" if len(found) == 1 else "errors"
    return f"{len(found)} validation {plural} detected: " + "; ".join(found)


def _join(path: str, name: str) -> str:
    name = name[:1].lower() + name[1:]
    return f"{path}.{name}" if path else name


def _range(shape: Any, size: int, value: Any, path: str, what: str) -> list[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    member = "Member must have length" if what == "length" else "Member must have value"
    found = []
    if low is not None and size < low:
        found.append(
            f"Value '{value}' at '{path}' failed to satisfy constraint: {member} greater than or equal to {low}"
        )
    if high is not None and size > high:
        found.append(f"Value '{value}' at '{path}' failed to satisfy constraint: {member} less than or equal to {high}")
    return found


@lru_cache
def _compiled(pattern: str) -> Any:
    # The models' patterns are Java's: `\p{L}` and a flag in the middle are more than the standard library's `re` knows.
    if "\\p" in pattern or "(?i)" in pattern:
        import regex

        return regex.compile(pattern)
    import re

    return re.compile(pattern)
