"""The operations of AWS IoT that moto lacks or answers in part, and the checks of every operation's input."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import get_service_model
from moto.iot.responses import IoTResponse

from ..paging import page
from ..plain import PlainResult
from ..validation import message, violations
from .backend import Iot
from .errors import InvalidRequest


class IotOperations(IoTResponse):
    """Reads each request by botocore's service model, which also says what AWS would refuse."""

    @property
    def backend(self) -> Iot:
        return self.iot_backend  # type: ignore[return-value]

    def call_action(self) -> Any:
        name = self._get_action()
        if name and name in get_service_model("iot").operation_names:
            self.parse_parameters(self.normalized_request)
            shape = get_service_model("iot").operation_model(name).input_shape
            found = violations(shape, self.params) if shape else []
            if found:
                error = InvalidRequest(message(found))
                return error.code, dict(error.get_headers()), error.description
        return super().call_action()

    def _page(self, items: Any, size: str, token: str, default: int = 25) -> tuple[list[Any], str | None]:
        try:
            return page(items, self.params.get(size), self.params.get(token), default)
        except ValueError:
            raise InvalidRequest(f"The {token} is not valid") from None

    # Things

    def create_thing(self) -> ActionResult:
        thing = self.backend.create_thing(
            self.params["thingName"],
            self.params.get("thingTypeName"),
            self.params.get("attributePayload"),
            self.params.get("billingGroupName"),
        )
        return ActionResult({"thingName": thing.thing_name, "thingArn": thing.arn, "thingId": thing.thing_id})

    def update_thing(self) -> ActionResult:
        self.backend.update_thing(
            self.params["thingName"],
            self.params.get("thingTypeName"),
            self.params.get("attributePayload"),
            bool(self.params.get("removeThingType")),
            self.params.get("expectedVersion"),
        )
        return EmptyResult()

    def delete_thing(self) -> ActionResult:
        self.backend.delete_thing(self.params["thingName"], self.params.get("expectedVersion"))
        return EmptyResult()

    def list_things(self) -> ActionResult:
        name, value = self.params.get("attributeName"), self.params.get("attributeValue")
        kind = self.params.get("thingTypeName")
        things = self.backend.things.values()
        if name is not None or kind is not None:
            things = [
                thing
                for thing in things
                if (name is None or thing.attributes.get(name) == value)
                and (kind is None or (thing.thing_type and thing.thing_type.thing_type_name == kind))
            ]
        found, token = self._page(things, "maxResults", "nextToken")
        return PlainResult({"things": [thing.to_dict() for thing in found], "nextToken": token})

    # Principals

    def attach_thing_principal(self) -> ActionResult:
        self.backend.attach_thing_principal(
            self.params["thingName"], self.params["principal"], self.params.get("thingPrincipalType")
        )
        return EmptyResult()

    def _principals(self) -> list[str]:
        return self.backend.list_thing_principals(self.params["thingName"])

    def list_thing_principals(self) -> ActionResult:
        found, token = self._page(self._principals(), "maxResults", "nextToken")
        return ActionResult({"principals": found, "nextToken": token})

    def list_thing_principals_v2(self) -> ActionResult:
        name, wanted = self.params["thingName"], self.params.get("thingPrincipalType")
        typed = [(principal, self.backend.principal_type(principal, name)) for principal in self._principals()]
        found, token = self._page([pair for pair in typed if wanted in (None, pair[1])], "maxResults", "nextToken")
        return ActionResult(
            {
                "thingPrincipalObjects": [{"principal": p, "thingPrincipalType": kind} for p, kind in found],
                "nextToken": token,
            }
        )

    def list_principal_things(self) -> ActionResult:
        things = self.backend.list_principal_things(self.params["principal"])
        found, token = self._page(things, "maxResults", "nextToken")
        return ActionResult({"things": found, "nextToken": token})

    def list_principal_things_v2(self) -> ActionResult:
        principal, wanted = self.params["principal"], self.params.get("thingPrincipalType")
        things = self.backend.list_principal_things(principal)
        typed = [(name, self.backend.principal_type(principal, name)) for name in things]
        found, token = self._page([pair for pair in typed if wanted in (None, pair[1])], "maxResults", "nextToken")
        return ActionResult(
            {
                "principalThingObjects": [{"thingName": name, "thingPrincipalType": kind} for name, kind in found],
                "nextToken": token,
            }
        )

    # Certificates

    def list_certificates(self) -> ActionResult:
        return self._certificates(self.backend.certificates.values())

    def list_certificates_by_ca(self) -> ActionResult:
        return self._certificates(self.backend.list_certificates_by_ca(self.params["caCertificateId"]))

    def list_ca_certificates(self) -> ActionResult:
        return self._certificates(self.backend.ca_certificates.values())

    def _certificates(self, certificates: Any) -> ActionResult:
        # Both listings are newest first unless `ascendingOrder` asks otherwise.
        ordered = list(certificates) if self.params.get("ascendingOrder") else list(certificates)[::-1]
        found, token = self._page(ordered, "pageSize", "marker")
        return ActionResult({"certificates": [one.to_dict() for one in found], "nextMarker": token})

    def register_ca_certificate(self) -> ActionResult:
        ca = self.backend.register_ca_certificate(
            ca_certificate=self.params["caCertificate"],
            verification_certificate=self.params.get("verificationCertificate"),
            set_as_active=bool(self.params.get("setAsActive")),
            allow_auto_registration=bool(self.params.get("allowAutoRegistration")),
            registration_config=self.params.get("registrationConfig"),
            mode=self.params.get("certificateMode") or "DEFAULT",
        )
        return ActionResult({"certificateId": ca.certificate_id, "certificateArn": ca.arn})

    def update_ca_certificate(self) -> ActionResult:
        self.backend.update_ca_certificate(
            self.params["certificateId"],
            self.params.get("newStatus"),
            self.params.get("registrationConfig"),
            self.params.get("newAutoRegistrationStatus"),
            bool(self.params.get("removeAutoRegistration")),
        )
        return EmptyResult()

    # Role aliases and domains

    def list_role_aliases(self) -> ActionResult:
        names = list(self.backend.role_aliases)
        if not self.params.get("ascendingOrder"):
            names.reverse()
        found, token = self._page(names, "pageSize", "marker")
        return ActionResult({"roleAliases": found, "nextMarker": token})

    def create_domain_configuration(self) -> ActionResult:
        domain = self.backend.create_domain_configuration(
            domain_configuration_name=self.params["domainConfigurationName"],
            domain_name=self.params.get("domainName"),
            server_certificate_arns=self.params.get("serverCertificateArns"),
            authorizer_config=self.params.get("authorizerConfig"),
            service_type=self.params.get("serviceType") or "DATA",
        )
        domain.keep(self.params)
        return ActionResult(domain.to_dict())

    def update_domain_configuration(self) -> ActionResult:
        domain = self.backend.update_domain_configuration(
            domain_configuration_name=self.params["domainConfigurationName"],
            authorizer_config=self.params.get("authorizerConfig"),
            domain_configuration_status=self.params.get("domainConfigurationStatus"),
            remove_authorizer_config=self.params.get("removeAuthorizerConfig"),
        )
        domain.keep(self.params)
        return ActionResult(domain.to_dict())

    def describe_domain_configuration(self) -> ActionResult:
        name = self.params["domainConfigurationName"]
        return ActionResult(self.backend.describe_domain_configuration(name).to_description_dict())

    def list_domain_configurations(self) -> ActionResult:
        wanted = self.params.get("serviceType")
        domains = [one for one in self.backend.domain_configurations.values() if wanted in (None, one.service_type)]
        found, token = self._page(domains, "pageSize", "marker")
        listed = [one.to_dict() | {"serviceType": one.service_type} for one in found]
        return ActionResult({"domainConfigurations": listed, "nextMarker": token})

    # Logging

    def get_v2_logging_options(self) -> ActionResult:
        return ActionResult(self.backend.logging or {"disableAllLogs": False})

    def set_v2_logging_options(self) -> ActionResult:
        names = ("roleArn", "defaultLogLevel", "disableAllLogs")
        self.backend.logging |= {name: self.params[name] for name in names if self.params.get(name) is not None}
        return EmptyResult()

    # Policies

    def list_policies(self) -> ActionResult:
        policies = [{"policyName": policy.name, "policyArn": policy.arn} for policy in self.backend.policies.values()]
        if not self.params.get("ascendingOrder"):
            policies.reverse()
        found, token = self._page(policies, "pageSize", "marker")
        return ActionResult({"policies": found, "nextMarker": token})

    def list_attached_policies(self) -> ActionResult:
        policies = [policy.to_dict() for policy in self.backend.list_attached_policies(self.params["target"])]
        found, token = self._page(policies, "pageSize", "marker")
        return ActionResult({"policies": found, "nextMarker": token})

    def list_targets_for_policy(self) -> ActionResult:
        targets = self.backend.list_targets_for_policy(self.params["policyName"])
        found, token = self._page(targets, "pageSize", "marker")
        return ActionResult({"targets": found, "nextMarker": token})

    # Events

    def describe_event_configurations(self) -> ActionResult:
        return ActionResult(
            {
                "eventConfigurations": {
                    name: {"Enabled": on} for name, on in self.backend.event_configurations.items()
                },
                "creationDate": self.backend.events_created,
                "lastModifiedDate": self.backend.events_modified,
            }
        )

    def update_event_configurations(self) -> ActionResult:
        from moto.core.utils import utcnow

        for name, configuration in (self.params.get("eventConfigurations") or {}).items():
            self.backend.event_configurations[name] = bool((configuration or {}).get("Enabled"))
        self.backend.events_modified = utcnow()
        return EmptyResult()
