"""The rules by which a shadow's document changes.

https://docs.aws.amazon.com/iot/latest/developerguide/device-shadow-document.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

SECTIONS = ("desired", "reported")
MOST_BYTES = 8 * 1024
MOST_LEVELS = 8


@dataclass
class Document:
    """The state, and beside each value when it was set."""

    state: dict[str, dict[str, Any]] = field(default_factory=dict)
    set_at: dict[str, dict[str, Any]] = field(default_factory=dict)

    def changed(self, given: dict[str, Any] | None, now: int) -> Document:
        """What `given` makes of it: a null removes, whatever is not named stays."""
        if given is None:
            return Document()
        new = Document(dict(self.state), dict(self.set_at))
        for section, value in given.items():
            if value is None:
                new.state.pop(section, None)
                new.set_at.pop(section, None)
                continue
            state, set_at = _merged(self.state.get(section, {}), self.set_at.get(section, {}), value, now)
            # A section without anything in it is not there.
            for whole, part in ((new.state, state), (new.set_at, set_at)):
                if state:
                    whole[section] = part
                else:
                    whole.pop(section, None)
        return new

    @property
    def size(self) -> int:
        """In bytes; when each value was set does not count."""
        return len(json.dumps(self.state, separators=(",", ":"), ensure_ascii=False).encode())

    def delta(self) -> dict[str, Any] | None:
        """What is desired and not reported as such."""
        desired, reported = self.state.get("desired"), self.state.get("reported")
        return _delta(desired, reported or {}) if desired else None


def _merged(
    state: dict[str, Any], set_at: dict[str, Any], given: dict[str, Any], now: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    state, set_at = dict(state), dict(set_at)
    for name, value in given.items():
        old, old_at = state.pop(name, None), set_at.pop(name, None)
        if value is None:
            continue
        if isinstance(value, dict):
            nested = isinstance(old, dict)
            made, made_at = _merged(old if nested else {}, old_at if nested else {}, value, now)
            if made:
                state[name], set_at[name] = made, made_at
        else:
            # A list is one value: it is replaced as a whole.
            state[name], set_at[name] = value, when(value, now)
    return state, set_at


def when(value: Any, now: int) -> Any:
    """The same shape, with the time in the place of every value."""
    if isinstance(value, dict):
        return {name: when(item, now) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [when(item, now) for item in value]
    return {"timestamp": now}


def levels(value: Any) -> int:
    """How deep it is nested."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(levels, items), default=0) if isinstance(value, dict | list) else 0


def _delta(desired: dict[str, Any], reported: dict[str, Any]) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for name, value in desired.items():
        other = reported.get(name)
        if value == other and type(value) is type(other):
            continue
        if isinstance(value, dict) and isinstance(other, dict):
            if (inner := _delta(value, other)) is not None:
                found[name] = inner
        else:
            found[name] = value
    return found or None
