"""What can be told of an AWS request before moto reads it: caller, service, operation and target."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, unquote

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
# The field that names what a call is about, the most telling first.
_TARGETS = (
    "thingName",
    "certificateId",
    "StreamName",
    "StreamARN",
    "policyName",
    "thingGroupName",
    "QueueUrl",
    "TopicArn",
    "TableName",
    "roleAlias",
    "ruleName",
    "ResourceARN",
    "RoleName",
    "target",
    "principal",
)


@dataclass(frozen=True)
class AwsRequest:
    key: str
    service: str
    operation: str
    target: str | None


def read(environ: Mapping[str, Any], body: bytes) -> AwsRequest | None:
    """`None` for what is not signed, and so not an AWS call."""
    match = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    if not match:
        return None
    key, _, service = match.groups()
    fields: dict[str, Any] = {name: values[0] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
    text = body.decode("utf-8", "replace")
    if text.startswith("{"):
        with contextlib.suppress(ValueError):
            fields.update(json.loads(text))
    elif "=" in text and "form" in environ.get("CONTENT_TYPE", ""):
        fields.update({name: values[0] for name, values in parse_qs(text).items()})
    if header := environ.get("HTTP_X_AMZ_TARGET"):
        operation = header.rsplit(".", 1)[-1]
    elif "Action" in fields:
        operation = str(fields["Action"])
    else:
        operation, parts = _rest(service, environ["REQUEST_METHOD"], environ["PATH_INFO"])
        fields.update(parts)
    if principal := environ.get("HTTP_X_AMZN_PRINCIPAL"):
        fields.setdefault("principal", principal)
    found = next((fields[name] for name in _TARGETS if isinstance(fields.get(name), str)), None)
    return AwsRequest(key, service, operation, found.rsplit("/", 1)[-1] if found and "http" in found[:4] else found)


def _rest(service: str, method: str, path: str) -> tuple[str, dict[str, str]]:
    """Operation and path fields of a REST service, by the most specific route of botocore's model."""
    for verb, pattern, operation in _routes(service):
        if verb == method and (match := pattern.fullmatch(path)):
            return operation, {name: unquote(value) for name, value in match.groupdict().items()}
    return f"{method} {path}", {}


@lru_cache
def _routes(service: str) -> list[tuple[str, re.Pattern[str], str]]:
    from moto.core.utils import get_service_model

    try:
        model = get_service_model(service)
    except Exception:  # Whatever botocore does not know has no routes.
        return []
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        uri = http["requestUri"].split("?")[0].rstrip("/") or "/"
        pattern = "".join(
            f"(?P<{part[1:-1].rstrip('+')}>{'.+' if part.endswith('+}') else '[^/]+'})"
            if part.startswith("{")
            else re.escape(part)
            for part in re.split(r"(\{[^}]+\})", uri)
        )
        found.append((uri.count("{"), http["method"], re.compile(pattern + "/?"), name))
    return [(method, pattern, name) for _, method, pattern, name in sorted(found, key=lambda item: item[0])]
