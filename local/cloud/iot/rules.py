"""The rules engine: a published message through every rule, to the rules' queues."""

from __future__ import annotations

import base64
import json
import logging
import uuid
from typing import Any

from moto.iot.models import iot_backends

from .. import sqs
from ..account import ACCOUNT, REGION
from .sql import parse

log = logging.getLogger("cloud.rules")


def publish(topic: str, payload: Any, seconds_ago: float = 0) -> list[dict[str, Any]]:
    """The rules that matched, each with what became of its actions.

    What was published some seconds ago has lain in the queue since.
    """
    outcome = []
    for rule in list(iot_backends[ACCOUNT][REGION].rules.values()):
        if rule.rule_disabled:
            continue
        selected = parse(rule.sql).select(topic, payload)
        if selected is None:
            continue
        failures = []
        for action in rule.actions:
            try:
                _send(action["sqs"], json.dumps(selected), seconds_ago)
            except Exception as error:  # Whatever keeps the action from its queue is what the error action is for.
                log.info("rule %s: %s", rule.rule_name, error)
                url = action["sqs"]["queueUrl"]
                failures.append(
                    {
                        "failedAction": "SqsAction",
                        "failedResource": url,
                        "errorMessage": f"Failed to send message to SQS queue. The error received was {error}. "
                        f"Message arrived on: {topic}, Action: sqs, Name: {url.rsplit('/', 1)[-1]}",
                    }
                )
        if failures and rule.error_action:
            _report(rule, topic, payload, failures)
        outcome.append({"rule": rule.rule_name, "delivered": len(rule.actions) - len(failures), "failures": failures})
    return outcome


def _send(action: dict[str, Any], body: str, seconds_ago: float = 0) -> None:
    if action.get("useBase64") in (True, "true"):
        body = base64.b64encode(body.encode()).decode()
    sqs.send(action["queueUrl"].rsplit("/", 1)[-1], body, seconds_ago)


def _report(rule: Any, topic: str, payload: Any, failures: list[dict[str, Any]]) -> None:
    """https://docs.aws.amazon.com/iot/latest/developerguide/rule-error-handling.html"""
    report = {
        "ruleName": rule.rule_name,
        "topic": topic,
        "cloudwatchTraceId": str(uuid.uuid4()),
        "clientId": "N/A",
        "base64OriginalPayload": base64.b64encode(json.dumps(payload).encode()).decode(),
        "failures": failures,
    }
    try:
        _send(rule.error_action["sqs"], json.dumps(report))
    except Exception:  # AWS loses the message here too.
        log.exception("error action of rule %s", rule.rule_name)
