"""Smithy's RPC v2 in CBOR, which moto does not know: what is asked and answered so passes as AWS's query protocol.

https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
"""

from __future__ import annotations

import gzip
import io
import logging
import re
import struct
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from . import request

log = logging.getLogger("cloud.cbor")

_PATH = re.compile(r"/service/[^/]+/operation/([^/]+)")
_DOUBLE = struct.Struct(">d").pack
_TEXTS = SimpleNamespace(key=SimpleNamespace(type_name="string"), value=SimpleNamespace(type_name="string"))


class Bridge:
    """A WSGI application before the gateway, whose journal and records so see the call as any other."""

    def __init__(self, gateway: Callable[..., Iterable[bytes]]) -> None:
        self._gateway = gateway

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("HTTP_SMITHY_PROTOCOL") != "rpc-v2-cbor":
            return self._gateway(environ, start)
        body = request.body(environ)
        match = _PATH.fullmatch(environ["PATH_INFO"])
        model = _operation(environ, match[1]) if match else None
        if model is None:
            return _refused(start, "UnknownOperationException", "no operation of a known service")
        try:
            asked = _decoded(body)
            if model.name in _DIRECT:
                form = urlencode({"Action": model.name}).encode()
                environ["local.direct"] = lambda _, begin: _answered(begin, asked, model)
            else:
                form = _form(asked, model)
        except Exception as error:  # Whatever is wrong with it, AWS calls it so.
            return _refused(start, "SerializationException", str(error))
        for name in ("HTTP_SMITHY_PROTOCOL", "HTTP_CONTENT_ENCODING", "HTTP_ACCEPT", "REQUEST_URI"):
            environ.pop(name, None)
        environ |= {
            "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8",
            "CONTENT_LENGTH": str(len(form)),
            "PATH_INFO": "/",
            "RAW_URI": "/",
            "wsgi.input": io.BytesIO(form),
        }
        if "local.direct" in environ:
            return self._gateway(environ, start)
        told: list[Any] = []

        def note(status: str, headers: list[tuple[str, str]], _: Any = None) -> Callable[[bytes], object]:
            told[:] = [status, headers]
            return lambda data: None

        answer = b"".join(self._gateway(environ, note))
        status, headers = told
        kept = [(name, value) for name, value in headers if name.lower() == "x-amzn-requestid"]
        if int(status.split(" ", 1)[0]) < 400:
            return _answer(start, status, _encoded(answer, model), kept)
        if not answer:  # A crash that was ordered, with nobody left to read.
            start(status, headers)
            return [answer]
        data, query_error = _error(answer, model)
        return _answer(start, status, data, [*kept, ("x-amzn-query-error", query_error)])


def _metric_data(asked: dict[str, Any]) -> dict[str, Any]:
    from .metric_data import get_metric_data

    return get_metric_data(asked)


# What is answered here: as a query and in XML, a page of thousands of numbers would take seconds.
_DIRECT = {"GetMetricData": _metric_data}


def _answered(start: Callable[..., Any], asked: dict[str, Any], model: Any) -> Iterable[bytes]:
    from moto.core.exceptions import ServiceException
    from moto.utilities.aws_headers import gen_amzn_requestid_long

    identifier = ("x-amzn-requestid", gen_amzn_requestid_long())
    try:
        data = bytearray()
        _serializer()._serialize_data_item(data, _DIRECT[model.name](asked), model.output_shape)
        return _answer(start, "200 OK", bytes(data), [identifier])
    except ServiceException as error:
        told = {"__type": f"com.amazonaws#{error.code}", "message": error.message}
        return _answer(
            start, "400 Bad Request", _texts(told), [identifier, ("x-amzn-query-error", f"{error.code};Sender")]
        )
    except Exception as error:
        log.exception("%s", model.name)
        told = {"__type": "com.amazonaws#InternalServiceFault", "message": f"{type(error).__name__}: {error}"}
        return _answer(start, "500 Internal Server Error", _texts(told), [identifier])


def _operation(environ: dict[str, Any], name: str) -> Any:
    """botocore's model of the operation, in the service that the request is signed for."""
    from moto.core.utils import get_service_model

    call = request.read(environ, b"")
    try:
        return get_service_model(request.botocore_name(call.service)).operation_model(name) if call else None
    except Exception:  # Whatever botocore does not know.
        return None


def _decoded(body: bytes) -> dict[str, Any]:
    from botocore.parsers import RpcV2CBORParser

    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    asked = RpcV2CBORParser()._initial_body_parse(body) if body else {}
    if not isinstance(asked, dict):
        raise ValueError("the body is not a map")
    return asked


def _form(asked: dict[str, Any], model: Any) -> bytes:
    from botocore.serialize import create_serializer

    serializer = create_serializer("query", include_validation=False)
    return urlencode(serializer.serialize_to_request(asked, model)["body"]).encode()


def _encoded(answer: bytes, model: Any) -> bytes:
    from botocore.parsers import create_parser

    if model.output_shape is None:
        return b""
    value = create_parser("query").parse({"status_code": 200, "headers": {}, "body": answer}, model.output_shape)
    value.pop("ResponseMetadata", None)
    data = bytearray()
    _serializer()._serialize_data_item(data, value, model.output_shape)
    return bytes(data)


def _error(answer: bytes, model: Any) -> tuple[bytes, str]:
    """The error by its shape's name, and for `x-amzn-query-error` by the name that it has in the query protocol."""
    from botocore.parsers import create_parser

    try:
        error = create_parser("query").parse({"status_code": 400, "headers": {}, "body": answer}, None)["Error"]
    except Exception:  # moto answers with a page what it has not implemented.
        error = {"Code": "InternalFailure", "Message": answer.decode("utf-8", "replace"), "Type": "Receiver"}
    code = error.get("Code", "")
    shapes = [shape for shape in model.service_model.error_shapes if code in (shape.error_code, shape.name)]
    name = shapes[0].name if shapes else code
    message = "Message" if shapes and "Message" in shapes[0].members else "message"
    kind = error.get("Type") or "Sender"
    return _texts({"__type": f"com.amazonaws#{name}", message: error.get("Message") or ""}), f"{code};{kind}"


def _refused(start: Callable[..., Any], code: str, message: str) -> Iterable[bytes]:
    data = _texts({"__type": f"com.amazonaws#{code}", "message": message})
    return _answer(start, "400 Bad Request", data, [])


def _texts(value: dict[str, str]) -> bytes:
    data = bytearray()
    _serializer()._serialize_type_map(data, value, _TEXTS, None)
    return bytes(data)


def _answer(start: Callable[..., Any], status: str, data: bytes, headers: Iterable[tuple[str, str]]) -> Iterable[bytes]:
    told = [("smithy-protocol", "rpc-v2-cbor"), ("Content-Length", str(len(data))), *headers]
    if data:
        told.append(("Content-Type", "application/cbor"))
    start(status, told)
    return [data]


def _serializer() -> Any:
    from botocore.serialize import RpcV2CBORSerializer

    class Serializer(RpcV2CBORSerializer):
        def _serialize_type_timestamp(self, serialized: bytearray, value: Any, shape: Any, key: Any) -> None:
            """As AWS does: always with fractions, which botocore leaves out where there are none."""
            serialized += b"\xc1"
            self._serialize_type_double(serialized, value.timestamp(), shape, key)

        def _serialize_type_list(self, serialized: bytearray, value: Any, shape: Any, key: Any) -> None:
            """Numbers and times at once: there may be a hundred thousand of them."""
            kind = shape.member.type_name
            if kind not in ("double", "timestamp"):
                super()._serialize_type_list(serialized, value, shape, key)
                return
            serialized += b"\x9a" + len(value).to_bytes(4, "big")
            if kind == "double":
                serialized += b"".join([b"\xfb" + _DOUBLE(item) for item in value])
            else:
                serialized += b"".join([b"\xc1\xfb" + _DOUBLE(item.timestamp()) for item in value])

    return Serializer()
