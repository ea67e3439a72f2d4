"""Pages of a listing: a token is the position to go on from."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def page(items: Collection[Item], size: int | None, token: str | None, default: int) -> tuple[list[Item], str | None]:
    """At most `size` items from where `token` left off, and the next token if there is more.

    Raises ValueError for a token that was not handed out.
    """
    start = int(token) if token else 0
    end = start + (size or default)
    return list(islice(items, start, end)), str(end) if end < len(items) else None
