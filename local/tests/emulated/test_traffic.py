"""What cameras send, as CloudWatch counts it, and what becomes of it when a stream is throttled."""

from __future__ import annotations

import json
import struct
import time
import unittest
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from botocore.serialize import RpcV2CBORSerializer
from over_cbor import MODEL, OverCbor
from running import Running

TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Transform": "AWS::Serverless-2016-10-31",
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
}
STOP = {"kvs-warden:throttle": "stopped"}
BYTES, FRAGMENTS, CONNECTIONS = "PutMedia.IncomingBytes", "PutMedia.IncomingFragments", "PutMedia.ActiveConnections"
HOUR = 3600
# What 1000 kbps come to in an hour.
FULL = 1000 * 125 * HOUR


def query(number: int, stream: str, metric: str = BYTES, stat: str = "Sum", period: int = HOUR) -> dict[str, Any]:
    dimensions = [{"Name": "StreamName", "Value": stream}]
    named = {"Namespace": "AWS/KinesisVideo", "MetricName": metric, "Dimensions": dimensions}
    return {"Id": f"q{number}", "MetricStat": {"Metric": named, "Period": period, "Stat": stat}}


def hour(ago: int = 0) -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=ago)


class Traffic(OverCbor, unittest.TestCase):
    def setUp(self) -> None:
        # The hours that are looked at must be the same from the beginning of a test to its end.
        if (left := HOUR - time.time() % HOUR) < 20:
            time.sleep(left + 1)
        self.cloud = Running(TEMPLATE)
        self.addCleanup(self.cloud.stop)
        self.video, self.metrics = self.cloud.client("kinesisvideo"), self.cloud.client("cloudwatch")
        self.shadows = self.cloud.client("iot-data")
        self.video.create_stream(StreamName="gate")

    def stage(self, **profile: Any) -> None:
        answer = self.cloud.control("traffic", {"streams": {"gate": {"kbps": 1000, **profile}}})
        self.assertEqual(answer, {"staged": 1, "unknown": []})

    def age(self, seconds: float) -> None:
        self.cloud.control("age", {"seconds": seconds})

    def sums(self, start: datetime, end: datetime, metric: str = BYTES, **more: Any) -> dict[datetime, float]:
        asked = {"MetricDataQueries": [query(1, "gate", metric, **more)], "StartTime": start, "EndTime": end}
        (result,) = self.call("GetMetricData", **asked)["MetricDataResults"]
        self.assertEqual((result["Id"], result["StatusCode"]), ("q1", "Complete"))
        times = [at.astimezone(UTC) for at in result["Timestamps"]]
        self.assertEqual(times, sorted(times, reverse=True))
        return dict(zip(times, result["Values"], strict=True))

    def recent(self, seconds: float = 600) -> float:
        """The bytes of the last whole seconds."""
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        return sum(self.sums(now - timedelta(seconds=seconds), now, period=60).values())

    def test_a_mark_of_the_budget_grows_old_with_the_traffic(self) -> None:
        mark = "stopped since 2026-11-02T05:00:00Z period 2026-11-01 budget 3fa9c1d2"
        self.video.tag_stream(StreamName="gate", Tags={"kvs-warden:throttled": mark})
        self.assertEqual(self.cloud.control("age", {"seconds": 2 * 86_400})["marks"], 1)
        tags = self.video.list_tags_for_stream(StreamName="gate")["Tags"]
        self.assertEqual(
            tags["kvs-warden:throttled"],
            "stopped since 2026-10-31T05:00:00Z period 2026-10-01 budget 3fa9c1d2",
        )

    def test_the_hours_of_a_constant_rate(self) -> None:
        self.stage(fragmentSeconds=4, since=hour(3).isoformat(), until=(hour(1) - timedelta(minutes=30)).isoformat())
        self.assertEqual(self.sums(hour(24), hour()), {hour(3): FULL, hour(2): FULL / 2})
        self.assertEqual(self.sums(hour(24), hour(), FRAGMENTS), {hour(3): 900.0, hour(2): 450.0})
        self.assertEqual(self.sums(hour(24), hour(), CONNECTIONS, stat="Maximum"), {hour(3): 1.0, hour(2): 1.0})
        self.assertEqual(self.sums(hour(24), hour(), CONNECTIONS), {hour(3): 60.0, hour(2): 30.0})
        self.assertEqual(self.sums(hour(24), hour(), stat="Average"), {hour(3): FULL / 60, hour(2): FULL / 60})

    def test_without_a_beginning_it_always_was_so_and_nothing_is_counted_before_it_is_sent(self) -> None:
        self.stage()
        found = self.sums(hour(48), hour() + timedelta(hours=3))
        self.assertEqual(len(found), 49)
        self.assertEqual(set(list(found.values())[1:]), {FULL})
        self.assertAlmostEqual(found[hour()] / 125_000, (datetime.now(UTC) - hour()).total_seconds(), delta=20)
        self.assertEqual(self.cloud.control("traffic", {"streams": {"x": {"kbps": 1}}})["unknown"], ["x"])

    def test_a_stopped_stream_sends_nothing_until_the_tag_goes(self) -> None:
        self.stage()
        self.video.tag_stream(StreamName="gate", Tags=STOP)
        self.age(2 * HOUR)
        self.assertEqual(self.recent(), 0)
        self.assertGreater(self.sums(hour(24), hour())[hour(4)], 0)
        self.video.untag_stream(StreamName="gate", TagKeyList=list(STOP))
        self.age(HOUR)
        self.assertEqual(self.recent(), 600 * 125_000)
        # The pause is still there to be seen.
        whole = sum(self.sums(hour(10), hour()).values())
        self.assertAlmostEqual(whole / FULL, 8, delta=0.02)

    def test_a_camera_that_does_not_come_back_and_one_that_is_not_stopped(self) -> None:
        for stays, stopped, back in ((True, 0, 0), ("off", 0, 0), ("on", 600, 600), (False, 0, 600)):
            self.stage(stays=stays)
            self.video.tag_stream(StreamName="gate", Tags=STOP)
            self.age(HOUR)
            self.assertEqual(self.recent(), stopped * 125_000, stays)
            self.video.untag_stream(StreamName="gate", TagKeyList=list(STOP))
            self.age(HOUR)
            self.assertEqual(self.recent(), back * 125_000, stays)

    def test_a_connection_may_outlive_the_tag(self) -> None:
        self.cloud.control("settings", {"connectionSeconds": 2700})
        self.stage()
        self.video.tag_stream(StreamName="gate", Tags=STOP)
        self.age(1800)
        self.assertEqual(self.recent(), 600 * 125_000)
        self.age(1800)
        self.assertEqual(self.recent(600), 0)
        now = datetime.now(UTC)
        sent = sum(self.sums(now - timedelta(seconds=HOUR), now, period=60).values())
        self.assertAlmostEqual(sent / 125_000, 2700, delta=90)
        # A tag that goes again in time leaves the connection as it is.
        self.video.untag_stream(StreamName="gate", TagKeyList=list(STOP))
        self.video.tag_stream(StreamName="gate", Tags=STOP)
        self.age(600)
        self.video.untag_stream(StreamName="gate", TagKeyList=list(STOP))
        self.age(HOUR)
        now = datetime.now(UTC)
        sent = sum(self.sums(now - timedelta(seconds=HOUR), now, period=60).values())
        self.assertAlmostEqual(sent / 125_000, HOUR, delta=90)

    def test_a_tag_of_another_value_stops_nothing(self) -> None:
        self.stage()
        self.video.tag_stream(StreamName="gate", Tags={"kvs-warden:throttle": "reduced"})
        self.age(HOUR)
        self.assertEqual(self.recent(), 600 * 125_000)

    def test_a_camera_that_cooperates_heeds_its_shadow_and_says_so(self) -> None:
        self.stage(cooperates=True)
        asked = {"maximumBitrateKbps": 250, "maximumFrameRate": 5}
        self.desire({"throttle": asked})
        state = json.loads(self.shadows.get_thing_shadow(thingName="gate", shadowName="kvs-warden")["payload"].read())
        self.assertEqual(state["state"], {"desired": {"throttle": asked}, "reported": {"throttle": asked}})
        self.assertEqual(state["version"], 2)
        self.age(HOUR)
        self.assertEqual(self.recent(), 600 * 31_250)
        self.desire({"throttle": {"maximumBitrateKbps": 2000, "maximumFrameRate": None}})
        self.age(HOUR)
        self.assertEqual(self.recent(), 600 * 125_000)
        self.desire({"throttle": None})
        state = json.loads(self.shadows.get_thing_shadow(thingName="gate", shadowName="kvs-warden")["payload"].read())
        self.assertEqual(state["state"], {})
        whole = sum(self.sums(hour(10), hour()).values())
        self.assertLess(whole / FULL, 9.5)

    def test_a_camera_that_does_not_cooperate_goes_on_and_says_nothing(self) -> None:
        self.stage()
        self.desire({"throttle": {"maximumBitrateKbps": 250}})
        state = json.loads(self.shadows.get_thing_shadow(thingName="gate", shadowName="kvs-warden")["payload"].read())
        self.assertNotIn("reported", state["state"])
        self.age(HOUR)
        self.assertEqual(self.recent(), 600 * 125_000)

    def test_a_new_rate_leaves_the_past_as_it_was(self) -> None:
        self.stage()
        self.age(2 * HOUR)
        self.stage(kbps=500)
        self.age(2 * HOUR)
        found = self.sums(hour(6), hour())
        self.assertEqual((found[hour(6)], found[hour(1)]), (FULL, FULL / 2))

    def test_requests_that_cloudwatch_refuses(self) -> None:
        self.stage()
        one = query(1, "gate")
        for wrong in (
            {"MetricDataQueries": [one, one]},
            {"MetricDataQueries": [query(number, "gate") for number in range(501)]},
            {"MetricDataQueries": [one | {"Id": "Q"}]},
            {"MetricDataQueries": [query(1, "gate", period=90)]},
            {"EndTime": hour(2)},
        ):
            asked = {"MetricDataQueries": [one], "StartTime": hour(1), "EndTime": hour()} | wrong
            with self.assertRaises(ClientError) as caught:
                self.metrics.get_metric_data(**asked)
            self.assertEqual(caught.exception.response["Error"]["Code"], "ValidationError")
            self.assertEqual(self.call("GetMetricData", **asked)["Error"]["Code"], "ValidationError")
        calls = [call for call in self.cloud.control("calls")["calls"] if call["operation"] == "GetMetricData"]
        self.assertEqual({(call["service"], call["status"]) for call in calls}, {("monitoring", 400)})
        self.assertEqual(len(calls), 10)

    def test_pages_come_to_the_same_as_one(self) -> None:
        self.stage()
        asked = {
            "MetricDataQueries": [query(1, "gate"), query(2, "gate", FRAGMENTS), query(3, "unknown")],
            "StartTime": hour(24),
            "EndTime": hour(),
            "ScanBy": "TimestampAscending",
        }
        whole = self.call("GetMetricData", proxy=True, zipped=True, **asked)["MetricDataResults"]
        self.assertEqual([len(one["Values"]) for one in whole], [24, 24, 0])
        self.cloud.control("settings", {"metricPointsPerPage": 10})
        parts: dict[str, list[float]] = {one["Id"]: [] for one in whole}
        pages = list(self.metrics.get_paginator("get_metric_data").paginate(**asked))
        self.assertEqual(pages[0]["MetricDataResults"][0]["StatusCode"], "PartialData")
        for page in pages:
            for one in page["MetricDataResults"]:
                parts[one["Id"]] += one["Values"]
        self.assertEqual(len(pages), 5)
        self.assertEqual(parts, {one["Id"]: one["Values"] for one in whole})

    def test_metrics_of_others_are_answered_in_the_same_call(self) -> None:
        self.stage()
        at = datetime.now(UTC) - timedelta(minutes=5)
        self.metrics.put_metric_data(
            Namespace="KvsWarden", MetricData=[{"MetricName": "Sweeps", "Value": 3, "Timestamp": at}]
        )
        stat = {"Metric": {"Namespace": "KvsWarden", "MetricName": "Sweeps"}, "Period": HOUR, "Stat": "Sum"}
        found = self.metrics.get_metric_data(
            MetricDataQueries=[{"Id": "own", "MetricStat": stat}, query(1, "gate")],
            StartTime=hour(1),
            EndTime=hour() + timedelta(hours=1),
        )["MetricDataResults"]
        self.assertEqual([(one["Id"], bool(one["Values"])) for one in found], [("own", True), ("q1", True)])
        self.assertEqual(found[0]["Values"], [3.0])

    def test_ten_thousand_streams_are_answered_in_seconds(self) -> None:
        self.cloud.control("load", {"streams": 10_000})
        self.cloud.control("traffic", {"streams": {}, "default": {"kbps": 1000}})
        self.cloud.control("load", {"streams": 1})
        self.age(HOUR)
        took, points = 0.0, 0
        names = [f"load-{number:06}" for number in range(1, 10_001)]
        model = MODEL.operation_model("GetMetricData")
        for first in range(0, len(names), 250):
            queries = [
                query(2 * number + extra, name, metric)
                for number, name in enumerate(names[first : first + 250])
                for extra, metric in enumerate((BYTES, FRAGMENTS))
            ]
            asked = {"MetricDataQueries": queries, "StartTime": hour(24), "EndTime": hour()}
            body = RpcV2CBORSerializer().serialize_to_request(asked, model)["body"]
            began = time.monotonic()
            status, _, answer = self.sent("/service/GraniteServiceVersion20100801/operation/GetMetricData", body)
            took += time.monotonic() - began
            self.assertEqual(status, 200)
            # A point is a value of nine bytes; reading all of them here takes longer than their making.
            points += answer.count(b"\xfb" + struct.pack(">d", FULL)) + answer.count(b"\xfb" + struct.pack(">d", 1800))
        self.assertEqual(points, 10_000 * 2 * 24)
        self.assertLess(took, 15)
        # One made since the default was staged sends from its creation.
        end = datetime.now(UTC)
        late = self.metrics.get_metric_data(
            MetricDataQueries=[query(1, "load-010001")], StartTime=end - timedelta(hours=24), EndTime=end
        )
        total = sum(late["MetricDataResults"][0]["Values"])
        self.assertAlmostEqual(total / 125_000, HOUR, delta=60)

    def desire(self, state: dict[str, Any]) -> None:
        payload = json.dumps({"state": {"desired": state}})
        self.shadows.update_thing_shadow(thingName="gate", shadowName="kvs-warden", payload=payload)


if __name__ == "__main__":
    unittest.main()
