"""Lambda's Invoke operation, for tests and for the event sources: synchronous only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from ..gateway import answer_json
from .function import Function

_PATH = re.compile(r"^/2015-03-31/functions/([^/]+)/invocations$")


class InvokeApi:
    """A WSGI application: `POST /2015-03-31/functions/<name, ARN or logical id>/invocations`."""

    def __init__(self, functions: dict[str, Function]) -> None:
        self._functions = functions

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        match = _PATH.match(environ["PATH_INFO"])
        asked = unquote(match[1]).rsplit(":", 1)[-1] if match else ""
        function = next((f for f in self._functions.values() if asked in (f.name, f.logical_id)), None)
        payload = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if not function:
            message = {"Type": "User", "Message": f"Function not found: {asked}"}
            return answer_json(start, "404 Not Found", message, [("X-Amzn-ErrorType", "ResourceNotFoundException")])
        done = function.invoke(payload or b"{}")
        headers = [("X-Amz-Executed-Version", "$LATEST"), ("X-Amzn-RequestId", done.request_id)]
        if done.failed:
            headers.append(("X-Amz-Function-Error", "Unhandled"))
        return answer_json(start, "200 OK", done.answer, headers)
