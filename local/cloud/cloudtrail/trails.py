"""Trails: the account's own one, which logs from the start, and what a trail's selectors let through."""

from __future__ import annotations

from typing import Any

from ..account import ACCOUNT, REGION

NAME = "management"
_DEFAULT = [
    {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "DataResources": [],
        "ExcludeManagementEventSources": [],
    }
]


def install() -> None:
    from moto.cloudtrail.models import CloudTrailBackend, Trail

    def put(self: Trail, event_selectors: Any, advanced_event_selectors: Any) -> None:
        """The one kind takes the place of the other."""
        self.event_selectors = event_selectors or []
        self.advanced_event_selectors = [] if event_selectors else advanced_event_selectors or []
        self.put_selectors = True  # type: ignore[attr-defined]

    def get(self: Trail) -> tuple[Any, Any]:
        if not self.event_selectors and not self.advanced_event_selectors:
            return _DEFAULT, []
        return self.event_selectors, self.advanced_event_selectors

    describe = Trail.description

    def description(self: Trail, include_region: bool = False) -> dict[str, Any]:
        told = describe(self, include_region) | {"HasCustomEventSelectors": hasattr(self, "put_selectors")}
        return {name: value for name, value in told.items() if value is not None}

    delete = CloudTrailBackend.delete_trail

    def delete_trail(self: CloudTrailBackend, name: str) -> None:
        delete(self, self.get_trail(name).trail_name)

    Trail.put_event_selectors = put  # type: ignore[method-assign]
    Trail.get_event_selectors = get  # type: ignore[method-assign]
    Trail.description = description  # type: ignore[method-assign]
    CloudTrailBackend.delete_trail = delete_trail  # type: ignore[method-assign]


def make() -> None:
    """The account's own trail: without one that logs, AWS tells EventBridge of no call."""
    from moto.cloudtrail.models import cloudtrail_backends
    from moto.s3.models import s3_backends

    bucket = f"aws-cloudtrail-logs-{ACCOUNT}-{NAME}"
    s3_backends[ACCOUNT]["aws"].create_bucket(bucket, REGION)
    cloudtrail = cloudtrail_backends[ACCOUNT][REGION]
    cloudtrail.create_trail(NAME, bucket, None, None, True, True, True, False, None, None, None, [])  # type: ignore[arg-type]
    cloudtrail.start_logging(NAME)


def switch(on: bool) -> None:
    """The account's own trail logs, or does not."""
    from moto.cloudtrail.models import cloudtrail_backends

    trail = cloudtrail_backends[ACCOUNT][REGION].get_trail(NAME)
    if on:
        trail.start_logging()
    else:
        trail.stop_logging()


def on() -> bool:
    """Whether the account's own trail logs."""
    from moto.cloudtrail.models import cloudtrail_backends

    trail = cloudtrail_backends[ACCOUNT][REGION].trails.get(NAME)
    return bool(trail and trail.status.is_logging)


def logs(service: str, operation: str) -> bool:
    """Whether any trail tells of this change. The call that stops the last one is the last that is told."""
    from moto.cloudtrail.models import cloudtrail_backends

    if service == "cloudtrail" and operation in ("StopLogging", "DeleteTrail"):
        return True
    source = f"{service}.amazonaws.com"
    return any(
        trail.status.is_logging and _lets_through(trail, source)
        for trail in list(cloudtrail_backends[ACCOUNT][REGION].trails.values())
    )


def _lets_through(trail: Any, source: str) -> bool:
    plain, advanced = trail.get_event_selectors()
    for selector in plain:
        excluded = selector.get("ExcludeManagementEventSources") or []
        if (
            selector.get("IncludeManagementEvents", True)
            and selector.get("ReadWriteType", "All") in ("All", "WriteOnly")
            and source not in excluded
        ):
            return True
    return any(
        all(_field(one, source) for one in selector.get("FieldSelectors", [])) and _management(selector)
        for selector in advanced
    )


def _management(selector: dict[str, Any]) -> bool:
    fields = {one["Field"]: one.get("Equals") for one in selector.get("FieldSelectors", [])}
    return "Management" in (fields.get("eventCategory") or [])


def _field(field: dict[str, Any], source: str) -> bool:
    """https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html"""
    value = {"eventCategory": "Management", "readOnly": "false", "eventSource": source}.get(field["Field"], "")
    tests = {
        "Equals": lambda wanted: value in wanted,
        "NotEquals": lambda wanted: value not in wanted,
        "StartsWith": lambda wanted: value.startswith(tuple(wanted)),
        "NotStartsWith": lambda wanted: not value.startswith(tuple(wanted)),
        "EndsWith": lambda wanted: value.endswith(tuple(wanted)),
        "NotEndsWith": lambda wanted: not value.endswith(tuple(wanted)),
    }
    return all(test(field[name]) for name, test in tests.items() if field.get(name))
