"""moto's SQS made safe for several threads, and a visibility clock that a test can run out."""

from __future__ import annotations

import threading
import time
from functools import wraps
from typing import Any

from moto.sqs.models import SQSBackend, sqs_backends

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
    with _LOCK:
        return {
            name: {
                "visible": sum(message.visible and not message.delayed for message in queue._messages),
                "inFlight": sum(not message.visible for message in queue._messages),
            }
            for name, queue in sqs_backends[ACCOUNT][REGION].queues.items()
        }
