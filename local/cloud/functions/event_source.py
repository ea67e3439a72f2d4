"""Lambda's poller: reads a queue, invokes the function with what it read, deletes what the function did.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

import base64
import json
import logging
import threading
import time
from dataclasses import dataclass
from typing import Any

from moto.sqs.models import sqs_backends

from ..account import ACCOUNT, REGION
from ..stack.function import EventSourceMapping
from .function import Function

log = logging.getLogger("cloud.event_source")

# How long a message whose visibility timeout ran out may lie unnoticed. A message that is sent is noticed at once.
_GLANCE_SECONDS = 0.1


@dataclass
class Settings:
    # How long a batch waits for company; `None`: as the template says.
    window_seconds: float | None = None


SETTINGS = Settings()


class EventSource:
    """One thread for each concurrent invocation that the mapping allows."""

    def __init__(self, mapping: EventSourceMapping, function: Function) -> None:
        self._mapping = mapping
        self._function = function
        self._backend = sqs_backends[ACCOUNT][REGION]
        self._queue = self._backend.get_queue(mapping.queue_name)
        self.queue_name = mapping.queue_name
        self._working = 0
        self._count = threading.Lock()

    def start(self) -> None:
        for number in range(self._mapping.concurrency):
            threading.Thread(target=self._poll, name=f"poll-{self.queue_name}-{number}", daemon=True).start()

    @property
    def busy_with_messages(self) -> bool:
        """Whether any message is between its receipt and the deletion that follows its invocation."""
        return self._working > 0

    def _poll(self) -> None:
        while True:
            messages: list[Any] = []
            # Looked at before it is counted as work: an idle poller must not look busy ten times a second.
            if self._queue.messages:
                with self._count:
                    self._working += 1
                try:
                    messages = self._receive()
                    if messages:
                        self._work(messages)
                except Exception:  # A poller that dies would look like a function that does nothing.
                    log.exception("cannot serve `%s`", self.queue_name)
                    messages = []
                finally:
                    with self._count:
                        self._working -= 1
            if not messages:
                self._queue.wait_for_messages(_GLANCE_SECONDS)  # type: ignore[arg-type]

    def _receive(self) -> list[Any]:
        messages = self._take(self._mapping.batch_size)
        window = SETTINGS.window_seconds
        end = time.monotonic() + (self._mapping.window_seconds if window is None else window)
        while messages and len(messages) < self._mapping.batch_size and (left := end - time.monotonic()) > 0:
            self._queue.wait_for_messages(min(left, _GLANCE_SECONDS))  # type: ignore[arg-type]
            messages += self._take(self._mapping.batch_size - len(messages))
        return messages

    def _take(self, count: int) -> list[Any]:
        taken: list[Any] = []
        # ReceiveMessage gives ten at most; a mapping may ask for more, which Lambda collects.
        while len(taken) < count:
            part = self._backend.receive_message(
                self.queue_name,
                min(10, count - len(taken)),
                0,
                self._queue.visibility_timeout,
                ["All"],  # type: ignore[attr-defined]
            )
            if not part:
                break
            taken += part
        return taken

    def _work(self, messages: list[Any]) -> None:
        event = {"Records": [self._record(message) for message in messages]}
        done = self._function.invoke(json.dumps(event).encode())
        failed = self._failures(done.answer, done.failed, {message.id for message in messages})
        for message in messages:
            if message.id not in failed:
                self._backend.delete_message(self.queue_name, message.receipt_handle)
        if failed:
            log.info(
                "%s of %s messages of `%s` failed: %s", len(failed), len(messages), self.queue_name, done.answer[:500]
            )

    def _failures(self, answer: bytes, failed: bool, sent: set[str]) -> set[str]:
        """The messages that stay in the queue. Any answer that Lambda cannot read fails the whole batch."""
        if failed:
            return sent
        if not self._mapping.reports_item_failures:
            return set()
        try:
            value = json.loads(answer or b"null")
        except ValueError:
            return sent
        if value is None:
            return set()
        if not isinstance(value, dict):
            return sent
        items = value.get("batchItemFailures")
        if items is None:
            # An empty response and a null list are both a complete success.
            return set()
        if not isinstance(items, list):
            return sent
        failures = {str(item.get("itemIdentifier")) if isinstance(item, dict) else "" for item in items}
        return failures if failures <= sent else sent

    def _record(self, message: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""
        attributes = {
            "ApproximateReceiveCount": str(message.approximate_receive_count),
            "SentTimestamp": str(message.sent_timestamp),
            "SenderId": message.sender_id,
            "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
        }
        record = {
            "messageId": message.id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": attributes,
            "messageAttributes": {
                name: {
                    "dataType": value.get("DataType"),
                    "stringValue": value.get("StringValue"),
                    "binaryValue": _base64(value.get("BinaryValue")),
                    "stringListValues": [],
                    "binaryListValues": [],
                }
                for name, value in (message.message_attributes or {}).items()
            },
            "md5OfBody": message.body_md5,
            "eventSource": "aws:sqs",
            "eventSourceARN": self._queue.queue_arn,
            "awsRegion": REGION,
        }
        return record


def _base64(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()
