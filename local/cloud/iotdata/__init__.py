"""The data plane of AWS IoT: device shadows. moto's crash on versions and forget when each value was set."""

from __future__ import annotations


def install() -> None:
    """Puts our operations in the place of moto's."""
    from moto.iotdata import urls

    from .operations import IotDataOperations

    urls.url_paths = {"{0}/.*$": IotDataOperations.dispatch}
