"""AWS IoT as far as registering cameras needs it, over moto's."""

from __future__ import annotations

from operator import attrgetter


def install() -> None:
    """Puts our backend and our operations in the place of moto's. Before any backend exists."""
    from moto.iot import models, urls

    from .backend import Iot
    from .certificate import Certificate
    from .domain import DomainConfiguration
    from .operations import IotOperations

    # moto's CloudFormation would give `Ref` the object itself.
    for kind, name in (
        (models.FakeThing, "thing_name"),
        (models.FakeThingType, "thing_type_name"),
        (models.FakePolicy, "name"),
        (models.FakeRoleAlias, "role_alias"),
        (models.FakeBillingGroup, "billing_group_name"),
    ):
        kind.physical_resource_id = property(attrgetter(name))  # type: ignore[attr-defined]
    models.FakeCertificate = Certificate  # type: ignore[misc]
    models.FakeDomainConfiguration = DomainConfiguration  # type: ignore[misc]
    models.iot_backends.backend = Iot
    urls.url_paths = {"{0}/.*$": IotOperations.dispatch}
