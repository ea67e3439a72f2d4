r"""The part of the AWS IoT SQL that our rules use, and a refusal of all the rest.

    SELECT * [, topic(N) AS name]... FROM 'filter' [WHERE field = 'literal' [AND field = 'literal']...]

https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-reference.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_STATEMENT = re.compile(
    r"\s*SELECT\s+(?P<select>.+?)\s+FROM\s+(?P<quote>['\"])(?P<filter>[^'\"]+)(?P=quote)(?:\s+WHERE\s+(?P<where>.+?))?\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
_TOPIC = re.compile(r"topic\((?:(\d+))?\)\s+AS\s+(\w+)", re.IGNORECASE)
_CONDITION = re.compile(r"(\w+)\s*=\s*(?:'([^']*)'|\"([^\"]*)\")")


class SqlError(ValueError):
    """The statement is not of the part that is understood; its text says where."""


@dataclass(frozen=True)
class Statement:
    topic_filter: str
    # Name of the field to the level of the topic, from 1; 0 is the whole topic.
    topics: tuple[tuple[str, int], ...]
    conditions: tuple[tuple[str, str], ...]

    def select(self, topic: str, payload: Any) -> dict[str, Any] | None:
        """What the rule passes on for a message, or `None` when it does not match."""
        if not matches(self.topic_filter, topic) or not isinstance(payload, dict):
            return None
        if any(payload.get(field) != literal for field, literal in self.conditions):
            return None
        levels = topic.split("/")
        selected = dict(payload)
        for name, level in self.topics:
            if level == 0:
                selected[name] = topic
            elif level <= len(levels):
                # A level that the topic does not have is undefined, and left out.
                selected[name] = levels[level - 1]
        return selected


def parse(sql: str) -> Statement:
    """Raises SqlError for whatever is not of the form above."""
    match = _STATEMENT.fullmatch(sql)
    if not match:
        raise SqlError("expected SELECT * [, topic(N) AS name] FROM 'filter' [WHERE field = 'literal' AND ...]")
    first, *rest = [part.strip() for part in match["select"].split(",")]
    if first != "*":
        raise SqlError(f"`{first}`: only `*` can stand first in SELECT")
    topics = []
    for part in rest:
        item = _TOPIC.fullmatch(part)
        if not item:
            raise SqlError(f"`{part}`: expected topic(N) AS name")
        topics.append((item[2], int(item[1] or 0)))
    conditions = []
    if match["where"]:
        for part in re.split(r"\s+AND\s+", match["where"].strip(), flags=re.IGNORECASE):
            condition = _CONDITION.fullmatch(part.strip())
            if not condition:
                raise SqlError(f"`{part}`: expected field = 'literal'")
            conditions.append((condition[1], condition[2] if condition[2] is not None else condition[3]))
    _check_filter(match["filter"])
    return Statement(match["filter"], tuple(topics), tuple(conditions))


def _check_filter(topic_filter: str) -> None:
    levels = topic_filter.split("/")
    if any(("+" in level or "#" in level) and len(level) > 1 for level in levels) or "#" in levels[:-1]:
        raise SqlError(f"`{topic_filter}` is not a topic filter")


def matches(topic_filter: str, topic: str) -> bool:
    """MQTT's wildcards: `+` is one level, a last `#` is the rest; neither matches a leading `$` level."""
    wanted, levels = topic_filter.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] in ("+", "#"):
        return False
    for index, level in enumerate(wanted):
        if level == "#":
            return True
        if index >= len(levels) or level not in ("+", levels[index]):
            return False
    return len(wanted) == len(levels)
