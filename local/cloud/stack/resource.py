"""What moto's CloudFormation asks of a resource, for those that the local cloud makes itself."""

from __future__ import annotations

from typing import Any, ClassVar

from moto.core.common_models import CloudFormationModel


class Resource(CloudFormationModel):
    """One resource of the stack. A subclass names its type and creates itself in `create`."""

    TYPE: ClassVar[str] = "?"
    # The property that holds its name, from which CloudFormation generates one when it is absent.
    NAME: ClassVar[str] = "?"

    def __init__(self, name: str, properties: dict[str, Any]) -> None:
        self.name = name
        self.properties = properties
        # What `Fn::GetAtt` may ask for, and what `Ref` gives.
        self.attributes: dict[str, str] = {}
        self.reference = name

    def create(self) -> None:
        """Makes it, with every property already resolved."""
        raise NotImplementedError

    @classmethod
    def create_from_cloudformation_json(  # type: ignore[override]
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
    ) -> Resource:
        properties = cloudformation_json.get("Properties", {})
        resource = cls(properties.get(cls.NAME, resource_name), properties)
        resource.create()
        return resource

    @property
    def physical_resource_id(self) -> str:
        return self.reference

    @classmethod
    def cloudformation_type(cls) -> str:  # type: ignore[override]
        return cls.TYPE

    @classmethod
    def cloudformation_name_type(cls) -> str:  # type: ignore[override]
        return cls.NAME

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return True

    def get_cfn_attribute(self, attribute_name: str) -> str:
        if attribute_name not in self.attributes:
            raise RuntimeError(f"`{self.TYPE}` has no attribute `{attribute_name}` in the local cloud")
        return self.attributes[attribute_name]

    @classmethod
    def update_from_cloudformation_json(cls, *_: Any, **__: Any) -> Any:
        raise NotImplementedError("the local cloud does not update a stack")

    @classmethod
    def delete_from_cloudformation_json(cls, *_: Any, **__: Any) -> None:
        """A stack that is rolled back leaves nothing that outlives the process."""


def register(kind: type[Resource]) -> None:
    """Makes moto's CloudFormation create `kind` for its type, in place of its own model if it has one."""
    from moto.cloudformation import parsing

    parsing.get_model_map()[kind.TYPE] = kind
    parsing.get_name_type_map()[kind.TYPE] = kind.NAME
