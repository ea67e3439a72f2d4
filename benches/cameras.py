"""A CA and so many cameras' certificates, as JSON. The local cloud's Python has what it takes."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Cameras Inc"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, "17"),
        ]
    )


def certificate(subject: str, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey, is_ca: bool) -> str:
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name("bench CA"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM).decode()


def main() -> None:
    ca = ec.generate_private_key(ec.SECP256R1())
    keys = (ec.generate_private_key(ec.SECP256R1()) for _ in range(int(sys.argv[1])))
    cameras = [certificate(f"bench-{number:05}", key, ca, False) for number, key in enumerate(keys)]
    json.dump({"ca": certificate("bench CA", ca, ca, True), "cameras": cameras}, sys.stdout)


main()
