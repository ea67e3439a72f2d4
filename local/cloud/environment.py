"""What moto, boto3 and the SAM translator read from the environment, set before they are imported."""

from __future__ import annotations

import os
import warnings

from .account import ACCOUNT, REGION


def prepare() -> None:
    for name in list(os.environ):
        # A developer's own profile or endpoint must not leak into the local cloud.
        if name.startswith(("AWS_", "MOTO_")):
            del os.environ[name]
    os.environ.update(
        MOTO_ACCOUNT_ID=ACCOUNT,
        AWS_DEFAULT_REGION=REGION,
        AWS_REGION=REGION,
        AWS_ACCESS_KEY_ID="LOCALCLOUD",
        AWS_SECRET_ACCESS_KEY="local",
        AWS_EC2_METADATA_DISABLED="true",
        MOTO_IAM_LOAD_MANAGED_POLICIES="false",
    )
    warnings.simplefilter("ignore")
