"""Lambda's Invoke operation: synchronous, asynchronous, or a dry run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from ..gateway import answer_json
from .asynchronous import ASYNCHRONOUS

_PATH = re.compile(r"^/2015-03-31/functions/([^/]+)/invocations$")


class InvokeApi:
    """A WSGI application: `POST /2015-03-31/functions/<name, ARN or logical id>/invocations`."""

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        match = _PATH.match(environ["PATH_INFO"])
        asked = unquote(match[1]) if match else ""
        function = ASYNCHRONOUS.find(asked)
        payload = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if not function:
            message = {"Type": "User", "Message": f"Function not found: {asked}"}
            return answer_json(start, "404 Not Found", message, [("X-Amzn-ErrorType", "ResourceNotFoundException")])
        kind = environ.get("HTTP_X_AMZ_INVOCATION_TYPE", "RequestResponse")
        if kind == "DryRun":
            return answer_json(start, "204 No Content", b"")
        if kind == "Event":
            request_id = ASYNCHRONOUS.send(asked, payload or b"{}")
            return answer_json(start, "202 Accepted", b"", [("X-Amzn-RequestId", request_id)])
        done = function.invoke(payload or b"{}")
        headers = [("X-Amz-Executed-Version", "$LATEST"), ("X-Amzn-RequestId", done.request_id)]
        if done.failed:
            headers.append(("X-Amz-Function-Error", "Unhandled"))
        return answer_json(start, "200 OK", done.answer, headers)
