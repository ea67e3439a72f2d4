"""Whether AWS's description of a certificate makes it a camera's."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

import settings
from event import Claim, allowed
from refusal import Refused

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_NOT_IN_VALUES = re.compile(r"[^a-zA-Z0-9_.,@/:#=\[\]-]")
_ATTRIBUTES = {
    NameOID.ORGANIZATION_NAME: "organization",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "organizationalUnit",
    NameOID.COUNTRY_NAME: "country",
    NameOID.STATE_OR_PROVINCE_NAME: "state",
    NameOID.LOCALITY_NAME: "locality",
    NameOID.SERIAL_NUMBER: "serialNumber",
    NameOID.DN_QUALIFIER: "dnQualifier",
}


class AlreadyDone(Exception):
    """The certificate is ACTIVE: there is nothing to do."""


@dataclass(frozen=True)
class Candidate:
    name: str
    arn: str
    attributes: dict[str, str]


def cleaned(value: str) -> str:
    """In IoT's alphabet for attribute values."""
    return _NOT_IN_VALUES.sub("_", value[:800])


def date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def vet(claim: Claim, described: dict[str, Any]) -> Candidate:
    """The camera of this certificate; else it is refused, or done already."""
    owner, ca, status = described.get("ownedBy"), described.get("caCertificateId"), described.get("status")
    if owner != settings.ACCOUNT:
        raise Refused("other-account", f"the certificate belongs to account `{owner}`")
    if ca != claim.ca:
        raise Refused("ca-mismatch", f"the event names CA `{claim.ca}`, AWS IoT's description names `{ca}`")
    allowed(claim.ca)
    if status == "ACTIVE":
        raise AlreadyDone
    if status != "PENDING_ACTIVATION":
        raise Refused("certificate-not-pending", f"the certificate is `{status}`")
    try:
        certificate = x509.load_pem_x509_certificate(described["certificatePem"].encode())
        subject = list(certificate.subject)
        begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except (ValueError, KeyError) as error:
        raise Refused("certificate-unreadable", f"the certificate cannot be read: {error}") from error
    if certificate.fingerprint(hashes.SHA256()).hex() != claim.certificate:
        raise Refused("fingerprint-mismatch", "the certificate's fingerprint is not its id")
    now = time.time()
    if now < begins.timestamp():
        raise Refused("not-yet-valid", f"the certificate is valid from {begins} on")
    if now > ends.timestamp():
        raise Refused("expired", f"the certificate expired at {ends}")
    names = [str(part.value) for part in subject if part.oid == NameOID.COMMON_NAME]
    if not names:
        raise Refused("no-common-name", "the certificate's subject has no common name")
    if len(names) > 1:
        raise Refused("several-common-names", f"the certificate's subject has {len(names)} common names")
    if not _NAME.fullmatch(names[0]):
        raise Refused("name-not-allowed", f"the certificate's common name is `{names[0]}`")
    attributes: dict[str, str] = {}
    for part in subject:
        if name := _ATTRIBUTES.get(part.oid):
            attributes[name] = f"{attributes[name]}/{part.value}" if name in attributes else str(part.value)
    attributes = {name: cleaned(value) for name, value in attributes.items() if value}
    attributes["certificateId"] = claim.certificate
    attributes["caCertificateId"] = claim.ca
    attributes["registeredAt"] = cleaned(date(described["creationDate"].timestamp()))
    return Candidate(names[0], described["certificateArn"], attributes)
