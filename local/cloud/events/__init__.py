"""EventBridge: the default bus from an event to the rules' targets, and schedules that fire when they are told to."""

from __future__ import annotations

import json
from typing import Any


def install() -> None:
    """Puts our matcher and our bus in the place of moto's, which knows fewer targets and has no TestEventPattern."""
    from moto.events.exceptions import InvalidEventPatternException, ValidationException
    from moto.events.models import EventPattern, EventPatternParser, EventsBackend
    from moto.events.responses import EventsHandler

    from .bus import put_events
    from .pattern import InvalidPattern, check, matches

    def validate(_: EventPatternParser, pattern: Any) -> None:
        try:
            check(pattern)
        except InvalidPattern as error:
            raise InvalidEventPatternException(reason=str(error)) from None

    def test_event_pattern(self: EventsHandler) -> str:
        pattern = EventPattern.load(self._get_param("EventPattern"))
        try:
            event = json.loads(self._get_param("Event"))
        except ValueError:
            raise ValidationException("Parameter Event is not valid. Reason: Invalid JSON") from None
        missing = {"id", "account", "source", "time", "region", "resources", "detail-type"} - event.keys()
        if missing:
            raise ValidationException(f"Parameter Event is not valid. Reason: missing {', '.join(sorted(missing))}")
        return json.dumps({"Result": pattern.matches_event(event)})

    EventPatternParser._validate_event_pattern = validate  # type: ignore[method-assign]
    EventPattern.matches_event = lambda self, event: matches(self._pattern, event)  # type: ignore[method-assign]
    EventsHandler.test_event_pattern = test_event_pattern  # type: ignore[assignment]
    EventsBackend.put_events = put_events  # type: ignore[method-assign]
