"""The Lambda Runtime API, which the binaries poll.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. It is ours because the function needs a deadline that
is true and a worker's death must be known at once; see `Worker`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .worker import Worker

_PATH = re.compile(r"^/_runtime/([^/]+)/(\d+)/2018-06-01/runtime/(.+)$")
_ANSWER = re.compile(r"^invocation/([^/]+)/(response|error)$")
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class RuntimeApi:
    """A WSGI application. Which worker polls stands in the path, which is each worker's own."""

    def __init__(self) -> None:
        self.workers: dict[str, Worker] = {}

    def __call__(self, environ: Mapping[str, Any], start: StartResponse) -> Iterable[bytes]:
        match = _PATH.match(environ["PATH_INFO"])
        worker = self.workers.get(match[1]) if match else None
        if not match or not worker:
            return _say(start, "404 Not Found", {"errorMessage": "no such worker"})
        generation, what = int(match[2]), match[3]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if what == "invocation/next":
            return self._next(worker, generation, start)
        if what == "init/error":
            return _say(start, "202 Accepted", {"status": "OK"})
        answer = _ANSWER.match(what)
        if answer and worker.answer(generation, answer[1], body, failed=answer[2] == "error"):
            return _say(start, "202 Accepted", {"status": "OK"})
        return _say(start, "403 Forbidden", {"errorMessage": "not the invocation that this worker has"})

    @staticmethod
    def _next(worker: Worker, generation: int, start: StartResponse) -> Iterable[bytes]:
        invocation = worker.next(generation)
        if invocation is None:
            return _say(start, "410 Gone", {"errorMessage": "this worker has ended"})
        trace = f"Root=1-{int(invocation.deadline):08x}-{invocation.request_id.replace('-', '')[:24]};Sampled=0"
        start(
            "200 OK",
            [
                ("Content-Type", "application/json"),
                ("Content-Length", str(len(invocation.payload))),
                ("Lambda-Runtime-Aws-Request-Id", invocation.request_id),
                ("Lambda-Runtime-Deadline-Ms", str(int(invocation.deadline * 1000))),
                ("Lambda-Runtime-Invoked-Function-Arn", worker.function.arn),
                ("Lambda-Runtime-Trace-Id", trace),
            ],
        )
        return [invocation.payload]


def _say(start: StartResponse, status: str, body: Mapping[str, Any]) -> Iterable[bytes]:
    data = json.dumps(body).encode()
    start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(data)))])
    return [data]
