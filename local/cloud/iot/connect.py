"""What AWS IoT does when a device connects with a certificate: just-in-time registration.

https://docs.aws.amazon.com/iot/latest/developerguide/auto-register-device-cert.html. Expired certificates are not
refused here: AWS registers them, and it is the provisioning function that has to look.
"""

from __future__ import annotations

import time
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from moto.iot.models import iot_backends

from .. import locks
from ..account import ACCOUNT, REGION
from .backend import Iot
from .certificate import Certificate
from .rules import publish


def connect(pem: str, publishes: bool = True) -> dict[str, Any]:
    """One TLS connect. `publishes` off registers without the event, as if the event were lost."""
    iot: Iot = iot_backends[ACCOUNT][REGION]  # type: ignore[assignment]
    parsed = x509.load_pem_x509_certificate(pem.encode())
    with locks.of("iot"):
        found = iot.certificates.get(parsed.fingerprint(hashes.SHA256()).hex())
        if not found:
            ca = iot.issuer(parsed, active=True)
            if not ca:
                return _refused("no active CA certificate that is registered signed this certificate")
            if not ca.auto_registration:
                return _refused("the CA certificate does not allow automatic registration")
            found = iot.add_certificate(pem, "PENDING_ACTIVATION", ca, ca.mode)
        certificate: Certificate = found  # type: ignore[assignment]
        told: dict[str, Any] = {"certificateId": certificate.certificate_id, "status": certificate.status}
        if certificate.status == "ACTIVE":
            return {
                "connected": True,
                **told,
                "things": iot.list_principal_things(certificate.arn),
                "policies": [policy.name for policy in iot.list_attached_policies(certificate.arn)],
            }
        if certificate.status != "PENDING_ACTIVATION":
            return _refused(f"the certificate is {certificate.status}") | told
        on = iot.event_configurations["CA_CERTIFICATE"]
        event = _event(certificate)
    if on and publishes:
        publish(f"$aws/events/certificates/registered/{certificate.ca_certificate_id}", event)
    return {"connected": False, **told, "published": on and publishes}


def _refused(reason: str) -> dict[str, Any]:
    return {"connected": False, "reason": reason}


def _event(certificate: Certificate) -> dict[str, Any]:
    """One time is a number and the other a text, as AWS has it."""
    return {
        "certificateId": certificate.certificate_id,
        "caCertificateId": certificate.ca_certificate_id,
        "timestamp": int(time.time() * 1000),
        "certificateStatus": certificate.status,
        "awsAccountId": ACCOUNT,
        "certificateRegistrationTimestamp": str(certificate.registered_at_ms),
    }
