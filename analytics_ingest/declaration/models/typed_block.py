"""Blocks whose keys depend on their `type`: one flat model of the keys of all types.

`dg check yaml` names the key and line of a mistake only where a JSON schema has no `anyOf`, so a
block is not a union of its types. `block_validation` says which keys belong to which type.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, create_model, model_validator

from analytics_ingest.common.declared_types import DeclaredType, Keys
from analytics_ingest.declaration.models.base import NO_CODE, DeclarationModel


class TypedBlock(DeclarationModel):
    """A block that names a type; a bare string is the type alone."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string", "null")
    types: ClassVar[Mapping[str, type[DeclaredType]]] = {}
    """The types that it may name, aliases included."""

    type: str
    """Name of the type."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"type": value}
        if isinstance(value, dict | list | int | float | TypedBlock | None):
            return value
        raise ValueError(NO_CODE)

    @property
    def kind(self) -> "type[DeclaredType]":
        """The type that is named."""
        return self.types[self.type]

    def keys_as_declared(self) -> dict[str, Any]:
        """The keys other than the type, as they were written; null ones are omitted."""
        return {k: v for k, v in self.dump_declared().items() if k != "type" and v is not None}

    def own_keys(self) -> dict[str, Any]:
        """The same under the names that the type itself uses."""
        aliases = self.kind.keys.aliases
        return {aliases.get(key, key): value for key, value in self.keys_as_declared().items()}

    def parse(self) -> Keys:
        """The keys of the type, its defaults included; an explicit null is one that was set."""
        fields = self.kind.keys.model_fields
        nulls = {k: None for k in self.dump_declared() if k in fields and fields[k].default is None}
        return self.kind.keys.model_validate({**nulls, **self.own_keys()})


def flat_block(
    name: str, types: Mapping[str, type[DeclaredType]], *, default: str
) -> type[TypedBlock]:
    """Make the model of a block that holds the keys of all its types.

    Args:
        default: The type of a block that names none.

    Raises:
        TypeError: Two types give the same key different values.
    """
    kinds = list(dict.fromkeys(types.values()))
    allowed = ", ".join(kind.name for kind in kinds)
    fields: dict[str, Any] = {"type": (str, Field(default=default, description=f"{allowed}."))}
    for key in dict.fromkeys(key for kind in kinds for key in kind.keys.names()):
        fields[key] = _field(key, [kind for kind in kinds if key in kind.keys.names()])
    # Only a base: its class body has no docstrings to look up, and its schema is never used.
    options = {"use_attribute_docstrings": False, "defer_build": True}
    return create_model(
        name, __base__=TypedBlock, __module__=__name__, __cls_kwargs__=options, **fields
    )


def _field(key: str, kinds: Sequence[type[DeclaredType]]) -> tuple[Any, Any]:
    """The field of a key in the flat model; its description begins with the types that have it."""
    names = ", ".join(kind.name for kind in kinds)
    own = kinds[0].keys.aliases.get(key, key)
    fields = [kind.keys.model_fields[own] for kind in kinds]
    annotation: Any = fields[0].annotation
    if any(field.annotation != annotation for field in fields):
        raise TypeError(f"{names}: {key} has two kinds of value")
    for constraint in fields[0].metadata:
        annotation = Annotated[annotation, constraint]
    meaning = _in_lower_case(fields[0].description or "") if own == key else f"same as {own}."
    default: Any = fields[0].default_factory
    options = {"default_factory": default} if default else {"default": fields[0].default}
    return annotation, Field(description=f"{names}: {meaning}", **options)


def _in_lower_case(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
