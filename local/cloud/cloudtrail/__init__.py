"""CloudTrail: calls that change something become records, kept for LookupEvents and, while a trail logs, told to rules.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations


def install() -> None:
    """Gives moto's CloudTrail the operations and defaults that it lacks."""
    from . import lookup, trails

    trails.install()
    lookup.install()
