"""Resources that nobody here can make. They are named in the ready message, never passed over in silence."""

from __future__ import annotations

from ..account import ACCOUNT, REGION
from .resource import Resource


class Unsupported(Resource):
    """Stands in where another resource refers to it; behind the name there is nothing."""

    def create(self) -> None:
        service = self.TYPE.split("::")[1].lower()
        self._arn = f"arn:aws:{service}:{REGION}:{ACCOUNT}:not-in-the-local-cloud/{self.name}"

    def get_cfn_attribute(self, attribute_name: str) -> str:
        return self._arn if attribute_name == "Arn" else f"{self.name}.{attribute_name}"


def stand_in(kind: str) -> type[Unsupported]:
    """A class for the resource type `kind`."""
    return type("Unsupported", (Unsupported,), {"TYPE": kind, "NAME": "Name"})
