"""What `provision` does for a new camera, in Python: what `cargo xtask bench` measures it beside.

The same events, checks, calls, order, pace, retries, log and metrics. Left out is what only happens in rare cases, and
would make this slower and larger: the registry, a thing or stream that exists, rotation, adoption, drift.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

import announce
import camera
import metrics
from certificate import AlreadyDone
from event import Claim, Malformed, parse
from refusal import HandBack, Refused

log = logging.getLogger()
log.setLevel(logging.INFO)
_AT_ONCE = 4
# Milliseconds that must be left to begin a camera.
_ENOUGH = 16_000


def handle(batch: dict[str, Any], context: Any) -> dict[str, Any]:
    counts = Counter({"Provisioned": 0, "AlreadyDone": 0, "Duplicate": 0, "Refused": 0, "Retried": 0})
    items: dict[Claim, list[str]] = {}
    registered: dict[Claim, int | None] = {}
    failed: list[str] = []
    for message in batch["Records"]:
        try:
            claim, milliseconds = parse(message.get("body") or "")
        except Malformed as error:
            log.error("message is no registration event", extra={"detail": str(error)})
            failed.append(message["messageId"])
            counts["Retried"] += 1
            continue
        items.setdefault(claim, []).append(message["messageId"])
        registered.setdefault(claim, milliseconds)

    def work(claim: Claim) -> str:
        by = f"{context.aws_request_id}/{items[claim][0]}"
        return _item(claim, registered[claim], by, context)

    if len(items) == 1:
        ends = [work(claim) for claim in items]
    else:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            ends = list(pool.map(work, items))
    for messages, end in zip(items.values(), ends, strict=True):
        counts[end] += 1
        counts["Duplicate"] += len(messages) - 1
        if end == "Retried":
            failed += messages
    metrics.write(context.function_name, counts)
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def _item(claim: Claim, registered: int | None, by: str, context: Any) -> str:
    said = {"certificate_id": claim.certificate}
    if context.get_remaining_time_in_millis() < _ENOUGH:
        log.warning("registration handed back", extra={**said, "reason": "out-of-time"})
        return "Retried"
    try:
        try:
            done = camera.provision(claim)
        except AlreadyDone:
            log.info("camera already works", extra=said)
            return "AlreadyDone"
        except Refused as refused:
            announce.refusal(claim.certificate, refused, by)
            log.warning("camera refused", extra={**said, "reason": refused.reason, "detail": str(refused)})
            return "Refused"
    except HandBack as error:
        log.warning("registration handed back", extra={**said, "reason": error.reason, "detail": str(error)})
        return "Retried"
    except (BotoCoreError, ClientError) as error:
        log.warning("registration handed back", extra={**said, "reason": "failed", "detail": str(error)})
        return "Retried"
    took = int(time.time() * 1000) - registered if registered else None
    log.info("camera provisioned", extra={**said, "thing": done.name, "time_to_active_ms": took})
    return "Provisioned"
