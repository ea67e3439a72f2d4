"""The fault proxy, microburst, between the functions and the emulated services."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from .child import Children

_ATTEMPTS = 5
_PATIENCE_SECONDS = 20.0


class Proxy:
    """Started first and waited for last: it takes as long to start as everything else together."""

    def __init__(self, upstream: str, children: Children, log: Path) -> None:
        self._upstream = upstream
        self._children = children
        self._log = log
        self._attempt = 0
        self._start()

    def _start(self) -> None:
        self._attempt += 1
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        # A name without a dot: for any other host the proxy's first request reads the models of all AWS services to
        # learn whether it is one of theirs, which takes three seconds.
        self.url = f"http://localhost:{port}"
        self._child: subprocess.Popen[bytes] = self._children.start(
            [
                Path(sys.executable).parent / "microburst",
                "--upstream",
                self._upstream,
                "--port",
                str(port),
                "--no-resign",
            ],
            {"PATH": os.environ.get("PATH", os.defpath), "HOME": os.environ.get("HOME", "/")},
            self._log,
        )

    def wait(self) -> str:
        """Its address, once it answers. A port that somebody else took meanwhile is tried anew."""
        end = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < end:
            if self._child.poll() is not None:
                if self._attempt >= _ATTEMPTS:
                    break
                self._children.kill(self._child)
                self._start()
            try:
                with urllib.request.urlopen(self.url + "/_microburst/health", timeout=2):
                    # Somebody else's proxy could answer on a port that ours failed to take.
                    if self._child.poll() is None:
                        return self.url
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        raise RuntimeError(f"the fault proxy does not answer: see {self._log}")
