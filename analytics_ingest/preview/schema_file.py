"""Writes the fields that were seen into `schema.yaml`: new ones only, beside what is declared.

The text of the file is kept as it is, its comments too; lines are put in where fields are missing.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from analytics_ingest.declaration.folder import SCHEMA_FILE
from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.preview.fields import Seen

HEAD = "# Fields by resource: type, ? = may be null. Additional fields are allowed.\n"


def new_fields(resource: ResourceDeclaration, seen: Mapping[str, Seen]) -> dict[str, str]:
    """The fields that are not declared yet, with their types.

    A page without a null proves nothing, so only the key and the cursor are taken for certain.
    """
    sure = {*resource.primary_key}
    if resource.incremental:
        sure.add(resource.incremental.cursor_path)
    declared = {name.lower() for name in resource.fields}
    found: dict[str, str] = {}
    for name, field in seen.items():
        if field.type and name.strip() and name.lower() not in declared:
            is_certain = name in sure and not field.nulls
            found[name] = field.type if is_certain else f"{field.type}?"
            declared.add(name.lower())
    return found


def write_schema(folder: Path, added: Mapping[str, Mapping[str, str]]) -> bool:
    """Add fields to the schema file of an API; whether there was anything to add.

    Args:
        added: Resource → field → type.
    """
    path = folder / SCHEMA_FILE
    before = path.read_text(encoding="utf-8") if path.exists() else HEAD
    new = {name: fields for name, fields in added.items() if fields}
    if new:
        path.write_text(with_fields(before, new), encoding="utf-8")
    return bool(new)


def with_fields(text: str, added: Mapping[str, Mapping[str, str]]) -> str:
    """The text of a schema file with more fields."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not all(_is_editable(_value_of(root, name)) for name in added):
        return _written_anew(text, added)
    lines = text.splitlines()
    edits = [_edit(_value_of(root, name), name, f, len(lines)) for name, f in added.items()]
    for line, new in sorted(edits, reverse=True):
        lines[line:line] = new
    return "\n".join(lines) + "\n"


def _edit(
    entry: yaml.Node | None, name: str, fields: Mapping[str, str], end: int
) -> tuple[int, list[str]]:
    """New lines, and the number of the line before which they go."""
    if entry is None:
        return end, ["", f"{_scalar(name)}:", "  fields:", *_lines(fields, 4)]
    indent = entry.value[0][0].start_mark.column
    declared = _value_of(entry, "fields")
    if declared is None:
        return _last_line(entry) + 1, [" " * indent + "fields:", *_lines(fields, indent + 2)]
    return _last_line(declared) + 1, _lines(fields, declared.value[0][0].start_mark.column)


def _is_editable(entry: yaml.Node | None) -> bool:
    """Whether lines can be put in: all is written in blocks, and something is there."""
    declared = _value_of(entry, "fields")
    return all(node is None or _is_block(node) for node in (entry, declared))


def _is_block(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode) and not node.flow_style and bool(node.value)


def _written_anew(text: str, added: Mapping[str, Mapping[str, str]]) -> str:
    schema: dict[str, Any] = yaml.safe_load(text) or {}
    for name, fields in added.items():
        entry = schema.get(name) or {}
        schema[name] = {**entry, "fields": {**(entry.get("fields") or {}), **fields}}
    head = [line for line in text.splitlines() if line.startswith("#")]
    return "\n".join([*head, "", yaml.safe_dump(schema, sort_keys=False, allow_unicode=True)])


def _value_of(node: yaml.Node | None, key: str) -> Any:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _last_line(node: yaml.Node) -> int:
    is_block = isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value
    if not is_block:
        return node.end_mark.line
    last = node.value[-1]
    return _last_line(last[1] if isinstance(last, tuple) else last)


def _lines(fields: Mapping[str, str], indent: int) -> list[str]:
    return [f"{' ' * indent}{_scalar(name)}: {_scalar(kind)}" for name, kind in fields.items()]


def _scalar(text: str) -> str:
    written = yaml.safe_dump(text, width=10_000, allow_unicode=True)
    return written.removesuffix("...\n").strip()
