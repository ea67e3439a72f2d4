"""The Resource Groups Tagging API with AWS's page sizes."""

from __future__ import annotations

from typing import Any

from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

_DEFAULT = 100
_NO_LIMIT = 1_000_000


def install() -> None:
    """moto ends a page after 100 tags unless told otherwise; AWS does so only when `TagsPerPage` asks for it.

    moto hands on 100 for both, so that asking for exactly 100 has no effect here.
    """
    original = ResourceGroupsTaggingAPIBackend.get_resources

    def get_resources(
        self: ResourceGroupsTaggingAPIBackend, *args: Any, tags_per_page: int = _DEFAULT, **kwargs: Any
    ) -> Any:
        return original(self, *args, tags_per_page=_NO_LIMIT if tags_per_page == _DEFAULT else tags_per_page, **kwargs)

    ResourceGroupsTaggingAPIBackend.get_resources = get_resources  # type: ignore[method-assign]
