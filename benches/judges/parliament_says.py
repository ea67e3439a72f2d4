"""What parliament says of policies, as its command does, and how long it takes. Used as `judge` is."""

from __future__ import annotations

import json
import sys
import time

from parliament import analyze_policy_string, enhance_finding
from parliament.cli import is_finding_filtered


def main() -> None:
    texts = {name: json.dumps(document) for name, document in json.load(sys.stdin).items()}
    nanoseconds = []
    found: dict[str, list[str]] = {}
    failed: list[str] = []
    for _ in range(int(sys.argv[1])):
        found, failed = {}, []
        began = time.perf_counter_ns()
        for name, text in texts.items():
            try:
                findings = [enhance_finding(finding) for finding in analyze_policy_string(text).findings]
            except Exception:
                failed.append(name)
                continue
            found[name] = sorted({finding.issue for finding in findings if not is_finding_filtered(finding)})
        nanoseconds.append(time.perf_counter_ns() - began)
    json.dump({"nanoseconds": nanoseconds, "found": found, "failed": failed}, sys.stdout)


main()
