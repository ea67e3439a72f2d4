"""A local cloud for a test: a template, and functions that are Python scripts."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

_FUNCTION = """#!{python}
import json, os, sys, urllib.request

API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"].removeprefix("http://") + "/2018-06-01/runtime/invocation/"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))

def handle(event):
{body}

while True:
    with OPENER.open(API + "next", timeout=600) as next_one:
        identifier, event = next_one.headers["Lambda-Runtime-Aws-Request-Id"], json.load(next_one)
    print(json.dumps({{"request": identifier, "event": event}}), flush=True)
    try:
        kind, answer = "response", handle(event)
    except Exception as error:
        kind, answer = "error", {{"errorType": type(error).__name__, "errorMessage": str(error)}}
    OPENER.open(API + identifier + "/" + kind, data=json.dumps(answer).encode()).close()
"""


class Running:
    """Starts a cloud; `functions` maps logical ids to the body of `handle(event)`."""

    def __init__(self, template: dict[str, Any] | Path, functions: dict[str, str] | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        if isinstance(template, dict):
            (folder / "template.json").write_text(json.dumps(template))
            template = folder / "template.json"
        command = [sys.executable, "-m", "cloud", "--template", str(template), "--log-dir", str(folder / "logs")]
        for name, body in (functions or {}).items():
            script = folder / name
            indented = "\n".join("    " + line for line in body.strip().splitlines())
            script.write_text(_FUNCTION.format(python=sys.executable, body=indented))
            script.chmod(script.stat().st_mode | stat.S_IXUSR)
            command += ["--function", f"{name}={script}"]
        environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        environment["PYTHONPATH"] = str(Path(__file__).parents[2])
        self._process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the local cloud did not start")
        self.ready: dict[str, Any] = json.loads(line)
        self.resources: dict[str, str] = self.ready["resources"]
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def stop(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()
        self._folder.cleanup()

    def client(self, service: str, key: str = "test", through_proxy: bool = False) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.ready["proxy" if through_proxy else "endpoint"],
            region_name=self.ready["region"],
            aws_access_key_id=key,
            aws_secret_access_key="test",
            config=Config(s3={"addressing_style": "path"}, proxies={}, retries={"total_max_attempts": 1}),
        )

    def control(self, call: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.ready['endpoint']}/_local/{call}", data=data)
        try:
            with self._opener.open(request, timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def settle(self) -> None:
        end = time.monotonic() + 60
        while not self.control("idle")["idle"]:
            if time.monotonic() > end:
                raise RuntimeError("the local cloud did not come to rest")
            time.sleep(0.02)

    def events(self, function: str) -> list[dict[str, Any]]:
        """Every event that the function was given, at each attempt."""
        text = Path(self.ready["functions"][function]["log"]).read_text()
        lines = [json.loads(line) for line in text.splitlines() if line.startswith('{"request"')]
        return [line["event"] for line in lines]

    def bodies(self, queue: str) -> list[Any]:
        """What lies in the queue of this logical id or URL, which is empty afterwards."""
        sqs, url, found = self.client("sqs"), self.resources.get(queue, queue), []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]).get(
            "Messages"
        ):
            for message in messages:
                found.append(message)
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in found]
