"""What can be told of an AWS request before moto reads it: caller, service, operation and target."""

from __future__ import annotations

import contextlib
import io
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
    "BudgetName",
    "roleAlias",
    "ruleName",
    "ResourceARN",
    "RoleName",
    "target",
    "principal",
    "bucket",
)


# Where the name that a service signs with is not the one that botocore has.
_BOTOCORE_NAMES = {
    "kinesisanalytics": "kinesisanalyticsv2",
    "iotdata": "iot-data",
    "monitoring": "cloudwatch",
    "tagging": "resourcegroupstaggingapi",
}


def botocore_name(service: str) -> str:
    """botocore's name of the service that signs with this one."""
    return _BOTOCORE_NAMES.get(service, service)


@dataclass(frozen=True)
class AwsRequest:
    key: str
    service: str
    operation: str
    target: str | None


def access_key(headers: Mapping[str, str]) -> str | None:
    """The id of the access key that a request is signed with."""
    match = _CREDENTIAL.search(headers.get("Authorization", ""))
    return match[1] if match else None


def body(environ: dict[str, Any]) -> bytes:
    """All of the request's body, left in `environ` to be read again. The proxy passes on a stream in chunks."""
    if environ.pop("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
        data = environ["wsgi.input"].read()
        environ["CONTENT_LENGTH"] = str(len(data))
    else:
        data = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(data)
    environ.pop("wsgi.input_terminated", None)
    return bytes(data)


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
    elif service == "s3":
        operation = _bucket_operation(environ)
        fields["bucket"] = environ["PATH_INFO"].split("/")[1]
    else:
        operation, parts = _rest(service, environ["REQUEST_METHOD"], environ["PATH_INFO"])
        fields.update(parts)
    if principal := environ.get("HTTP_X_AMZN_PRINCIPAL"):
        fields.setdefault("principal", principal)
    found = next((fields[name] for name in _TARGETS if isinstance(fields.get(name), str)), None)
    return AwsRequest(key, service, operation, found.rsplit("/", 1)[-1] if found and "http" in found[:4] else found)


def _bucket_operation(environ: Mapping[str, Any]) -> str:
    """S3's operations differ in their queries and headers only, which moto's router knows."""
    from moto.core.request import Request
    from moto.core.routing import get_service_router

    try:
        operation, _ = get_service_router("s3").match(Request(dict(environ)))
    except Exception:  # What matches nothing is refused by moto.
        return f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    return str(operation.name)


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
        model = get_service_model(botocore_name(service))
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
