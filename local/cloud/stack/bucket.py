"""`AWS::S3::Bucket`: what moto's CloudFormation leaves out of a bucket that it makes, and the bucket's policy."""

from __future__ import annotations

import json
from typing import Any

from ..account import ACCOUNT
from ..s3 import BLOCKS
from .resource import Resource


def complete() -> None:
    """Applies versioning, lifecycle, ownership and the public access block."""
    from moto.iam.access_control import PermissionResult
    from moto.s3.models import FakeBucket, s3_backends

    create = FakeBucket.create_from_cloudformation_json.__func__  # type: ignore[attr-defined]

    def create_from_cloudformation_json(
        cls: type[FakeBucket], resource_name: str, cloudformation_json: Any, *args: Any, **rest: Any
    ) -> FakeBucket:
        # Generated names have capital letters, which a bucket's may not have.
        bucket: FakeBucket = create(cls, resource_name.lower(), cloudformation_json, *args, **rest)
        given = cloudformation_json.get("Properties", {})
        s3 = s3_backends[ACCOUNT]["aws"]
        if versioning := given.get("VersioningConfiguration"):
            s3.put_bucket_versioning(bucket.name, versioning["Status"])
        if given_block := given.get("PublicAccessBlockConfiguration"):
            block = {name: str(given_block.get(name, False)).lower() for name in BLOCKS}
            s3.put_public_access_block(bucket.name, block)
        if lifecycle := given.get("LifecycleConfiguration"):
            s3.put_bucket_lifecycle_configuration(bucket.name, [_rule(rule) for rule in lifecycle["Rules"]])
        return bucket

    # moto looks at a policy's actions only: what denies plain HTTP would deny all.
    FakeBucket.get_permission = lambda *_: PermissionResult.NEUTRAL  # type: ignore[method-assign,assignment]
    FakeBucket.create_from_cloudformation_json = classmethod(create_from_cloudformation_json)  # type: ignore[assignment]


def _rule(given: dict[str, Any]) -> dict[str, Any]:
    """A rule of the template as the API has it."""
    rule: dict[str, Any] = {
        "ID": given.get("Id"),
        "Status": given["Status"],
        "Filter": {"Prefix": given.get("Prefix", "")},
    }
    if days := given.get("ExpirationInDays"):
        rule["Expiration"] = {"Days": str(days)}
    if versions := given.get("NoncurrentVersionExpiration"):
        rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": str(versions["NoncurrentDays"])}
    if unfinished := given.get("AbortIncompleteMultipartUpload"):
        rule["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": str(unfinished["DaysAfterInitiation"])}
    moves = given.get("Transitions") or []
    if moves:
        rule["Transition"] = [
            {"Days": str(one["TransitionInDays"]), "StorageClass": one["StorageClass"]} for one in moves
        ]
    return rule


class BucketPolicy(Resource):
    TYPE = "AWS::S3::BucketPolicy"
    NAME = "Id"

    def create(self) -> None:
        from moto.s3.models import s3_backends

        s3_backends[ACCOUNT]["aws"].put_bucket_policy(
            self.properties["Bucket"], json.dumps(self.properties["PolicyDocument"]).encode()
        )
