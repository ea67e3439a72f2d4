"""The policies and subscriptions of queues and topics, which moto's CloudFormation does not know."""

from __future__ import annotations

import json

from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from ..account import ACCOUNT, REGION
from .resource import Resource


class QueuePolicy(Resource):
    TYPE = "AWS::SQS::QueuePolicy"
    NAME = "Id"

    def create(self) -> None:
        for url in self.properties["Queues"]:
            sqs_backends[ACCOUNT][REGION].set_queue_attributes(
                url.rsplit("/", 1)[-1], {"Policy": json.dumps(self.properties["PolicyDocument"])}
            )


class TopicPolicy(Resource):
    TYPE = "AWS::SNS::TopicPolicy"
    NAME = "Id"

    def create(self) -> None:
        for arn in self.properties["Topics"]:
            sns_backends[ACCOUNT][REGION].set_topic_attribute(
                arn, "policy", json.dumps(self.properties["PolicyDocument"])
            )


class Subscription(Resource):
    TYPE = "AWS::SNS::Subscription"
    NAME = "Id"

    def create(self) -> None:
        sns = sns_backends[ACCOUNT][REGION]
        subscription = sns.subscribe(
            self.properties["TopicArn"], self.properties["Endpoint"], self.properties["Protocol"]
        )
        # The scope first: moto reads a filter by the scope that it finds.
        for name in ("FilterPolicyScope", "FilterPolicy", "RawMessageDelivery", "RedrivePolicy"):
            if name in self.properties:
                value = self.properties[name]
                sns.set_subscription_attributes(
                    subscription.arn, name, value if isinstance(value, str) else json.dumps(value)
                )
        self.reference = subscription.arn
        self.attributes = {"Arn": subscription.arn}
