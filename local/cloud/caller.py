"""Who a call is from, by the access key that it is signed with."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .account import ACCOUNT
from .functions.asynchronous import ASYNCHRONOUS

# Whoever signs with a key that nobody was given is this one person.
OPERATOR = "operator"


def identity(key: str) -> Callable[[], dict[str, Any]]:
    """What makes the `userIdentity`. Looked up now, since the key may be deleted before the record is made."""
    from moto.iam.models import iam_backends
    from moto.sts.models import sts_backends

    for function in ASYNCHRONOUS.functions.values():
        if function.key == key:
            return lambda: _role(function.declared.role_arn, function.name, key)
    iam = iam_backends[ACCOUNT]["aws"]
    # moto's own search looks through the keys of all users.
    held = iam.access_keys.get(key)
    if held and (user := iam.users.get(held.user_name)):
        return lambda: _user(user.name, user.id, user.arn, key)
    if assumed := sts_backends[ACCOUNT]["aws"].get_assumed_role_from_access_key(key):
        return lambda: _role(assumed.role_arn, assumed.session_name, key)
    return lambda: _user(OPERATOR, "AIDALOCALOPERATOR0001", f"arn:aws:iam::{ACCOUNT}:user/{OPERATOR}", key)


def _user(name: str, identifier: str, arn: str, key: str) -> dict[str, Any]:
    return {
        "type": "IAMUser",
        "principalId": identifier,
        "arn": arn,
        "accountId": ACCOUNT,
        "accessKeyId": key,
        "userName": name,
    }


def _role(role_arn: str, session: str, key: str) -> dict[str, Any]:
    from moto.iam.models import iam_backends

    name = role_arn.rsplit("/", 1)[-1]
    roles = list(iam_backends[ACCOUNT]["aws"].roles.values())
    identifier = next((role.id for role in roles if role.name == name), "AROALOCALUNKNOWN00001")
    return {
        "type": "AssumedRole",
        "principalId": f"{identifier}:{session}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{session}",
        "accountId": ACCOUNT,
        "accessKeyId": key,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": identifier,
                "arn": role_arn,
                "accountId": ACCOUNT,
                "userName": name,
            },
            "attributes": {
                "creationDate": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "mfaAuthenticated": "false",
            },
        },
    }
