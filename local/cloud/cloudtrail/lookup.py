"""LookupEvents: what was recorded, the newest first.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html. As on AWS it needs no trail.
"""

from __future__ import annotations

import json
import time
from typing import Any

_MOST = 50
_RESOURCES = {
    "roleName": "AWS::IAM::Role",
    "userName": "AWS::IAM::User",
    "groupName": "AWS::IAM::Group",
    "policyArn": "AWS::IAM::Policy",
    "streamName": "AWS::KinesisVideo::Stream",
    "streamARN": "AWS::KinesisVideo::Stream",
    "bucketName": "AWS::S3::Bucket",
    "topicArn": "AWS::SNS::Topic",
    "queueUrl": "AWS::SQS::Queue",
    "keyId": "AWS::KMS::Key",
    "tableName": "AWS::DynamoDB::Table",
    "thingName": "AWS::IoT::Thing",
    "roleAlias": "AWS::IoT::RoleAlias",
}


def install() -> None:
    from moto.cloudtrail.responses import CloudTrailResponse

    def lookup_events(self: CloudTrailResponse) -> Any:
        try:
            return json.dumps(find(json.loads(self.body or "{}")))
        except Refusal as error:
            return 400, self.response_headers, json.dumps({"__type": error.kind, "message": str(error)})

    CloudTrailResponse.lookup_events = lookup_events  # type: ignore[attr-defined]


class Refusal(Exception):
    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


def find(asked: dict[str, Any]) -> dict[str, Any]:
    from .recorder import RECORDER

    size = asked.get("MaxResults", _MOST)
    if not 1 <= size <= _MOST:
        raise Refusal(
            "InvalidMaxResultsException", f"A maximum results value of {size} is not valid: from 1 to {_MOST}."
        )
    attributes = asked.get("LookupAttributes") or []
    if len(attributes) > 1:
        raise Refusal("InvalidLookupAttributesException", "You can specify only one lookup attribute.")
    start, end = asked.get("StartTime", 0), asked.get("EndTime", time.time() + 1)
    if start > end:
        raise Refusal("InvalidTimeRangeException", "The start time is after the end time.")
    # Newer calls come at the end of the list, so a position in it stays where it is.
    calls = RECORDER.calls
    try:
        position = int(asked["NextToken"]) if asked.get("NextToken") else len(calls)
    except ValueError:
        raise Refusal("InvalidNextTokenException", "The token is not valid.") from None
    found: list[dict[str, Any]] = []
    while position > 0:
        call = calls[position - 1]
        # Times are told in whole seconds.
        if int(start) <= int(call.at) <= end:
            event = _event(call)
            if all(_has(event, one["AttributeKey"], one["AttributeValue"]) for one in attributes):
                if len(found) == size:
                    return {"Events": found, "NextToken": str(position)}
                found.append(event)
        position -= 1
    return {"Events": found}


def _event(call: Any) -> dict[str, Any]:
    record = call.record
    who = record["userIdentity"]
    asked = record["requestParameters"] or {}
    return {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "ReadOnly": "false",
        "AccessKeyId": who["accessKeyId"],
        "EventTime": int(call.at),
        "EventSource": record["eventSource"],
        "Username": who.get("userName") or who["arn"].rsplit("/", 1)[-1],
        "Resources": [
            {"ResourceType": kind, "ResourceName": asked[name]}
            for name, kind in _RESOURCES.items()
            if isinstance(asked.get(name), str)
        ],
        "CloudTrailEvent": json.dumps(record, separators=(",", ":")),
    }


def _has(event: dict[str, Any], key: str, value: str) -> bool:
    if key in ("ResourceType", "ResourceName"):
        return any(one[key] == value for one in event["Resources"])
    return bool(event.get(key) == value)
