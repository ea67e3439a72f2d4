"""The errors of AWS Budgets."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class AccessDenied(ServiceException):
    code = "AccessDeniedException"


class CreationLimitExceeded(ServiceException):
    code = "CreationLimitExceededException"


class DuplicateRecord(ServiceException):
    code = "DuplicateRecordException"


class InvalidNextToken(ServiceException):
    code = "InvalidNextTokenException"


class InvalidParameter(ServiceException):
    code = "InvalidParameterException"


class NotFound(ServiceException):
    code = "NotFoundException"
