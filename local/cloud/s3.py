"""S3: what every new bucket has on AWS unless its owner takes it away.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
"""

from __future__ import annotations

from typing import Any

BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def install() -> None:
    from moto.s3.models import S3Backend

    create = S3Backend.create_bucket

    def create_bucket(self: S3Backend, bucket_name: str, *args: Any, **kwargs: Any) -> Any:
        bucket = create(self, bucket_name, *args, **kwargs)
        self.put_public_access_block(bucket_name, dict.fromkeys(BLOCKS, "true"))
        return bucket

    S3Backend.create_bucket = create_bucket  # type: ignore[method-assign]
