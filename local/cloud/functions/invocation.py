"""One invocation, from the moment it is asked for to its answer."""

from __future__ import annotations

import json
import threading
import time
import uuid
from dataclasses import dataclass, field


@dataclass
class Invocation:
    """What the function is given, and the slot for what it says."""

    payload: bytes
    timeout_seconds: float
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    # Set when an environment takes it: Lambda's clock starts then, not while the invocation waits for one.
    deadline: float = 0.0
    answer: bytes = b""
    # Lambda's `X-Amz-Function-Error`: the function failed, in whatever way.
    failed: bool = False
    done: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        self.deadline = time.time() + self.timeout_seconds

    def finish(self, answer: bytes, failed: bool) -> None:
        """The first answer counts; a worker that is killed cannot take back what it had answered."""
        if not self.done.is_set():
            self.answer, self.failed = answer, failed
            self.done.set()

    def fail(self, kind: str, message: str) -> None:
        self.finish(json.dumps({"errorType": kind, "errorMessage": message}).encode(), failed=True)
