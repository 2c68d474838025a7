"""Adds the fields of a preview to `schema.yaml`: only new ones; what is declared stays.

The text of the file is kept, its comments too: lines are inserted where fields are missing. A file
that has no lines for them, because its objects are on one line, is written again.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from analytics_ingest.declaration.fields import SCHEMA_FILE
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.schema_text import HEAD, format_scalar
from analytics_ingest.preview.fields import FieldSamples


def find_new_fields(resource: ResourceDeclaration, samples: FieldSamples) -> dict[str, str]:
    """Find the fields that are not declared yet, with their types.

    A page without a null proves nothing, so only the key and the cursor lose their `?`.
    """
    certain = {*resource.primary_key}
    if resource.incremental:
        certain.add(resource.incremental.cursor_path)
    known = {name.lower() for name in resource.fields}
    new: dict[str, str] = {}
    for name, sample in samples.items():
        if sample.type and name.strip() and name.lower() not in known:
            is_certain = name in certain and not sample.nulls
            new[name] = sample.type if is_certain else f"{sample.type}?"
            known.add(name.lower())
    return new


def write_schema(folder: Path, added: Mapping[str, Mapping[str, str]]) -> bool:
    """Add fields to the schema file of an API; whether there was anything to add.

    Args:
        added: Resource → field → type.
    """
    path = folder / SCHEMA_FILE
    before = path.read_text(encoding="utf-8") if path.exists() else f"{HEAD}\n"
    new = {name: fields for name, fields in added.items() if fields}
    if new:
        path.write_text(with_fields(before, new), encoding="utf-8")
    return bool(new)


def with_fields(text: str, added: Mapping[str, Mapping[str, str]]) -> str:
    """Return the text of a schema file with more fields."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    entries = {name: _find_value(root, name) for name in added}
    if not all(map(_is_editable, entries.values())):
        return _rewrite(text, added)
    lines = text.splitlines()
    insertions = [_plan_insertion(entries[name], name, added[name], len(lines)) for name in added]
    for line, new in sorted(insertions, reverse=True):
        lines[line:line] = new
    return "\n".join(lines) + "\n"


def _plan_insertion(
    entry: yaml.Node | None, name: str, fields: Mapping[str, str], end: int
) -> tuple[int, list[str]]:
    """Return the number of a line, and the new lines to insert before it."""
    if entry is None:
        return end, ["", f"{format_scalar(name)}:", "  fields:", *_format_fields(fields, 4)]
    indent = entry.value[0][0].start_mark.column
    declared = _find_value(entry, "fields")
    if declared is None:
        return _find_last_line(entry) + 1, [
            " " * indent + "fields:",
            *_format_fields(fields, indent + 2),
        ]
    return _find_last_line(declared) + 1, _format_fields(
        fields, declared.value[0][0].start_mark.column
    )


def _is_editable(entry: yaml.Node | None) -> bool:
    """Return whether lines can be inserted: all objects are blocks, and none is empty."""
    return all(node is None or _is_block(node) for node in (entry, _find_value(entry, "fields")))


def _is_block(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode) and not node.flow_style and bool(node.value)


def _rewrite(text: str, added: Mapping[str, Mapping[str, str]]) -> str:
    schema: dict[str, Any] = yaml.safe_load(text) or {}
    for name, fields in added.items():
        entry = schema.get(name) or {}
        schema[name] = {**entry, "fields": {**(entry.get("fields") or {}), **fields}}
    head = [line for line in text.splitlines() if line.startswith("#")]
    return "\n".join([*head, "", yaml.safe_dump(schema, sort_keys=False, allow_unicode=True)])


def _find_value(node: yaml.Node | None, key: str) -> Any:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _find_last_line(node: yaml.Node) -> int:
    is_block = isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value
    if not is_block:
        return node.end_mark.line
    last = node.value[-1]
    return _find_last_line(last[1] if isinstance(last, tuple) else last)


def _format_fields(fields: Mapping[str, str], indent: int) -> list[str]:
    return [
        f"{' ' * indent}{format_scalar(name)}: {format_scalar(kind)}"
        for name, kind in fields.items()
    ]
