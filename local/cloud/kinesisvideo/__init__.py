"""Kinesis Video Streams as far as provisioning and the budget need it; moto has five of its operations."""

from __future__ import annotations


def install() -> None:
    """Puts our backend and our operations in the place of moto's. Before any backend exists."""
    from moto.kinesisvideo import models, urls

    from .backend import KinesisVideo
    from .operations import KinesisVideoOperations

    models.kinesisvideo_backends.backend = KinesisVideo
    urls.url_paths = {"{0}/.*$": KinesisVideoOperations.dispatch}
