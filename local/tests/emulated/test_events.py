"""From a call to a record, over rules, schedules and topics, to queues and functions."""

from __future__ import annotations

import json
import unittest

from running import Running

PATTERN = {
    "source": ["aws.iam", "aws.kinesisvideo", "aws.sqs", "aws.s3", "aws.ec2", "aws.cloudtrail", "shop"],
    "$or": [{"detail": {"eventName": [{"anything-but": {"prefix": ["TagStr", "Untag"]}}]}}, {"source": ["shop"]}],
}
TRUST = '{"Version":"2012-10-17","Statement":[]}'


def queue_target(name: str) -> dict[str, object]:
    return {"Id": name, "Arn": {"Fn::GetAtt": [name, "Arn"]}}


TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Transform": "AWS::Serverless-2016-10-31",
    "Resources": {
        "AuditQueue": {"Type": "AWS::SQS::Queue"},
        "SeenQueue": {"Type": "AWS::SQS::Queue"},
        "NoticeQueue": {"Type": "AWS::SQS::Queue"},
        "FailedQueue": {"Type": "AWS::SQS::Queue"},
        "UndeliverableQueue": {"Type": "AWS::SQS::Queue"},
        "Changes": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": PATTERN,
                "State": "ENABLED",
                "Targets": [queue_target("AuditQueue"), queue_target("SeenQueue")],
            },
        },
        "Short": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["short"]},
                "Targets": [
                    queue_target("SeenQueue")
                    | {
                        "InputTransformer": {
                            "InputPathsMap": {"who": "$.detail.who", "all": "$.detail"},
                            "InputTemplate": '{"who": <who>, "text": "it is <who>", "all": <all>}',
                        }
                    },
                    {
                        "Id": "gone",
                        "Arn": "arn:aws:sqs:us-east-1:123456789012:gone",
                        "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["UndeliverableQueue", "Arn"]}},
                    },
                ],
            },
        },
        "Off": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["short"]},
                "State": "DISABLED",
                "Targets": [queue_target("NoticeQueue")],
            },
        },
        "Sweep": {
            "Type": "AWS::Scheduler::Schedule",
            "Properties": {
                "ScheduleExpression": "rate(1 hour)",
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "Target": {
                    "Arn": {"Fn::GetAtt": ["AuditQueue", "Arn"]},
                    "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Input": '{"sweep": "<aws.scheduler.scheduled-time>"}',
                },
            },
        },
        "Topic": {"Type": "AWS::SNS::Topic"},
        "ToFunction": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "lambda",
                "Endpoint": {"Fn::GetAtt": ["NoticeFunction", "Arn"]},
                "FilterPolicy": {"kind": ["alarm"]},
            },
        },
        "ToQueue": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "Topic"},
                "Protocol": "sqs",
                "Endpoint": {"Fn::GetAtt": ["NoticeQueue", "Arn"]},
                "RawMessageDelivery": False,
            },
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": json.loads(TRUST),
                "ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            },
        },
        "AuditFunction": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "Runtime": "provided.al2023",
                "Handler": "bootstrap",
                "CodeUri": ".",
                "Timeout": 20,
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Events": {
                    "Queue": {
                        "Type": "SQS",
                        "Properties": {
                            "Queue": {"Fn::GetAtt": ["AuditQueue", "Arn"]},
                            "FunctionResponseTypes": ["ReportBatchItemFailures"],
                        },
                    }
                },
            },
        },
        "NoticeFunction": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "Runtime": "provided.al2023",
                "Handler": "bootstrap",
                "CodeUri": ".",
                "Timeout": 20,
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "EventInvokeConfig": {
                    "DestinationConfig": {
                        "OnFailure": {"Type": "SQS", "Destination": {"Fn::GetAtt": ["FailedQueue", "Arn"]}}
                    }
                },
            },
        },
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [
                        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
                    ]
                },
                "VersioningConfiguration": {"Status": "Enabled"},
                "LifecycleConfiguration": {"Rules": [{"Id": "old", "Status": "Enabled", "ExpirationInDays": 30}]},
            },
        },
        "BucketPolicy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": json.loads(TRUST)},
        },
        "Dashboard": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": "{}"}},
        "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}},
        "Failures": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {
                "LogGroupName": {"Ref": "Logs"},
                "FilterPattern": "ERROR",
                "MetricTransformations": [{"MetricName": "m", "MetricNamespace": "n", "MetricValue": "1"}],
            },
        },
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": json.loads(TRUST)}},
        "SecretQueue": {"Type": "AWS::SQS::Queue", "Properties": {"KmsMasterKeyId": {"Ref": "Key"}}},
    },
}
# Tags the stream that was changed, once for each change that is not its own.
AUDIT = """
import boto3
for record in event.get("Records", []):
    detail = json.loads(record["body"]).get("detail", {})
    if detail.get("eventName") == "UpdateDataRetention":
        kinesisvideo = boto3.client("kinesisvideo")
        kinesisvideo.tag_stream(StreamName=detail["requestParameters"]["streamName"], Tags={"seen": "yes"})
return {"batchItemFailures": []}
"""
NOTICE = """
if "fail" in json.dumps(event):
    raise RuntimeError("as asked")
"""


class Events(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.cloud = Running(TEMPLATE, {"AuditFunction": AUDIT, "NoticeFunction": NOTICE})
        cls.addClassCleanup(cls.cloud.stop)

    def seen(self) -> list[dict[str, object]]:
        self.cloud.settle()
        return self.cloud.bodies("SeenQueue")

    def setUp(self) -> None:
        self.cloud.settle()
        for queue in ("SeenQueue", "NoticeQueue", "FailedQueue", "UndeliverableQueue"):
            self.cloud.bodies(queue)

    def test_everything_in_the_template_is_made(self) -> None:
        self.assertEqual(self.cloud.ready["skipped"], [])

    def test_a_change_becomes_an_event_with_who_and_what(self) -> None:
        iam = self.cloud.client("iam")
        iam.create_role(RoleName="made", AssumeRolePolicyDocument=TRUST)
        iam.get_role(RoleName="made")
        (event,) = self.seen()
        self.assertEqual(event["detail-type"], "AWS API Call via CloudTrail")
        self.assertEqual(event["source"], "aws.iam")
        detail = event["detail"]
        self.assertEqual(event["time"], detail["eventTime"])
        self.assertEqual(detail["requestParameters"], {"roleName": "made", "assumeRolePolicyDocument": TRUST})
        self.assertEqual((detail["eventName"], detail["readOnly"]), ("CreateRole", False))
        self.assertEqual(detail["userIdentity"]["userName"], "operator")

    def test_an_access_key_tells_the_user(self) -> None:
        iam = self.cloud.client("iam")
        iam.create_user(UserName="ann")
        key = iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"]
        self.cloud.client("kinesisvideo", key).create_stream(StreamName="of-ann", DataRetentionInHours=24)
        detail = self.seen()[-1]["detail"]
        self.assertEqual(detail["userIdentity"]["arn"], "arn:aws:iam::123456789012:user/ann")
        self.assertEqual(detail["requestParameters"], {"streamName": "of-ann", "dataRetentionInHours": 24})
        self.assertIn("streamARN", detail["responseElements"])

    def test_a_call_that_fails_is_told_with_its_error(self) -> None:
        iam = self.cloud.client("iam")
        with self.assertRaises(iam.exceptions.NoSuchEntityException):
            iam.delete_role(RoleName="nobody")
        (event,) = self.seen()
        self.assertEqual(event["detail"]["errorCode"], "NoSuchEntity")
        self.assertTrue(event["detail"]["errorMessage"])

    def test_a_function_is_an_assumed_role_and_its_calls_are_told_too(self) -> None:
        kinesisvideo = self.cloud.client("kinesisvideo")
        kinesisvideo.create_stream(StreamName="grown", DataRetentionInHours=24)
        version = kinesisvideo.describe_stream(StreamName="grown")["StreamInfo"]["Version"]
        mark = self.cloud.control("calls")["calls"][-1]["n"]
        kinesisvideo.update_data_retention(
            StreamName="grown",
            CurrentVersion=version,
            Operation="INCREASE_DATA_RETENTION",
            DataRetentionChangeInHours=1,
        )
        self.cloud.settle()
        self.assertEqual(kinesisvideo.list_tags_for_stream(StreamName="grown")["Tags"], {"seen": "yes"})
        calls = self.cloud.control(f"calls?after={mark}")["calls"]
        self.assertEqual(
            [(call["caller"], call["operation"]) for call in calls][:2],
            [("test", "UpdateDataRetention"), ("AuditFunction", "TagStream")],
        )
        told = self.cloud.client("cloudtrail").lookup_events(
            LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "TagStream"}]
        )["Events"]
        who = json.loads(told[0]["CloudTrailEvent"])["userIdentity"]
        self.assertEqual(who["type"], "AssumedRole")
        role = self.cloud.resources["Role"]
        self.assertTrue(who["arn"].startswith(f"arn:aws:sts::123456789012:assumed-role/{role}/"), who["arn"])
        self.assertEqual(who["sessionContext"]["sessionIssuer"]["userName"], role)
        # The pattern leaves this one out.
        self.assertNotIn("TagStream", [event["detail"]["eventName"] for event in self.cloud.bodies("SeenQueue")])

    def test_parameters_are_spelled_as_cloudtrail_does(self) -> None:
        sqs, s3, ec2 = (self.cloud.client(name) for name in ("sqs", "s3", "ec2"))
        url = sqs.create_queue(QueueName="spelled")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="{}")
        s3.create_bucket(Bucket="spelled")
        s3.put_bucket_policy(Bucket="spelled", Policy=TRUST)
        s3.put_object(Bucket="spelled", Key="a/b", Body=b"{}")
        s3.put_public_access_block(Bucket="spelled", PublicAccessBlockConfiguration={"BlockPublicAcls": True})
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        made = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3", SubnetIds=["subnet-1"])
        details = [event["detail"] for event in self.seen()]
        self.assertEqual(
            [detail["eventName"] for detail in details],
            ["CreateQueue", "CreateBucket", "PutBucketPolicy", "PutBucketPublicAccessBlock", "CreateVpcEndpoint"],
        )
        self.assertEqual(details[0]["requestParameters"], {"queueName": "spelled"})
        self.assertEqual(details[2]["requestParameters"]["bucketName"], "spelled")
        self.assertEqual(details[2]["requestParameters"]["bucketPolicy"], json.loads(TRUST))
        request = details[4]["requestParameters"]["CreateVpcEndpointRequest"]
        self.assertEqual((request["VpcId"], made["VpcEndpoint"]["VpcId"]), (vpc, vpc))

    def test_nothing_is_told_while_no_trail_logs(self) -> None:
        cloudtrail, iam = self.cloud.client("cloudtrail"), self.cloud.client("iam")
        selectors = cloudtrail.get_event_selectors(TrailName="management")["EventSelectors"]
        self.assertEqual((selectors[0]["ReadWriteType"], selectors[0]["IncludeManagementEvents"]), ("All", True))
        cloudtrail.stop_logging(Name="management")
        iam.create_user(UserName="unseen")
        self.assertFalse(self.cloud.control("settings")["trail"])
        self.assertTrue(self.cloud.control("settings", {"trail": True})["trail"])
        iam.create_user(UserName="seen")
        told = [event["detail"]["requestParameters"] for event in self.seen()]
        self.assertEqual(told, [{"name": "management"}, {"userName": "seen"}])
        # The event history knows it all the same.
        found = cloudtrail.lookup_events(
            LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": "unseen"}]
        )
        self.assertEqual([event["EventName"] for event in found["Events"]], ["CreateUser"])

    def test_selectors_hold_back(self) -> None:
        cloudtrail, iam = self.cloud.client("cloudtrail"), self.cloud.client("iam")
        cloudtrail.put_event_selectors(
            TrailName="management",
            AdvancedEventSelectors=[
                {
                    "FieldSelectors": [
                        {"Field": "eventCategory", "Equals": ["Management"]},
                        {"Field": "eventSource", "NotEquals": ["iam.amazonaws.com"]},
                    ]
                }
            ],
        )
        iam.create_user(UserName="held-back")
        self.cloud.client("sqs").create_queue(QueueName="let-through")
        cloudtrail.put_event_selectors(
            TrailName="management", EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True}]
        )
        names = [event["detail"]["eventName"] for event in self.seen()]
        self.assertEqual(names, ["PutEventSelectors", "CreateQueue", "PutEventSelectors"])

    def test_lookup_goes_backwards_in_pages(self) -> None:
        iam = self.cloud.client("iam")
        for number in range(7):
            iam.create_group(GroupName=f"page-{number}")
        pages = (
            self.cloud.client("cloudtrail")
            .get_paginator("lookup_events")
            .paginate(
                LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "CreateGroup"}],
                PaginationConfig={"PageSize": 3},
            )
        )
        sizes, names = [], []
        for page in pages:
            sizes.append(len(page["Events"]))
            names += [event["Resources"][0]["ResourceName"] for event in page["Events"]]
        self.assertEqual(names, [f"page-{number}" for number in range(6, -1, -1)])
        self.assertEqual(sizes, [3, 3, 1])

    def test_events_from_outside_reach_the_rules_but_not_in_the_name_of_aws(self) -> None:
        events = self.cloud.client("events")
        answer = events.put_events(
            Entries=[
                {"Source": "short", "DetailType": "d", "Detail": '{"who": "me", "n": 1}'},
                {"Source": "aws.iam", "DetailType": "AWS API Call via CloudTrail", "Detail": "{}"},
            ]
        )
        self.assertEqual(answer["FailedEntryCount"], 1)
        self.assertEqual(self.seen(), [{"who": "me", "text": "it is me", "all": {"who": "me", "n": 1}}])
        self.assertEqual(self.cloud.bodies("UndeliverableQueue")[0]["detail"]["who"], "me")
        self.assertEqual(self.cloud.bodies("NoticeQueue"), [])

    def test_an_event_can_be_forged_and_doubled(self) -> None:
        detail = {"eventSource": "iam.amazonaws.com", "eventName": "CreateRole"}
        self.assertEqual(self.cloud.control("event", {"event": detail, "times": 2})["published"], 2)
        first, second = self.seen()
        self.assertEqual((first, first["detail"]["eventName"]), (second, "CreateRole"))
        whole = {"source": "shop", "detail-type": "x", "detail": {"a": 1}}
        self.cloud.control("event", {"event": whole})
        self.assertEqual(self.seen(), [whole])

    def test_the_templates_pattern_can_be_tested(self) -> None:
        events = self.cloud.client("events")
        pattern = events.describe_rule(Name=self.cloud.resources["Changes"])["EventPattern"]
        event = {
            "id": "1",
            "account": "1",
            "source": "aws.iam",
            "time": "2026-01-01T00:00:00Z",
            "region": "us-east-1",
            "resources": [],
            "detail-type": "x",
            "detail": {"eventName": "TagStream"},
        }
        self.assertFalse(events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"])
        event["detail"] = {"eventName": "CreateRole"}
        self.assertTrue(events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"])
        with self.assertRaises(events.exceptions.InvalidEventPatternException):
            events.test_event_pattern(EventPattern='{"a": [{"nonsense": 1}]}', Event=json.dumps(event))

    def test_a_schedule_fires_when_told(self) -> None:
        tick = self.cloud.control("tick", {"schedule": "Sweep", "scheduledTime": "2026-01-02T03:04:05Z"})
        self.assertEqual((tick["fired"], tick["delivered"]), (True, True))
        self.cloud.settle()
        last = self.cloud.events("AuditFunction")[-1]["Records"][-1]
        self.assertEqual(json.loads(last["body"]), {"sweep": "2026-01-02T03:04:05Z"})
        scheduler = self.cloud.client("scheduler")
        found = scheduler.get_schedule(Name=tick["schedule"])
        scheduler.update_schedule(
            Name=tick["schedule"],
            ScheduleExpression=found["ScheduleExpression"],
            FlexibleTimeWindow=found["FlexibleTimeWindow"],
            Target=found["Target"],
            State="DISABLED",
        )
        self.assertFalse(self.cloud.control("tick", {"schedule": "Sweep"})["fired"])
        self.assertIn("no schedule", self.cloud.control("tick", {"schedule": "nonsense"})["error"])

    def test_a_topic_reaches_its_function_and_its_queue(self) -> None:
        sns, topic = self.cloud.client("sns"), self.cloud.resources["Topic"]
        before = len(self.cloud.events("NoticeFunction"))
        alarm = {"kind": {"DataType": "String", "StringValue": "alarm"}}
        sns.publish(TopicArn=topic, Message="filtered")
        sns.publish(TopicArn=topic, Message="hello", Subject="s", MessageAttributes=alarm)
        self.cloud.settle()
        (event,) = self.cloud.events("NoticeFunction")[before:]
        told = event["Records"][0]["Sns"]
        self.assertEqual((told["Message"], told["Subject"], told["TopicArn"]), ("hello", "s", topic))
        self.assertEqual(told["MessageAttributes"], {"kind": {"Type": "String", "Value": "alarm"}})
        envelopes = self.cloud.bodies("NoticeQueue")
        self.assertEqual([one["Message"] for one in envelopes], ["filtered", "hello"])
        self.assertEqual(envelopes[1]["MessageAttributes"], {"kind": {"Type": "String", "Value": "alarm"}})

    def test_an_asynchronous_invocation_is_tried_three_times_and_reported(self) -> None:
        before = len(self.cloud.events("NoticeFunction"))
        name = self.cloud.ready["functions"]["NoticeFunction"]["name"]
        answer = self.cloud.client("lambda").invoke(
            FunctionName=name, InvocationType="Event", Payload=b'{"please": "fail"}'
        )
        self.assertEqual(answer["StatusCode"], 202)
        self.cloud.settle()
        self.assertEqual(len(self.cloud.events("NoticeFunction")) - before, 3)
        (report,) = self.cloud.bodies("FailedQueue")
        self.assertEqual(report["requestContext"]["condition"], "RetriesExhausted")
        self.assertEqual(report["requestContext"]["approximateInvokeCount"], 3)
        self.assertEqual(report["requestPayload"], {"please": "fail"})

    def test_the_bucket_is_as_the_template_says(self) -> None:
        s3, bucket = self.cloud.client("s3"), self.cloud.resources["Bucket"]
        self.assertEqual(s3.get_bucket_versioning(Bucket=bucket)["Status"], "Enabled")
        rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        self.assertEqual(rules[0]["Expiration"]["Days"], 30)
        self.assertTrue(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]["BlockPublicAcls"])
        self.assertEqual(json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]), json.loads(TRUST))
        rule = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
        self.assertEqual(rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "aws:kms")


if __name__ == "__main__":
    unittest.main()
