"""The base of every block of a declaration: strict keys, one docstring a key, flat JSON schemas.

`dg check yaml` names the key and line of a mistake only where a JSON schema has no `anyOf`, so
shorthands (a bare string, null) are declared as further JSON types of the same object schema.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from types import NoneType
from typing import Any, ClassVar, get_args

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema

from analytics_ingest.common.key_docstrings import read_key_docstrings
from analytics_ingest.declaration.models.scalars import format_duration

NO_CODE = "this is code in dlt, and a declaration holds no code; remove it"


class DeclarationModel(BaseModel):
    """A part of a declaration: unknown keys are refused, values never appear in errors.

    A value has the type that YAML gives it: '10' is not a number, nor is on a text. An explicit
    null is an absent key, unless null has a meaning of its own: `incremental: null`.
    """

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    also_written_as: ClassVar[tuple[str, ...]] = ()
    """JSON types accepted instead of an object: a shorthand that a validator expands."""

    @model_validator(mode="before")
    @classmethod
    def _drop_nulls(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        dropped = _list_keys_dropped_as_null(cls)
        return {key: v for key, v in value.items() if v is not None or key not in dropped}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        schema = handler.resolve_ref_schema(handler(core_schema))
        schema["type"] = list(dict.fromkeys(["object", *cls.also_written_as, "null"]))
        required = schema.get("required", [])
        for name, prop in schema.get("properties", {}).items():
            schema["properties"][name] = _with_text_keys(
                prop if name in required else _flatten_schema(prop)
            )
            field = cls.model_fields.get(name)
            if field and isinstance(field.default, timedelta):
                schema["properties"][name]["default"] = format_duration(field.default)
        for name, text in cls.describe_keys().items():
            schema["properties"][cls.model_fields[name].alias or name]["description"] = text
        return schema

    @classmethod
    def describe_keys(cls) -> Mapping[str, str]:
        """Describe what each key means, by the name of its field."""
        described = read_key_docstrings(cls)
        return {name: described[name] for name in cls.model_fields if name in described}

    def dump_declared(self) -> dict[str, Any]:
        """Return the keys that were written, in the form in which they can be validated again."""
        return self.model_dump(exclude_unset=True, by_alias=True)


@cache
def _list_keys_dropped_as_null(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(n for n, field in model.model_fields.items() if _is_dropped_as_null(field))


def _is_dropped_as_null(field: FieldInfo) -> bool:
    takes_null = field.annotation is Any or NoneType in get_args(field.annotation)
    return not (takes_null or field.is_required())


def _with_text_keys(prop: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a key, with objects that refuse names which YAML reads as values."""
    if prop.get("type") == "array" or prop.get("type") == ["array", "null"]:
        return {**prop, "items": _with_text_keys(prop["items"])} if "items" in prop else prop
    return {**prop, "propertyNames": {"type": "string"}} if "additionalProperties" in prop else prop


def _flatten_schema(prop: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a key that may be null, without branches for null or single objects."""
    branches = [b for b in prop.get("anyOf", []) if b.get("type") != "null"]
    objects = [b for b in branches if "$ref" in b]
    if len(branches) == 2 and [b.get("items") for b in branches if b not in objects] == objects:
        branches = [{**objects[0], "items": objects[0]}]
    if len(branches) > 1:
        return prop
    flat = {key: value for key, value in prop.items() if key != "anyOf"}
    flat |= branches[0] if branches else {}
    if isinstance(flat.get("type"), str):
        flat["type"] = [flat["type"], "null"]
        if "enum" in flat:
            flat["enum"] = [*flat["enum"], None]
    return flat
