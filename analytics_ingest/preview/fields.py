"""The fields of rows and their types, as `schema.yaml` spells them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dlt.common.schema.detections import is_iso_date

from analytics_ingest.common.numbers import LongNumber
from analytics_ingest.declaration.fields import TYPES
from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.load.rows.column_types import infer_type, is_in_64_bits

_TYPES = {data_type: name for name, data_type in TYPES.items()}
"""dlt's data type → the type in `schema.yaml`."""

_COMMON_TYPES = (
    ({"integer", "number"}, "number"),
    ({"date", "timestamp"}, "timestamp"),
    ({"string", "date", "timestamp", "integer", "number"}, "string"),
)
"""Types that occur together → the type whose column holds them all."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class FieldSample:
    """The types and nulls of one field."""

    types: list[str] = field(default_factory=list)
    """Without repetition; empty where all values are null."""
    nulls: int = 0
    """Rows in which it is null or absent."""

    @property
    def type(self) -> str | None:
        """The type whose column holds all values; None where there is none."""
        types = set(self.types)
        if types and all(name.startswith("array") for name in types):
            items = types - {"array"}
            return items.pop() if len(items) == 1 else "array"
        if len(types) == 1:
            return self.types[0]
        return next((name for several, name in _COMMON_TYPES if types and types <= several), None)

    def __str__(self) -> str:
        text = self.type or "|".join(self.types) or "null"
        return f"{text}?" if self.nulls and self.types else text


FieldSamples = Mapping[str, FieldSample]


def sample_fields(preview: ResourcePreview) -> FieldSamples:
    """Return the fields of a resource's rows, in the order in which they appear."""
    resource = preview.resource
    inherited = resource.inherited
    names = dict.fromkeys(n for row in preview.objects for n in row if n not in inherited)
    samples = {name: _sample_field(row.get(name) for row in preview.objects) for name in names}
    cursor = resource.cursor_column
    if cursor in samples and preview.moments:
        samples[cursor].types = ["timestamp"]  # It is stored as one, however it is spelled.
    return samples


def find_unique_fields(objects: Sequence[Mapping[str, Any]]) -> list[str]:
    """Find fields whose values differ in all rows of a page, those that sound like keys first."""
    names = objects[0] if len(objects) > 1 else ()
    unique = [name for name in names if _is_unique([row.get(name) for row in objects])]
    return sorted(unique, key=lambda name: re.search(r"(^|_)(id|uuid|key)$", name.lower()) is None)


def _sample_field(values: Iterable[Any]) -> FieldSample:
    sample = FieldSample()
    for value in values:
        if value is None:
            sample.nulls += 1
        elif (type_name := _format_type(value)) not in sample.types:
            sample.types.append(type_name)
    return sample


def _format_type(value: Any) -> str:
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list):
        items = {
            "array" if isinstance(v, list) else _format_type(v) for v in value if v is not None
        }
        return f"array<{items.pop()}>" if len(items) == 1 else "array"
    if isinstance(value, str) and _DATE.fullmatch(value) and is_iso_date(str, value):
        return "date"
    if type(value) is LongNumber or (type(value) is int and not is_in_64_bits(value)):
        return "string"
    return _TYPES[infer_type(value)]


def _is_unique(values: Sequence[Any]) -> bool:
    is_plain = all(isinstance(value, str | int) for value in values)
    return is_plain and len(set(values)) == len(values)
