"""A SAM template through AWS's own translator, kept in a cache because every test starts a cloud."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any


def translate(path: Path, parameters: Mapping[str, str], cache: Path | None) -> dict[str, Any]:
    """The CloudFormation template that AWS would deploy for the SAM template at `path`."""
    source = path.read_bytes()
    key = hashlib.sha256(
        b"\0".join([source, json.dumps(parameters, sort_keys=True).encode(), version("aws-sam-translator").encode()])
    ).hexdigest()
    kept = cache / f"template-{key}.json" if cache else None
    if kept and kept.exists():
        loaded: dict[str, Any] = json.loads(kept.read_bytes())
        return loaded
    template = _translate(source.decode(), parameters)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        # Clouds that start at once must never read half a file.
        unfinished = kept.with_suffix(f".{os.getpid()}")
        unfinished.write_text(json.dumps(template))
        unfinished.replace(kept)
    return template


class _NoManagedPolicies:
    """The translator wants to map managed policy names to ARNs; the names it cannot map it passes through."""

    def load(self) -> dict[str, str]:
        return {}


def _translate(source: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    # Slow to import, and not needed when the cache has the template.
    from samtranslator.public.exceptions import InvalidDocumentException
    from samtranslator.translator.transform import transform
    from samtranslator.yaml_helper import yaml_parse

    template = yaml_parse(source)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # `sam package` would put the address of the uploaded code here; the binary is given to us by name.
            resource["Properties"]["CodeUri"] = "s3://local/code"
    try:
        translated: dict[str, Any] = transform(template, dict(parameters), _NoManagedPolicies())
    except InvalidDocumentException as error:
        causes = "; ".join(cause.message for cause in error.causes)
        raise RuntimeError(f"the SAM translator refuses the template: {causes}") from error
    return translated
