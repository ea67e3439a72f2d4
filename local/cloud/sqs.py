"""moto's SQS made safe for several threads and fit for thousands of messages, and a visibility clock that a test can
run out."""

from __future__ import annotations

import threading
import time
from functools import wraps
from typing import Any

from moto.core.utils import unix_time_millis
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Message, Queue, SQSBackend, sqs_backends

from .account import ACCOUNT, REGION

_LOCK = threading.RLock()


def held() -> Any:
    """A lock with which nobody else sends, receives or deletes: all that comes at once is there before any is taken."""
    return _LOCK


def install() -> None:
    """moto rebuilds a queue's list on every deletion: a message that is sent meanwhile would be lost."""
    for name in (
        "send_message",
        "send_message_batch",
        "delete_message",
        "delete_message_batch",
        "change_message_visibility",
        "change_message_visibility_batch",
        "purge_queue",
        "get_queue_attributes",
        "delete_queue",
        "create_queue",
    ):
        setattr(SQSBackend, name, _locked(getattr(SQSBackend, name)))
    receive = SQSBackend.receive_message

    def receive_message(
        self: SQSBackend,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        visibility_timeout: int,
        message_attribute_names: list[str] | None = None,
    ) -> list[Any]:
        """The same, but a long poll waits without the lock."""
        end = time.monotonic() + (wait_seconds_timeout or 0)
        while True:
            with _LOCK:
                found = receive(self, queue_name, count, 0, visibility_timeout, message_attribute_names)
                queue = self.get_queue(queue_name)
            left = end - time.monotonic()
            if found or left <= 0:
                return found
            queue.wait_for_messages(min(left, 0.2))  # type: ignore[arg-type]

    SQSBackend.receive_message = receive_message  # type: ignore[method-assign]
    # What moto does here takes as many steps as there are messages, for each of them.
    Queue.messages = property(_visible)  # type: ignore[method-assign,assignment]
    Queue.approximate_number_of_messages_delayed = property(_delayed)  # type: ignore[method-assign,assignment]
    Queue.approximate_number_of_messages_not_visible = property(_in_flight)  # type: ignore[method-assign,assignment]
    Queue.delete_message = _delete  # type: ignore[method-assign]
    SQSBackend.is_message_valid_based_on_retention_period = _kept  # type: ignore[method-assign]


def _delayed(queue: Queue) -> int:
    now = unix_time_millis()
    return sum(message.delayed_until > now for message in queue._messages)


def _in_flight(queue: Queue) -> int:
    now = unix_time_millis()
    return sum(message.visible_at >= now for message in queue._messages)


def _is_visible(message: Message, now: float) -> bool:
    return message.visible_at < now and message.delayed_until <= now


def _visible(queue: Queue) -> list[Message]:
    now = unix_time_millis()
    return [message for message in list(queue._messages) if _is_visible(message, now)]


def _delete(queue: Queue, receipt_handle: str) -> None:
    if receipt_handle in queue.deleted_messages:
        return
    for place, message in enumerate(queue._messages):
        if message.had_receipt_handle(receipt_handle):
            queue.pending_messages.discard(message)
            queue.deleted_messages.update(message.all_receipt_handles)  # type: ignore[arg-type]
            del queue._messages[place]
            return
    raise ReceiptHandleIsInvalid


def _kept(backend: SQSBackend, queue_name: str, message: Message) -> bool:
    """Whether the message is younger than the queue keeps messages."""
    kept: int = backend.get_queue(queue_name).message_retention_period  # type: ignore[attr-defined]
    return kept * 1000 + (message.sent_timestamp or 0) > unix_time_millis()


def _locked(method: Any) -> Any:
    @wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        with _LOCK:
            return method(*args, **kwargs)

    return call


def send(queue_name: str, body: str, seconds_ago: float) -> None:
    """Sends a message that lies in the queue for so many seconds already."""
    with _LOCK:
        message = sqs_backends[ACCOUNT][REGION].send_message(queue_name, body)
        message.sent_timestamp -= int(seconds_ago * 1000)  # type: ignore[operator]


def redeliver(queue_name: str | None) -> int:
    """Every message in flight becomes visible now, as if its timeout had run out; how many there were."""
    backend = sqs_backends[ACCOUNT][REGION]
    count = 0
    with _LOCK:
        for name, queue in backend.queues.items():
            if queue_name not in (None, name):
                continue
            for message in queue._messages:
                if not message.visible:
                    message.visible_at = 0
                    count += 1
    for queue in backend.queues.values():
        with queue._messages_lock:
            queue._messages_lock.notify_all()
    return count


def drain(queue_name: str) -> list[str]:
    """Takes the messages that can be seen out of a queue, the oldest first."""
    with _LOCK:
        queue = sqs_backends[ACCOUNT][REGION].get_queue(queue_name)
        waiting = [message for message in queue._messages if message.visible and not message.delayed]
        for message in waiting:
            queue._messages.remove(message)
    return [message.body for message in waiting]


def counts() -> dict[str, dict[str, int]]:
    """Visible messages and those in flight, for each queue by name."""
    now = unix_time_millis()
    with _LOCK:
        return {
            name: {
                "visible": sum(_is_visible(message, now) for message in queue._messages),
                "inFlight": _in_flight(queue),
            }
            for name, queue in sqs_backends[ACCOUNT][REGION].queues.items()
        }
