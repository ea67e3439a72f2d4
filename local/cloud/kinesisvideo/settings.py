"""What a test may set about Kinesis Video Streams."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Settings:
    # How long a stream is CREATING; below 0 it stays so until this is set anew.
    creating_seconds: float = 0.0
    # How many streams the account may have.
    stream_limit: int | None = None
    # How long a connection outlives the tag that stops its stream. AWS closes one after 45 minutes at the latest.
    connection_seconds: float = 0.0


SETTINGS = Settings()
