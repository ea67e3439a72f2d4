"""From start to end of one local cloud, and the promise that nothing outlives it."""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

from .child import Children

log = logging.getLogger("cloud")


def run(options: argparse.Namespace) -> int:
    """Serves until standard input ends or a signal asks to stop; 1 when it could not start."""
    # The ready line is all that may stand on standard output; moto prints there too.
    output, sys.stdout = sys.stdout, sys.stderr
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: end.set())
    # A parent that is killed cannot tidy up; the end of its pipe is the only sign that reaches us.
    threading.Thread(target=_wait_for_end_of_input, args=(end,), daemon=True).start()

    temporary = None if options.log_dir else Path(tempfile.mkdtemp(prefix="local-cloud-"))
    directory: Path = (options.log_dir or temporary).resolve()
    children = Children()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _log_to(directory / "cloud.log")
        from .cloud import Cloud

        cloud = Cloud(options, directory, children)
        ready = cloud.start()
        if not end.is_set():
            print(json.dumps(ready), file=output, flush=True)
        end.wait()
        cloud.stop()
        return 0
    except Exception as error:  # One clear line for the person, the traceback for the log.
        log.exception("cannot start")
        print(f"cannot start the local cloud: {error or type(error).__name__}", file=sys.stderr, flush=True)
        return 1
    finally:
        children.kill_all()
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)


def _wait_for_end_of_input(end: threading.Event) -> None:
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    end.set()


def _log_to(path: Path) -> None:
    logging.basicConfig(
        filename=path, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    logging.getLogger("botocore").setLevel(logging.WARNING)
    logging.getLogger("samtranslator").setLevel(logging.WARNING)
