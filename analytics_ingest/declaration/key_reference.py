"""Writes the reference of every key of a declaration, from the models and their docstrings.

`models.api.Api` → Markdown: a table for each block, in the order in which a reader of a
declaration meets them.
"""

import types
from collections.abc import Iterator
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.models.base import DeclarationModel

_NAMES = {str: "text", int: "whole number", float: "number", bool: "true or false"}
_HEAD = """# Every key of a declaration

Written by `analytics-ingest keys` from the declaration's model. What stands below `attributes` of a
`defs.yaml` is an [API](#api). How to go about it: [add-an-api.md](add-an-api.md); why keys behave
as they do: [declarations.md](declarations.md).
"""


def key_reference() -> str:
    """The reference as Markdown, its last line ended."""
    blocks: list[type[DeclarationModel]] = []
    _collect(Api, blocks)
    return _HEAD + "".join(f"\n{_section(block)}" for block in blocks)


def _collect(block: type[DeclarationModel], blocks: list[type[DeclarationModel]]) -> None:
    """Add a block and those in it, each once: some hold themselves."""
    if block in blocks:
        return
    blocks.append(block)
    for field in block.model_fields.values():
        for inner in _blocks_of(field.annotation):
            _collect(inner, blocks)


def _blocks_of(annotation: Any) -> Iterator[type[DeclarationModel]]:
    if isinstance(annotation, type) and issubclass(annotation, DeclarationModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _blocks_of(argument)


def _section(block: type[DeclarationModel]) -> str:
    general = block.__bases__[0]
    inherited = general.model_fields if issubclass(general, DeclarationModel) else {}
    lines = [f"## {block.__name__}", "", (block.__doc__ or "").strip(), ""]
    if inherited:
        lines += [f"All keys of {_value(general)}, and:", ""]
    lines += ["| key | value | without it | meaning |", "|---|---|---|---|"]
    own = {name: field for name, field in block.model_fields.items() if name not in inherited}
    lines += [_row(field.alias or name, field) for name, field in own.items()]
    return "\n".join(lines) + "\n"


def _row(key: str, field: FieldInfo) -> str:
    cells = [f"`{key}`", _value(field.annotation), _default(field), _in_one_line(field)]
    cells = [cell.replace("|", "\\|") for cell in cells]
    # Markdown would take <api> for a tag, and a bar for the end of a cell.
    return f"| {' | '.join(cells).replace('<', '&lt;')} |"


def _in_one_line(field: FieldInfo) -> str:
    return " ".join((field.description or "").split())


def _value(annotation: Any) -> str:
    kind, arguments = get_origin(annotation), get_args(annotation)
    if kind in (Union, types.UnionType):
        return " or ".join(_value(a) for a in arguments if a is not types.NoneType)
    if kind is Literal:
        return ", ".join(f"`{argument}`" for argument in arguments)
    if kind is list:
        return f"list of {_value(arguments[0])}"
    if kind is dict:
        return f"name → {_value(arguments[1])}"
    if isinstance(annotation, type) and issubclass(annotation, DeclarationModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return _NAMES.get(annotation, "anything")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is None or value in ({}, [], ""):
        return ""
    if isinstance(value, DeclarationModel):
        return "its defaults"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
