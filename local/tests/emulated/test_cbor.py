"""CloudWatch by Smithy's RPC v2 in CBOR, which is how the SDK for Rust calls it."""

from __future__ import annotations

import unittest
from datetime import UTC, datetime
from typing import Any

from over_cbor import OverCbor
from running import Running

TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Transform": "AWS::Serverless-2016-10-31",
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
}
ALARM = {
    "Namespace": "KvsWarden",
    "MetricName": "Sweeps",
    "Dimensions": [{"Name": "FunctionName", "Value": "audit"}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.5,
    "ComparisonOperator": "LessThanThreshold",
    "AlarmActions": ["arn:aws:sns:us-east-1:123456789012:alerts"],
}


class Cbor(OverCbor, unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.cloud = Running(TEMPLATE)
        cls.addClassCleanup(cls.cloud.stop)

    def names(self, **asked: Any) -> list[str]:
        return [one["AlarmName"] for one in self.call("DescribeAlarms", **asked)["MetricAlarms"]]

    def test_an_alarm_is_put_described_muted_and_deleted(self) -> None:
        self.call("PutMetricAlarm", AlarmName="one", **ALARM)
        (alarm,) = self.call("DescribeAlarms", proxy=True, AlarmNames=["one"])["MetricAlarms"]
        self.assertEqual({name: alarm[name] for name in ALARM}, ALARM)
        self.assertIs(alarm["ActionsEnabled"], True)
        self.assertLess(abs((datetime.now(UTC) - alarm["StateUpdatedTimestamp"]).total_seconds()), 60)
        self.call("DisableAlarmActions", AlarmNames=["one"])
        self.assertIs(self.call("DescribeAlarms", AlarmNames=["one"])["MetricAlarms"][0]["ActionsEnabled"], False)
        self.call("EnableAlarmActions", AlarmNames=["one"])
        self.assertIs(self.call("DescribeAlarms", AlarmNames=["one"])["MetricAlarms"][0]["ActionsEnabled"], True)
        self.call("DeleteAlarms", AlarmNames=["one"])
        self.assertEqual(self.names(AlarmNames=["one"]), [])
        journal = [
            (call["operation"], call["status"])
            for call in self.cloud.control("calls")["calls"]
            if call["service"] == "monitoring"
        ]
        self.assertIn(("DescribeAlarms", 200), journal)
        trail = self.cloud.client("cloudtrail")
        found = trail.lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "DeleteAlarms"}])
        self.assertIn('"alarmNames": ["one"]', found["Events"][0]["CloudTrailEvent"].replace('":[', '": ['))
        self.assertEqual(found["Events"][0]["EventSource"], "monitoring.amazonaws.com")

    def test_alarms_come_in_pages_and_kinds(self) -> None:
        names = ["page-1", "page-2", "page-3"]
        for name in names:
            self.call("PutMetricAlarm", AlarmName=name, **ALARM)
        asked = {"AlarmNamePrefix": "page-", "MaxRecords": 2}
        first = self.call("DescribeAlarms", **asked)
        second = self.call("DescribeAlarms", NextToken=first["NextToken"], **asked)
        self.assertNotIn("NextToken", second)
        self.assertEqual([one["AlarmName"] for one in first["MetricAlarms"] + second["MetricAlarms"]], names)
        self.assertEqual(self.names(AlarmNamePrefix="page-", AlarmTypes=["CompositeAlarm"]), [])
        self.assertEqual(self.names(AlarmNamePrefix="page-", AlarmTypes=["MetricAlarm", "CompositeAlarm"]), names)
        self.call("DeleteAlarms", AlarmNames=names)

    def test_metrics(self) -> None:
        at = datetime.now(UTC).replace(microsecond=0)
        data = [{"MetricName": "Seen", "Value": 2.5, "Timestamp": at, "Unit": "Count"}]
        self.call("PutMetricData", zipped=True, Namespace="Shop", MetricData=data)
        listed = self.call("ListMetrics", Namespace="Shop")["Metrics"]
        self.assertEqual([one["MetricName"] for one in listed], ["Seen"])
        query = {
            "Id": "a",
            "MetricStat": {"Metric": {"Namespace": "Shop", "MetricName": "Seen"}, "Period": 60, "Stat": "Sum"},
        }
        start, end = (datetime.fromtimestamp(at.timestamp() + more, UTC) for more in (-600, 600))
        (found,) = self.call("GetMetricData", MetricDataQueries=[query], StartTime=start, EndTime=end)[
            "MetricDataResults"
        ]
        self.assertEqual(found["Values"], [2.5])

    def test_errors_have_both_their_names(self) -> None:
        error = self.call("DescribeAlarms", NextToken="no such")["Error"]
        self.assertEqual(error["Code"], "InvalidNextToken")
        error = self.call("DeleteDashboards", DashboardNames=["no such"])["Error"]
        self.assertEqual(error["Code"], "ResourceNotFound")
        self.assertIn("no such", error["Message"])
        status, headers, body = self.sent(
            "/service/GraniteServiceVersion20100801/operation/DeleteDashboards",
            # A map and a list without lengths, as the SDK for Rust writes them.
            b"\xbf\x6eDashboardNames\x9f\x61x\xff\xff",
        )
        self.assertEqual((status, headers["x-amzn-query-error"]), (404, "ResourceNotFound;Sender"))
        self.assertIn(b"#DashboardNotFoundError", body)
        for path, body in (("DescribeAlarms", b"\x00"), ("DescribeAlarms", b"\xbf"), ("NoSuch", b"\xa0")):
            status, _, _ = self.sent(f"/service/GraniteServiceVersion20100801/operation/{path}", body)
            self.assertEqual(status, 400)


if __name__ == "__main__":
    unittest.main()
