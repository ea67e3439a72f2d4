"""The operations of Kinesis Video Streams on streams."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.core.utils import get_service_model
from moto.kinesisvideo.exceptions import KinesisvideoClientError
from moto.kinesisvideo.models import kinesisvideo_backends

from ..paging import page
from ..plain import PlainResult
from ..validation import message, violations
from .backend import KinesisVideo
from .traffic import TRAFFIC

_MOST_LISTED = 10000


class KinesisVideoOperations(BaseResponse):
    """Reads each request by botocore's service model, which also says what AWS would refuse."""

    def __init__(self) -> None:
        super().__init__(service_name="kinesisvideo")

    @property
    def backend(self) -> KinesisVideo:
        return kinesisvideo_backends[self.current_account][self.region]  # type: ignore[return-value]

    def call_action(self) -> Any:
        name = self._get_action()
        if name and name in get_service_model("kinesisvideo").operation_names:
            self.parse_parameters(self.normalized_request)
            found = violations(get_service_model("kinesisvideo").operation_model(name).input_shape, self.params)
            if found:
                return self.serialized(
                    ActionResult(KinesisvideoClientError("InvalidArgumentException", message(found)))
                )
        return super().call_action()

    def create_stream(self) -> ActionResult:
        return ActionResult({"StreamARN": self.backend.create(self.params).arn})

    def describe_stream(self) -> ActionResult:
        return ActionResult({"StreamInfo": self.backend.find(self.params).describe()})

    def delete_stream(self) -> ActionResult:
        stream = self.backend.find_to_change(self.params, needs_version=False)
        TRAFFIC.ended(stream.name)
        del self.backend.by_name[stream.name]
        return EmptyResult()

    def list_streams(self) -> ActionResult:
        prefix = (self.params.get("StreamNameCondition") or {}).get("ComparisonValue") or ""
        streams: Any = self.backend.by_name.values()
        if prefix:
            streams = [stream for stream in streams if stream.name.startswith(prefix)]
        found, token = self._page(streams)
        return PlainResult({"StreamInfoList": [stream.describe() for stream in found], "NextToken": token})

    def _page(self, items: Any) -> tuple[list[Any], str | None]:
        try:
            return page(items, self.params.get("MaxResults"), self.params.get("NextToken"), _MOST_LISTED)
        except ValueError:
            raise KinesisvideoClientError("InvalidArgumentException", "The NextToken is not valid.") from None

    def get_data_endpoint(self) -> ActionResult:
        stream = self.backend.find(self.params)
        kind = "s" if self.params["APIName"] in ("PUT_MEDIA", "GET_MEDIA") else "b"
        return ActionResult(
            {"DataEndpoint": f"https://{kind}-{stream.endpoint}.kinesisvideo.{self.region}.amazonaws.com"}
        )

    def update_stream(self) -> ActionResult:
        stream = self.backend.find_to_change(self.params)
        stream.device_name = self.params.get("DeviceName") or stream.device_name
        stream.media_type = self.params.get("MediaType") or stream.media_type
        stream.changed()
        return EmptyResult()

    def update_data_retention(self) -> ActionResult:
        self.backend.update_retention(self.params)
        return EmptyResult()

    def describe_stream_storage_configuration(self) -> ActionResult:
        stream = self.backend.find(self.params)
        return ActionResult(
            {
                "StreamName": stream.name,
                "StreamARN": stream.arn,
                "StreamStorageConfiguration": {"DefaultStorageTier": stream.storage_tier},
            }
        )

    def update_stream_storage_configuration(self) -> ActionResult:
        stream = self.backend.find_to_change(self.params)
        stream.storage_tier = self.params["StreamStorageConfiguration"]["DefaultStorageTier"]
        stream.changed()
        return EmptyResult()

    def describe_image_generation_configuration(self) -> ActionResult:
        return ActionResult({"ImageGenerationConfiguration": self.backend.find(self.params).images})

    def update_image_generation_configuration(self) -> ActionResult:
        self.backend.find_to_change(self.params, needs_version=False).images = self.params.get(
            "ImageGenerationConfiguration"
        )
        return EmptyResult()

    def describe_notification_configuration(self) -> ActionResult:
        return ActionResult({"NotificationConfiguration": self.backend.find(self.params).notifications})

    def update_notification_configuration(self) -> ActionResult:
        self.backend.find_to_change(self.params, needs_version=False).notifications = self.params.get(
            "NotificationConfiguration"
        )
        return EmptyResult()

    # Signaling channels

    def create_signaling_channel(self) -> ActionResult:
        return ActionResult({"ChannelARN": self.backend.create_channel(self.params).arn})

    def describe_signaling_channel(self) -> ActionResult:
        return ActionResult({"ChannelInfo": self.backend.find_channel(self.params).describe()})

    def update_signaling_channel(self) -> ActionResult:
        self.backend.find_channel(self.params).update(self.params)
        return EmptyResult()

    def delete_signaling_channel(self) -> ActionResult:
        del self.backend.channels[self.backend.find_channel(self.params).name]
        return EmptyResult()

    def list_signaling_channels(self) -> ActionResult:
        prefix = (self.params.get("ChannelNameCondition") or {}).get("ComparisonValue") or ""
        found, token = self._page([one for one in self.backend.channels.values() if one.name.startswith(prefix)])
        return ActionResult({"ChannelInfoList": [one.describe() for one in found], "NextToken": token})

    # Tags

    def tag_stream(self) -> ActionResult:
        self.backend.tag(self.backend.find(self.params), self.params["Tags"])
        return EmptyResult()

    def untag_stream(self) -> ActionResult:
        self.backend.untag(self.backend.find(self.params), self.params["TagKeyList"])
        return EmptyResult()

    def list_tags_for_stream(self) -> ActionResult:
        return ActionResult({"Tags": self.backend.find(self.params).tags})

    def tag_resource(self) -> ActionResult:
        tags = {tag["Key"]: tag["Value"] for tag in self.params["Tags"]}
        self.backend.tag(self.backend.find_tagged(self.params), tags)
        return EmptyResult()

    def untag_resource(self) -> ActionResult:
        self.backend.untag(self.backend.find_tagged(self.params), self.params["TagKeyList"])
        return EmptyResult()

    def list_tags_for_resource(self) -> ActionResult:
        return ActionResult({"Tags": self.backend.find_tagged(self.params).tags})
