"""The IoT resources that moto's CloudFormation does not know."""

from __future__ import annotations

from typing import Any

from moto.iot.models import iot_backends

from ..account import ACCOUNT, REGION
from .resource import Resource


def _decapitalized(value: Any) -> Any:
    """A property of CloudFormation as the IoT API spells it: `QueueUrl` is `queueUrl` there."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: _decapitalized(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_decapitalized(item) for item in value]
    return value


class TopicRule(Resource):
    TYPE = "AWS::IoT::TopicRule"
    NAME = "RuleName"

    def create(self) -> None:
        # A generated name has hyphens, which a rule's name may not have.
        self.name = self.reference = self.name.replace("-", "_")
        payload = _decapitalized(self.properties["TopicRulePayload"])
        iot_backends[ACCOUNT][REGION].create_topic_rule(
            rule_name=self.name,
            description=payload.get("description", ""),
            rule_disabled=str(payload.get("ruleDisabled", False)).lower() == "true",
            actions=payload["actions"],
            error_action=payload.get("errorAction"),
            sql=payload["sql"],
            aws_iot_sql_version=payload.get("awsIotSqlVersion"),
        )
        self.attributes = {"Arn": f"arn:aws:iot:{REGION}:{ACCOUNT}:rule/{self.name}"}


class ThingGroup(Resource):
    TYPE = "AWS::IoT::ThingGroup"
    NAME = "ThingGroupName"

    def create(self) -> None:
        _, arn, identifier = iot_backends[ACCOUNT][REGION].create_thing_group(
            self.name,
            self.properties.get("ParentGroupName", ""),
            _decapitalized(self.properties.get("ThingGroupProperties", {})),
        )
        self.attributes = {"Arn": arn, "Id": identifier}


class CaCertificate(Resource):
    TYPE = "AWS::IoT::CACertificate"
    NAME = "Id"

    def create(self) -> None:
        certificate = iot_backends[ACCOUNT][REGION].register_ca_certificate(  # type: ignore[call-arg]
            ca_certificate=self.properties["CACertificatePem"],
            verification_certificate=self.properties.get("VerificationCertificatePem"),
            set_as_active=self.properties["Status"] == "ACTIVE",
            allow_auto_registration=self.properties.get("AutoRegistrationStatus") == "ENABLE",
            registration_config=_decapitalized(self.properties.get("RegistrationConfig")),
            mode=self.properties.get("CertificateMode", "DEFAULT"),
        )
        self.reference = certificate.certificate_id
        self.attributes = {"Id": certificate.certificate_id, "Arn": certificate.arn}
