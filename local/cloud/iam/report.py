"""The credential report: the root user and every user, a line each.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

from __future__ import annotations

from typing import Any

from ..account import ACCOUNT

_COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
    "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
    "cert_2_last_rotated"
)
_NO_KEY = ["false", "N/A", "N/A", "N/A", "N/A"]
_NO_CERTIFICATE = ["false", "N/A"]


def text(backend: Any) -> str:
    """Without a line break at its end, as AWS writes it."""
    root = [
        "<root_account>",
        f"arn:aws:iam::{ACCOUNT}:root",
        "2020-01-01T00:00:00+00:00",
        "not_supported",
        "no_information",
        "not_supported",
        "not_supported",
        "true",
        *_NO_KEY,
        *_NO_KEY,
        *_NO_CERTIFICATE,
        *_NO_CERTIFICATE,
    ]
    return "\n".join([_COLUMNS, ",".join(root), *(",".join(_line(user)) for user in backend.users.values())])


def _line(user: Any) -> list[str]:
    created = _time(user.create_date)
    if user.password:
        used = _time(user.password_last_used) if user.password_last_used else "no_information"
        password = ["true", used, created, "N/A"]
    else:
        password = ["false", "N/A", "N/A", "N/A"]
    keys = [_key(key) for key in user.access_keys[:2]]
    certificates = [
        ["true" if one.status == "Active" else "false", created] for one in list(user.signing_certificates.values())[:2]
    ]
    line = [user.name, user.arn, created, *password, "true" if user.mfa_devices else "false"]
    for part in (*keys, *[_NO_KEY] * (2 - len(keys)), *certificates, *[_NO_CERTIFICATE] * (2 - len(certificates))):
        line += part
    return line


def _key(key: Any) -> list[str]:
    active = "true" if key.status == "Active" else "false"
    if not key.last_used:
        return [active, _time(key.create_date), "N/A", "N/A", "N/A"]
    used = key.last_used
    return [active, _time(key.create_date), _time(used), used.region, used.service or "N/A"]


def _time(value: Any) -> str:
    return str(value.strftime("%Y-%m-%dT%H:%M:%S+00:00"))
