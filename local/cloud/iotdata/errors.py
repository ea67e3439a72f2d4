"""The errors of the data plane of AWS IoT; their status codes are those of AWS's service model."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class Conflict(ServiceException):
    code = "ConflictException"


class InvalidRequest(ServiceException):
    code = "InvalidRequestException"


class RequestEntityTooLarge(ServiceException):
    code = "RequestEntityTooLargeException"


class ResourceNotFound(ServiceException):
    code = "ResourceNotFoundException"
