"""The fields of rows and their types, in the words of `schema.yaml`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dlt.common.schema.detections import is_iso_date

from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.load.rows.coercion import is_in_64_bits
from analytics_ingest.load.rows.column_types import inferred
from analytics_ingest.load.rows.routing import cursor_column
from analytics_ingest.preview.cursors import readable_cursors

_NAMES = {
    "text": "string",
    "double": "number",
    "bigint": "integer",
    "bool": "boolean",
    "timestamp": "timestamp",
}
_TOGETHER = (
    ({"integer", "number"}, "number"),
    ({"date", "timestamp"}, "timestamp"),
    ({"string", "date", "timestamp", "integer", "number"}, "string"),
)
"""Types that occur together → the type whose column holds them all."""

_SHORT_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class Seen:
    """What was seen of one field."""

    types: list[str] = field(default_factory=list)
    """Without repetition; empty where all values are null."""
    nulls: int = 0
    """Rows in which it is null or absent."""

    @property
    def type(self) -> str | None:
        """The type whose column holds all values; None where there is none."""
        kinds = set(self.types)
        if kinds and all(kind.startswith("array") for kind in kinds):
            items = kinds - {"array"}
            return items.pop() if len(items) == 1 else "array"
        if len(kinds) == 1:
            return self.types[0]
        return next((name for several, name in _TOGETHER if kinds and kinds <= several), None)

    def __str__(self) -> str:
        written = self.type or "|".join(self.types) or "null"
        return f"{written}?" if self.nulls and self.types else written


def seen_fields(resource: ResourceDeclaration, rows: Sequence[Any]) -> Mapping[str, Seen]:
    """The fields of a resource's rows, in the order in which they appeared."""
    parent = resource.parent.resource if resource.parent else ""
    inherited = {f"_{parent}_{name}" for name in resource.declared.include_from_parent}
    objects = [row for row in rows if isinstance(row, dict)]
    names = dict.fromkeys(name for row in objects for name in row if name not in inherited)
    found = {name: _seen(row.get(name) for row in objects) for name in names}
    cursor, incremental = cursor_column(resource), resource.incremental
    if cursor in found and incremental and readable_cursors(incremental, rows):
        found[cursor].types = ["timestamp"]  # It is stored as one, however it is written.
    return found


def keys_that_fit(objects: Sequence[Mapping[str, Any]]) -> list[str]:
    """Fields that tell all rows of a page apart, those that sound like keys first."""
    names = objects[0] if len(objects) > 1 else ()
    found = [name for name in names if _is_key([row.get(name) for row in objects])]
    return sorted(found, key=lambda name: re.search(r"(^|_)(id|uuid|key)$", name.lower()) is None)


def _seen(values: Iterable[Any]) -> Seen:
    seen = Seen()
    for value in values:
        if value is None:
            seen.nulls += 1
        elif (kind := _type(value)) not in seen.types:
            seen.types.append(kind)
    return seen


def _type(value: Any) -> str:
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list):
        kinds = {"array" if isinstance(v, list) else _type(v) for v in value if v is not None}
        return f"array<{kinds.pop()}>" if len(kinds) == 1 else "array"
    if isinstance(value, str) and _SHORT_ISO.fullmatch(value) and is_iso_date(str, value):
        return "date"
    if type(value) is int and not is_in_64_bits(value):
        return "string"
    return _NAMES[inferred(value)]


def _is_key(values: Sequence[Any]) -> bool:
    is_plain = all(isinstance(value, str | int) for value in values)
    return is_plain and len(set(values)) == len(values)
