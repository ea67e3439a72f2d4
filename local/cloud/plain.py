"""Large listings, written without the serializer of moto, which takes a millisecond for every few items."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from moto.core.responses import ActionResult


class PlainResult(ActionResult):
    """An answer in JSON whose names are already those of the service's model. What is `None` at its top is left out."""

    def execute_result(self, context: Any) -> Any:
        told = {name: value for name, value in dict(self.result).items() if value is not None}  # type: ignore[call-overload]
        version = context.service_model.metadata.get("jsonVersion")
        kind = "application/json" if "rest" in context.service_model.protocol else f"application/x-amz-json-{version}"
        return 200, {"Content-Type": kind}, json.dumps(told, default=_time)


def _time(value: Any) -> float:
    """Times are seconds since 1970 in all of JSON's protocols."""
    if isinstance(value, datetime):
        return value.timestamp()
    raise TypeError(f"`{type(value).__name__}` is nothing that JSON has")
