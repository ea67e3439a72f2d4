"""A text to whatever an ARN names: a queue, a topic, a function. AWS's services do this for each other."""

from __future__ import annotations

from collections.abc import Mapping


def send(arn: str, text: str, attributes: Mapping[str, str] | None = None, group: str | None = None) -> None:
    """Raises when there is no such target. What becomes of it there is the target's affair."""
    from . import locks
    from .account import ACCOUNT, REGION

    service, name = arn.split(":")[2], arn.rsplit(":", 1)[-1]
    if service == "sqs":
        from moto.sqs.models import sqs_backends

        given = {key: {"DataType": "String", "StringValue": value} for key, value in (attributes or {}).items()}
        sqs_backends[ACCOUNT][REGION].send_message(name, text, message_attributes=given, group_id=group)
    elif service == "sns":
        from moto.sns.models import sns_backends

        with locks.of("sns"):
            sns_backends[ACCOUNT][REGION].publish(message=text, arn=arn)
    elif service == "lambda":
        from .functions.asynchronous import ASYNCHRONOUS

        ASYNCHRONOUS.send(arn, text.encode())
    else:
        raise LookupError(f"the local cloud cannot deliver to {service}")
