"""What cloudsplaining says of policies, as its `scan-policy-file` does, and how long it takes. Used as `judge` is."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import yaml
from cloudsplaining.command.scan_policy_file import scan_policy
from cloudsplaining.shared.constants import EXCLUSIONS_FILE

# What the command prints of; the rest of a result is for other reports.
_TOLD = (
    "PrivilegeEscalation",
    "DataExfiltration",
    "ResourceExposure",
    "ServiceWildcard",
    "CredentialsExposure",
    "InfrastructureModification",
)


def main() -> None:
    policies = json.load(sys.stdin)
    exclusions = yaml.safe_load(Path(EXCLUSIONS_FILE).read_text(encoding="utf-8"))
    nanoseconds = []
    found: dict[str, list[str]] = {}
    failed: list[str] = []
    for _ in range(int(sys.argv[1])):
        found, failed = {}, []
        began = time.perf_counter_ns()
        for name, document in policies.items():
            try:
                results = scan_policy(document, exclusions)
            except Exception:
                failed.append(name)
                continue
            found[name] = [kind for kind in _TOLD if results and results[kind]["findings"]]
        nanoseconds.append(time.perf_counter_ns() - began)
    json.dump({"nanoseconds": nanoseconds, "found": found, "failed": failed}, sys.stdout)


main()
