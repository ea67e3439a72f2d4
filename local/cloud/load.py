"""A large fleet in a moment: plausible streams, things, certificates, roles and users, put where calls find them."""

from __future__ import annotations

import gc
import hashlib
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from . import locks
from .account import ACCOUNT, REGION

_KINDS = ("streams", "things", "certificates", "roles", "users")
_PRIORITIES = {"critical": 20, "standard": 60, "low": 20}
# The name of those that carry no priority.
_NONE = "none"
_ATTACHED = (
    "CloudWatchReadOnlyAccess",
    "AmazonKinesisVideoStreamsReadOnlyAccess",
    "AWSIoTDataAccess",
    "ReadOnlyAccess",
)
_LAMBDA = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def load(asked: Mapping[str, Any], resources: Mapping[str, str]) -> dict[str, Any]:
    """Adds so many of each kind, numbered on from those that were loaded before; how many, and the seconds it took.

    Nothing is validated or recorded. Streams and things with one number are one camera's. `priorities` has the share
    of each among the streams' tags, in any numbers; those of the name `none` go without.
    """
    if unknown := asked.keys() - {*_KINDS, "priorities"}:
        raise ValueError(f"unknown kinds: {', '.join(sorted(unknown))}; expected {', '.join(_KINDS)}")
    began = time.monotonic()
    priorities = _shares(asked.get("priorities") or _PRIORITIES)
    counts = {kind: int(asked.get(kind, 0)) for kind in _KINDS}
    with locks.of("kinesisvideo"):
        _streams(counts["streams"], priorities)
    with locks.of("iot"):
        _things(counts["things"], resources)
        _certificates(counts["certificates"])
    with locks.of("iam"):
        _roles(counts["roles"])
        _users(counts["users"])
    # Else every collection of garbage would walk through the whole fleet, in the middle of a call.
    gc.collect()
    gc.freeze()
    return counts | {"seconds": round(time.monotonic() - began, 3)}


def _name(number: int) -> str:
    return f"load-{number:06}"


def _certificate_id(number: int) -> str:
    return hashlib.sha256(_name(number).encode()).hexdigest()


def _next(names: Any) -> int:
    """One number more than the highest that was loaded."""
    return 1 + max((int(name[5:]) for name in names if name.startswith("load-")), default=0)


def _shares(asked: Mapping[str, Any]) -> dict[str, float]:
    """Each priority's part of one."""
    if unknown := asked.keys() - {*_PRIORITIES, _NONE}:
        raise ValueError(f"unknown priorities: {', '.join(sorted(unknown))}")
    shares = {name: float(share) for name, share in asked.items()}
    whole = sum(shares.values())
    if whole <= 0 or min(shares.values()) < 0:
        raise ValueError("the shares of the priorities must be positive numbers")
    return {name: share / whole for name, share in shares.items()}


def _streams(count: int, priorities: Mapping[str, float]) -> None:
    from moto.kinesisvideo.models import kinesisvideo_backends

    from .kinesisvideo.stream import Stream

    streams: dict[str, Stream] = kinesisvideo_backends[ACCOUNT][REGION].by_name  # type: ignore[attr-defined]
    first = _next(streams) if count else 0
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/aws/kinesisvideo"
    given = dict.fromkeys(priorities, 0)
    for number in range(first, first + count):
        name = _name(number)
        # Whichever lacks most of its share, so that every part of the fleet is mixed like the whole.
        priority = max(priorities, key=lambda one: priorities[one] * (number - first + 1) - given[one])
        given[priority] += 1
        tags = {"kvs-warden:thing": name} | ({"kvs-warden:priority": priority} if priority != _NONE else {})
        streams[name] = Stream(
            ACCOUNT,
            REGION,
            name,
            "video/h264",
            key,
            24,
            None,
            "HOT",
            tags,
            version=hashlib.md5(name.encode()).hexdigest()[:20],
            endpoint="00000000",
        )


def _things(count: int, resources: Mapping[str, str]) -> None:
    from moto.iot.models import FakeThing, iot_backends

    iot = iot_backends[ACCOUNT][REGION]
    first = _next(thing.thing_name for thing in iot.things.values()) if count else 0
    wanted = resources.get("CameraThingType")
    kind = next((one for one in iot.thing_types.values() if one.thing_type_name == wanted), None)
    registered = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    authority = hashlib.sha256(b"load").hexdigest()
    for number in range(first, first + count):
        attributes = {
            "certificateId": _certificate_id(number),
            "caCertificateId": authority,
            "registeredAt": registered,
        }
        thing = FakeThing(_name(number), kind, attributes, ACCOUNT, REGION)
        iot.things[thing.arn] = thing


def _certificates(count: int) -> None:
    """One and the same certificate under many ids, each attached to the thing of its number if there is one."""
    if not count:
        return
    from moto.iot.models import iot_backends

    from .iot.backend import EXCLUSIVE
    from .iot.certificate import Certificate

    iot: Any = iot_backends[ACCOUNT][REGION]
    pem = _self_signed()
    parsed = Certificate(pem, "ACTIVE", ACCOUNT, REGION)
    number = added = 0
    while added < count:
        number += 1
        identifier = _certificate_id(number)
        if identifier in iot.certificates:
            continue
        one = Certificate.__new__(Certificate)
        one.__dict__.update(parsed.__dict__)
        one.certificate_id = identifier
        one.arn = parsed.arn.replace(parsed.certificate_id, identifier)
        iot.certificates[identifier] = one
        thing = f"arn:aws:iot:{REGION}:{ACCOUNT}:thing/{_name(number)}"
        if thing in iot.things:
            iot.principal_things[one.arn, _name(number)] = (one, iot.things[thing])
            iot.principal_types[one.arn, _name(number)] = EXCLUSIVE
        added += 1


def _self_signed() -> str:
    from datetime import timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "load")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=3650))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def _roles(count: int) -> None:
    from moto.iam.models import Role, iam_backends

    from .iam.managed import load as load_managed

    iam = iam_backends[ACCOUNT]["aws"]
    first = _next(role.name for role in iam.roles.values()) if count else 0
    trust = _document(_LAMBDA)
    for number in range(first, first + count):
        name = _name(number)
        role = Role(ACCOUNT, "aws", _id("AROA", number), name, trust, "/", None, "", [], 3600)  # type: ignore[arg-type]
        role.policies["logs"] = _document(
            _allow(
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{name}:*",
            )
        )
        if number % 2:
            stream = f"arn:aws:kinesisvideo:{REGION}:{ACCOUNT}:stream/{name}/*"
            role.policies["video"] = _document(
                _allow(["kinesisvideo:DescribeStream", "kinesisvideo:GetDataEndpoint"], stream)
            )
        if number % 3 == 0:
            arn = f"arn:aws:iam::aws:policy/{_ATTACHED[number % len(_ATTACHED)]}"
            load_managed(iam, arn)
            if policy := iam.managed_policies.get(arn):
                policy.attach_to(role)
        iam.roles[role.id] = role


def _users(count: int) -> None:
    from moto.iam.models import User, iam_backends

    iam = iam_backends[ACCOUNT]["aws"]
    first = _next(iam.users) if count else 0
    for number in range(first, first + count):
        user = User(ACCOUNT, REGION, _name(number))
        user.id = _id("AIDA", number)
        user.policies["read"] = _document(_allow(["kinesisvideo:ListStreams"], "*"))
        iam.users[user.name] = user


def _id(prefix: str, number: int) -> str:
    return f"{prefix}LOAD{number:012}"


def _allow(actions: list[str], resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
