"""The shadows of all things, named and classic. A thing that is not registered may have one too, as on AWS."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from .document import MOST_BYTES, MOST_LEVELS, SECTIONS, Document, levels, when
from .errors import Conflict, InvalidRequest, RequestEntityTooLarge, ResourceNotFound


@dataclass
class Shadow:
    document: Document = field(default_factory=Document)
    # One that was deleted keeps counting; AWS forgets the count after two days.
    version: int = 0
    timestamp: int = 0
    exists: bool = False


class Shadows:
    def __init__(self) -> None:
        self._lock = threading.RLock()
        # The classic shadow has no name.
        self._shadows: dict[tuple[str, str | None], Shadow] = {}

    def get(self, thing: str, name: str | None) -> dict[str, Any]:
        with self._lock:
            shadow = self._find(thing, name)
            document = shadow.document
            state: dict[str, Any] = {
                section: document.state[section] for section in SECTIONS if document.state.get(section)
            }
            if delta := document.delta():
                state["delta"] = delta
            return {
                "state": state,
                "metadata": {section: document.set_at[section] for section in state if section in document.set_at},
                "version": shadow.version,
                "timestamp": int(time.time()),
            }

    def update(self, thing: str, name: str | None, payload: bytes) -> dict[str, Any]:
        given = _read(payload)
        with self._lock:
            shadow = self._shadows.get((thing, name)) or Shadow()
            version = given.get("version")
            if version is not None and version != shadow.version:
                raise Conflict("Version conflict")
            now = int(time.time())
            document = shadow.document.changed(given["state"], now)
            if document.size > MOST_BYTES:
                raise RequestEntityTooLarge("The payload exceeds the maximum size allowed")
            shadow.document, shadow.version, shadow.timestamp = document, shadow.version + 1, now
            shadow.exists = True
            self._shadows[thing, name] = shadow
            told: dict[str, Any] = {
                "state": given["state"],
                "metadata": {
                    section: when(value, now) for section, value in (given["state"] or {}).items() if value is not None
                },
                "version": shadow.version,
                "timestamp": now,
            }
            return told | ({"clientToken": given["clientToken"]} if "clientToken" in given else {})

    def delete(self, thing: str, name: str | None) -> dict[str, Any]:
        with self._lock:
            shadow = self._find(thing, name)
            shadow.document, shadow.exists = Document(), False
            return {"version": shadow.version, "timestamp": int(time.time())}

    def names(self, thing: str) -> list[str]:
        with self._lock:
            found = [(key, shadow) for key, shadow in self._shadows.items() if key[0] == thing]
            return sorted(name for (_, name), shadow in found if name is not None and shadow.exists)

    def _find(self, thing: str, name: str | None) -> Shadow:
        shadow = self._shadows.get((thing, name))
        if shadow is None or not shadow.exists:
            raise ResourceNotFound(f"No shadow exists with name: '{thing}{'~' + name if name else ''}'")
        return shadow

    # For a camera

    def desired(self, thing: str, name: str) -> dict[str, Any]:
        """The desired state; empty without one."""
        with self._lock:
            shadow = self._shadows.get((thing, name))
            return dict(shadow.document.state.get("desired", {})) if shadow else {}

    def report(self, thing: str, name: str, key: str, value: Any) -> None:
        """The thing reports the value, or with `None` that it has none, unless the shadow says so already."""
        with self._lock:
            shadow = self._shadows.get((thing, name))
            if shadow is None or not shadow.exists or shadow.document.state.get("reported", {}).get(key) == value:
                return
            # What was reported before is not merged with it.
            for told in (None, value) if value is not None else (None,):
                payload = {"state": {"reported": {key: told}}}
                shadow.document = shadow.document.changed(payload["state"], int(time.time()))
            shadow.version += 1
            shadow.timestamp = int(time.time())


def _read(payload: bytes) -> dict[str, Any]:
    """The request's document, if AWS would take it."""
    if len(payload) > MOST_BYTES:
        raise RequestEntityTooLarge("The payload exceeds the maximum size allowed")
    try:
        given = json.loads(payload)
    except ValueError:
        raise InvalidRequest("Payload contains invalid json") from None
    if not isinstance(given, dict):
        raise InvalidRequest("Payload is not a JSON object")
    if "state" not in given:
        raise InvalidRequest("Missing required node: state")
    state = given["state"]
    if state is not None and not isinstance(state, dict):
        raise InvalidRequest("State node must be an object")
    for section, value in (state or {}).items():
        if section not in SECTIONS:
            raise InvalidRequest(f"State contains an invalid node: '{section}'")
        if value is not None and not isinstance(value, dict):
            raise InvalidRequest(f"{section.capitalize()} must be an object")
        if levels(value) > MOST_LEVELS:
            raise InvalidRequest(f"JSON contains too many levels of nesting; maximum is {MOST_LEVELS}")
    version = given.get("version")
    if version is not None and (not isinstance(version, int) or isinstance(version, bool)):
        raise InvalidRequest("Invalid version")
    if (token := given.get("clientToken")) is not None and not (isinstance(token, str) and len(token.encode()) <= 64):
        raise InvalidRequest("Invalid clientToken")
    return given


SHADOWS = Shadows()
