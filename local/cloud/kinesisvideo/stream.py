"""One video stream."""

from __future__ import annotations

import secrets
import string
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .settings import SETTINGS

_LATEST = 0
_LATEST_LOCK = threading.Lock()


def _creation_ms() -> int:
    """The time, and later than that of any stream before: it is what tells two streams of one name apart."""
    global _LATEST
    with _LATEST_LOCK:
        _LATEST = max(int(time.time() * 1000), _LATEST + 1)
        return _LATEST


def new_version() -> str:
    """What tells one state of a stream or channel from the next."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(20))


@dataclass
class Stream:
    account: str
    region: str
    name: str
    media_type: str | None
    kms_key: str
    retention_hours: int
    device_name: str | None
    storage_tier: str
    tags: dict[str, str]
    created_ms: int = field(default_factory=_creation_ms)
    # By so much a test lets it be older than its ARN says.
    older_seconds: float = 0.0
    version: str = field(default_factory=new_version)
    endpoint: str = field(default_factory=lambda: secrets.token_hex(4))

    images: dict[str, Any] | None = None
    notifications: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        self._made_at = time.monotonic()
        self._active = SETTINGS.creating_seconds == 0

    @property
    def arn(self) -> str:
        return f"arn:aws:kinesisvideo:{self.region}:{self.account}:stream/{self.name}/{self.created_ms}"

    @property
    def status(self) -> str:
        pause = SETTINGS.creating_seconds
        self._active = self._active or 0 <= pause <= time.monotonic() - self._made_at
        return "ACTIVE" if self._active else "CREATING"

    def changed(self) -> None:
        self.version = new_version()

    def describe(self) -> dict[str, Any]:
        described = {
            "DeviceName": self.device_name,
            "StreamName": self.name,
            "StreamARN": self.arn,
            "MediaType": self.media_type,
            "KmsKeyId": self.kms_key,
            "Version": self.version,
            "Status": self.status,
            "CreationTime": datetime.fromtimestamp(self.created_ms / 1000 - self.older_seconds, UTC),
            "DataRetentionInHours": self.retention_hours,
        }
        return {name: value for name, value in described.items() if value is not None}
