"""The policies that the template deploys, as a test compares them: resolved, with logical ids for made-up names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..account import ACCOUNT, REGION


def policies(resources: Mapping[str, str]) -> dict[str, Any]:
    """By logical id: a role's trust and its inline policies, an IoT policy's document."""
    from moto.iam.models import iam_backends
    from moto.iot.models import iot_backends

    roles = {role.name: role for role in iam_backends[ACCOUNT]["aws"].roles.values()}
    documents = {policy.name: policy.document for policy in iot_backends[ACCOUNT][REGION].policies.values()}
    found: dict[str, Any] = {}
    for logical_id, name in resources.items():
        if role := roles.get(name):
            inline = {title: _plain(document) for title, document in role.policies.items()}
            found[logical_id] = {"trust": _plain(role.assume_role_policy_document), "policies": inline}
        elif name in documents and logical_id.endswith("Policy"):
            found[logical_id] = _plain(documents[name])
    text = json.dumps(found)
    # The longest first: one name may begin another.
    for logical_id, name in sorted(resources.items(), key=lambda item: -len(item[1])):
        short = name.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
        # A bucket's name has no capital letters.
        if logical_id.lower() in short.lower():
            text = text.replace(short, f"<{logical_id}>")
    return dict(json.loads(text))


def _plain(document: Any) -> Any:
    return json.loads(document) if isinstance(document, str) else document
