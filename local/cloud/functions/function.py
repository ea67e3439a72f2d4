"""A deployed function: its workers, and the queue of invocations that they share."""

from __future__ import annotations

import logging
import queue
import secrets
import threading
from collections.abc import Mapping
from pathlib import Path

from ..account import REGION, SECRET_MARK, access_key
from ..child import Children
from ..stack.function import Function as Declared
from .invocation import Invocation
from .worker import Worker

log = logging.getLogger("cloud.function")


class Function:
    """Runs `workers` environments of one binary and gives each invocation to the first that is free."""

    def __init__(
        self,
        logical_id: str,
        declared: Declared,
        binary: Path,
        workers: int,
        directory: Path,
        children: Children,
        proxy: str,
        runtime_api: str,
    ) -> None:
        self.logical_id = logical_id
        self.declared = declared
        self.name = declared.name
        self.arn = declared.arn
        self.timeout_seconds = declared.timeout_seconds
        self.key = access_key(logical_id)
        self.log = directory / f"{logical_id}.log"
        # What it answered and what it sent to AWS, for whoever looks for secrets there.
        self.said = directory / f"{logical_id}.said"
        self.waiting: queue.SimpleQueue[Invocation] = queue.SimpleQueue()
        self._environment = {
            # What Lambda gives every function, https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(declared.memory_megabytes),
            "AWS_LAMBDA_LOG_GROUP_NAME": declared.log_group,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": SECRET_MARK + secrets.token_hex(20),
            "AWS_ENDPOINT_URL": proxy,
            "AWS_EC2_METADATA_DISABLED": "true",
            **declared.environment,
        }
        if declared.properties.get("LoggingConfig", {}).get("LogFormat") == "JSON":
            self._environment["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
        self._running = 0
        self._count = threading.Lock()
        self.workers = [
            Worker(self, f"{logical_id}-{number}", binary, children, runtime_api) for number in range(1, workers + 1)
        ]

    def start(self) -> None:
        for worker in self.workers:
            worker.start()

    def environment(self) -> dict[str, str]:
        return dict(self._environment)

    def restart(self, changes: Mapping[str, str | None]) -> None:
        """New environments with changed variables; `None` removes one. What was running fails."""
        for name, value in changes.items():
            if value is None:
                self._environment.pop(name, None)
            else:
                self._environment[name] = value
        self.kill()

    def kill(self, token: str | None = None) -> None:
        """SIGKILL to every worker, as when the machine under Lambda goes; only to the one with this session token, when
        there is one. Each starts anew."""
        for worker in self.workers:
            if token in (None, worker.token):
                worker.kill()

    def invoke(self, payload: bytes, request_id: str | None = None) -> Invocation:
        """Runs one invocation to its end: an answer, an error, a timeout, or the death of its worker.

        The attempts at one asynchronous event share its request id.
        """
        invocation = Invocation(payload, self.timeout_seconds)
        invocation.request_id = request_id or invocation.request_id
        with self._count:
            self._running += 1
        try:
            self.waiting.put(invocation)
            invocation.done.wait()
            self.says(invocation.answer)
            return invocation
        finally:
            with self._count:
                self._running -= 1

    def says(self, data: bytes) -> None:
        """Keeps what left the function other than by its log."""
        with self._count, self.said.open("ab") as file:
            file.write(data + b"\n")

    @property
    def running(self) -> int:
        """How many invocations have begun or wait for a worker."""
        return self._running
