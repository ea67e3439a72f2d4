"""moto, configured and completed, as one WSGI application."""

from __future__ import annotations

from typing import Any


def application() -> Any:
    """Loads moto. Everything that changes it is installed here, before any of its backends exists."""
    from moto.core.config import default_user_config

    # AWS takes a certificate's id from its DER; moto does so only when it may expect valid certificates.
    default_user_config["iot"] = {"use_valid_cert": True}

    from . import cloudtrail, events, iam, iot, kinesisvideo, late, sns, sqs, sts, tagging

    sqs.install()
    sns.install()
    sts.install()
    events.install()
    cloudtrail.install()
    iam.install()
    iot.install()
    kinesisvideo.install()
    tagging.install()
    late.install()

    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    return DomainDispatcherApplication(create_backend_app)
