"""moto's CloudFormation without the services that the template does not use.

It imports the models of some thirty services at once, EC2 with its tables of instance types among them: 1.6 of the
2.2 seconds of processor time that a cloud took to start, and every test starts one. The services left out are whole
again afterwards: moto imports them anew when the first call to them comes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

_SLOW = {
    "apigateway": "ApiGateway",
    "autoscaling": "AutoScaling",
    "batch": "Batch",
    "datapipeline": "DataPipeline",
    "ec2": "EC2",
    "ecr": "ECR",
    "ecs": "ECS",
    "efs": "EFS",
    "elb": "ElasticLoadBalancing",
    "elbv2": "ElasticLoadBalancingV2",
    "emr": "EMR",
    "rds": "RDS",
    "redshift": "Redshift",
    "route53": "Route53",
    "sagemaker": "SageMaker",
    "ssm": "SSM",
    "stepfunctions": "StepFunctions",
}


class _Absent(ModuleType):
    """Gives a class that nothing is an instance of for whatever name is imported from it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        kind = type(name, (), {})
        setattr(self, name, kind)
        return kind


@contextmanager
def without_unused(template: dict[str, Any]) -> Iterator[None]:
    """While it lasts, an import of an unused service's models costs nothing and brings nothing."""
    typed = [*template["Resources"].values(), *template.get("Parameters", {}).values()]
    used = {item["Type"].split("::")[1] for item in typed if "::" in item["Type"]}
    # The slow ones need each other: with one of them used, all are loaded.
    left_out = [] if used & set(_SLOW.values()) else list(_SLOW)
    placed = []
    for service in left_out:
        for suffix in ("", ".models", ".models.core", ".exceptions"):
            name = f"moto.{service}{suffix}"
            if name not in sys.modules:
                module = _Absent(name)
                module.__path__ = []  # type: ignore[attr-defined]
                sys.modules[name] = module
                placed.append(name)
    for name in placed:
        parent, _, child = name.rpartition(".")
        if parent in sys.modules:
            setattr(sys.modules[parent], child, sys.modules[name])
    try:
        yield
    finally:
        import moto

        for name in placed:
            sys.modules.pop(name, None)
        for service in left_out:
            if isinstance(getattr(moto, service, None), _Absent):
                delattr(moto, service)
