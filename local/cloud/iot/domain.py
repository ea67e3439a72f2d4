"""Domain configurations, with the TLS and the protocol that moto leaves out."""

from __future__ import annotations

from typing import Any

from moto.iot.models import FakeDomainConfiguration

_KEPT = ("applicationProtocol", "authenticationType", "clientCertificateConfig", "serverCertificateConfig", "tlsConfig")
# https://docs.aws.amazon.com/iot/latest/developerguide/iot-endpoints-tls-config.html
_DEFAULT_POLICY = "IoTSecurityPolicy_TLS13_1_2_2022_10"


class DomainConfiguration(FakeDomainConfiguration):
    """Takes the place of moto's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept: dict[str, Any] = {
            "applicationProtocol": "DEFAULT",
            "authenticationType": "DEFAULT",
            "tlsConfig": {"securityPolicy": _DEFAULT_POLICY},
        }

    def keep(self, given: dict[str, Any]) -> None:
        self.kept |= {name: given[name] for name in _KEPT if given.get(name) is not None}

    def to_description_dict(self) -> dict[str, Any]:
        told = super().to_description_dict() | self.kept
        return {name: value for name, value in told.items() if value is not None}


def of_aws(account: str, region: str, name: str, service: str) -> DomainConfiguration:
    """One of those that every account has."""
    prefix = {"DATA": "data-ats", "CREDENTIAL_PROVIDER": "credentials", "JOBS": "jobs"}[service]
    return DomainConfiguration(
        account, region, name, f"local-{prefix}.iot.{region}.amazonaws.com", [], "ENABLED", service, None, "AWS_MANAGED"
    )
