"""What cloudsplaining says of policies, as its `scan-policy-file` does, and how long it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from cloudsplaining.command.scan_policy_file import scan_policy
from cloudsplaining.shared.constants import EXCLUSIONS_FILE
from judging import judge

# What the command prints of; the rest of a result is for other reports.
_TOLD = (
    "PrivilegeEscalation",
    "DataExfiltration",
    "ResourceExposure",
    "ServiceWildcard",
    "CredentialsExposure",
    "InfrastructureModification",
)
_EXCLUSIONS = yaml.safe_load(Path(EXCLUSIONS_FILE).read_text(encoding="utf-8"))


def verdict(document: dict[str, Any]) -> list[str]:
    results = scan_policy(document, _EXCLUSIONS)
    return [kind for kind in _TOLD if results and results[kind]["findings"]]


judge(lambda document: document, verdict)
