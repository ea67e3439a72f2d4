"""From the gateway to CloudTrail: which calls are kept, and which are told to EventBridge."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from typing import Any

from ..caller import identity
from ..events.bus import BUS, envelope
from ..request import AwsRequest, botocore_name
from .changes import is_change
from .record import Call
from .trails import logs


class Recorder:
    """All changes in the order in which they ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.calls: list[Call] = []

    def saw(
        self,
        call: AwsRequest,
        environ: Mapping[str, Any],
        body: bytes,
        headers: list[tuple[str, str]],
        answer: bytes,
        error: str | None,
    ) -> None:
        """Notes a call that was answered. The rest is done by whoever wants the record."""
        service = botocore_name(call.service)
        if not is_change(service, call.operation):
            return
        query = environ.get("QUERY_STRING", "")
        told = {name.lower(): value for name, value in headers}
        kept = Call(
            identity=identity(call.key),
            signed=call.service,
            service=service,
            operation=call.operation,
            method=environ["REQUEST_METHOD"],
            url=f"http://local{environ.get('RAW_URI') or environ['PATH_INFO']}".split("?")[0]
            + (f"?{query}" if query else ""),
            headers=_headers(environ),
            body=body,
            address=environ.get("REMOTE_ADDR", "127.0.0.1"),
            answer=answer,
            error=error,
            request_id=told.get("x-amzn-requestid") or str(uuid.uuid4()),
        )
        with self._lock:
            self.calls.append(kept)
            # Whether a trail logs is as it is now, not when the event is delivered.
            if logs(call.service, call.operation):
                BUS.publish(lambda: told_to_rules(kept.record))


def told_to_rules(record: dict[str, Any]) -> dict[str, Any]:
    """https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html"""
    source = "aws." + record["eventSource"].split(".")[0]
    return dict(envelope(source, "AWS API Call via CloudTrail", record)) | {"time": record["eventTime"]}


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    found = {
        name[5:].replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith(("HTTP_X_AMZ", "HTTP_USER_AGENT"))
    }
    if kind := environ.get("CONTENT_TYPE"):
        found["Content-Type"] = kind
    return found


RECORDER = Recorder()
