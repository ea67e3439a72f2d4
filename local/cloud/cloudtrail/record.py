"""One call and its answer, and the CloudTrail record that they make."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..account import ACCOUNT, REGION
from .changes import event_name
from .parameters import answered, requested

_MESSAGE = re.compile(r"<Message>([^<]*)</Message>|\"[Mm]essage\"\s*:\s*\"((?:[^\"\\]|\\.)*)\"")


@dataclass
class Call:
    """What is kept of a call until somebody wants its record, which takes a while to make."""

    identity: Callable[[], dict[str, Any]]
    # As it signs, which is how CloudTrail names it, and as botocore names it.
    signed: str
    service: str
    operation: str
    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    address: str
    answer: bytes
    error: str | None
    request_id: str
    at: float = field(default_factory=time.time)
    event_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._record: dict[str, Any] | None = None

    @property
    def record(self) -> dict[str, Any]:
        """The same record each time."""
        with self._lock:
            self._record = self._record or self._make()
            return self._record

    def _make(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "eventVersion": "1.11",
            "userIdentity": self.identity(),
            "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.at)),
            "eventSource": f"{self.signed}.amazonaws.com",
            "eventName": event_name(self.service, self.operation),
            # What is global is told in this region, which is the only one here.
            "awsRegion": REGION,
            "sourceIPAddress": self.address,
            "userAgent": self.headers.get("User-Agent", ""),
        }
        if self.error:
            found = _MESSAGE.search(self.answer.decode("utf-8", "replace"))
            made |= {"errorCode": self.error, "errorMessage": (found[1] or found[2] or "") if found else ""}
        answer = None if self.error else answered(self.service, self.operation, self.answer)
        return made | {
            "requestParameters": requested(
                self.service, self.operation, self.method, self.url, self.headers, self.body
            ),
            "responseElements": answer,
            "requestID": self.request_id,
            "eventID": self.event_id,
            "readOnly": False,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": ACCOUNT,
            "eventCategory": "Management",
        }
