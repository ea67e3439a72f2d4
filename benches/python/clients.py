"""The clients: those that every camera needs are made at import, as AWS recommends, the others when they are needed."""

from __future__ import annotations

import functools
from typing import Any

import boto3
from botocore.config import Config

# Five tries in all, three seconds to connect, eight to answer.
CONFIG = Config(connect_timeout=3, read_timeout=8, retries={"mode": "standard", "total_max_attempts": 5})

iot = boto3.client("iot", config=CONFIG)
kinesisvideo = boto3.client("kinesisvideo", config=CONFIG)


@functools.cache
def dynamodb() -> Any:
    return boto3.client("dynamodb", config=CONFIG)


@functools.cache
def sns() -> Any:
    return boto3.client("sns", config=CONFIG)
