"""Asynchronous invocations: answered at once, tried three times, and reported where the function's configuration says.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html. Between the attempts AWS waits for
one and then two minutes; here the next one follows at once.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import time
import uuid
from typing import Any

from ..delivery import send
from .function import Function
from .invocation import Invocation

log = logging.getLogger("cloud.asynchronous")

_RETRIES = 2


class Asynchronous:
    """Each event has a thread of its own, from its acceptance until its last attempt has ended and been reported."""

    def __init__(self) -> None:
        # Logical id to function; the cloud's own map.
        self.functions: dict[str, Function] = {}
        self._count = threading.Lock()
        self._pending = 0

    @property
    def pending(self) -> int:
        return self._pending

    def find(self, asked: str) -> Function | None:
        """The function of this ARN, name or logical id, with or without a qualifier."""
        parts = asked.split(":")
        name = parts[6] if len(parts) > 6 else parts[0]
        return next((one for one in self.functions.values() if name in (one.name, one.logical_id)), None)

    def send(self, asked: str, payload: bytes) -> str:
        """Accepts an event; its request id. Raises LookupError for a function that does not run here."""
        function = self.find(asked)
        if not function:
            raise LookupError(f"no function `{asked}` runs in the local cloud")
        request_id = str(uuid.uuid4())
        with self._count:
            self._pending += 1
        threading.Thread(target=self._run, args=(function, payload, request_id), daemon=True).start()
        return request_id

    def _run(self, function: Function, payload: bytes, request_id: str) -> None:
        try:
            config = function.declared.invoke_config
            retries = int(config.get("MaximumRetryAttempts", _RETRIES))
            for attempt in range(1, retries + 2):
                done = function.invoke(payload, request_id)
                if not done.failed:
                    break
                log.info("%s failed (attempt %s): %s", function.logical_id, attempt, done.answer[:500])
            self._report(function, payload, done, attempt, config.get("DestinationConfig") or {})
        except Exception:  # A report that cannot be sent is lost on AWS too.
            log.exception("%s", function.logical_id)
        finally:
            with self._count:
                self._pending -= 1

    @staticmethod
    def _report(function: Function, payload: bytes, done: Invocation, attempts: int, config: dict[str, Any]) -> None:
        if done.failed and (dead := (function.declared.properties.get("DeadLetterConfig") or {}).get("TargetArn")):
            about = {"RequestID": done.request_id, "ErrorCode": "200", "ErrorMessage": done.answer.decode()[:1024]}
            send(dead, payload.decode(), attributes=about)
        destination = (config.get("OnFailure" if done.failed else "OnSuccess") or {}).get("Destination")
        if not destination:
            return
        response: dict[str, Any] = {"statusCode": 200, "executedVersion": "$LATEST"}
        record = {
            "version": "1.0",
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
            "requestContext": {
                "requestId": done.request_id,
                "functionArn": f"{function.arn}:$LATEST",
                "condition": "RetriesExhausted" if done.failed else "Success",
                "approximateInvokeCount": attempts,
            },
            "requestPayload": _json(payload),
            "responseContext": response | ({"functionError": "Unhandled"} if done.failed else {}),
            "responsePayload": _json(done.answer),
        }
        send(destination, json.dumps(record, separators=(",", ":")))


def _json(data: bytes) -> Any:
    with contextlib.suppress(ValueError):
        return json.loads(data)
    return data.decode("utf-8", "replace")


ASYNCHRONOUS = Asynchronous()
