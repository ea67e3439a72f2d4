"""The operations on shadows. All else that moto has of the data plane is moto's."""

from __future__ import annotations

import json
import time
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import get_service_model
from moto.iotdata.responses import IoTDataPlaneResponse

from ..kinesisvideo.traffic import TRAFFIC
from ..paging import page
from ..validation import message, violations
from .errors import InvalidRequest
from .shadow import SHADOWS

_SHADOW = {"UpdateThingShadow", "GetThingShadow", "DeleteThingShadow", "ListNamedShadowsForThing"}


class IotDataOperations(IoTDataPlaneResponse):
    """Reads each request by botocore's service model, which also says what AWS would refuse."""

    def call_action(self) -> Any:
        name = self._get_action()
        if name in _SHADOW:
            self.parse_parameters(self.normalized_request)
            found = violations(get_service_model("iot-data").operation_model(name).input_shape, self.params)
            if found:
                return self.serialized(ActionResult(InvalidRequest(message(found))))
        return super().call_action()

    @property
    def _whose(self) -> tuple[str, str | None]:
        return self.params["thingName"], self.params.get("shadowName")

    def update_thing_shadow(self) -> ActionResult:  # type: ignore[override]
        payload = self.params.get("payload") or b""
        told = SHADOWS.update(*self._whose, payload if isinstance(payload, bytes) else str(payload).encode())
        TRAFFIC.asked(self.params["thingName"])
        return _document(told)

    def get_thing_shadow(self) -> ActionResult:  # type: ignore[override]
        return _document(SHADOWS.get(*self._whose))

    def delete_thing_shadow(self) -> ActionResult:  # type: ignore[override]
        told = SHADOWS.delete(*self._whose)
        TRAFFIC.asked(self.params["thingName"])
        return _document(told)

    def list_named_shadows_for_thing(self) -> ActionResult:  # type: ignore[override]
        names = SHADOWS.names(self.params["thingName"])
        try:
            found, token = page(names, self.params.get("pageSize"), self.params.get("nextToken"), 25)
        except ValueError:
            raise InvalidRequest("The nextToken is not valid") from None
        return ActionResult({"results": found, "nextToken": token, "timestamp": int(time.time())})


def _document(told: dict[str, Any]) -> ActionResult:
    return ActionResult({"payload": json.dumps(told, separators=(",", ":")).encode()})
