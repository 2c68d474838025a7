"""Finds the fields that a document's prose gives a resource: lists, tables, JSON schemas."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from analytics_ingest.convert.markdown import Block, Document, Line
from analytics_ingest.convert.prose.field_types import fields_of_json_schema, is_key, type_in
from analytics_ingest.convert.prose.lines import parts_with_resource, plain

_SECTION = re.compile(r"schema|field|column|data model|attribut|propert", re.IGNORECASE)
_ITEM = re.compile(r"[`*]+(?P<name>[A-Za-z_]\w*)[`*]+\s*(?::|[-\u2013\u2014]|\()\s*(?P<told>.+)")
_INLINE = re.compile(r"`([A-Za-z_]\w*)`\s*\(([^)]+)\)")
_LEAST_INLINE = 2
_COMPLETE = re.compile(
    r"no (other|additional|further) (fields|properties)|(fields|properties) are not allowed"
    r"|\"additionalProperties\": false",
    re.IGNORECASE,
)


@dataclass
class Fields:
    """What the prose says of a resource's fields."""

    types: dict[str, str] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    is_complete: bool = False
    """Whether the document says that there are no others."""

    def add(self, name: str, told: str) -> None:
        """Take a field if its description names a type."""
        if kind := type_in(told):
            self.types.setdefault(name, kind)
            if is_key(told) and name not in self.keys:
                self.keys.append(name)


def fields_in_prose(document: Document, resources: dict[str, Any]) -> dict[str, Fields]:
    """The fields of each resource that the prose describes."""
    found: dict[str, Fields] = {}
    only = next(iter(resources)) if len(resources) == 1 else None
    header: tuple[str, ...] = ()
    for part, named in parts_with_resource(document, resources):
        resource = named or only
        in_section = any(_SECTION.search(heading) for heading in part.headings)
        if resource is None or not (in_section or isinstance(part, Block) or part.cells):
            continue
        fields = found.setdefault(resource, Fields())
        fields.is_complete |= _COMPLETE.search(part.text) is not None
        if isinstance(part, Block):
            _add_block(fields, part, resource)
        elif part.cells:
            header = part.cells if _is_header(part.cells) else header
            _add_row(fields, header, part.cells)
        else:
            _add_line(fields, part)
    return {name: fields for name, fields in found.items() if fields.types}


def _add_line(fields: Fields, line: Line) -> None:
    inline = _INLINE.findall(line.text)
    if len(inline) >= _LEAST_INLINE:
        for name, told in inline:
            fields.add(name, told)
    elif line.level and (item := _ITEM.match(line.text)):
        fields.add(item["name"], plain(item["told"]).rstrip(")"))


def _is_header(cells: tuple[str, ...]) -> bool:
    words = [plain(cell).lower() for cell in cells]
    return any(word in ("type", "data type", "datatype") for word in words)


def _add_row(fields: Fields, header: tuple[str, ...], cells: tuple[str, ...]) -> None:
    if len(header) != len(cells) or header == cells:
        return
    row = {plain(name).lower(): plain(cell) for name, cell in zip(header, cells, strict=True)}
    kind = next((row[name] for name in ("type", "data type", "datatype") if name in row), "")
    name = plain(cells[0])
    is_named = plain(header[0]).lower() in ("field", "name", "column", "property", "attribute")
    if not is_named or not re.fullmatch(r"[A-Za-z_]\w*", name):
        return
    null = (row.get("nullable") or row.get("null") or "").lower()
    required = (row.get("required") or "").lower()
    certain = null in ("no", "false", "n") or required in ("yes", "true", "y")
    rest = " ".join(value for key, value in row.items() if key in ("description", "notes", "key"))
    marks = " required" if certain else ""
    fields.add(name, f"{kind}{marks}; primary key" if is_key(rest) else f"{kind}{marks}")


def _add_block(fields: Fields, block: Block, resource: str) -> None:
    data = _data(block)
    if not isinstance(data, dict):
        return
    inner = data.get(resource)
    for schema in (data, inner if isinstance(inner, dict) else {}):
        for name, kind in fields_of_json_schema(schema).items():
            fields.types.setdefault(name, kind)
    if isinstance(inner, dict) and all(isinstance(told, str) for told in inner.values()):
        for name, told in inner.items():
            fields.add(name, told)


def _data(block: Block) -> Any:
    try:
        return json.loads(block.text)
    except (ValueError, RecursionError):
        pass
    if block.language not in ("yaml", "yml"):
        return None
    try:
        return yaml.safe_load(block.text)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
