"""What CloudWatch Logs counts, which moto has but its CloudFormation does not know."""

from __future__ import annotations

from ..account import ACCOUNT, REGION
from .resource import Resource


class MetricFilter(Resource):
    TYPE = "AWS::Logs::MetricFilter"
    NAME = "FilterName"

    def create(self) -> None:
        from moto.logs.models import logs_backends

        given = self.properties
        transformations = [
            {name[:1].lower() + name[1:]: value for name, value in one.items()}
            for one in given["MetricTransformations"]
        ]
        logs_backends[ACCOUNT][REGION].put_metric_filter(
            self.name, given["FilterPattern"], given["LogGroupName"], transformations
        )
