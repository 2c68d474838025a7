"""Blocks whose keys depend on their `type`: one flat model of the keys of all types.

`dg check yaml` names the key and line of a mistake only where a JSON schema has no `anyOf`, so a
block is not a union of its types. `block_validation` says which keys belong to which type.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, create_model, model_validator

from analytics_ingest.common.declared_types import DeclaredType, Keys
from analytics_ingest.common.key_docstrings import read_key_docstrings
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

    @classmethod
    def describe_keys(cls) -> Mapping[str, str]:
        """Describe what each key means, which begins with the types that have it."""
        named = _join_names(list(dict.fromkeys(cls.types.values())))
        described = {key: _describe(key, kinds) for key, kinds in _group_kinds(cls.types).items()}
        return {**super().describe_keys(), "type": f"{named}.", **described}

    @property
    def kind(self) -> "type[DeclaredType]":
        """The type that is named."""
        return self.types[self.type]

    def dump_keys(self) -> dict[str, Any]:
        """Return the keys other than the type, as they were written; null ones are omitted."""
        return {k: v for k, v in self.dump_declared().items() if k != "type" and v is not None}

    def dump_own_keys(self) -> dict[str, Any]:
        """Return the same under the names that the type itself uses."""
        aliases = self.kind.keys.aliases
        return {aliases.get(key, key): value for key, value in self.dump_keys().items()}

    def parse(self) -> Keys:
        """Return the type's keys with their defaults; an explicit null counts as set."""
        fields = self.kind.keys.model_fields
        nulls = {k: None for k in self.dump_declared() if k in fields and fields[k].default is None}
        return self.kind.keys.model_validate({**nulls, **self.dump_own_keys()})


def build_flat_block(
    name: str, types: Mapping[str, type[DeclaredType]], *, default: str
) -> type[TypedBlock]:
    """Make the model of a block that holds the keys of all its types.

    Args:
        default: The type of a block that names none.

    Raises:
        TypeError: Two types give the same key different values.
    """
    fields: dict[str, Any] = {"type": (str, default)}
    fields |= {key: _build_field(key, kinds) for key, kinds in _group_kinds(types).items()}
    # Only a base: its schema is never used.
    options = {"defer_build": True}
    return create_model(
        name, __base__=TypedBlock, __module__=__name__, __cls_kwargs__=options, **fields
    )


def _group_kinds(
    types: Mapping[str, type[DeclaredType]],
) -> dict[str, list[type[DeclaredType]]]:
    kinds = list(dict.fromkeys(types.values()))
    keys = dict.fromkeys(key for kind in kinds for key in kind.keys.list_names())
    return {key: [kind for kind in kinds if key in kind.keys.list_names()] for key in keys}


def _build_field(key: str, kinds: Sequence[type[DeclaredType]]) -> tuple[Any, Any]:
    """Build the field of a key in the flat model."""
    own = kinds[0].keys.aliases.get(key, key)
    fields = [kind.keys.model_fields[own] for kind in kinds]
    annotation: Any = fields[0].annotation
    if any(field.annotation != annotation for field in fields):
        raise TypeError(f"{_join_names(kinds)}: {key} has two kinds of value")
    for constraint in fields[0].metadata:
        annotation = Annotated[annotation, constraint]
    default: Any = fields[0].default_factory
    return annotation, Field(default_factory=default) if default else fields[0].default


def _describe(key: str, kinds: Sequence[type[DeclaredType]]) -> str:
    """Return the types that have a key, and what it means."""
    own = kinds[0].keys.aliases.get(key, key)
    text = read_key_docstrings(kinds[0].keys).get(own, "")
    return f"{_join_names(kinds)}: {_lower_first(text) if own == key else f'same as {own}.'}"


def _join_names(kinds: Sequence[type[DeclaredType]]) -> str:
    return ", ".join(kind.name for kind in kinds)


def _lower_first(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
