"""Telling people of a refusal, once for each certificate and reason, whichever worker sees it."""

from __future__ import annotations

import time

import settings
from clients import dynamodb, sns
from refusal import Refused

_KEEP = 90 * 24 * 3_600
_LEASE = 60


def refusal(certificate: str, refused: Refused, by: str) -> None:
    now = int(time.time())
    client = dynamodb()
    try:
        client.put_item(
            TableName=settings.REFUSAL_TABLE,
            Item={
                "certificateId": {"S": certificate},
                "reason": {"S": refused.reason},
                "detail": {"S": str(refused)},
                "firstSeen": {"N": str(now)},
                "announced": {"BOOL": False},
                "leaseBy": {"S": by},
                "leaseUntil": {"N": str(now + _LEASE)},
                "expiresAt": {"N": str(now + _KEEP)},
            },
            ConditionExpression="attribute_not_exists(certificateId) OR expiresAt < :now "
            "OR (announced = :no AND (leaseUntil < :now OR leaseBy = :by))",
            ExpressionAttributeValues={":no": {"BOOL": False}, ":by": {"S": by}, ":now": {"N": str(now)}},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return
    attributes = {"kind": "refusal", "reason": refused.reason, "certificateId": certificate}
    sns().publish(
        TopicArn=settings.ALERT_TOPIC,
        Subject=f"kvs-warden refused a camera: {refused.reason}",
        Message=f"{refused}.\n\nReason: {refused.reason}\nCertificate: {certificate}\n",
        MessageAttributes={name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()},
    )
    client.update_item(
        TableName=settings.REFUSAL_TABLE,
        Key={"certificateId": {"S": certificate}, "reason": {"S": refused.reason}},
        UpdateExpression="SET announced = :yes",
        ExpressionAttributeValues={":yes": {"BOOL": True}},
    )
