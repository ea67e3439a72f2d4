"""What parliament says of policies, as its command does, and how long it takes."""

from __future__ import annotations

import json

from judging import judge
from parliament import analyze_policy_string, enhance_finding
from parliament.cli import is_finding_filtered


def verdict(text: str) -> list[str]:
    findings = [enhance_finding(finding) for finding in analyze_policy_string(text).findings]
    return sorted({finding.issue for finding in findings if not is_finding_filtered(finding)})


judge(json.dumps, verdict)
