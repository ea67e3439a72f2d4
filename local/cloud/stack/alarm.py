"""`AWS::CloudWatch::Alarm`, which moto has but its CloudFormation does not know."""

from __future__ import annotations

from moto.cloudwatch.models import cloudwatch_backends

from ..account import ACCOUNT, REGION
from .resource import Resource


class Alarm(Resource):
    TYPE = "AWS::CloudWatch::Alarm"
    NAME = "AlarmName"

    def create(self) -> None:
        given = self.properties
        alarm = cloudwatch_backends[ACCOUNT][REGION].put_metric_alarm(
            name=self.name,
            namespace=given["Namespace"],
            metric_name=given["MetricName"],
            comparison_operator=given["ComparisonOperator"],
            evaluation_periods=int(given["EvaluationPeriods"]),
            period=int(given["Period"]),
            threshold=float(given["Threshold"]),
            statistic=given.get("Statistic"),
            extended_statistic=given.get("ExtendedStatistic"),
            description=given.get("AlarmDescription", ""),
            dimensions=given.get("Dimensions", []),
            alarm_actions=given.get("AlarmActions", []),
            ok_actions=given.get("OKActions", []),
            insufficient_data_actions=given.get("InsufficientDataActions", []),
            datapoints_to_alarm=given.get("DatapointsToAlarm"),
            treat_missing_data=given.get("TreatMissingData"),
        )
        self.attributes = {"Arn": alarm.alarm_arn}
