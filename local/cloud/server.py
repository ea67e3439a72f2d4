"""The HTTP server of the emulated services, in this process."""

from __future__ import annotations

import socket
import threading
from typing import Any


class Server:
    """Has its port from the first moment, so that others can be pointed at it while moto still loads."""

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(256)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def serve(self, application: Any) -> None:
        """Serves in threads of their own, from now on."""
        from moto.moto_server.werkzeug_app import MotoRequestHandler
        from werkzeug.serving import ThreadedWSGIServer

        class Handler(MotoRequestHandler):
            protocol_version = "HTTP/1.1"
            # An answer of two small packets would wait 40 ms for the acknowledgement of the first.
            disable_nagle_algorithm = True

            def log_request(self, *_: Any) -> None:
                """The journal is the log."""

        host, port = self._socket.getsockname()
        server = ThreadedWSGIServer(host, port, application, handler=Handler, fd=self._socket.fileno())
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.1,), name="server", daemon=True).start()
