"""What cameras send, as a test stages it: a rate for each stream and each stretch of time, never a data point.

A stream that the throttle's tag stops loses its connection, as one whose role may no longer call PutMedia; a camera
that cooperates heeds the bit rate that its shadow asks for, and says so in it.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..account import ACCOUNT, REGION
from ..moments import moment
from .settings import SETTINGS

THING_TAG = "kvs-warden:thing"
THROTTLE_TAG = "kvs-warden:throttle"
STOPPED = "stopped"
SHADOW = "kvs-warden"
_FIELDS = {"kbps", "fragmentSeconds", "since", "until", "stays", "cooperates"}


@dataclass
class Stretch:
    """A connection that sends at one rate. A change of the rate ends it and begins another."""

    start: float
    end: float
    kbps: float
    fragment_seconds: float


@dataclass
class Camera:
    """The one that sends to a stream."""

    kbps: float
    fragment_seconds: float
    until: float
    # What it does about the tag: `None` comes back when it goes, `off` does not, `on` is not stopped at all.
    stays: str | None
    cooperates: bool
    most_kbps: float | None = None
    stopped: bool = False
    stretches: list[Stretch] = field(default_factory=list)

    def send(self, now: float) -> None:
        """Sends from now on at the rate that holds now."""
        self.cut(now)
        rate = self.kbps if self.most_kbps is None else min(self.kbps, self.most_kbps)
        if now < self.until and rate > 0:
            self.stretches.append(Stretch(now, self.until, rate, self.fragment_seconds))

    def cut(self, at: float) -> None:
        """Nothing is sent from then on."""
        self.stretches = [one for one in self.stretches if one.start < at]
        for one in self.stretches:
            one.end = min(one.end, at)

    def sends(self, now: float) -> bool:
        return any(one.start <= now < one.end for one in self.stretches)


class Traffic:
    """All cameras. Its clock is ahead of the real one by what the history was aged."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._cameras: dict[str, Camera] = {}
        self._default: dict[str, Any] | None = None
        self._default_since = 0.0
        self._ahead = 0.0

    # Staging

    def stage(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What was sent before stays as it was, unless `since` says from when on it was otherwise."""
        if unknown := asked.keys() - {"streams", "default"}:
            raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}; expected streams, default")
        streams, default = asked.get("streams", {}), asked.get("default")
        for name, given in [*streams.items(), *([("default", default)] if default is not None else [])]:
            if not isinstance(given, dict) or "kbps" not in given:
                raise ValueError(f"`{name}` has no `kbps`")
            if unknown := given.keys() - _FIELDS:
                raise ValueError(f"unknown fields of `{name}`: {', '.join(sorted(unknown))}")
            _profile(given)
        with self.lock:
            for name, given in streams.items():
                self._stage(name, given)
            if default is not None:
                self._default, self._default_since = default, self._now()
                for name in [name for name in all_streams() if name not in streams]:
                    self._stage(name, default)
            staged = list(streams) if default is None else list({**all_streams(), **streams})
            return {"staged": len(staged), "unknown": sorted(streams.keys() - all_streams().keys())}

    def age(self, seconds: float) -> dict[str, Any]:
        """Moves all that happened into the past, as if so many seconds had gone by."""
        if seconds < 0:
            raise ValueError(f"`seconds` is {seconds:g}: expected 0 or more")
        with self.lock:
            # Those that nobody asked about yet have sent until now all the same.
            for name in list(all_streams()):
                self._camera(name)
            self._ahead += seconds
            return {"aged": self._ahead}

    def _now(self) -> float:
        return time.time() + self._ahead

    def _stage(self, name: str, given: Mapping[str, Any], since: float | None = None) -> None:
        now, old = self._now(), self._cameras.get(name)
        kbps, fragment_seconds, stays, cooperates = _profile(given)
        until = moment(given["until"]) + self._ahead if given.get("until") is not None else math.inf
        camera = Camera(kbps, fragment_seconds, until, stays, cooperates)
        if given.get("since") is not None:
            begin = moment(given["since"]) + self._ahead
        else:
            begin = now if old else -math.inf if since is None else since
        camera.stretches = list(old.stretches) if old else []
        camera.send(begin)
        self._cameras[name] = camera
        stream = all_streams().get(name)
        if stream is None:
            return
        self._heed(name, stream)
        if _is_stopped(stream) and stays != "on":
            # When the tag was set is not known; what was staged was sent until now.
            camera.stopped = True
            camera.cut(now)

    def _camera(self, name: str) -> Camera | None:
        if name not in self._cameras and self._default is not None and (stream := all_streams().get(name)):
            # Made since the default was staged.
            # Of many streams that are made at once, some are created in a moment to come.
            created = min(stream.created_ms / 1000 + self._ahead, self._now())
            self._stage(name, self._default, max(created, self._default_since))
        return self._cameras.get(name)

    # What the world does

    def tagged(self, stream: Any) -> None:
        """The stream's tags are others now."""
        with self.lock:
            camera = self._camera(stream.name)
            if camera is None or camera.stopped == _is_stopped(stream):
                return
            now = self._now()
            camera.stopped = not camera.stopped
            if camera.stays == "on":
                return
            if camera.stopped:
                camera.cut(now + SETTINGS.connection_seconds)
            elif camera.sends(now):
                # The connection was never lost.
                camera.send(now)
            elif camera.stays is None:
                camera.send(now)

    def ended(self, name: str) -> None:
        """The stream is deleted. What it took stays known."""
        with self.lock:
            if camera := self._camera(name):
                camera.cut(self._now())

    def asked(self, thing: str) -> None:
        """The desired state of the thing's shadow is another one now."""
        with self.lock:
            if not any(camera.cooperates for camera in self._cameras.values()) and not (self._default or {}).get(
                "cooperates"
            ):
                return
            streams = all_streams()
            found = streams.get(thing)
            if found is None or found.tags.get(THING_TAG, thing) != thing:
                found = next((one for one in list(streams.values()) if one.tags.get(THING_TAG) == thing), None)
            if found is not None:
                self._heed(found.name, found)

    def _heed(self, name: str, stream: Any) -> None:
        from ..iotdata.shadow import SHADOWS

        camera = self._cameras.get(name) or self._camera(name)
        if camera is None or not camera.cooperates:
            return
        thing = stream.tags.get(THING_TAG, name)
        desired = SHADOWS.desired(thing, SHADOW).get("throttle")
        wanted = desired.get("maximumBitrateKbps") if isinstance(desired, dict) else None
        most = float(wanted) if isinstance(wanted, int | float) and not isinstance(wanted, bool) else None
        if most != camera.most_kbps:
            now = self._now()
            sends = camera.sends(now)
            camera.most_kbps = most
            if sends:
                end = max(one.end for one in camera.stretches if one.start <= now < one.end)
                camera.send(now)
                camera.cut(end)
        SHADOWS.report(thing, SHADOW, "throttle", desired)

    # What CloudWatch is told

    def staged(self, name: str) -> bool:
        with self.lock:
            return self._camera(name) is not None

    def sent(self, name: str, start: float, end: float) -> list[Stretch]:
        """The stretches within that real time, in their order."""
        with self.lock:
            camera = self._camera(name)
            start, end = start + self._ahead, min(end + self._ahead, self._now())
            if camera is None:
                return []
            return [
                Stretch(
                    max(one.start, start) - self._ahead,
                    min(one.end, end) - self._ahead,
                    one.kbps,
                    one.fragment_seconds,
                )
                for one in camera.stretches
                if one.start < end and one.end > start
            ]


def _profile(given: Mapping[str, Any]) -> tuple[float, float, str | None, bool]:
    """Rate, seconds of a fragment, what it does about the tag, and whether it heeds its shadow."""
    kbps, fragment_seconds = float(given["kbps"]), float(given.get("fragmentSeconds", 2))
    if kbps < 0 or fragment_seconds <= 0:
        raise ValueError("`kbps` may not be below 0, and `fragmentSeconds` must be above it")
    stays = given.get("stays", False)
    if stays not in (True, False, None, "on", "off"):
        raise ValueError(f"`stays` is `{stays}`: expected true, false, `on` or `off`")
    return kbps, fragment_seconds, {True: "off", False: None}.get(stays, stays), bool(given.get("cooperates", False))


def all_streams() -> dict[str, Any]:
    """All streams by name."""
    from moto.kinesisvideo.models import kinesisvideo_backends

    by_name: dict[str, Any] = kinesisvideo_backends[ACCOUNT][REGION].by_name  # type: ignore[attr-defined]
    return by_name


def _is_stopped(stream: Any) -> bool:
    return bool(stream.tags.get(THROTTLE_TAG) == STOPPED)


TRAFFIC = Traffic()
