"""Budgets: as AWS tells of them, and what they tell a topic when the spend passes a threshold."""

from __future__ import annotations

import re
import unittest
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from running import Running

ACCOUNT = "123456789012"
PUBLISH = {
    "Sid": "AWSBudgetsSNSPublishingPermissions",
    "Effect": "Allow",
    "Principal": {"Service": "budgets.amazonaws.com"},
    "Action": "SNS:Publish",
    "Resource": {"Ref": "BudgetTopic"},
    "Condition": {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:budgets::${AWS::AccountId}:*"}},
    },
}
KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Principal": {"Service": "budgets.amazonaws.com"},
            "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
            "Resource": "*",
        },
    ],
}


def notified(kind: str, threshold: object, threshold_type: str | None = None) -> dict[str, Any]:
    told = {"NotificationType": kind, "ComparisonOperator": "GREATER_THAN", "Threshold": threshold}
    return {
        "Notification": told | ({"ThresholdType": threshold_type} if threshold_type else {}),
        "Subscribers": [{"SubscriptionType": "SNS", "Address": {"Ref": "BudgetTopic"}}],
    }


TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Transform": "AWS::Serverless-2016-10-31",
    "Parameters": {"MonthlyLimit": {"Type": "Number", "Default": 1000}},
    "Resources": {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": KEY_POLICY, "EnableKeyRotation": True}},
        "KeyAlias": {
            "Type": "AWS::KMS::Alias",
            "Properties": {"AliasName": "alias/kvs-warden", "TargetKeyId": {"Ref": "Key"}},
        },
        "BudgetTopic": {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": {"Ref": "KeyAlias"}}},
        "BudgetTopicPolicy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {
                "Topics": [{"Ref": "BudgetTopic"}],
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        PUBLISH,
                        {
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "sns:Publish",
                            "Resource": {"Ref": "BudgetTopic"},
                            "Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}},
                        },
                    ],
                },
            },
        },
        "BudgetQueue": {"Type": "AWS::SQS::Queue"},
        "ToQueue": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": "BudgetTopic"},
                "Protocol": "sqs",
                "Endpoint": {"Fn::GetAtt": ["BudgetQueue", "Arn"]},
            },
        },
        "VideoBudget": {
            "Type": "AWS::Budgets::Budget",
            "Properties": {
                "Budget": {
                    "BudgetName": "kvs-warden-video",
                    "BudgetType": "COST",
                    "TimeUnit": "MONTHLY",
                    "BudgetLimit": {"Amount": {"Ref": "MonthlyLimit"}, "Unit": "USD"},
                    "CostFilters": {"Service": ["Amazon Kinesis Video Streams"]},
                },
                "NotificationsWithSubscribers": [
                    notified("ACTUAL", 80),
                    notified("ACTUAL", 950, "ABSOLUTE_VALUE"),
                    notified("FORECASTED", "100", "PERCENTAGE"),
                ],
                "ResourceTags": [{"Key": "app", "Value": "kvs-warden"}],
            },
        },
        "UnnamedBudget": {
            "Type": "AWS::Budgets::Budget",
            "Properties": {
                "Budget": {"BudgetType": "COST", "TimeUnit": "DAILY", "BudgetLimit": {"Amount": 5, "Unit": "USD"}},
                "NotificationsWithSubscribers": [notified("ACTUAL", 15)],
            },
        },
        "PlainTopic": {"Type": "AWS::SNS::Topic"},
    },
    "Outputs": {"Budget": {"Value": {"Ref": "VideoBudget"}}},
}


class Budgets(unittest.TestCase):
    def setUp(self) -> None:
        self.cloud = Running(TEMPLATE)
        self.addCleanup(self.cloud.stop)
        self.budgets = self.cloud.client("budgets")
        self.name = self.cloud.resources["VideoBudget"]

    def spend(self, actual: str | None = None, **more: Any) -> dict[str, Any]:
        told: dict[str, Any] = {"budget": self.name} | ({"actual": actual} if actual else {}) | more
        answer = self.cloud.control("spend", told)
        self.assertNotIn("error", answer)
        return answer

    def described(self) -> dict[str, Any]:
        return self.budgets.describe_budget(AccountId=ACCOUNT, BudgetName=self.name)["Budget"]

    def states(self) -> list[tuple[str, float, str, str]]:
        names = ("NotificationType", "Threshold", "ThresholdType", "NotificationState")
        found = self.budgets.describe_notifications_for_budget(AccountId=ACCOUNT, BudgetName=self.name)
        return [tuple(one[name] for name in names) for one in found["Notifications"]]

    def refused(self, code: str, operation: str, **asked: Any) -> str:
        with self.assertRaises(ClientError) as caught:
            getattr(self.budgets, operation)(AccountId=ACCOUNT, **asked)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response["Error"]["Message"]

    def test_a_budget_of_the_template_is_as_aws_tells_of_it(self) -> None:
        self.assertEqual(self.cloud.ready["outputs"]["Budget"], "kvs-warden-video")
        self.assertIn("AWS::Budgets::Budget VideoBudget", self.cloud.ready["created_by_call"])
        self.assertEqual(self.cloud.ready["skipped"], [])
        found = self.described()
        self.assertEqual(found["BudgetLimit"], {"Amount": "1000.0", "Unit": "USD"})
        self.assertEqual(found["CalculatedSpend"], {"ActualSpend": {"Amount": "0.0", "Unit": "USD"}})
        self.assertEqual(found["CostFilters"], {"Service": ["Amazon Kinesis Video Streams"]})
        self.assertTrue(found["CostTypes"]["IncludeTax"])
        self.assertEqual(found["HealthStatus"]["Status"], "HEALTHY")
        now = datetime.now(UTC)
        begin = found["TimePeriod"]["Start"].astimezone(UTC)
        self.assertEqual((begin.year, begin.month, begin.day, begin.hour), (now.year, now.month, 1, 0))
        self.assertEqual(found["TimePeriod"]["End"].astimezone(UTC), datetime(2087, 6, 15, tzinfo=UTC))
        self.assertEqual(
            self.states(),
            [
                ("ACTUAL", 80.0, "PERCENTAGE", "OK"),
                ("ACTUAL", 950.0, "ABSOLUTE_VALUE", "OK"),
                ("FORECASTED", 100.0, "PERCENTAGE", "OK"),
            ],
        )
        one = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
        subscribers = self.budgets.describe_subscribers_for_notification(
            AccountId=ACCOUNT, BudgetName=self.name, Notification=one
        )["Subscribers"]
        self.assertEqual(subscribers, [{"SubscriptionType": "SNS", "Address": self.cloud.resources["BudgetTopic"]}])
        unnamed = self.cloud.resources["UnnamedBudget"]
        daily = self.budgets.describe_budget(AccountId=ACCOUNT, BudgetName=unnamed)["Budget"]
        self.assertEqual(daily["TimePeriod"]["Start"].astimezone(UTC).date(), now.date())
        tags = self.budgets.list_tags_for_resource(ResourceARN=f"arn:aws:budgets::{ACCOUNT}:budget/{self.name}")
        self.assertEqual(tags["ResourceTags"], [{"Key": "app", "Value": "kvs-warden"}])

    def test_an_alert_is_the_text_that_aws_sends(self) -> None:
        self.spend("812.505", forecast="1120.00", updated="2026-11-20T06:00:00Z")
        bodies = self.cloud.bodies("BudgetQueue")
        self.assertEqual(len(bodies), 2)
        actual = bodies[0]
        self.assertEqual(actual["Subject"], "AWS Budgets: kvs-warden-video has exceeded your alert threshold")
        self.assertEqual(actual["TopicArn"], self.cloud.resources["BudgetTopic"])
        self.assertRegex(actual["Timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        expected = (
            f"AWS Budget Notification {datetime.now(UTC):%B %d, %Y}\nAWS Account 123456789012\n\nDear AWS Customer,\n\n"
            "You requested that we alert you when the ACTUAL Cost associated with your kvs-warden-video budget is "
            "greater than $800.00 for the current month. The ACTUAL Cost associated with this budget is $812.51. You "
            "can find additional details below and by accessing the AWS Budgets dashboard [1].\n\n"
            "Budget Name: kvs-warden-video\nBudget Type: Cost\nBudgeted Amount: $1000.00\nAlert Type: ACTUAL\n"
            "Alert Threshold: > $800.00\nACTUAL Amount: $812.51\n\n"
            "[1] https://console.aws.amazon.com/costmanagement/home#/budgets\n"
        )
        self.assertEqual(actual["Message"], expected)
        self.assertIn("FORECASTED Amount: $1120.00\n", bodies[1]["Message"])
        found = self.described()
        self.assertEqual(found["CalculatedSpend"]["ActualSpend"]["Amount"], "812.505")
        self.assertEqual(found["CalculatedSpend"]["ForecastedSpend"]["Amount"], "1120.00")
        self.assertEqual(found["LastUpdatedTime"].astimezone(UTC), datetime(2026, 11, 20, 6, tzinfo=UTC))
        published = [call for call in self.cloud.control("calls")["calls"] if call["caller"] == "budgets.amazonaws.com"]
        self.assertEqual({(call["operation"], call["status"]) for call in published}, {("Publish", 200)})

    def test_a_daily_budget_tells_of_yesterday_and_amounts_may_be_grouped(self) -> None:
        self.name = self.cloud.resources["UnnamedBudget"]
        self.spend("1200", limit="2000", grouped=True)
        (body,) = self.cloud.bodies("BudgetQueue")
        self.assertIn("is greater than $300.00 per day. Yesterday, the ACTUAL Cost", body["Message"])
        self.assertIn("Budgeted Amount: $2,000.00\n", body["Message"])
        self.assertIn("ACTUAL Amount: $1,200.00\n", body["Message"])

    def test_exactly_at_the_threshold_is_not_over_it(self) -> None:
        self.spend("800")
        self.assertEqual(self.states()[0][3], "OK")
        self.spend("800.01")
        self.assertEqual(self.states()[0][3], "ALARM")

    def test_an_actual_alert_comes_once_a_period_and_a_forecast_whenever_it_is_passed_anew(self) -> None:
        for actual, forecast in (("850", "1100"), ("850", "1100"), ("700", "900"), ("850", "1100")):
            self.spend(actual, forecast=forecast)
        kinds = [re.search("Alert Type: (.*)", body["Message"])[1] for body in self.cloud.bodies("BudgetQueue")]
        self.assertEqual(kinds, ["ACTUAL", "FORECASTED", "FORECASTED"])
        answer = self.spend(newPeriod=True)
        self.assertEqual({one["NotificationState"] for one in answer["notifications"]}, {"OK"})
        self.assertEqual(self.described()["CalculatedSpend"], {"ActualSpend": {"Amount": "0.0", "Unit": "USD"}})
        self.spend("850")
        self.assertEqual(len(self.cloud.bodies("BudgetQueue")), 1)

    def test_an_alert_that_is_lost_does_not_come_again(self) -> None:
        self.assertEqual(self.spend("990", publish=False)["published"], [])
        self.assertEqual(self.spend("991")["published"], [])
        self.assertEqual([state for *_, state in self.states()], ["ALARM", "ALARM", "OK"])
        self.assertEqual(self.cloud.bodies("BudgetQueue"), [])

    def test_health_limit_and_unit_can_be_staged(self) -> None:
        self.spend("1", health="FILTER_INVALID", limit="500", unit="EUR")
        found = self.described()
        self.assertEqual(
            (found["HealthStatus"]["Status"], found["HealthStatus"]["StatusReason"]), ("UNHEALTHY", "FILTER_INVALID")
        )
        self.assertEqual(found["BudgetLimit"], {"Amount": "500.0", "Unit": "EUR"})
        self.spend(health=None)
        self.assertNotIn("HealthStatus", self.described())
        for wrong in ({"budget": "none"}, {"budget": self.name, "actual": "much"}, {"budget": self.name, "spent": 1}):
            self.assertIn("error", self.cloud.control("spend", wrong))

    def test_a_topic_that_does_not_let_budgets_publish_gets_nothing(self) -> None:
        sns, kms = self.cloud.client("sns"), self.cloud.client("kms")
        plain = self.cloud.resources["PlainTopic"]
        self.budgets.create_budget(
            AccountId=ACCOUNT,
            Budget={
                "BudgetName": "plain",
                "BudgetLimit": {"Amount": "10", "Unit": "USD"},
                "TimeUnit": "MONTHLY",
                "BudgetType": "COST",
            },
            NotificationsWithSubscribers=[
                {
                    "Notification": {
                        "NotificationType": "ACTUAL",
                        "ComparisonOperator": "GREATER_THAN",
                        "Threshold": 50,
                    },
                    "Subscribers": [{"SubscriptionType": "SNS", "Address": plain}],
                }
            ],
        )
        (refused,) = self.cloud.control("spend", {"budget": "plain", "actual": "9"})["refused"]
        self.assertIn("policy does not allow", refused["refused"])
        key = kms.describe_key(KeyId="alias/kvs-warden")["KeyMetadata"]["KeyId"]
        kept = kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
        self.assertIn("budgets.amazonaws.com", kept)
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=kept.replace("budgets.amazonaws", "s3.amazonaws"))
        (refused,) = self.spend("900")["refused"]
        self.assertIn("the topic's key", refused["refused"])
        sns.set_topic_attributes(
            TopicArn=self.cloud.resources["BudgetTopic"], AttributeName="KmsMasterKeyId", AttributeValue="alias/aws/sns"
        )
        self.assertEqual(len(self.spend("960")["refused"]), 1)

    def test_limits_and_errors(self) -> None:
        message = self.refused("NotFoundException", "describe_budget", BudgetName="none")
        self.assertIn("doesn't exist", message)
        self.refused("NotFoundException", "describe_notifications_for_budget", BudgetName="none")
        self.refused("InvalidParameterException", "describe_budget", BudgetName="a:b")
        topic = self.cloud.resources["BudgetTopic"]
        sns = {"SubscriptionType": "SNS", "Address": topic}
        two = [sns, sns | {"Address": f"{topic}2"}]
        given = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 1.5}
        message = self.refused(
            "CreationLimitExceededException",
            "create_notification",
            BudgetName=self.name,
            Notification=given,
            Subscribers=two,
        )
        self.assertEqual(message, "one notification can only have 1 subscribers with type of SNS")
        for threshold in range(1, 8):
            self.budgets.create_notification(
                AccountId=ACCOUNT,
                BudgetName=self.name,
                Notification=given | {"Threshold": threshold},
                Subscribers=[sns],
            )
        asked = {"BudgetName": self.name, "Notification": given, "Subscribers": [sns]}
        self.refused("CreationLimitExceededException", "create_notification", **asked)
        asked["Notification"] = given | {"Threshold": 80}
        self.refused("DuplicateRecordException", "create_notification", **asked)
        pages = self.budgets.get_paginator("describe_notifications_for_budget").paginate(
            AccountId=ACCOUNT, BudgetName=self.name, PaginationConfig={"PageSize": 4}
        )
        self.assertEqual([len(one["Notifications"]) for one in pages], [4, 4, 2])
        with self.assertRaises(ClientError) as caught:
            self.budgets.describe_budget(AccountId="210987654321", BudgetName=self.name)
        self.assertEqual(caught.exception.response["Error"]["Code"], "AccessDeniedException")
        self.budgets.delete_budget(AccountId=ACCOUNT, BudgetName=self.name)
        self.refused("NotFoundException", "describe_budget", BudgetName=self.name)

    def test_a_new_limit_is_held_against_the_spend_at_once(self) -> None:
        self.spend("500")
        new = {
            "BudgetName": self.name,
            "BudgetLimit": {"Amount": "600", "Unit": "USD"},
            "TimeUnit": "MONTHLY",
            "BudgetType": "COST",
        }
        self.budgets.update_budget(AccountId=ACCOUNT, NewBudget=new)
        self.assertEqual(len(self.cloud.bodies("BudgetQueue")), 1)
        self.assertEqual(self.described()["CalculatedSpend"]["ActualSpend"]["Amount"], "500")
        (call,) = [one for one in self.cloud.control("calls")["calls"] if one["operation"] == "UpdateBudget"]
        self.assertEqual((call["service"], call["status"]), ("budgets", 200))


if __name__ == "__main__":
    unittest.main()
