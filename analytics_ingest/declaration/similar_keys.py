"""Finds the key that was probably meant by one that does not exist."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from analytics_ingest.declaration.errors import read_lines

Block = TypeVar("Block", bound=BaseModel)


class MisspeltKeyError(ValueError):
    """Why an unknown key is refused, and which one was probably meant."""


def is_unknown_key(line: Mapping[str, Any]) -> bool:
    """Return whether a line of a model's error is about a key that it does not know."""
    cause = line.get("ctx", {}).get("error")
    return line["type"] == "extra_forbidden" or isinstance(cause, MisspeltKeyError)


def with_suggestions(model: type[BaseModel], error: ValidationError) -> ValidationError:
    """Return the same error without values, each unknown key with the one probably meant."""
    lines: Any = [_with_suggestion(model, line) for line in read_lines(error, include_input=True)]
    return ValidationError.from_exception_data(error.title, lines)


def _with_suggestion(model: type[BaseModel], line: Mapping[str, Any]) -> dict[str, Any]:
    if is_unknown_key(line) and (meant := find_similar_key(model, line["loc"])):
        # Of this type alone the message survives where Dagster adds the place in the file.
        cause = MisspeltKeyError(f"Extra inputs are not permitted; did you mean {meant}?")
        return {"type": "value_error", "loc": line["loc"], "input": None, "ctx": {"error": cause}}
    return {**line, "input": None}


def find_similar_key(model: type[BaseModel], place: Sequence[int | str]) -> str | None:
    """Find the key of a block that resembles the unknown one at a place, if any does.

    Args:
        model: The block at which the place begins.
    """
    *above, unknown = place
    for part in above:
        inner = list(_find_blocks(model, part))
        if isinstance(part, str) and not inner:
            return None
        model = inner[0] if inner else model
    names = [field.alias or name for name, field in model.model_fields.items()]
    return next(iter(get_close_matches(str(unknown), names, n=1)), None)


def _find_blocks(model: type[BaseModel], key: int | str) -> Iterator[type[BaseModel]]:
    for name, field in model.model_fields.items():
        if key in (name, field.alias):
            yield from iterate_blocks(field.annotation, BaseModel)


def iterate_blocks(annotation: Any, base: type[Block]) -> Iterator[type[Block]]:
    """Yield the blocks that a key of some type holds, in a list or an object too."""
    if isinstance(annotation, type) and issubclass(annotation, base):
        yield annotation
    for argument in get_args(annotation):
        yield from iterate_blocks(argument, base)
