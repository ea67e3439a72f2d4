"""The one door of the local cloud: control calls, the Runtime API, invocations, and all the rest to moto."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from . import locks, request
from .cloudtrail.recorder import Recorder
from .crash import Crashes
from .functions.asynchronous import ASYNCHRONOUS
from .journal import Journal
from .rate import RATES

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
# The token of a session, which tells the workers of a function apart.
_TOKEN = "HTTP_X_AMZ_SECURITY_TOKEN"
_ERROR_CODE = re.compile(rb"<Code>([^<]+)</Code>|\"__type\"\s*:\s*\"([^\"]+)\"")


class Gateway:
    """A WSGI application. Writes the journal, since it sees every call and its answer."""

    def __init__(
        self,
        moto: Application,
        rooms: dict[str, Application],
        journal: Journal,
        crashes: Crashes,
        recorder: Recorder,
    ) -> None:
        self._moto = moto
        self._rooms = rooms
        self._journal = journal
        self._crashes = crashes
        self._recorder = recorder

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        for prefix, room in self._rooms.items():
            # The rest of Lambda's API is moto's.
            if prefix.startswith("/2015") and not environ["PATH_INFO"].endswith("/invocations"):
                continue
            if environ["PATH_INFO"].startswith(prefix):
                return room(environ, start)
        body = request.body(environ)
        call = request.read(environ, body)
        if not call:
            return self._moto(environ, start)

        caller = self._journal.names.get(call.key, call.key)
        order = self._crashes.due(caller, call.service, call.operation)
        if order and order.when == "before":
            self._crashes.carry_out(order, environ.get(_TOKEN))
            return _gone(start)
        if function := ASYNCHRONOUS.functions.get(caller):
            function.says(body)
        status, headers, answer = RATES.throttled(call.service, call.operation) or self._ask(call, environ)
        error = _error(headers, answer) if status >= 400 else None
        self._journal.record(call.key, call.service, call.operation, status, error, call.target)
        self._recorder.saw(call, environ, body, headers, answer, error)
        if order:
            self._crashes.carry_out(order, environ.get(_TOKEN))
            if order.when != "late":
                return _gone(start)
        start(f"{status} {'OK' if status < 400 else 'Error'}", headers)
        return [answer]

    def _ask(self, call: request.AwsRequest, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
        told: list[Any] = []

        def note(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], object]:
            told[:] = [int(status.split(" ", 1)[0]), headers]
            return lambda data: None

        # A long poll sleeps; SQS has a lock of its own that it lets go of meanwhile.
        if call.service == "sqs":
            answer = b"".join(self._moto(environ, note))
        else:
            with locks.of(call.service):
                answer = b"".join(self._moto(environ, note))
        return told[0], told[1], answer


def _gone(start: Callable[..., Any]) -> Iterable[bytes]:
    """What nobody is left to read."""
    start("503 Service Unavailable", [("Content-Length", "0")])
    return [b""]


def _error(headers: list[tuple[str, str]], answer: bytes) -> str | None:
    for name, value in headers:
        if name.lower() in ("x-amzn-errortype", "x-amzn-query-error"):
            return value.split(":")[0].split(";")[0].rsplit("#", 1)[-1]
    if match := _ERROR_CODE.search(answer):
        return (match[1] or match[2]).decode().rsplit("#", 1)[-1]
    return None


def answer_json(
    start: Callable[..., Any], status: str, value: Any, headers: Iterable[tuple[str, str]] = ()
) -> Iterable[bytes]:
    """A JSON answer, for the rooms."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(data))), *headers])
    return [data]
