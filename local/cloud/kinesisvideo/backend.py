"""The streams of one account and region, and the rules of Kinesis Video Streams about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from moto.core.base_backend import BaseBackend
from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource
from moto.kinesisvideo.exceptions import KinesisvideoClientError

from .channel import Channel
from .settings import SETTINGS
from .stream import Stream
from .traffic import TRAFFIC

MOST_RETENTION_HOURS = 87600
MOST_TAGS = 50


class KinesisVideo(TaggableResourcesMixin, BaseBackend):
    SERVICE_NAMESPACE: ClassVar[str] = "kinesisvideo"

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.by_name: dict[str, Stream] = {}
        self.channels: dict[str, Channel] = {}

    @property
    def _url_module(self) -> Any:
        from moto.kinesisvideo import urls

        return urls

    def create(self, given: dict[str, Any]) -> Stream:
        name = given["StreamName"]
        if name in self.by_name:
            raise KinesisvideoClientError("ResourceInUseException", f"The stream {name} already exists.")
        if SETTINGS.stream_limit is not None and len(self.by_name) >= SETTINGS.stream_limit:
            raise KinesisvideoClientError(
                "AccountStreamLimitExceededException", "The number of streams created for the account is too high."
            )
        hours = given.get("DataRetentionInHours") or 0
        _check_retention(hours)
        stream = Stream(
            account=self.account_id,
            region=self.region_name,
            name=name,
            media_type=given.get("MediaType"),
            kms_key=given.get("KmsKeyId") or f"arn:aws:kms:{self.region_name}:{self.account_id}:alias/aws/kinesisvideo",
            retention_hours=hours,
            device_name=given.get("DeviceName"),
            storage_tier=(given.get("StreamStorageConfiguration") or {}).get("DefaultStorageTier", "HOT"),
            tags=dict(given.get("Tags") or {}),
        )
        self.by_name[name] = stream
        return stream

    def find(self, given: dict[str, Any]) -> Stream:
        """The stream that the request names, by name or by ARN."""
        name = given.get("StreamName")
        arn = given.get("StreamARN") or given.get("ResourceARN")
        if not name and not arn:
            raise KinesisvideoClientError("InvalidArgumentException", "Either StreamName or StreamARN must be given.")
        stream = self.by_name.get(name or str(arn).split("/")[1])
        if not stream or (arn and stream.arn != arn):
            raise KinesisvideoClientError(
                "ResourceNotFoundException", "The requested stream is not found or not active."
            )
        return stream

    def find_to_change(self, given: dict[str, Any], needs_version: bool = True) -> Stream:
        """The same, if it is ACTIVE and the caller knew its current version."""
        stream = self.find(given)
        version = given.get("CurrentVersion")
        if needs_version and not version:
            raise KinesisvideoClientError("InvalidArgumentException", "CurrentVersion must be given.")
        if version and version != stream.version:
            raise KinesisvideoClientError(
                "VersionMismatchException",
                "The stream version that you specified is not the latest version. Use DescribeStream to get it.",
            )
        if stream.status != "ACTIVE":
            raise KinesisvideoClientError("ResourceInUseException", f"The stream {stream.name} is {stream.status}.")
        return stream

    def update_retention(self, given: dict[str, Any]) -> None:
        """The hours are a change, not a target."""
        stream = self.find_to_change(given)
        change = given["DataRetentionChangeInHours"]
        hours = stream.retention_hours + (change if given["Operation"] == "INCREASE_DATA_RETENTION" else -change)
        _check_retention(hours)
        stream.retention_hours = hours
        stream.changed()

    def create_channel(self, given: dict[str, Any]) -> Channel:
        name = given["ChannelName"]
        if name in self.channels:
            raise KinesisvideoClientError("ResourceInUseException", f"The channel {name} already exists.")
        self.channels[name] = Channel(
            account=self.account_id,
            region=self.region_name,
            name=name,
            kind=given.get("ChannelType") or "SINGLE_MASTER",
            seconds_to_live=(given.get("SingleMasterConfiguration") or {}).get("MessageTtlSeconds", 60),
            tags={tag["Key"]: tag["Value"] for tag in given.get("Tags") or []},
        )
        return self.channels[name]

    def find_channel(self, given: dict[str, Any]) -> Channel:
        """The channel that the request names, by name or by ARN."""
        arn = given.get("ChannelARN") or given.get("ResourceARN")
        channel = self.channels.get(given.get("ChannelName") or str(arn).split("/")[1])
        if not channel or (arn and channel.arn != arn):
            raise KinesisvideoClientError("ResourceNotFoundException", "The requested channel is not found.")
        return channel

    def find_tagged(self, given: dict[str, Any]) -> Stream | Channel:
        """What a resource's ARN names."""
        return self.find_channel(given) if ":channel/" in str(given.get("ResourceARN")) else self.find(given)

    def tag(self, stream: Stream | Channel, tags: dict[str, str]) -> None:
        if reserved := [key for key in tags if key.lower().startswith("aws:")]:
            raise KinesisvideoClientError(
                "InvalidArgumentException", f"The tag key {reserved[0]} begins with aws:, which is reserved."
            )
        if len(stream.tags | tags) > MOST_TAGS:
            raise KinesisvideoClientError(
                "TagsPerResourceExceededLimitException",
                f"You have exceeded the limit of {MOST_TAGS} tags for a stream.",
            )
        stream.tags.update(tags)
        if isinstance(stream, Stream):
            TRAFFIC.tagged(stream)

    def untag(self, stream: Stream | Channel, keys: list[str]) -> None:
        for key in keys:
            stream.tags.pop(key, None)
        if isinstance(stream, Stream):
            TRAFFIC.tagged(stream)

    # The Resource Groups Tagging API

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        for stream in list(self.by_name.values()):
            yield TaggedResource(stream.arn, dict(stream.tags), "kinesisvideo:stream")

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        self.tag(self.find({"StreamARN": arn}), tags)

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        self.untag(self.find({"StreamARN": arn}), tag_keys)


def _check_retention(hours: int) -> None:
    if not 0 <= hours <= MOST_RETENTION_HOURS:
        raise KinesisvideoClientError(
            "InvalidArgumentException",
            f"The data retention is {hours} hours: it must be from 0 to {MOST_RETENTION_HOURS}.",
        )
