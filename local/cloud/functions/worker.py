"""One execution environment: a process of the function's binary, started again whenever it ends."""

from __future__ import annotations

import logging
import queue
import secrets
import subprocess
import threading
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from ..account import TOKEN_MARK
from ..child import Children
from .invocation import Invocation

if TYPE_CHECKING:
    from .function import Function

log = logging.getLogger("cloud.worker")

# A binary that dies at once would otherwise be started hundreds of times a second.
_RESTART_PAUSE_SECONDS = 0.2


class Worker:
    """Lambda gives an environment one invocation at a time; so do we, and know whose death fails which."""

    def __init__(self, function: Function, identity: str, binary: Path, children: Children, runtime_api: str) -> None:
        self.identity = identity
        # Its own, by which its calls are told from those of the others.
        self.token = TOKEN_MARK + secrets.token_hex(200)
        self.function = function
        self._binary = binary
        self._children = children
        self._runtime_api = runtime_api
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        # Counts processes, so that a poll of a process that died cannot take an invocation.
        self._generation = 0
        self._polled = False
        self._killed = False
        self._started = 0.0
        self.current: Invocation | None = None

    def start(self) -> None:
        self._launch()
        threading.Thread(target=self._watch, name=f"watch-{self.identity}", daemon=True).start()

    def _launch(self) -> None:
        with self._lock:
            self._generation += 1
            self._polled = False
            self._killed = False
            environment = {"AWS_SESSION_TOKEN": self.token, **self.function.environment()}
            environment["AWS_LAMBDA_LOG_STREAM_NAME"] = f"{time.strftime('%Y/%m/%d')}/[$LATEST]{uuid.uuid4().hex}"
            # The path tells the Runtime API which process polls.
            environment["AWS_LAMBDA_RUNTIME_API"] = f"{self._runtime_api}/{self.identity}/{self._generation}"
            self._started = time.monotonic()
            self._process = self._children.start([self._binary], environment, self.function.log)

    def _watch(self) -> None:
        while True:
            process = self._process
            assert process is not None
            code = process.wait()
            # Whatever it started itself goes with it.
            self._children.kill(process)
            with self._lock:
                self._generation += 1
                invocation, self.current = self.current, None
            if not invocation and not self._polled and not self._killed:
                invocation = self._waiting()
            if invocation:
                how = f"signal: {-code}" if code < 0 else f"exit status {code}"
                invocation.fail(
                    "Runtime.ExitError",
                    f"RequestId: {invocation.request_id} Error: Runtime exited with error: {how}",
                )
            log.info("%s ended (%s)", self.identity, code)
            time.sleep(_RESTART_PAUSE_SECONDS)
            try:
                self._launch()
            except RuntimeError:
                return

    def _waiting(self) -> Invocation | None:
        """A process that ends before its first poll failed to start, which Lambda tells whoever invoked it."""
        try:
            return self.function.waiting.get_nowait()
        except queue.Empty:
            return None

    def kill(self) -> None:
        with self._lock:
            process = self._process
            if not process or process.poll() is not None:
                return
            # From now on its poll takes nothing: what it took between its death and our notice of it would fail.
            self._generation += 1
            self._killed = True
        self._children.kill(process)

    def next(self, generation: int) -> Invocation | None:
        """The next invocation for the process that polls; `None` once that process is gone."""
        if generation == self._generation and not self._polled:
            self._polled = True
            log.info("%s polls %.2f s after its start", self.identity, time.monotonic() - self._started)
        while generation == self._generation:
            try:
                invocation = self.function.waiting.get(timeout=1.0)
            except queue.Empty:
                continue
            with self._lock:
                if generation == self._generation:
                    self.current = invocation
                    invocation.start()
                    threading.Thread(target=self._enforce_timeout, args=(invocation,), daemon=True).start()
                    return invocation
            # The process died while its poll waited: the invocation goes to another.
            self.function.waiting.put(invocation)
        return None

    def answer(self, generation: int, request_id: str, body: bytes, failed: bool) -> bool:
        """Takes the function's answer; false when it is not the invocation that this process has."""
        with self._lock:
            invocation = self.current
            if generation != self._generation or not invocation or invocation.request_id != request_id:
                return False
            self.current = None
        invocation.finish(body, failed)
        return True

    def _enforce_timeout(self, invocation: Invocation) -> None:
        if invocation.done.wait(invocation.deadline - time.time()):
            return
        with self._lock:
            if self.current is not invocation:
                return
            self.current = None
        invocation.fail(
            "Sandbox.Timedout",
            f"RequestId: {invocation.request_id} Error: Task timed out after {invocation.timeout_seconds:.2f} seconds",
        )
        self.kill()
