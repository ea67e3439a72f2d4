"""What the operator decides, from the same environment variables."""

import os


def _list(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


ACCOUNT = os.environ["ACCOUNT_ID"]
ALLOWED_CAS = _list(os.environ.get("ALLOWED_CA_CERTIFICATE_IDS", ""))
THING_TYPE = os.environ["THING_TYPE_NAME"]
THING_GROUP = os.environ["THING_GROUP_NAME"]
CAMERA_POLICY = os.environ["CAMERA_POLICY_NAME"]
RETENTION_HOURS = int(os.environ["STREAM_RETENTION_HOURS"])
MEDIA_TYPE = os.environ["STREAM_MEDIA_TYPE"]
TIER = os.environ.get("STREAM_STORAGE_TIER") or "HOT"
KMS_KEY = os.environ.get("STREAM_KMS_KEY_ARN") or None
TAGS = dict(tag.split("=", 1) for tag in os.environ.get("STREAM_TAGS", "").split(",") if tag)
STREAM_ACTIVE_TIMEOUT = int(os.environ["STREAM_ACTIVE_TIMEOUT_SECONDS"])
PRIORITY = os.environ.get("DEFAULT_PRIORITY") or "standard"
REFUSAL_TABLE = os.environ["REFUSAL_TABLE_NAME"]
ALERT_TOPIC = os.environ["ALERT_TOPIC_ARN"]
CALLS_PER_SECOND = int(os.environ["CERTIFICATE_CALLS_PER_SECOND"])
WORKERS = int(os.environ["MAXIMUM_CONCURRENCY"])
