"""DescribeAlarms in pages, and of the kinds that are asked for, neither of which moto looks at; and GetMetricData."""

from __future__ import annotations

_DEFAULT_PAGE = 50
_MOST = 100


def install() -> None:
    from moto.cloudwatch.exceptions import InvalidParameterValue
    from moto.cloudwatch.responses import CloudWatchResponse
    from moto.core.exceptions import ServiceException
    from moto.core.responses import ActionResult

    from .metric_data import get_metric_data
    from .paging import page

    describe = CloudWatchResponse.describe_alarms

    class InvalidNextToken(ServiceException):
        code = "InvalidNextToken"

    def describe_alarms(self: CloudWatchResponse) -> ActionResult:
        kinds = self._get_param("AlarmTypes") or ["MetricAlarm"]
        size = self._get_int_param("MaxRecords")
        if size is not None and not 1 <= size <= _MOST:
            raise InvalidParameterValue(f"MaxRecords must be from 1 to {_MOST}")
        found: dict = describe(self).result  # type: ignore[assignment, type-arg]
        alarms = [(kind, alarm) for kind in ("MetricAlarm", "CompositeAlarm") for alarm in found[f"{kind}s"]]
        wanted = [(kind, alarm) for kind, alarm in alarms if kind in kinds]
        try:
            some, token = page(wanted, size, self._get_param("NextToken"), _DEFAULT_PAGE)
        except ValueError:
            raise InvalidNextToken("The next token specified is invalid.") from None
        told: dict[str, object] = {
            f"{kind}s": [alarm for its, alarm in some if its == kind] for kind in ("MetricAlarm", "CompositeAlarm")
        }
        return ActionResult(told | ({"NextToken": token} if token else {}))

    CloudWatchResponse.describe_alarms = describe_alarms  # type: ignore[method-assign]
    CloudWatchResponse.get_metric_data = lambda self: ActionResult(  # type: ignore[method-assign]
        get_metric_data(self._get_params())
    )
