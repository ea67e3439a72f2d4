"""The translated template, created by moto's CloudFormation with our resources beside its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..account import ACCOUNT, REGION, STACK

# moto has these, but only for functions of its own.
_NOT_WITHOUT_LAMBDA = {"AWS::Lambda::Version", "AWS::Lambda::LayerVersion"}


@dataclass(frozen=True)
class Deployment:
    """What came of the template."""

    outputs: dict[str, str]
    # Logical id to physical id.
    resources: dict[str, str]
    # `Type LogicalId` of what moto's CloudFormation does not make and we made by call.
    created_by_call: list[str]
    # `Type LogicalId` of what nobody made.
    skipped: list[str]


def deploy(template: dict[str, Any], parameters: Mapping[str, str]) -> Deployment:
    """Creates every resource whose condition holds. Raises when one cannot be created."""
    from .lean_import import without_unused

    with without_unused(template):
        from moto.cloudformation import parsing
        from moto.cloudformation.models import Stack, cloudformation_backends

    from . import alarm, bucket, budget, function, iot, key, logs, messaging, schedule, table
    from .resource import register
    from .unsupported import Unsupported, stand_in

    ours = [
        function.Function,
        function.EventSourceMapping,
        function.EventInvokeConfig,
        function.Permission,
        iot.TopicRule,
        iot.ThingGroup,
        iot.CaCertificate,
        messaging.QueuePolicy,
        messaging.TopicPolicy,
        messaging.Subscription,
        bucket.BucketPolicy,
        logs.MetricFilter,
        schedule.Schedule,
        schedule.ScheduleGroup,
        alarm.Alarm,
        budget.Budget,
    ]
    by_call = {kind.TYPE for kind in ours}
    for kind in ours:
        register(kind)
    table.complete()
    bucket.complete()
    key.complete()
    supported = parsing.get_model_map().keys() - _NOT_WITHOUT_LAMBDA
    missing = {resource["Type"] for resource in template["Resources"].values()} - supported
    for kind_name in missing:
        register(stand_in(kind_name))
    _keep_no_value_out_of_lists(parsing)
    # moto lists a resource whose condition does not hold as one without a name.
    Stack.stack_resources = property(  # type: ignore[method-assign, assignment]
        lambda stack: [resource for resource in stack.resource_map.values() if resource is not None]
    )

    stack = cloudformation_backends[ACCOUNT][REGION].create_stack(STACK, json.dumps(template), dict(parameters))
    if stack.status != "CREATE_COMPLETE":
        raise RuntimeError(f"the stack is {stack.status}: {stack.status_reason}")

    made: dict[str, Any] = {
        name: stack.resource_map[name] for name in template["Resources"] if stack.resource_map[name] is not None
    }
    for name, resource in made.items():
        if not isinstance(getattr(resource, "physical_resource_id", None), str):
            raise RuntimeError(f"moto gives no physical id to `{name}`: `Ref` to it would be wrong")
    kinds = {name: template["Resources"][name]["Type"] for name in made}
    return Deployment(
        outputs={output.key: str(output.value) for output in map(stack.output_map.get, stack.output_map) if output},
        resources={name: str(resource.physical_resource_id) for name, resource in made.items()},
        created_by_call=[f"{kinds[name]} {name}" for name in made if kinds[name] in by_call],
        skipped=[f"{kinds[name]} {name}" for name, resource in made.items() if isinstance(resource, Unsupported)],
    )


def _keep_no_value_out_of_lists(parsing: Any) -> None:
    """moto drops `AWS::NoValue` from maps but leaves a null in lists; CloudFormation drops it from both."""
    original = parsing.clean_json

    def clean_json(resource_json: Any, resources_map: Any) -> Any:
        if isinstance(resource_json, list):
            return [item for item in (clean_json(part, resources_map) for part in resource_json) if item is not None]
        return original(resource_json, resources_map)

    parsing.clean_json = clean_json
