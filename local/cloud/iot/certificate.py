"""Certificates and CA certificates as AWS IoT keeps them: what it reads from the PEM, and what it counts."""

from __future__ import annotations

import secrets
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID
from moto.core.utils import utcnow
from moto.iot.models import FakeCertificate

from .errors import CertificateValidation

# A test may have AWS IoT show another certificate under an id.
SHOWN_INSTEAD: dict[str, str] = {}


def parse(pem: str) -> x509.Certificate:
    """The first certificate of the PEM; CertificateValidationException for anything else."""
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise CertificateValidation("The certificate is invalid.") from error


def is_ca(certificate: x509.Certificate) -> bool:
    """Whether its basic constraints make it a CA, which AWS IoT asks for."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether `issuer`'s key signed it and its issuer is that subject. Neither's validity is looked at."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def common_name(certificate: x509.Certificate) -> str | None:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else None


class Certificate(FakeCertificate):
    """Reads its validity from the PEM, where moto invents one, and counts its changes."""

    def __init__(
        self,
        certificate_pem: str,
        status: str,
        account_id: str,
        region_name: str,
        ca_certificate_id: str | None = None,
        mode: str = "DEFAULT",
    ) -> None:
        self.x509 = parse(certificate_pem)
        super().__init__(certificate_pem, status, account_id, region_name, ca_certificate_id)
        self.validity_not_before = self.x509.not_valid_before_utc
        self.validity_not_after = self.x509.not_valid_after_utc
        self.mode = mode
        self.version = 1
        self.generation = secrets.token_hex(16)
        # The first registration, in milliseconds: every later event repeats it.
        self.registered_at_ms = int(self.creation_date.timestamp() * 1000)

    def compute_cert_id(self, certificate_pem: str) -> str:
        return self.x509.fingerprint(hashes.SHA256()).hex()

    def set_status(self, status: str) -> None:
        self.status = status
        self.changed()

    def changed(self) -> None:
        self.version += 1
        self.last_modified_date = utcnow()

    def to_dict(self) -> dict[str, Any]:
        return {
            "certificateArn": self.arn,
            "certificateId": self.certificate_id,
            "status": self.status,
            "certificateMode": self.mode,
            "creationDate": self.creation_date,
        }

    def to_description_dict(self) -> dict[str, Any]:
        described = super().to_description_dict() | {
            "customerVersion": self.version,
            "generationId": self.generation,
            "certificateMode": self.mode,
        }
        if self.ca_certificate_id:
            described["caCertificateId"] = self.ca_certificate_id
        if shown := SHOWN_INSTEAD.get(self.certificate_id):
            described["certificatePem"] = shown
        return described


class CaCertificate(Certificate):
    """A CA certificate, whose certificates register themselves when `auto_registration` is on."""

    def __init__(
        self,
        certificate_pem: str,
        status: str,
        account_id: str,
        region_name: str,
        auto_registration: bool,
        registration_config: dict[str, str] | None,
        mode: str,
    ) -> None:
        super().__init__(certificate_pem, status, account_id, region_name, None, mode)
        self.arn = self.arn.replace(":cert/", ":cacert/")
        self.auto_registration = auto_registration
        self.registration_config = registration_config

    def to_dict(self) -> dict[str, Any]:
        listed = super().to_dict()
        del listed["certificateMode"]
        return listed

    def to_description_dict(self) -> dict[str, Any]:
        described = super().to_description_dict() | {
            "autoRegistrationStatus": "ENABLE" if self.auto_registration else "DISABLE"
        }
        del described["transferData"]
        return described
