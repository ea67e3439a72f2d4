"""The control API under `/_local/`: what a test may ask of the world that AWS has no call for."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from . import sqs, staging
from .account import ACCOUNT
from .crash import Order
from .gateway import answer_json

if TYPE_CHECKING:
    from .cloud import Cloud

log = logging.getLogger("cloud.control")


class Refused(Exception):
    """The request is wrong; its text says how."""


class Control:
    """A WSGI application. JSON in, JSON out; 400 with `error` for what it refuses."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._rooms: dict[tuple[str, str], Callable[[dict[str, Any]], Any]] = {
            ("POST", "connect"): self._connect,
            ("POST", "publish"): self._publish,
            ("POST", "redeliver"): self._redeliver,
            ("POST", "drain"): self._drain,
            ("GET", "calls"): self._calls,
            ("POST", "crash"): self._crash,
            ("GET", "crash"): lambda _: cloud.crashes.state(),
            ("DELETE", "crash"): lambda _: self._take_back(),
            ("POST", "settings"): self._set,
            ("GET", "settings"): lambda _: self._settings(),
            ("POST", "restart"): self._restart,
            ("POST", "timeout"): self._timeout,
            ("POST", "event"): self._event,
            ("POST", "tick"): self._tick,
            ("POST", "load"): self._load,
            ("POST", "corrupt"): self._corrupt,
            ("GET", "idle"): lambda _: self._idle(),
            ("GET", "policies"): lambda _: self._policies(),
            **staging.ROOMS,
        }

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        room = self._rooms.get((environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix("/_local/").strip("/")))
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if not room:
            return answer_json(start, "404 Not Found", {"error": f"no such control call: {environ['PATH_INFO']}"})
        try:
            if environ["REQUEST_METHOD"] == "GET":
                asked: Any = {name: values[-1] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
            elif body.startswith(b"-----BEGIN"):
                # So that a certificate can be sent as it is, by hand.
                asked = {"certificatePem": body.decode()}
            else:
                asked = json.loads(body or b"{}")
            if not isinstance(asked, dict):
                raise Refused("the body is not a JSON object")
            return answer_json(start, "200 OK", room(asked))
        except KeyError as error:
            return answer_json(start, "400 Bad Request", {"error": f"`{error.args[0]}` is missing or unknown"})
        except (Refused, ValueError) as error:
            return answer_json(start, "400 Bad Request", {"error": str(error)})
        except Exception as error:
            log.exception("%s", environ["PATH_INFO"])
            return answer_json(start, "500 Internal Server Error", {"error": f"{type(error).__name__}: {error}"})

    @staticmethod
    def _connect(asked: dict[str, Any]) -> Any:
        from .iot.connect import connect

        publishes = bool(asked.get("publish", True))
        if "certificatePems" in asked:
            return {"connects": [connect(pem, publishes) for pem in asked["certificatePems"]]}
        return connect(asked["certificatePem"], publishes)

    @staticmethod
    def _publish(asked: dict[str, Any]) -> Any:
        from .iot.rules import publish

        seconds_ago = float(asked.get("secondsAgo", 0))
        if "payloads" in asked:
            with sqs.held():
                outcomes = [publish(asked["topic"], payload, seconds_ago) for payload in asked["payloads"]]
            return {"delivered": sum(rule["delivered"] for outcome in outcomes for rule in outcome)}
        return {"rules": publish(asked["topic"], asked["payload"], seconds_ago)}

    @staticmethod
    def _redeliver(asked: dict[str, Any]) -> Any:
        url = asked.get("queueUrl")
        return {"redelivered": sqs.redeliver(url.rsplit("/", 1)[-1] if url else None)}

    @staticmethod
    def _drain(asked: dict[str, Any]) -> Any:
        return {"bodies": sqs.drain(asked["queueUrl"].rsplit("/", 1)[-1])}

    def _calls(self, asked: dict[str, Any]) -> Any:
        return {"calls": self._cloud.journal.after(int(asked.get("after", 0)), asked.get("all") == "1")}

    def _crash(self, asked: dict[str, Any]) -> Any:
        function = self._cloud.functions[asked["function"]]
        times = asked.get("times", 1)
        order = Order(
            function=function.logical_id,
            service=asked.get("service"),
            operation=asked["operation"],
            when=asked.get("when", "after"),
            nth=int(asked.get("nth", 1)),
            times=None if times is None else int(times),
            hold_ms=int(asked.get("holdMs", 0)),
            one=bool(asked.get("one", False)),
        )
        self._cloud.crashes.order(order)
        return self._cloud.crashes.state()

    def _take_back(self) -> Any:
        self._cloud.crashes.take_back()
        return self._cloud.crashes.state()

    @staticmethod
    def _settings() -> Any:
        from .cloudtrail import trails
        from .functions import event_source
        from .kinesisvideo.settings import SETTINGS

        return {
            "batchingSeconds": event_source.SETTINGS.window_seconds,
            "streamCreatingSeconds": SETTINGS.creating_seconds,
            "streamLimit": SETTINGS.stream_limit,
            "trail": trails.on(),
            **staging.settings(),
        }

    def _set(self, asked: dict[str, Any]) -> Any:
        from .cloudtrail import trails
        from .functions import event_source
        from .iot.certificate import SHOWN_INSTEAD
        from .kinesisvideo.settings import SETTINGS

        known = {
            "batchingSeconds",
            "streamCreatingSeconds",
            "streamLimit",
            "certificatePem",
            "trail",
            *staging.SETTING_NAMES,
        }
        if unknown := asked.keys() - known:
            raise Refused(f"unknown settings: {', '.join(sorted(unknown))}")
        staging.change(asked)
        if "batchingSeconds" in asked:
            window = asked["batchingSeconds"]
            event_source.SETTINGS.window_seconds = None if window is None else float(window)
        if "streamCreatingSeconds" in asked:
            SETTINGS.creating_seconds = float(asked["streamCreatingSeconds"])
        if "streamLimit" in asked:
            limit = asked["streamLimit"]
            SETTINGS.stream_limit = None if limit is None else int(limit)
        if "trail" in asked:
            trails.switch(bool(asked["trail"]))
        SHOWN_INSTEAD.update(asked.get("certificatePem", {}))
        return self._settings()

    def _restart(self, asked: dict[str, Any]) -> Any:
        function = self._cloud.functions[asked["function"]]
        function.restart(asked.get("environment", {}))
        return {"function": function.logical_id, "workers": len(function.workers)}

    def _timeout(self, asked: dict[str, Any]) -> Any:
        """What begins after this may take so many seconds, whatever the template says."""
        function = self._cloud.functions[asked["function"]]
        function.timeout_seconds = int(asked["seconds"])
        return {"function": function.logical_id, "seconds": function.timeout_seconds}

    def _corrupt(self, asked: dict[str, Any]) -> Any:
        """Gives a role an inline policy as it is, which IAM would not take."""
        from moto.iam.models import iam_backends

        role = iam_backends[ACCOUNT]["aws"].get_role(str(asked.get("role")))
        role.policies[str(asked.get("policy", "corrupt"))] = str(asked.get("document"))
        return {"role": role.name}

    def _policies(self) -> Any:
        from .stack.policies import policies

        return policies(self._cloud.resources)

    @staticmethod
    def _event(asked: dict[str, Any]) -> Any:
        """`event` is a whole event, or the `detail` of one from CloudTrail."""
        from .cloudtrail.recorder import told_to_rules
        from .events.bus import BUS, iso

        event = asked["event"]
        if not isinstance(event, dict):
            raise Refused("`event` is not a JSON object")
        whole = event if "detail-type" in event else told_to_rules({"eventTime": iso(time.time()), **event})
        times = int(asked.get("times", 1))
        for _ in range(times):
            BUS.publish(whole, asked.get("bus", "default"))
        return {"id": whole.get("id"), "published": times}

    def _tick(self, asked: dict[str, Any]) -> Any:
        from .events.schedule import tick

        return tick(asked["schedule"], self._cloud.resources, asked.get("scheduledTime"))

    def _load(self, asked: dict[str, Any]) -> Any:
        from .load import load

        return load(asked, self._cloud.resources)

    def _idle(self) -> Any:
        from .events.bus import BUS
        from .functions.asynchronous import ASYNCHRONOUS

        sources = self._cloud.sources
        published = BUS.published
        # What comes first in an event's way first, queues last: a message leaves its queue only into work.
        running = BUS.pending or ASYNCHRONOUS.pending or self._running()
        queues = sqs.counts()
        waiting = any(queues[source.queue_name]["visible"] for source in sources)
        # Nor may anything have begun while we looked.
        running = running or ASYNCHRONOUS.pending or self._running() or BUS.published != published
        return {"idle": not running and not waiting, "queues": queues}

    def _running(self) -> bool:
        return any(source.busy_with_messages for source in self._cloud.sources) or any(
            function.running for function in self._cloud.functions.values()
        )
