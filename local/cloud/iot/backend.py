"""The state of AWS IoT, with the rules of AWS that moto leaves out."""

from __future__ import annotations

import json
import secrets
from typing import Any

from moto.core.utils import utcnow
from moto.iot.exceptions import ResourceAlreadyExistsException, ResourceNotFoundException, VersionConflictException
from moto.iot.models import FakePolicy, FakeThing, IoTBackend

from .certificate import CaCertificate, Certificate, common_name, is_ca, parse, signed_by
from .domain import of_aws
from .errors import CertificateValidation, InvalidRequest, RegistrationCodeValidation

# https://docs.aws.amazon.com/general/latest/gr/iot-core.html#thing-limits
_ATTRIBUTES_WITHOUT_TYPE = 3
_ATTRIBUTES_WITH_TYPE = 50

_EVENT_TYPES = (
    "THING",
    "THING_GROUP",
    "THING_TYPE",
    "THING_GROUP_MEMBERSHIP",
    "THING_GROUP_HIERARCHY",
    "THING_TYPE_ASSOCIATION",
    "JOB",
    "JOB_EXECUTION",
    "POLICY",
    "CERTIFICATE",
    "CA_CERTIFICATE",
)

EXCLUSIVE = "EXCLUSIVE_THING"
NON_EXCLUSIVE = "NON_EXCLUSIVE_THING"


class Iot(IoTBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.ca_certificates: dict[str, CaCertificate] = {}  # type: ignore[assignment]
        # moto's are ordered by linked lists, which are slow to walk with a large fleet.
        self.things = {}  # type: ignore[assignment]
        self.certificates = {}  # type: ignore[assignment]
        self.registration_code = secrets.token_hex(32)
        # Whether CA_CERTIFICATE is on in a new account is not documented; off is what a deployment must cope with.
        self.event_configurations = dict.fromkeys(_EVENT_TYPES, False)
        self.events_created = self.events_modified = utcnow()
        # (principal ARN, thing name) to EXCLUSIVE_THING or NON_EXCLUSIVE_THING.
        self.principal_types: dict[tuple[str, str], str] = {}
        self.logging: dict[str, Any] = {}
        for name, service in (
            ("iot:Data-ATS", "DATA"),
            ("iot:CredentialProvider", "CREDENTIAL_PROVIDER"),
            ("iot:Jobs", "JOBS"),
        ):
            self.domain_configurations[name] = of_aws(account_id, region_name, name, service)

    @property
    def _url_module(self) -> Any:
        from moto.iot import urls

        return urls

    # Things

    def create_thing(
        self,
        thing_name: str,
        thing_type_name: str | None,
        attribute_payload: dict[str, Any] | None,
        billing_group_name: str | None = None,
    ) -> FakeThing:
        """The same configuration again is a success that changes nothing; another one is refused."""
        if (attribute_payload or {}).get("merge"):
            # "The merge attribute is only valid when calling UpdateThing or UpdateThingGroup."
            raise InvalidRequest("merge is only valid when a thing is updated")
        attributes = dict((attribute_payload or {}).get("attributes") or {})
        _check_count(attributes, thing_type_name)
        existing = self._thing(thing_name)
        if existing:
            kind = existing.thing_type.thing_type_name if existing.thing_type else None
            if (kind, existing.attributes, existing.billing_group_name) != (
                thing_type_name or None,
                attributes,
                billing_group_name,
            ):
                raise ResourceAlreadyExistsException(
                    f"Thing {thing_name} already exists in account with different attributes",
                    existing.thing_id,
                    existing.arn,
                )
            return existing
        return super().create_thing(thing_name, thing_type_name or "", {"attributes": attributes}, billing_group_name)

    def update_thing(  # type: ignore[override]
        self,
        thing_name: str,
        thing_type_name: str | None,
        attribute_payload: dict[str, Any] | None,
        remove_thing_type: bool,
        expected_version: int | None = None,
    ) -> None:
        """`merge` keeps the attributes that are not named; an empty value removes one. Counts the version up."""
        thing = self.describe_thing(thing_name)
        if expected_version is not None and expected_version != thing.version:
            raise VersionConflictException(thing_name)
        if remove_thing_type and thing_type_name:
            raise InvalidRequest("Cannot set a thing type and remove it in one request")
        attributes = dict(thing.attributes)
        if attribute_payload and attribute_payload.get("attributes") is not None:
            given = attribute_payload["attributes"]
            attributes = {**attributes, **given} if attribute_payload.get("merge") else dict(given)
            attributes = {name: value for name, value in attributes.items() if value}
        kept_type = thing_type_name or (
            None if remove_thing_type or not thing.thing_type else thing.thing_type.thing_type_name
        )
        _check_count(attributes, kept_type)
        super().update_thing(thing_name, thing_type_name or "", None, bool(remove_thing_type))
        thing.attributes = attributes
        thing.version += 1

    def delete_thing(self, thing_name: str, expected_version: int | None = None) -> None:
        thing = self._thing(thing_name)
        if not thing:
            # "Returns successfully with no error if [...] you specify a thing that doesn't exist."
            return
        if expected_version is not None and expected_version != thing.version:
            raise VersionConflictException(thing_name)
        super().delete_thing(thing_name)
        for group in self.thing_groups.values():
            group.things.pop(thing.arn, None)

    def describe_thing(self, thing_name: str) -> FakeThing:
        thing = self._thing(thing_name)
        if not thing:
            raise ResourceNotFoundException(f"Thing {thing_name} not found")
        return thing

    def _thing(self, thing_name: str) -> FakeThing | None:
        # moto searches all things for one, which shows with thousands.
        return self.things.get(f"arn:{self.partition}:iot:{self.region_name}:{self.account_id}:thing/{thing_name}")

    # Principals

    def attach_thing_principal(self, thing_name: str, principal_arn: str, kind: str | None = None) -> None:
        """What AWS answers when an exclusive principal has another thing is not documented; its only fitting error is
        InvalidRequestException. Attaching to the same thing again succeeds; a type that is given is the new type."""
        self.describe_thing(thing_name)
        self._get_principal(principal_arn)
        others = {
            thing: self.principal_types.get((principal, thing), NON_EXCLUSIVE)
            for principal, thing in self.principal_things
            if principal == principal_arn and thing != thing_name
        }
        if EXCLUSIVE in others.values():
            owner = next(thing for thing, held in others.items() if held == EXCLUSIVE)
            raise InvalidRequest(f"Principal {principal_arn} is exclusively attached to thing {owner}")
        if kind == EXCLUSIVE and others:
            raise InvalidRequest(
                f"Principal {principal_arn} is attached to other things and cannot be attached exclusively"
            )
        super().attach_thing_principal(thing_name, principal_arn)
        if kind or (principal_arn, thing_name) not in self.principal_types:
            self.principal_types[principal_arn, thing_name] = kind or NON_EXCLUSIVE

    def detach_thing_principal(self, thing_name: str, principal_arn: str) -> None:
        super().detach_thing_principal(thing_name, principal_arn)
        self.principal_types.pop((principal_arn, thing_name), None)

    def principal_type(self, principal_arn: str, thing_name: str) -> str:
        return self.principal_types.get((principal_arn, thing_name), NON_EXCLUSIVE)

    # Certificates

    def register_certificate(
        self, certificate_pem: str, ca_certificate_pem: str | None, set_as_active: bool, status: str | None
    ) -> Certificate:
        """Looks for the CA that signed it, where moto compares the text of the PEMs."""
        certificate = parse(certificate_pem)
        issuer = self.issuer(certificate, active=False)
        if ca_certificate_pem and not issuer:
            raise CertificateValidation("The CA certificate is not registered or did not sign the certificate.")
        return self.add_certificate(
            certificate_pem,
            "ACTIVE" if set_as_active else status or "INACTIVE",
            issuer,
            issuer.mode if issuer else "DEFAULT",
        )

    def register_certificate_without_ca(self, certificate_pem: str, status: str | None) -> Certificate:
        return self.add_certificate(certificate_pem, status or "INACTIVE", None, "SNI_ONLY")

    def add_certificate(self, pem: str, status: str, ca: CaCertificate | None, mode: str) -> Certificate:
        certificate = Certificate(
            pem, status, self.account_id, self.region_name, ca.certificate_id if ca else None, mode
        )
        if certificate.certificate_id in self.certificates:
            raise ResourceAlreadyExistsException(
                "The certificate is already provisioned or registered", certificate.certificate_id, certificate.arn
            )
        self.certificates[certificate.certificate_id] = certificate
        return certificate

    def issuer(self, certificate: Any, active: bool) -> CaCertificate | None:
        """The registered CA whose key signed the certificate, by its signature and not by its name alone."""
        for ca in self.ca_certificates.values():
            if (ca.status == "ACTIVE" or not active) and signed_by(certificate, ca.x509):
                return ca
        return None

    def describe_certificate(self, certificate_id: str) -> Certificate:
        found = self.certificates.get(certificate_id.lower())
        if not found:
            raise ResourceNotFoundException(f"The certificate given does not exist: {certificate_id}")
        return found  # type: ignore[return-value]

    def update_certificate(self, certificate_id: str, new_status: str) -> None:
        """PENDING_ACTIVATION and PENDING_TRANSFER are AWS's to set: "will result in an exception being thrown"."""
        certificate = self.describe_certificate(certificate_id)
        if new_status not in ("ACTIVE", "INACTIVE", "REVOKED", "REGISTER_INACTIVE"):
            raise InvalidRequest(f"The certificate status cannot be set to {new_status}")
        certificate.set_status("INACTIVE" if new_status == "REGISTER_INACTIVE" else new_status)

    def _get_principal(self, principal_arn: str) -> Any:
        if ":cert/" in principal_arn:
            found = self.certificates.get(principal_arn.rsplit("/", 1)[-1])
            if not found or found.arn != principal_arn:
                raise ResourceNotFoundException("The certificate given in the principal does not exist.")
            return found
        return super()._get_principal(principal_arn)

    # CA certificates

    def get_registration_code(self) -> str:
        return self.registration_code

    def register_ca_certificate(  # type: ignore[override]
        self,
        ca_certificate: str,
        set_as_active: bool,
        registration_config: dict[str, str] | None,
        verification_certificate: str | None = None,
        allow_auto_registration: bool = False,
        mode: str = "DEFAULT",
    ) -> CaCertificate:
        """In DEFAULT mode the verification certificate proves that the caller has the CA's key."""
        ca = CaCertificate(
            ca_certificate,
            "ACTIVE" if set_as_active else "INACTIVE",
            self.account_id,
            self.region_name,
            bool(allow_auto_registration),
            registration_config,
            mode,
        )
        if not is_ca(ca.x509):
            raise CertificateValidation(
                "The CA certificate is not a CA certificate: its basic constraints do not say so."
            )
        if ca.certificate_id in self.ca_certificates:
            raise ResourceAlreadyExistsException("CA certificate is already registered", ca.certificate_id, ca.arn)
        if mode == "DEFAULT":
            if not verification_certificate:
                raise InvalidRequest("A verification certificate is required in DEFAULT mode")
            verification = parse(verification_certificate)
            if not signed_by(verification, ca.x509):
                raise CertificateValidation("The verification certificate is not signed by the CA certificate.")
            if common_name(verification) != self.registration_code:
                raise RegistrationCodeValidation(
                    "The registration code in the verification certificate is not this account's."
                )
        elif verification_certificate:
            raise InvalidRequest("A verification certificate is not allowed in SNI_ONLY mode")
        self.ca_certificates[ca.certificate_id] = ca
        return ca

    def describe_ca_certificate(self, certificate_id: str) -> CaCertificate:
        found = self.ca_certificates.get(certificate_id.lower())
        if not found:
            raise ResourceNotFoundException("The CA certificate does not exist.")
        return found

    def update_ca_certificate(  # type: ignore[override]
        self,
        certificate_id: str,
        new_status: str | None,
        config: dict[str, str] | None,
        new_auto_registration: str | None = None,
        remove_auto_registration: bool = False,
    ) -> None:
        ca = self.describe_ca_certificate(certificate_id)
        if config is not None and remove_auto_registration:
            raise InvalidRequest("Cannot set a registration configuration and remove it in one request")
        if new_status:
            ca.status = new_status
        if new_auto_registration:
            ca.auto_registration = new_auto_registration == "ENABLE"
        if config is not None:
            ca.registration_config = config
        if remove_auto_registration:
            ca.registration_config = None
        ca.changed()

    # Policies

    def create_policy(self, policy_name: str, policy_document: Any) -> FakePolicy:
        """CloudFormation gives the document as a map; the API keeps and returns its text."""
        if not isinstance(policy_document, str):
            policy_document = json.dumps(policy_document)
        return super().create_policy(policy_name, policy_document)

    # Rules

    def create_topic_rule(self, rule_name: str, sql: str, **kwargs: Any) -> None:
        from .sql import SqlError
        from .sql import parse as parse_sql

        try:
            statement = parse_sql(sql)
        except SqlError as error:
            raise InvalidRequest(f"the local cloud cannot evaluate the SQL of rule {rule_name}: {error}") from error
        for action in [*(kwargs.get("actions") or []), *filter(None, [kwargs.get("error_action")])]:
            if set(action) != {"sqs"}:
                raise InvalidRequest(f"the local cloud has only the sqs action, not {', '.join(action)}")
        super().create_topic_rule(rule_name, sql, **kwargs)
        self.rules[rule_name].topic_pattern = statement.topic_filter


def _check_count(attributes: dict[str, str], thing_type: str | None) -> None:
    most = _ATTRIBUTES_WITH_TYPE if thing_type else _ATTRIBUTES_WITHOUT_TYPE
    if len(attributes) > most:
        kind = "with" if thing_type else "without"
        raise InvalidRequest(f"A thing {kind} a thing type has at most {most} attributes, not {len(attributes)}")
