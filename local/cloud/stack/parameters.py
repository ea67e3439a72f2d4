"""The checks of a template's parameters that CloudFormation makes before it makes anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def check(declared: Mapping[str, Any], given: Mapping[str, str]) -> None:
    """Raises for a parameter that the template does not have, and for a value that it does not allow."""
    for name, value in given.items():
        if name not in declared:
            raise RuntimeError(f"the template has no parameter `{name}`: expected one of {', '.join(sorted(declared))}")
        if rule := _broken(declared[name], value):
            raise RuntimeError(f"parameter `{name}` is `{value}`: expected {rule}")


def _broken(parameter: Mapping[str, Any], value: str) -> str | None:
    """The rule that the value breaks, in words."""
    if allowed := parameter.get("AllowedValues"):
        words = [str(word) for word in allowed]
        return None if value in words else f"one of {', '.join(f'`{word}`' for word in words)}"
    if (pattern := parameter.get("AllowedPattern")) and not re.fullmatch(pattern, value):
        return str(parameter.get("ConstraintDescription") or f"text that matches `{pattern}`")
    if parameter.get("Type") != "Number":
        return None
    low, high = parameter.get("MinValue"), parameter.get("MaxValue")
    rule = "a number" if low is None or high is None else f"a number from {low} to {high}"
    if not re.fullmatch(r"-?\d+", value):
        return rule
    number = int(value)
    too_low = low is not None and number < int(low)
    too_high = high is not None and number > int(high)
    return rule if too_low or too_high else None
