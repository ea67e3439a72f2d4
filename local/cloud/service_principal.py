"""What a resource's policy says to an AWS service that comes to it of its own accord.

Nothing else is decided here: calls of roles and users are not refused for want of a permission.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any


def allows(document: Any, service: str, action: str, resource: str, context: Mapping[str, str]) -> bool:
    """Whether a statement allows it and none denies it. Knows `StringEquals`, `StringLike`, `Arn…` and `Bool`."""
    policy = json.loads(document) if isinstance(document, str) else document
    context = {key.lower(): value for key, value in context.items()} | {"aws:principalisawsservice": "true"}
    met = [
        statement["Effect"]
        for statement in _list(policy.get("Statement"))
        if _whom(statement, service)
        and _names(statement, "Action", action, fold=True)
        and _names(statement, "Resource", resource)
        and _conditions(statement.get("Condition") or {}, context)
    ]
    return "Allow" in met and "Deny" not in met


def _whom(statement: Mapping[str, Any], service: str) -> bool:
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    if isinstance(principal, Mapping):
        named = "*" in _list(principal.get("AWS")) or service in _list(principal.get("Service"))
    else:
        named = principal == "*"
    return named == ("Principal" in statement)


def _names(statement: Mapping[str, Any], element: str, wanted: str, fold: bool = False) -> bool:
    if f"Not{element}" in statement:
        return not _any(_list(statement[f"Not{element}"]), wanted, fold)
    # A key's policy may leave out its resource, which is the key.
    return _any(_list(statement.get(element, "*")), wanted, fold) or wanted == "*"


def _any(patterns: list[str], wanted: str, fold: bool) -> bool:
    if fold:
        patterns, wanted = [pattern.lower() for pattern in patterns], wanted.lower()
    return any(_like(wanted, pattern) for pattern in patterns)


def _like(text: str, pattern: str) -> bool:
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _conditions(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    return all(
        _holds(operator, context.get(key.lower()), _list(values))
        for operator, wanted in conditions.items()
        for key, values in wanted.items()
    )


def _holds(operator: str, found: str | None, values: list[Any]) -> bool:
    name = operator.removesuffix("IfExists")
    if found is None:
        return name != operator or "Not" in name
    texts = [str(value).lower() if name == "Bool" else str(value) for value in values]
    positive = name.replace("Not", "")
    if positive in ("StringEquals", "Bool"):
        met = found in texts
    elif positive in ("StringLike", "ArnLike", "ArnEquals"):
        met = any(_like(found, text) for text in texts)
    else:
        raise ValueError(f"the local cloud does not know the condition `{operator}`")
    return met == ("Not" not in name)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
