"""Tags of streams: their limits, their pace, and a large fleet that carries them."""

from __future__ import annotations

import time
import unittest
from collections import Counter

from botocore.exceptions import ClientError
from running import Running

TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Transform": "AWS::Serverless-2016-10-31",
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
}


class StreamTags(unittest.TestCase):
    def setUp(self) -> None:
        self.cloud = Running(TEMPLATE)
        self.addCleanup(self.cloud.stop)
        self.video = self.cloud.client("kinesisvideo")

    def test_by_name_and_by_arn(self) -> None:
        arn = self.video.create_stream(StreamName="gate", Tags={"a": "1"})["StreamARN"]
        self.video.tag_stream(StreamARN=arn, Tags={"a": "2", "kvs-warden:throttle": "stopped"})
        # One that is there already is set, one that is not there is not missed.
        self.video.tag_stream(StreamName="gate", Tags={"b": ""})
        self.video.untag_stream(StreamARN=arn, TagKeyList=["kvs-warden:throttle", "never"])
        for named in ({"StreamName": "gate"}, {"StreamARN": arn}):
            self.assertEqual(self.video.list_tags_for_stream(**named)["Tags"], {"a": "2", "b": ""})
        for wrong in (
            {"StreamName": "none", "Tags": {"a": "1"}},
            {"StreamARN": arn[:-1] + ("0" if arn[-1] != "0" else "1"), "Tags": {"a": "1"}},
        ):
            with self.assertRaises(ClientError) as caught:
                self.video.tag_stream(**wrong)
            self.assertEqual(caught.exception.response["Error"]["Code"], "ResourceNotFoundException")

    def test_their_number_and_their_letters_are_limited(self) -> None:
        self.video.create_stream(StreamName="gate", Tags={f"k{number}": "v" for number in range(49)})
        self.video.tag_stream(StreamName="gate", Tags={"k49": "v"})
        for code, tags in (
            ("TagsPerResourceExceededLimitException", {"k50": "v"}),
            ("InvalidArgumentException", {"k1": "a;b"}),
            ("InvalidArgumentException", {"k1": "v" * 257}),
            ("InvalidArgumentException", {"k" * 129: "v"}),
            ("InvalidArgumentException", {"aws:own": "v"}),
        ):
            with self.assertRaises(ClientError) as caught:
                self.video.tag_stream(StreamName="gate", Tags=tags)
            self.assertEqual(caught.exception.response["Error"]["Code"], code, tags)
        self.video.tag_stream(StreamName="gate", Tags={"k1": "2026-11-22T10:00:00Z/é+b=c@d_e.f-g h"})
        self.assertEqual(len(self.video.list_tags_for_stream(StreamName="gate")["Tags"]), 50)

    def test_more_calls_than_the_limit_are_throttled(self) -> None:
        self.video.create_stream(StreamName="gate")
        self.cloud.control("settings", {"callsPerSecond": {"kinesisvideo:TagStream": 5}})
        outcomes = Counter()
        for _ in range(12):
            try:
                self.video.tag_stream(StreamName="gate", Tags={"a": "1"})
                outcomes["taken"] += 1
            except ClientError as error:
                outcomes[error.response["Error"]["Code"]] += 1
        self.assertLessEqual(5, outcomes["taken"])
        self.assertGreater(outcomes["ClientLimitExceededException"], 0)
        # Each operation has its own limit or none, and it is one of a second.
        for _ in range(10):
            self.video.list_tags_for_stream(StreamName="gate")
        time.sleep(0.5)
        self.video.tag_stream(StreamName="gate", Tags={"a": "1"})
        told = [call["error"] for call in self.cloud.control("calls")["calls"] if call["operation"] == "TagStream"]
        self.assertIn("ClientLimitExceededException", told)
        self.cloud.control("settings", {"callsPerSecond": {"kinesisvideo:TagStream": None}})
        for _ in range(20):
            self.video.tag_stream(StreamName="gate", Tags={"a": "1"})

    def test_a_limit_is_told_in_the_words_of_the_service(self) -> None:
        iot = self.cloud.client("iot")
        told = self.cloud.control("settings", {"callsPerSecond": {"iot:CreateThing": 1}})
        self.assertEqual(told["callsPerSecond"], {"iot:CreateThing": 1.0})
        iot.create_thing(thingName="gate")
        with self.assertRaises(ClientError) as caught:
            iot.create_thing(thingName="gate")
        self.assertEqual(caught.exception.response["Error"]["Code"], "ThrottlingException")
        self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], 400)
        self.assertIn("error", self.cloud.control("settings", {"callsPerSecond": {"polly:Speak": 1}}))

    def test_a_large_fleet_with_its_priorities_is_listed_by_tag(self) -> None:
        shares = {"low": 60, "standard": 25, "critical": 10, "none": 5}
        self.cloud.control("load", {"streams": 10_000, "things": 10_000, "priorities": shares})
        tagging, began = self.cloud.client("resourcegroupstaggingapi"), time.monotonic()
        found: Counter[str | None] = Counter()
        first: Counter[str | None] = Counter()
        pages = 0
        listing = tagging.get_paginator("get_resources")
        for page in listing.paginate(ResourceTypeFilters=["kinesisvideo"], PaginationConfig={"PageSize": 100}):
            pages += 1
            for one in page["ResourceTagMappingList"]:
                tags = {tag["Key"]: tag["Value"] for tag in one["Tags"]}
                found[tags.get("kvs-warden:priority")] += 1
                if pages == 1:
                    first[tags.get("kvs-warden:priority")] += 1
        self.assertEqual(found, {"low": 6000, "standard": 2500, "critical": 1000, None: 500})
        self.assertEqual(first, {"low": 60, "standard": 25, "critical": 10, None: 5})
        self.assertEqual(pages, 100)
        self.assertLess(time.monotonic() - began, 20)
        for filters, expected in (
            ([{"Key": "kvs-warden:priority", "Values": ["low", "critical"]}], 7000),
            ([{"Key": "kvs-warden:priority"}], 9500),
            ([{"Key": "kvs-warden:thing", "Values": ["load-000007"]}, {"Key": "kvs-warden:priority"}], 1),
            ([{"Key": "kvs-warden:throttle", "Values": ["stopped"]}], 0),
        ):
            pages = tagging.get_paginator("get_resources").paginate(
                ResourceTypeFilters=["kinesisvideo:stream"], TagFilters=filters
            )
            self.assertEqual(sum(len(one["ResourceTagMappingList"]) for one in pages), expected)
        self.assertIn("error", self.cloud.control("load", {"streams": 1, "priorities": {"urgent": 1}}))


if __name__ == "__main__":
    unittest.main()
