"""The registration event. It only names a certificate; nothing of it is believed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import settings
from refusal import Refused

_ID = re.compile(r"[0-9a-f]{64}")
_ACCOUNT = re.compile(r"[0-9]{12}")


@dataclass(frozen=True)
class Claim:
    certificate: str
    ca: str
    topic_ca: str | None
    account: str


class Malformed(Exception):
    """The message is no registration event."""


def parse(body: str) -> tuple[Claim, int | None]:
    """What the event says, and when the certificate was registered, in milliseconds since 1970."""
    try:
        said = json.loads(body)
        topic_ca = said.get("topicCaCertificateId")
        claim = Claim(said["certificateId"], said["caCertificateId"], topic_ca, said["awsAccountId"])
        registered = said.get("certificateRegistrationTimestamp") or said.get("timestamp")
        milliseconds = int(registered) if registered else None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Malformed(f"the body is no registration event: {error!r}") from error
    ids = [claim.certificate, claim.ca] + ([topic_ca] if topic_ca is not None else [])
    if not all(isinstance(text, str) and _ID.fullmatch(text) for text in ids):
        raise Malformed("an id is not 64 lower-case hex digits")
    if not isinstance(claim.account, str) or not _ACCOUNT.fullmatch(claim.account):
        raise Malformed("`awsAccountId` is not 12 digits")
    return claim, milliseconds


def vet(claim: Claim) -> None:
    """What can be refused without a call."""
    if claim.topic_ca is not None and claim.topic_ca != claim.ca:
        raise Refused("ca-mismatch", f"the event names CA `{claim.ca}`, its topic names `{claim.topic_ca}`")
    if claim.account != settings.ACCOUNT:
        raise Refused("other-account", f"the event belongs to account `{claim.account}`")
    allowed(claim.ca)


def allowed(ca: str) -> None:
    if ca not in settings.ALLOWED_CAS:
        raise Refused("ca-not-allowed", f"CA certificate `{ca}` is not in the allow-list")
