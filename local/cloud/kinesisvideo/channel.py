"""One signaling channel."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .stream import new_version


@dataclass
class Channel:
    account: str
    region: str
    name: str
    kind: str
    seconds_to_live: int
    tags: dict[str, str]
    created_ms: int = field(default_factory=lambda: int(time.time() * 1000))
    version: str = field(default_factory=new_version)

    @property
    def arn(self) -> str:
        return f"arn:aws:kinesisvideo:{self.region}:{self.account}:channel/{self.name}/{self.created_ms}"

    def update(self, given: dict[str, Any]) -> None:
        self.seconds_to_live = (given.get("SingleMasterConfiguration") or {}).get(
            "MessageTtlSeconds", self.seconds_to_live
        )
        self.version = new_version()

    def describe(self) -> dict[str, Any]:
        described: dict[str, Any] = {
            "ChannelName": self.name,
            "ChannelARN": self.arn,
            "ChannelType": self.kind,
            "ChannelStatus": "ACTIVE",
            "CreationTime": datetime.fromtimestamp(self.created_ms / 1000, UTC),
            "Version": self.version,
        }
        if self.kind == "SINGLE_MASTER":
            described["SingleMasterConfiguration"] = {"MessageTtlSeconds": self.seconds_to_live}
        return described
