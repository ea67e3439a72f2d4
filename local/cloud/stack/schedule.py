"""EventBridge Scheduler's resources, which moto has but its CloudFormation does not know."""

from __future__ import annotations

from ..account import ACCOUNT, REGION
from .resource import Resource


class Schedule(Resource):
    TYPE = "AWS::Scheduler::Schedule"
    NAME = "Name"

    def create(self) -> None:
        from moto.scheduler.models import scheduler_backends

        given = self.properties
        schedule = scheduler_backends[ACCOUNT][REGION].create_schedule(
            description=given.get("Description", ""),
            end_date=given.get("EndDate"),  # type: ignore[arg-type]
            flexible_time_window=given["FlexibleTimeWindow"],
            group_name=given.get("GroupName", "default"),
            kms_key_arn=given.get("KmsKeyArn"),  # type: ignore[arg-type]
            name=self.name,
            schedule_expression=given["ScheduleExpression"],
            schedule_expression_timezone=given.get("ScheduleExpressionTimezone", "UTC"),
            start_date=given.get("StartDate"),  # type: ignore[arg-type]
            state=given.get("State", "ENABLED"),
            target=given["Target"],
            action_after_completion=None,
        )
        self.attributes = {"Arn": schedule.arn}


class ScheduleGroup(Resource):
    TYPE = "AWS::Scheduler::ScheduleGroup"
    NAME = "Name"

    def create(self) -> None:
        from moto.scheduler.models import scheduler_backends

        group = scheduler_backends[ACCOUNT][REGION].create_schedule_group(self.name, [])
        self.attributes = {"Arn": group.arn}
