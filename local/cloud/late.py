"""Changes to services that are not loaded with the rest: made when moto first loads such a service."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

# The module that a change needs, and ours that makes it.
_CHANGES = {
    "moto.cloudwatch.responses": "cloudwatch",
    "moto.dynamodb.responses": "dynamodb",
    "moto.firehose.models": "firehose",
    "moto.kinesisanalyticsv2.models": "flink",
    "moto.s3.models": "s3",
    "moto.securityhub.models": "securityhub",
}


def install() -> None:
    sys.meta_path.insert(0, _Watch())


class _Watch(MetaPathFinder):
    """Leaves finding to the others, and changes the module once it is loaded."""

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in _CHANGES:
            return None
        sys.meta_path.remove(self)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            sys.meta_path.insert(0, self)
        if spec and spec.loader:
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                importlib.import_module(f"..{_CHANGES[name]}", __name__).install()

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec
