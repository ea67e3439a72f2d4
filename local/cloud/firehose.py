"""Firehose: whether a delivery stream is encrypted is told for each, as AWS does."""

from __future__ import annotations

from typing import Any


def install() -> None:
    """moto tells it only of those that were made with it, and not whether it is in force."""
    from moto.firehose.models import FirehoseBackend

    describe = FirehoseBackend.describe_delivery_stream

    def describe_delivery_stream(self: FirehoseBackend, *args: Any, **kwargs: Any) -> dict[str, Any]:
        told = describe(self, *args, **kwargs)
        description = told.get("DeliveryStreamDescription", told)
        kept = description.get("DeliveryStreamEncryptionConfiguration") or {}
        status = "ENABLED" if kept.get("KeyType") else "DISABLED"
        description["DeliveryStreamEncryptionConfiguration"] = {"Status": status, **kept}
        return told

    FirehoseBackend.describe_delivery_stream = describe_delivery_stream  # type: ignore[method-assign]
