"""KMS keys as others of the local cloud ask for them."""

from __future__ import annotations

from typing import Any

from .account import ACCOUNT, REGION


def policy(name: str) -> Any:
    """The policy of the key with that id, ARN or alias; `None` for none, and for those of AWS."""
    from moto.kms.models import kms_backends

    short = name.rsplit(":", 1)[-1]
    for key in kms_backends[ACCOUNT][REGION].keys.values():
        if key.id == short.removeprefix("key/") or short in key.aliases:
            return None if short.startswith("alias/aws/") else key.policy
    return None
