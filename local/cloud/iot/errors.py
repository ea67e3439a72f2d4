"""Errors of AWS IoT that moto has no class for, with the status codes of AWS's service model."""

from __future__ import annotations

from moto.iot.exceptions import IoTClientError


class InvalidRequest(IoTClientError):
    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("InvalidRequestException", message)


class CertificateValidation(IoTClientError):
    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("CertificateValidationException", message)


class RegistrationCodeValidation(IoTClientError):
    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("RegistrationCodeValidationException", message)
