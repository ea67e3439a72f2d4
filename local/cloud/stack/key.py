"""`AWS::KMS::Key`: a policy as the API has it, and the switches that moto's CloudFormation leaves as texts."""

from __future__ import annotations

import json
from typing import Any


def complete() -> None:
    """moto would keep the policy as a structure, which its own DescribeKey cannot read."""
    from moto.kms.models import Key

    create = Key.create_from_cloudformation_json.__func__  # type: ignore[attr-defined]

    def create_from_cloudformation_json(
        cls: type[Key], resource_name: str, cloudformation_json: Any, *args: Any, **rest: Any
    ) -> Key:
        given = dict(cloudformation_json.get("Properties", {}))
        policy = given.get("KeyPolicy")
        given["KeyPolicy"] = json.dumps(policy) if isinstance(policy, dict) else policy
        for name in ("EnableKeyRotation", "Enabled"):
            if name in given:
                given[name] = str(given[name]).lower() == "true"
        key: Key = create(cls, resource_name, cloudformation_json | {"Properties": given}, *args, **rest)
        key.key_state = "Enabled" if key.enabled else "Disabled"
        return key

    Key.create_from_cloudformation_json = classmethod(create_from_cloudformation_json)  # type: ignore[assignment]
