"""`python -m cloud`: start, say so in one line of JSON, serve until standard input ends."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def pair(text: str) -> tuple[str, str]:
    """`Key=Value`, as `--function` and `--parameter` take it."""
    key, separator, value = text.partition("=")
    if not key or not separator:
        raise argparse.ArgumentTypeError(f"`{text}` is not of the form Key=Value")
    return key, value


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="cloud", description="Deploys a SAM template on emulated AWS services.")
    parser.add_argument("--template", type=Path, required=True)
    parser.add_argument("--function", type=pair, action="append", default=[], metavar="LogicalId=BINARY")
    parser.add_argument("--parameter", type=pair, action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--log-dir", type=Path, help="default: a directory that is removed at the end")
    parser.add_argument("--cache-dir", type=Path, help="keeps translated templates, so that the next start is faster")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    # Before anything imports boto3 or moto: both read these once.
    from .environment import prepare

    prepare()
    from .life import run

    return run(options)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Server and poller threads hold nothing worth waiting for.
    os._exit(code)
