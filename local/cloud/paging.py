"""Pages of a listing: a token is the position to go on from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

Item = TypeVar("Item")


def page(items: Iterable[Item], size: int | None, token: str | None, default: int) -> tuple[list[Item], str | None]:
    """At most `size` items from where `token` left off, and the next token if there is more.

    Raises ValueError for a token that was not handed out.
    """
    everything = list(items)
    start = int(token) if token else 0
    end = start + (size or default)
    return everything[start:end], str(end) if end < len(everything) else None
