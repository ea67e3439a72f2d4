"""One camera's steps, in the order in which our function takes them. The certificate becomes ACTIVE last."""

from __future__ import annotations

import time
from typing import Any

import certificate
import event
import settings
from certificate import Candidate
from clients import iot, kinesisvideo
from event import Claim
from pace import Pacer
from refusal import HandBack, Refused

_DESCRIBE = Pacer(settings.CALLS_PER_SECOND, settings.WORKERS)
_UPDATE = Pacer(settings.CALLS_PER_SECOND, settings.WORKERS)

# How old the certificate's description may be when it is activated, in seconds.
_FRESH = 2.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 2.0


def provision(claim: Claim) -> Candidate:
    event.vet(claim)
    camera = _look(claim)
    seen = time.monotonic()
    _create_thing(camera)
    iot.add_thing_to_thing_group(thingName=camera.name, thingGroupName=settings.THING_GROUP)
    _create_stream(camera)
    _until_active(camera)
    iot.attach_thing_principal(thingName=camera.name, principal=camera.arn, thingPrincipalType="EXCLUSIVE_THING")
    iot.attach_policy(policyName=settings.CAMERA_POLICY, target=camera.arn)
    _UPDATE.place()
    if time.monotonic() - seen > _FRESH:
        _look(claim)
    iot.update_certificate(certificateId=claim.certificate, newStatus="ACTIVE")
    return camera


def _look(claim: Claim) -> Candidate:
    _DESCRIBE.place()
    try:
        answer = iot.describe_certificate(certificateId=claim.certificate)
    except iot.exceptions.ResourceNotFoundException as error:
        raise Refused("certificate-unknown", f"AWS IoT knows no certificate `{claim.certificate}`") from error
    return certificate.vet(claim, answer["certificateDescription"])


def _create_thing(camera: Candidate) -> None:
    try:
        iot.create_thing(
            thingName=camera.name,
            thingTypeName=settings.THING_TYPE,
            attributePayload={"attributes": camera.attributes},
        )
    except iot.exceptions.ResourceAlreadyExistsException as error:
        raise HandBack("failed", f"a different thing `{camera.name}` exists") from error


def _create_stream(camera: Candidate) -> None:
    asked: dict[str, Any] = {
        "StreamName": camera.name,
        "MediaType": settings.MEDIA_TYPE,
        "DataRetentionInHours": settings.RETENTION_HOURS,
        "Tags": {**settings.TAGS, "kvs-warden:thing": camera.name, "kvs-warden:priority": settings.PRIORITY},
    }
    if settings.KMS_KEY:
        asked["KmsKeyId"] = settings.KMS_KEY
    if settings.TIER == "WARM":
        asked["StreamStorageConfiguration"] = {"DefaultStorageTier": "WARM"}
    try:
        kinesisvideo.create_stream(**asked)
    except kinesisvideo.exceptions.ResourceInUseException as error:
        raise HandBack("failed", f"a stream `{camera.name}` exists") from error


def _until_active(camera: Candidate) -> None:
    pause, waited = _FIRST_PAUSE, 0.0
    while True:
        try:
            status = kinesisvideo.describe_stream(StreamName=camera.name)["StreamInfo"]["Status"]
        except kinesisvideo.exceptions.ResourceNotFoundException:
            status = "not found"
        if status == "ACTIVE":
            return
        waited += pause
        if waited > settings.STREAM_ACTIVE_TIMEOUT:
            raise HandBack("stream-not-active", f"stream `{camera.name}` is {status}")
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
