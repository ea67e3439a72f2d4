"""Figures in CloudWatch's embedded metric format, as a line of the log."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping


def write(function: str, counts: Mapping[str, int]) -> None:
    metrics = [{"Name": name, "Unit": "Count"} for name in counts]
    described = {"Namespace": "KvsWarden", "Dimensions": [["FunctionName"]], "Metrics": metrics}
    aws = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [described]}
    print(json.dumps({"_aws": aws, "FunctionName": function, **counts}))
