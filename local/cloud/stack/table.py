"""`AWS::DynamoDB::Table`: what moto's CloudFormation leaves out of a table that it makes."""

from __future__ import annotations

from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table


def complete() -> None:
    """Turns on expiry and point-in-time recovery where the template asks for them."""
    create = Table.create_from_cloudformation_json.__func__  # type: ignore[attr-defined]

    def create_from_cloudformation_json(
        cls: type[Table], resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **rest: Any
    ) -> Table:
        table: Table = create(cls, resource_name, cloudformation_json, account_id, region_name, **rest)
        given = cloudformation_json["Properties"]
        backend = dynamodb_backends[account_id][region_name]
        if expiry := given.get("TimeToLiveSpecification"):
            backend.update_time_to_live(table.name, _flags(expiry, "Enabled"))
        if recovery := given.get("PointInTimeRecoverySpecification"):
            backend.update_continuous_backups(table.name, _flags(recovery, "PointInTimeRecoveryEnabled"))
        return table

    Table.create_from_cloudformation_json = classmethod(create_from_cloudformation_json)  # type: ignore[assignment]


def _flags(specification: dict[str, Any], name: str) -> dict[str, Any]:
    return specification | {name: str(specification.get(name, False)).lower() == "true"}
