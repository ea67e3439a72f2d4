"""`AWS::Lambda::Function` and its event sources: kept, not created. The real binary is what runs."""

from __future__ import annotations

from typing import Any, ClassVar

from ..account import ACCOUNT, REGION
from .resource import Resource


class Function(Resource):
    """moto's own would fetch the code from S3 and run it in Docker."""

    TYPE = "AWS::Lambda::Function"
    NAME = "FunctionName"
    declared: ClassVar[dict[str, Function]] = {}

    def create(self) -> None:
        self.arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.name}"
        self.attributes = {"Arn": self.arn}
        Function.declared[self.name] = self

    @property
    def environment(self) -> dict[str, str]:
        """The variables with every reference resolved, as Lambda sets them: all text."""
        variables = self.properties.get("Environment", {}).get("Variables", {})
        return {name: _text(value) for name, value in variables.items()}

    @property
    def timeout_seconds(self) -> int:
        return int(self.properties.get("Timeout", 3))

    @property
    def memory_megabytes(self) -> int:
        return int(self.properties.get("MemorySize", 128))

    @property
    def log_group(self) -> str:
        group: str = self.properties.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{self.name}")
        return group

    @property
    def role_arn(self) -> str:
        return str(self.properties.get("Role", f"arn:aws:iam::{ACCOUNT}:role/{self.name}"))

    @property
    def invoke_config(self) -> dict[str, Any]:
        """How asynchronous invocations are tried again and reported; empty for AWS's defaults."""
        return next((one.properties for one in EventInvokeConfig.declared if one.function_name == self.name), {})


class EventInvokeConfig(Resource):
    TYPE = "AWS::Lambda::EventInvokeConfig"
    NAME = "Id"
    declared: ClassVar[list[EventInvokeConfig]] = []

    def create(self) -> None:
        EventInvokeConfig.declared.append(self)

    @property
    def function_name(self) -> str:
        return str(self.properties["FunctionName"]).rsplit(":", 1)[-1]


class Permission(Resource):
    """Kept and not enforced, as all permissions here."""

    TYPE = "AWS::Lambda::Permission"
    NAME = "Id"

    def create(self) -> None:
        """Nothing asks for it."""


class EventSourceMapping(Resource):
    """Served by our own poller; moto's calls the function it would have run in Docker."""

    TYPE = "AWS::Lambda::EventSourceMapping"
    NAME = "Id"
    declared: ClassVar[list[EventSourceMapping]] = []

    def create(self) -> None:
        source = str(self.properties.get("EventSourceArn", ""))
        if ":sqs:" not in source:
            raise RuntimeError(f"only SQS event sources are served, not `{source}`")
        if self.properties.get("FilterCriteria"):
            raise RuntimeError("the FilterCriteria of an event source are not served")
        EventSourceMapping.declared.append(self)

    @property
    def function_name(self) -> str:
        """The plain name, whichever of name or ARN the template gave."""
        return str(self.properties["FunctionName"]).rsplit(":", 1)[-1]

    @property
    def queue_name(self) -> str:
        return str(self.properties["EventSourceArn"]).rsplit(":", 1)[-1]

    @property
    def batch_size(self) -> int:
        return int(self.properties.get("BatchSize", 10))

    @property
    def window_seconds(self) -> float:
        return float(self.properties.get("MaximumBatchingWindowInSeconds", 0))

    @property
    def concurrency(self) -> int:
        return int(self.properties.get("ScalingConfig", {}).get("MaximumConcurrency", 1))

    @property
    def reports_item_failures(self) -> bool:
        return "ReportBatchItemFailures" in self.properties.get("FunctionResponseTypes", [])

    @property
    def enabled(self) -> bool:
        return str(self.properties.get("Enabled", True)).lower() != "false"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
