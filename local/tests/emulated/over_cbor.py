"""Calls of CloudWatch by Smithy's RPC v2 in CBOR, which boto3 does not make of its own accord."""

from __future__ import annotations

import gzip
import urllib.error
import urllib.request
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer
from running import Running

MODEL = ServiceModel(Loader().load_service_model("cloudwatch", "service-2"), "cloudwatch")
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class OverCbor:
    """For a test with a cloud."""

    cloud: Running

    def sent(self, path: str, body: bytes, proxy: bool = False, **headers: str) -> tuple[int, Any, bytes]:
        credential = "Credential=test/20270101/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=0"
        request = urllib.request.Request(
            self.cloud.ready["proxy" if proxy else "endpoint"] + path,
            data=body,
            headers={
                "Authorization": f"AWS4-HMAC-SHA256 {credential}",
                "Content-Type": "application/cbor",
                "smithy-protocol": "rpc-v2-cbor",
                **headers,
            },
        )
        try:
            with _OPENER.open(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def call(self, operation: str, proxy: bool = False, zipped: bool = False, **asked: Any) -> dict[str, Any]:
        model = MODEL.operation_model(operation)
        body = RpcV2CBORSerializer().serialize_to_request(asked, model)["body"]
        path = f"/service/GraniteServiceVersion20100801/operation/{operation}"
        more = {"Content-Encoding": "gzip"} if zipped else {}
        status, headers, answer = self.sent(path, gzip.compress(body) if zipped else body, proxy, **more)
        assert headers["smithy-protocol"] == "rpc-v2-cbor"
        told = {name.lower(): value for name, value in headers.items()}
        parsed: dict[str, Any] = RpcV2CBORParser().parse(
            {"status_code": status, "headers": told, "body": answer}, model.output_shape
        )
        return parsed
