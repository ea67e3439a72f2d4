"""SNS to functions, and what moto gets wrong on the way to queues."""

from __future__ import annotations

import base64
import json
import logging
import re
from functools import lru_cache
from typing import Any

log = logging.getLogger("cloud.sns")

_MOST_IN_BATCH = 10
_MOST_BYTES = 256 * 1024


def install() -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from moto.core.utils import iso_8601_datetime_with_milliseconds
    from moto.sns.exceptions import InvalidParameterValue, SNSInvalidParameter
    from moto.sns.models import SNSBackend, Subscription
    from moto.sqs.exceptions import QueueDoesNotExist

    publish = Subscription.publish

    @lru_cache
    def key() -> Any:
        # One for all: a new one takes a tenth of a second, for each subscription.
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def get_post_data(
        self: Subscription,
        message: str,
        message_id: str,
        subject: str | None,
        message_attributes: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html"""
        told: dict[str, Any] = {"Type": "Notification", "MessageId": message_id, "TopicArn": self.topic.arn}
        if subject:
            told["Subject"] = subject
        told |= {"Message": message, "Timestamp": iso_8601_datetime_with_milliseconds(), "SignatureVersion": "1"}
        names = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
        signed = "".join(f"{name}\n{told[name]}\n" for name in names if name in told)
        address = f"https://sns.{self.topic.sns_backend.region_name}.amazonaws.com/"
        told |= {
            "Signature": base64.b64encode(key().sign(signed.encode(), padding.PKCS1v15(), hashes.SHA1())).decode(),
            "SigningCertURL": f"{address}SimpleNotificationService-local.pem",
            "UnsubscribeURL": f"{address}?Action=Unsubscribe&SubscriptionArn={self.arn}",
        }
        if message_attributes:
            told["MessageAttributes"] = message_attributes
        return told

    def to_subscription(
        self: Subscription,
        message: str,
        message_id: str,
        subject: str | None = None,
        message_attributes: dict[str, Any] | None = None,
        group_id: str | None = None,
        deduplication_id: str | None = None,
        message_structure: str | None = None,
    ) -> None:
        # moto takes the text `false` for true.
        if str(self.attributes.get("RawMessageDelivery")).lower() == "false":
            self.attributes.pop("RawMessageDelivery")
        raw = self.protocol == "sqs" and self.attributes.get("RawMessageDelivery")
        if raw or self.protocol not in ("lambda", "sqs"):
            try:
                publish(
                    self,
                    message,
                    message_id,
                    subject,
                    message_attributes,
                    group_id,
                    deduplication_id,
                    message_structure,
                )
            except QueueDoesNotExist:
                log.warning("cannot deliver to `%s`", self.endpoint)
            return
        matcher = self._filter_policy_matcher
        if matcher is not None and not matcher.matches(message_attributes, message):
            return
        if message_structure == "json":
            message = self._parse_message_structure(message, self.protocol)
        if self.protocol == "sqs":
            told = self.get_post_data(message, message_id, subject, message_attributes=message_attributes)
            _to_queue(self, json.dumps(told, indent=2, separators=(",", " : ")), group_id, deduplication_id)
            return
        from .functions.asynchronous import ASYNCHRONOUS

        ASYNCHRONOUS.send(self.endpoint, _event(self, message, message_id, subject, message_attributes))

    def publish_batch(
        self: SNSBackend, topic_arn: str, publish_batch_request_entries: list[dict[str, Any]]
    ) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
        _check_batch(publish_batch_request_entries)
        topic = self.get_topic(topic_arn)
        successful, failed = [], []
        for entry in publish_batch_request_entries:
            try:
                _check_entry(entry, topic.fifo_topic)
                identifier = self.publish(
                    message=entry["Message"],
                    arn=topic_arn,
                    subject=entry.get("Subject"),
                    message_attributes=entry.get("MessageAttributes", {}),
                    group_id=entry.get("MessageGroupId"),
                    deduplication_id=entry.get("MessageDeduplicationId"),
                    message_structure=entry.get("MessageStructure"),
                )
                successful.append({"MessageId": identifier, "Id": entry["Id"]})
            except (InvalidParameterValue, SNSInvalidParameter) as error:
                failed.append(
                    {"Id": entry["Id"], "Code": "InvalidParameter", "Message": error.message, "SenderFault": True}
                )
        return successful, failed

    Subscription.get_post_data = get_post_data  # type: ignore[method-assign]
    Subscription.publish = to_subscription  # type: ignore[method-assign]
    SNSBackend.publish_batch = publish_batch  # type: ignore[method-assign]


def _to_queue(subscription: Any, text: str, group_id: str | None, deduplication_id: str | None) -> None:
    """A queue that is gone leaves the message to the subscription's dead letter queue, if it has one."""
    from moto.sqs.exceptions import QueueDoesNotExist
    from moto.sqs.models import sqs_backends

    redrive = subscription.attributes.get("RedrivePolicy")
    dead = (json.loads(redrive) if isinstance(redrive, str) else redrive or {}).get("deadLetterTargetArn")
    for arn in filter(None, (subscription.endpoint, dead)):
        _, _, _, region, account, name = arn.split(":")
        try:
            sqs_backends[account][region].send_message(
                name, text, deduplication_id=deduplication_id, group_id=group_id, validate_group_id=False
            )
            return
        except QueueDoesNotExist:
            log.warning("cannot deliver to `%s`", arn)


def _check_batch(entries: list[dict[str, Any]]) -> None:
    """What is wrong with the whole of it. https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html"""
    from moto.sns.exceptions import SNSException

    identifiers = [str(entry.get("Id", "")) for entry in entries]
    size = sum(len(entry.get("Message", "").encode()) + _size(entry.get("MessageAttributes")) for entry in entries)
    for code, wrong, message in (
        ("EmptyBatchRequest", not entries, "The batch request doesn't contain any entries."),
        (
            "TooManyEntriesInBatchRequest",
            len(entries) > _MOST_IN_BATCH,
            "The batch request contains more entries than permissible (more than 10).",
        ),
        (
            "InvalidBatchEntryId",
            not all(re.fullmatch(r"[\w-]{1,80}", one, re.ASCII) for one in identifiers),
            "The Id of a batch entry in a batch request doesn't abide by the specification.",
        ),
        (
            "BatchEntryIdsNotDistinct",
            len(set(identifiers)) != len(identifiers),
            "Two or more batch entries in the request have the same Id.",
        ),
        (
            "BatchRequestTooLong",
            size > _MOST_BYTES,
            "The length of all the batch messages put together is more than the limit.",
        ),
    ):
        if wrong:
            raise SNSException(code, message)


def _size(attributes: dict[str, dict[str, Any]] | None) -> int:
    return sum(
        len(name.encode()) + len(str(value.get("Type", ""))) + len(str(value.get("Value", "")).encode())
        for name, value in (attributes or {}).items()
    )


def _check_entry(entry: dict[str, Any], in_order: bool) -> None:
    """What is wrong with one, which the others do not suffer from."""
    from moto.sns.exceptions import SNSInvalidParameter

    subject = entry.get("Subject")
    if not entry.get("Message"):
        raise SNSInvalidParameter("Invalid parameter: Empty message")
    if subject is not None and not re.fullmatch(r"[\x21-\x7e][\x20-\x7e]{0,99}", subject):
        raise SNSInvalidParameter("Invalid parameter: Subject")
    if in_order and not entry.get("MessageGroupId"):
        raise SNSInvalidParameter("Invalid parameter: The MessageGroupId parameter is required for FIFO topics")


def _event(subscription: Any, message: str, message_id: str, subject: str | None, attributes: Any) -> bytes:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html: the names differ from those that a queue gets."""
    told = subscription.get_post_data(message, message_id, subject, message_attributes=attributes)
    told["SigningCertUrl"] = told.pop("SigningCertURL")
    told["UnsubscribeUrl"] = told.pop("UnsubscribeURL")
    told.setdefault("Subject", None)
    told.setdefault("MessageAttributes", {})
    record = {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription.arn,
        "Sns": told,
    }
    return json.dumps({"Records": [record]}).encode()
