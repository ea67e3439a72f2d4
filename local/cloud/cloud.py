"""The parts of one local cloud, put together in the order in which they need each other."""

from __future__ import annotations

import argparse
import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .account import ACCOUNT, REGION
from .child import Children
from .crash import Crashes
from .journal import JOURNAL
from .proxy import Proxy
from .server import Server

if TYPE_CHECKING:
    from .functions.event_source import EventSource
    from .functions.function import Function

log = logging.getLogger("cloud")


class Cloud:
    def __init__(self, options: argparse.Namespace, directory: Path, children: Children) -> None:
        self._options = options
        self._directory = directory
        self._children = children
        self.functions: dict[str, Function] = {}
        self.sources: list[EventSource] = []
        # Logical id to physical id.
        self.resources: dict[str, str] = {}
        self.journal = JOURNAL
        self.crashes = Crashes(lambda function, token: self.functions[function].kill(token))

    def start(self) -> dict[str, Any]:
        """Everything up, deployed and waiting; what to print about it."""
        began = time.monotonic()
        binaries = self._binaries()
        server = Server()
        proxy = Proxy(server.url, self._children, self._directory / "proxy.log")

        from .stack.parameters import check
        from .stack.template import translate

        parameters = dict(self._options.parameter)
        template = translate(self._options.template, parameters, self._options.cache_dir)
        check(template.get("Parameters", {}), parameters)
        for logical_id in binaries:
            kind = template["Resources"].get(logical_id, {}).get("Type")
            if kind != "AWS::Lambda::Function":
                raise RuntimeError(f"`{logical_id}` is not a function of {self._options.template}")
        log.info("translated after %.2f s", time.monotonic() - began)

        from .emulator import application
        from .stack.deployment import deploy

        moto = application()
        log.info("emulator loaded after %.2f s", time.monotonic() - began)
        deployment = deploy(template, parameters)
        self.resources = deployment.resources
        log.info("deployed after %.2f s", time.monotonic() - began)

        from .cbor import Bridge
        from .cloudtrail.recorder import RECORDER
        from .cloudtrail.trails import make as make_trail
        from .control import Control
        from .functions.asynchronous import ASYNCHRONOUS
        from .functions.invoke_api import InvokeApi
        from .functions.runtime_api import RuntimeApi
        from .gateway import Gateway

        runtime = RuntimeApi()
        ASYNCHRONOUS.functions = self.functions
        make_trail()
        rooms = {"/_local/": Control(self), "/_runtime/": runtime, "/2015-03-31/functions/": InvokeApi()}
        server.serve(Bridge(Gateway(moto, rooms, self.journal, self.crashes, RECORDER)))
        proxy_url = proxy.wait()
        log.info("proxy answers after %.2f s", time.monotonic() - began)
        self._run(binaries, deployment.resources, proxy_url, server.url + "/_runtime", runtime)
        log.info("ready after %.2f s", time.monotonic() - began)
        return {
            "endpoint": server.url,
            "proxy": proxy_url,
            "invoke": server.url + "/2015-03-31/functions/{name}/invocations",
            "account": ACCOUNT,
            "region": REGION,
            "outputs": deployment.outputs,
            "functions": {
                function.logical_id: {"name": function.name, "log": str(function.log), "workers": len(function.workers)}
                for function in self.functions.values()
            },
            "resources": deployment.resources,
            "created_by_call": deployment.created_by_call,
            "skipped": deployment.skipped,
        }

    def stop(self) -> None:
        log.info("ending")

    def _binaries(self) -> dict[str, Path]:
        binaries = {logical_id: Path(path).resolve() for logical_id, path in self._options.function}
        for logical_id, path in binaries.items():
            if not os.access(path, os.X_OK) or not path.is_file():
                raise RuntimeError(f"the binary of `{logical_id}`, `{path}`, is not an executable file")
        return binaries

    def _run(
        self, binaries: dict[str, Path], resources: dict[str, str], proxy: str, runtime_address: str, runtime: Any
    ) -> None:
        from .functions.event_source import EventSource
        from .functions.function import Function
        from .stack.function import EventSourceMapping
        from .stack.function import Function as Declared

        for logical_id, binary in binaries.items():
            declared = Declared.declared[resources[logical_id]]
            mappings = [m for m in EventSourceMapping.declared if m.enabled and m.function_name == declared.name]
            workers = max([mapping.concurrency for mapping in mappings], default=1)
            function = Function(
                logical_id, declared, binary, workers, self._directory, self._children, proxy, runtime_address
            )
            self.functions[logical_id] = function
            self.journal.names[function.key] = logical_id
            runtime.workers.update({worker.identity: worker for worker in function.workers})
            self.sources += [EventSource(mapping, function) for mapping in mappings]
            function.start()
        for source in self.sources:
            source.start()
