"""moto, configured and completed, as one WSGI application."""

from __future__ import annotations

from typing import Any


def application() -> Any:
    """Loads moto. Everything that changes it is installed here, before any of its backends exists."""
    from moto.core.config import default_user_config

    # AWS takes a certificate's id from its DER; moto does so only when it may expect valid certificates.
    default_user_config["iot"] = {"use_valid_cert": True}

    from . import budgets, cloudtrail, events, iam, iot, iotdata, kinesisvideo, late, sns, sqs, sts, tagging

    sqs.install()
    sns.install()
    sts.install()
    events.install()
    cloudtrail.install()
    iam.install()
    iot.install()
    iotdata.install()
    kinesisvideo.install()
    tagging.install()
    budgets.install()
    late.install()

    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    moto = DomainDispatcherApplication(create_backend_app)

    def answer(environ: dict[str, Any], start: Any) -> Any:
        """What the bridge answers itself has passed the gateway, and goes no further."""
        return environ.pop("local.direct", moto)(environ, start)

    return answer
