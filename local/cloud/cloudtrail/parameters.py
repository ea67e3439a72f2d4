"""What a request asks for, and what an answer says, in the spelling of CloudTrail."""

from __future__ import annotations

import base64
import contextlib
import json
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus


def requested(service: str, operation: str, method: str, url: str, headers: dict[str, str], body: bytes) -> Any:
    """The parameters wherever they stood: in the path, the query, a header or the body. `None` when there are none."""
    from moto.core.parse import PROTOCOL_PARSERS
    from moto.core.request import Request, determine_request_protocol
    from moto.core.routing import get_service_router
    from moto.core.utils import get_service_model

    model = get_service_model(service)
    if operation not in model.operation_names:
        return None
    request: Any = Request.from_primitives(method, url, headers, body)
    protocol = determine_request_protocol(model, request.content_type)
    found: dict[str, Any] = {}
    if protocol.startswith("rest"):
        with contextlib.suppress(Exception):
            _, found = get_service_router(service).match(request)
    parsed = PROTOCOL_PARSERS[protocol](model.operation_model(operation), map_type=dict).parse(
        {
            "method": method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": found,
        }
    )
    shape = model.operation_model(operation).input_shape
    return _spelled(service, operation, told(parsed, shape)) or None


def told(value: Any, shape: Any) -> Any:
    """Members of structures begin with a small letter; keys of maps stay as they are."""
    kind = getattr(shape, "type_name", None)
    if kind == "structure" and isinstance(value, dict):
        return {
            name[:1].lower() + name[1:]: told(item, shape.members.get(name))
            for name, item in value.items()
            if item is not None
        }
    if kind == "map" and isinstance(value, dict):
        return {str(name): told(item, shape.value) for name, item in value.items()}
    if isinstance(value, list):
        return [told(item, getattr(shape, "member", None)) for item in value]
    if isinstance(value, datetime):
        return value.strftime("%b %d, %Y, %I:%M:%S %p")
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value if isinstance(value, dict | str | int | float | bool) or value is None else str(value)


def _spelled(service: str, operation: str, given: dict[str, Any]) -> dict[str, Any]:
    if service == "iam":
        # Some clients send a document in the encoding of URLs twice; CloudTrail shows JSON.
        for name in ("policyDocument", "assumeRolePolicyDocument"):
            if str(given.get(name, "")).startswith("%7B"):
                given[name] = unquote_plus(given[name])
    elif service == "s3":
        given.pop("checksumAlgorithm", None)
        if "bucket" in given:
            given["bucketName"] = given.pop("bucket")
        if operation == "PutBucketPolicy":
            text = given.pop("policy", "")
            with contextlib.suppress(ValueError):
                given["bucketPolicy"] = json.loads(text)
            given["policy"] = ""
    elif service == "ec2" and operation.rstrip("s").endswith("VpcEndpoint"):
        # EC2's newer operations keep their own capital letters and tell lists as numbered contents.
        return {f"{operation}Request": {name[:1].upper() + name[1:]: _numbered(item) for name, item in given.items()}}
    return given


def _numbered(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    items = [{"tag": number, "content": item} for number, item in enumerate(value, 1)]
    return items[0] if len(items) == 1 else items


def answered(service: str, operation: str, answer: bytes) -> Any:
    """The answer of a JSON service; `None` for one that says nothing, and for XML."""
    from moto.core.utils import get_service_model

    with contextlib.suppress(ValueError, KeyError):
        value = json.loads(answer)
        if isinstance(value, dict) and value:
            return told(value, get_service_model(service).operation_model(operation).output_shape)
    return None
