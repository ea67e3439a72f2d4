"""Which calls change something that CloudTrail calls management, and under which names it tells of them."""

from __future__ import annotations

import re

_READS = re.compile(
    r"(Get|List|Describe|Head|BatchGet|Lookup|Search|Simulate|Test|Preview|Select|Query|Scan|Check|Estimate|Validate"
    r"|Filter|GenerateCredentialReport|GenerateServiceLastAccessed|GenerateOrganizationsAccess)"
)
# What these do is on data, or is no call of a change at all.
_DATA = {
    "cloudwatch": {"PutMetricData"},
    "dynamodb": {
        "BatchExecuteStatement",
        "BatchWriteItem",
        "DeleteItem",
        "ExecuteStatement",
        "ExecuteTransaction",
        "PutItem",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    },
    "events": {"PutEvents"},
    "firehose": {"PutRecord", "PutRecordBatch"},
    "iot-data": {"Publish", "UpdateThingShadow", "DeleteThingShadow", "DeleteConnection"},
    "kinesis": {"PutRecord", "PutRecords", "SubscribeToShard"},
    "kms": {
        "Decrypt",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
        "GenerateMac",
        "GenerateRandom",
        "ReEncrypt",
        "Sign",
        "Verify",
        "VerifyMac",
    },
    "lambda": {"Invoke", "InvokeAsync", "InvokeWithResponseStream"},
    "logs": {"PutLogEvents", "StartQuery", "StopQuery", "StartLiveTail"},
    "sns": {"Publish", "PublishBatch"},
    "sqs": {
        "ChangeMessageVisibility",
        "ChangeMessageVisibilityBatch",
        "DeleteMessage",
        "DeleteMessageBatch",
        "ReceiveMessage",
        "SendMessage",
        "SendMessageBatch",
    },
}
_S3_OBJECTS = re.compile(r".*(Object|Objects|MultipartUpload|UploadPart|Parts).*")
_S3_NAMES = {
    "DeletePublicAccessBlock": "DeleteBucketPublicAccessBlock",
    "PutBucketLifecycleConfiguration": "PutBucketLifecycle",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
# https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
_LAMBDA_VERSIONS = {
    "AddPermission": "20150331v2",
    "CreateAlias": "20150331",
    "CreateEventSourceMapping": "20150331",
    "CreateFunction": "20150331",
    "DeleteAlias": "20150331",
    "DeleteEventSourceMapping": "20150331",
    "DeleteFunction": "20150331",
    "PublishVersion": "20150331",
    "PutFunctionConcurrency": "20171031",
    "RemovePermission": "20150331v2",
    "TagResource": "20170331v2",
    "UntagResource": "20170331v2",
    "UpdateAlias": "20150331",
    "UpdateEventSourceMapping": "20150331",
    "UpdateFunctionCode": "20150331v2",
    "UpdateFunctionConfiguration": "20150331v2",
}


def is_change(service: str, operation: str) -> bool:
    """`service` by its name in botocore. What has no name there is not an operation."""
    if not operation.isalnum() or _READS.match(operation) or service == "sts":
        return False
    if service == "s3":
        # A bucket's lock is of the bucket, although its name says otherwise.
        return operation == "PutObjectLockConfiguration" or not _S3_OBJECTS.fullmatch(operation)
    return operation not in _DATA.get(service, ())


def event_name(service: str, operation: str) -> str:
    """The operation, which CloudTrail names otherwise for some services."""
    if service == "s3":
        return _S3_NAMES.get(operation, operation)
    if service == "lambda":
        return operation + _LAMBDA_VERSIONS.get(operation, "")
    return operation
