"""SNS to functions, and what moto gets wrong on the way to queues."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any


def install() -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from moto.sns.models import Subscription

    publish = Subscription.publish

    @lru_cache
    def key() -> Any:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

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
        if self.protocol != "lambda":
            publish(
                self, message, message_id, subject, message_attributes, group_id, deduplication_id, message_structure
            )
            return
        matcher = self._filter_policy_matcher
        if matcher is not None and not matcher.matches(message_attributes, message):
            return
        if message_structure == "json":
            message = self._parse_message_structure(message, self.protocol)
        from .functions.asynchronous import ASYNCHRONOUS

        ASYNCHRONOUS.send(self.endpoint, _event(self, message, message_id, subject, message_attributes))

    # One key for all: a new one takes a tenth of a second, for each subscription.
    Subscription.private_key = lambda self: key()  # type: ignore[assignment]
    Subscription.publish = to_subscription  # type: ignore[method-assign]


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
