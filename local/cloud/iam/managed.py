"""AWS managed policies, each made when somebody first names it. All 1,500 at once would slow down every start."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from moto.iam.models import AWSManagedPolicy, IAMBackend

_BEFORE = (
    "attach_role_policy",
    "attach_group_policy",
    "attach_user_policy",
    "get_policy",
    "get_policy_version",
    "list_policy_versions",
)


def install() -> None:
    for name in _BEFORE:
        setattr(IAMBackend, name, _loading(getattr(IAMBackend, name)))


def load(backend: IAMBackend, arn: str) -> None:
    """Makes the AWS managed policy with this ARN, if there is one and it was not made before."""
    if ":iam::aws:policy/" not in arn or arn in backend.managed_policies:
        return
    name = arn.rsplit("/", 1)[-1]
    found = _all().get(name)
    if found:
        policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, found)
        if policy.arn == arn:
            backend.managed_policies[arn] = policy
            backend.aws_managed_policies.append(policy)


def _loading(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def call(self: IAMBackend, *args: Any, **kwargs: Any) -> Any:
        for value in (*args, *kwargs.values()):
            if isinstance(value, str):
                load(self, value)
        return method(self, *args, **kwargs)

    return call


@lru_cache
def _all() -> dict[str, Any]:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    loaded: dict[str, Any] = json.loads(aws_managed_policies_data)
    return loaded
