"""AWS IoT as far as registering cameras needs it, over moto's."""

from __future__ import annotations


def install() -> None:
    """Puts our backend and our operations in the place of moto's. Before any backend exists."""
    from moto.iot import models, urls

    from .backend import Iot
    from .certificate import Certificate
    from .operations import IotOperations

    models.FakeCertificate = Certificate  # type: ignore[misc]
    models.iot_backends.backend = Iot
    urls.url_paths = {"{0}/.*$": IotOperations.dispatch}
