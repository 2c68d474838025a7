"""`processing_steps`: what happens to each row before it is loaded. The meanings are Airbyte's.

Texts in braces are expressions in jinja2's language, evaluated in a sandbox.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from analytics_ingest.common.expressions.syntax import find_problem
from analytics_ingest.declaration.models.base import NO_CODE, DeclarationModel

ROW_VARIABLES = (
    *("record", "config", "settings", "stream_partition", "stream_slice", "stream_interval"),
)
"""What an expression may read of a row."""
CONDITION_VARIABLES = (*ROW_VARIABLES, "value", "path", "property")
"""What `when` may read."""
VALUE_TYPES = ("string", "number", "integer", "boolean", "any")


def is_expression(value: Any) -> bool:
    """Return whether the value of an added field is an expression, not a constant."""
    return isinstance(value, str) and ("{{" in value or "{%" in value)


def _refuse_code(steps: Any) -> Any:
    """Refuse steps that are functions, as dlt has them; return the others unchanged.

    Raises:
        ValueError: One of them is.
    """
    blocks = [step for step in steps or () if isinstance(step, dict)]
    if any("map" in step or "yield_map" in step or _is_function(step) for step in blocks):
        raise ValueError(NO_CODE)
    return steps


def _is_function(step: dict[str, Any]) -> bool:
    condition = step.get("filter")
    is_name = isinstance(condition, str) and condition.isidentifier()
    return is_name or not isinstance(condition, str | None)


class Flatten(DeclarationModel):
    """Fields of objects in a row become fields of the row."""

    also_written_as: ClassVar[tuple[str, ...]] = ("null",)

    lists: bool = True
    """false keeps lists as they are; otherwise each item becomes a field <path>.<number>."""


class FlattenPath(DeclarationModel):
    """The fields of one object in a row become fields of the row."""

    also_written_as: ClassVar[tuple[str, ...]] = ("array", "null")

    path: list[str]
    """The keys that lead to the object; * is any key. Nothing happens where a field of the row has
    the name of one of its fields."""
    delete_origin: bool = False
    """true removes the object from its place."""
    replace_record: bool = False
    """true removes all other fields of the row."""
    prefix: str = ""
    """What the names of the fields begin with."""
    suffix: str = ""
    """What the names of the fields end with."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, list) else value


class ProcessingStep(DeclarationModel):
    """One step: one of these keys; add and remove may have `when` too."""

    filter: str | None = None
    """An expression over record; rows for which it is false are not loaded, and counted. What it
    reads of config, stream_partition and stream_interval is that of the request."""
    add: dict[str, Any] = Field(default_factory=dict)
    """Field, with dots in objects → a constant, an expression, or {value, type: string, number,
    integer, boolean or any}. A field of that name is replaced. Without a type a text that reads as
    a number or a list becomes one; any keeps what the expression gives."""
    remove: list[str] = Field(default_factory=list)
    """Fields, with dots in objects and lists; * is any key, ** any keys."""
    rename: dict[str, str] = Field(default_factory=dict)
    """Field → its new name, both with dots in objects; all at once, so that two fields can take
    each other's name. A field that has the new name is replaced."""
    keys: Literal["lower", "snake_case"] | None = None
    """lower: the row's own keys in small letters; snake_case: all keys, of objects in it too."""
    keys_replace: dict[str, str] = Field(default_factory=dict)
    """Part of a key → what takes its place, in all keys."""
    flatten: Flatten | None = None
    """Fields of objects become fields of the row; a name that is taken is preceded by its path.

    The row's own fields keep their names.
    """
    flatten_path: FlattenPath | None = None
    """The fields of one object become fields of the row."""
    when: str | None = None
    """An expression over record, and value and path of a field to add, or property (the value) of
    one to remove: the fields for which it is false stay as they are."""

    @model_validator(mode="after")
    def _check(self) -> "ProcessingStep":
        declared = [name for name in type(self).model_fields if getattr(self, name)]
        kinds = [name for name in declared if name != "when"]
        if not kinds and "flatten" in self.model_fields_set:
            raise ValueError("flatten is null; write flatten: {}")
        if len(kinds) != 1:
            allowed = ", ".join(name for name in type(self).model_fields if name != "when")
            raise ValueError(f"a step is one of {allowed}, and not {', '.join(kinds) or 'empty'}")
        if self.when and kinds[0] not in ("add", "remove"):
            raise ValueError(f"when has no effect with {kinds[0]}; remove it")
        for key, text, variables in self.list_expressions():
            if problem := find_problem(text, variables):
                raise ValueError(f"{key}: {problem}")
        return self

    def list_expressions(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """List the expressions of the step: the key of each, its text, and what it may read."""
        texts = [("filter", self.filter, ROW_VARIABLES), ("when", self.when, CONDITION_VARIABLES)]
        texts += [
            (f"add.{name}", value, ROW_VARIABLES)
            for name, (value, _) in map(_read_typed_item, self.add.items())
            if is_expression(value)
        ]
        return [(key, text, variables) for key, text, variables in texts if text]


def _read_typed_item(item: tuple[str, Any]) -> tuple[str, tuple[Any, str | None]]:
    return item[0], read_typed_value(item[1])


def read_typed_value(value: Any) -> tuple[Any, str | None]:
    """Read the value of an added field, and the type that is declared for it.

    Raises:
        ValueError: The type is unknown.
    """
    if not isinstance(value, dict) or not {"value", "type"} >= set(value) or "value" not in value:
        return value, None
    kind = value.get("type")
    if kind not in (None, *VALUE_TYPES):
        raise ValueError(f"add: '{kind}' is not a type; allowed are {', '.join(VALUE_TYPES)}")
    return value["value"], kind


ProcessingSteps = Annotated[list[ProcessingStep], BeforeValidator(_refuse_code)]
"""Steps in order; none of them is code."""
