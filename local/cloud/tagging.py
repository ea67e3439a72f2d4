"""The Resource Groups Tagging API with AWS's page sizes, and tokens that can be used again when an answer was lost."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from typing import Any

from moto.core.resource_tagging import TaggedResource
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend, RESTError
from moto.resourcegroupstaggingapi.responses import ResourceGroupsTaggingAPIResponse

from .plain import PlainResult

_MOST = 100
_LISTINGS = 32


def install() -> None:
    """moto's tokens are good for one use, and it ends a page after 100 tags unless told otherwise. AWS does so only
    when `TagsPerPage` asks for it; moto hands on 100 for both, so that asking for exactly 100 has no effect here."""

    listings: OrderedDict[str, list[TaggedResource]] = OrderedDict()

    def get_resources(
        self: ResourceGroupsTaggingAPIBackend,
        pagination_token: str | None = None,
        resources_per_page: int = _MOST,
        tags_per_page: int = _MOST,
        tag_filters: Any = None,
        resource_type_filters: list[str] | None = None,
        resource_arn_list: list[str] | None = None,
    ) -> tuple[str | None, list[TaggedResource]]:
        listing, _, position = (pagination_token or "").partition(":")
        if pagination_token:
            if listing not in listings or not position.isdigit():
                raise RESTError("PaginationTokenExpiredException", "Token does not exist")
            start = int(position)
        else:
            listing, start = uuid.uuid4().hex, 0
            listings[listing] = list(
                self._get_resources_generator(tag_filters, resource_type_filters, resource_arn_list)
            )
            while len(listings) > _LISTINGS:
                listings.popitem(last=False)
        found = listings[listing]
        end = min(start + min(resources_per_page, _MOST), len(found))
        if tags_per_page != _MOST:
            end = _within(found, start, end, tags_per_page)
        return (f"{listing}:{end}" if end < len(found) else None), found[start:end]

    respond = ResourceGroupsTaggingAPIResponse.get_resources
    ResourceGroupsTaggingAPIBackend.get_resources = get_resources  # type: ignore[method-assign]
    ResourceGroupsTaggingAPIResponse.get_resources = lambda self: PlainResult(  # type: ignore[method-assign]
        respond(self).result
    )


def _within(found: list[TaggedResource], start: int, end: int, tags: int) -> int:
    """Where a page of so many tags ends. A resource is not divided, and a page has at least one."""
    left = tags
    for position in range(start, end):
        left -= len(found[position].tags)
        if left < 0:
            return max(position, start + 1)
    return end
