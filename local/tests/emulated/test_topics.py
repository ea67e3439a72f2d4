"""Topics: batches, filters, and what a queue gets."""

from __future__ import annotations

import json
import unittest
from typing import Any

from botocore.exceptions import ClientError
from running import Running


def subscription(queue: str, **more: Any) -> dict[str, Any]:
    target = {"TopicArn": {"Ref": "Reports"}, "Protocol": "sqs", "Endpoint": {"Fn::GetAtt": [queue, "Arn"]}}
    return {"Type": "AWS::SNS::Subscription", "Properties": {**target, **more}}


TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Transform": "AWS::Serverless-2016-10-31",
    "Resources": {
        "Reports": {"Type": "AWS::SNS::Topic"},
        "AllQueue": {"Type": "AWS::SQS::Queue"},
        "HighQueue": {"Type": "AWS::SQS::Queue"},
        "RawQueue": {"Type": "AWS::SQS::Queue"},
        "GoneQueue": {"Type": "AWS::SQS::Queue"},
        "DeadQueue": {"Type": "AWS::SQS::Queue"},
        "All": subscription("AllQueue"),
        "High": subscription("HighQueue", FilterPolicy={"severity": ["high", "critical"]}),
        "Raw": subscription("RawQueue", RawMessageDelivery=True, FilterPolicy={"severity": ["raw"]}),
        "Gone": subscription(
            "GoneQueue",
            FilterPolicy={"severity": ["gone"]},
            RedrivePolicy={"deadLetterTargetArn": {"Fn::GetAtt": ["DeadQueue", "Arn"]}},
        ),
    },
}


def entry(identifier: str, severity: str | None = None, **more: Any) -> dict[str, Any]:
    told = {"Id": identifier, "Message": f"message {identifier}", **more}
    if severity:
        told["MessageAttributes"] = {"severity": {"DataType": "String", "StringValue": severity}}
    return told


class Topics(unittest.TestCase):
    def setUp(self) -> None:
        self.cloud = Running(TEMPLATE)
        self.addCleanup(self.cloud.stop)
        self.sns, self.topic = self.cloud.client("sns"), self.cloud.resources["Reports"]

    def batch(self, *entries: dict[str, Any]) -> dict[str, Any]:
        return dict(self.sns.publish_batch(TopicArn=self.topic, PublishBatchRequestEntries=list(entries)))

    def test_a_batch_reaches_each_queue_that_its_filter_lets_it(self) -> None:
        told = self.batch(entry("a", Subject="About a"), entry("b", "high"), *(entry(f"c{n}", "low") for n in range(8)))
        self.assertEqual(([one["Id"] for one in told["Successful"]][:2], told.get("Failed", [])), (["a", "b"], []))
        found = self.cloud.bodies("AllQueue")
        self.assertEqual(len(found), 10)
        (high,) = self.cloud.bodies("HighQueue")
        self.assertEqual(high["MessageAttributes"], {"severity": {"Type": "String", "Value": "high"}})
        first = next(one for one in found if one["Message"] == "message a")
        self.assertEqual(
            list(first),
            [
                "Type",
                "MessageId",
                "TopicArn",
                "Subject",
                "Message",
                "Timestamp",
                "SignatureVersion",
                "Signature",
                "SigningCertURL",
                "UnsubscribeURL",
            ],
        )
        self.assertEqual((first["TopicArn"], first["Subject"]), (self.topic, "About a"))
        self.assertEqual(first["MessageId"], told["Successful"][0]["MessageId"])
        self.assertRegex(first["Timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertIn(self.cloud.resources["All"], first["UnsubscribeURL"])
        self.assertNotIn("Subject", high)

    def test_a_queue_gets_the_text_as_aws_writes_it(self) -> None:
        identifier = self.sns.publish(TopicArn=self.topic, Message="hello")["MessageId"]
        url = self.cloud.resources["AllQueue"]
        (message,) = self.cloud.client("sqs").receive_message(QueueUrl=url)["Messages"]
        self.assertTrue(message["Body"].startswith('{\n  "Type" : "Notification",\n  "MessageId" : "' + identifier))

    def test_a_wrong_entry_fails_alone_and_a_wrong_batch_as_a_whole(self) -> None:
        told = self.batch(entry("good"), entry("bad", Subject="two\nlines"))
        self.assertEqual([one["Id"] for one in told["Successful"]], ["good"])
        (failed,) = told["Failed"]
        self.assertEqual((failed["Id"], failed["Code"], failed["SenderFault"]), ("bad", "InvalidParameter", True))
        for code, entries in (
            ("TooManyEntriesInBatchRequest", [entry(str(number)) for number in range(11)]),
            ("BatchEntryIdsNotDistinct", [entry("a"), entry("a")]),
            ("InvalidBatchEntryId", [entry("a b")]),
            ("BatchRequestTooLong", [entry(str(number), Message="x" * 100_000) for number in range(3)]),
        ):
            with self.assertRaises(ClientError) as caught:
                self.batch(*entries)
            self.assertIn(code, caught.exception.response["Error"]["Code"])
        self.assertEqual(len(self.cloud.bodies("AllQueue")), 1)
        with self.assertRaises(ClientError) as caught:
            self.sns.publish_batch(TopicArn=f"{self.topic}x", PublishBatchRequestEntries=[entry("a")])
        self.assertIn("NotFound", caught.exception.response["Error"]["Code"])
        calls = [one for one in self.cloud.control("calls")["calls"] if one["operation"] == "PublishBatch"]
        self.assertEqual({one["target"] for one in calls[:-1]}, {self.topic})

    def test_a_queue_that_is_gone_leaves_it_to_the_dead_letters(self) -> None:
        self.cloud.client("sqs").delete_queue(QueueUrl=self.cloud.resources["GoneQueue"])
        self.batch(entry("a", "gone"))
        (dead,) = self.cloud.bodies("DeadQueue")
        self.assertEqual(dead["Message"], "message a")

    def test_raw_delivery_hands_on_the_message_and_its_attributes(self) -> None:
        self.batch(entry("a", "raw", Message=json.dumps({"a": 1})))
        message = self.cloud.client("sqs").receive_message(
            QueueUrl=self.cloud.resources["RawQueue"], MessageAttributeNames=["All"]
        )["Messages"][0]
        self.assertEqual(
            (message["Body"], message["MessageAttributes"]["severity"]["StringValue"]), ('{"a": 1}', "raw")
        )


if __name__ == "__main__":
    unittest.main()
