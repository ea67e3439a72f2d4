"""Child processes, each the leader of its own process group, so that it dies with all it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path


class Children:
    """Every child that was started, and the way to end them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False

    def start(
        self, command: Sequence[str | Path], environment: Mapping[str, str], log: Path
    ) -> subprocess.Popen[bytes]:
        """Starts `command` with its output appended to `log` and without our standard input."""
        with self._lock, log.open("ab") as output:
            if self._closed:
                raise RuntimeError("the local cloud is ending")
            child = subprocess.Popen(
                [str(part) for part in command],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Its own process group: a Ctrl-C at the terminal is ours to pass on.
                start_new_session=True,
            )
            self._running.add(child)
            return child

    def kill(self, child: subprocess.Popen[bytes]) -> None:
        """Ends the child's whole process group at once, and reaps it."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        with self._lock:
            self._running.discard(child)

    def kill_all(self) -> None:
        with self._lock:
            self._closed = True
            running = list(self._running)
        for child in running:
            self.kill(child)
