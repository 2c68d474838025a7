"""What looks wrong with the rows of a page: their primary key, and their declared fields."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from dlt.common.data_types import TDataType

from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.load.rows.coercion import Fit, fit
from analytics_ingest.load.rows.routing import cursor_column
from analytics_ingest.preview.fields import keys_that_fit


def key_problems(resource: ResourceDeclaration, rows: Sequence[Any]) -> Iterator[str]:
    """What is wrong with the primary key on one page."""
    objects = [row for row in rows if isinstance(row, dict)]
    if len(objects) < len(rows):
        yield (
            f"{_of(len(rows) - len(objects), rows)} are no objects; data_selector must lead to "
            "objects"
        )
    missing = [n for n in resource.primary_key if any(row.get(n) is None for row in objects)]
    for name in missing:
        without = sum(row.get(name) is None for row in objects)
        yield (
            f"the primary key '{name}' is missing in {_of(without, rows)}; "
            f"{_suggestion(resource, objects)}"
        )
    if missing or not resource.primary_key:
        return
    keys = [repr([row[name] for name in resource.primary_key]) for row in objects]
    if repeated := len(keys) - len(set(keys)):
        yield (
            f"the primary key ({', '.join(resource.primary_key)}) is not unique: "
            f"{_of(repeated, rows)} share that of another row, and would replace it; "
            f"{_suggestion(resource, objects)}"
        )


def field_problems(resource: ResourceDeclaration, rows: Sequence[Any]) -> Iterator[str]:
    """Declared fields whose values do not fit, and required ones that are not there."""
    objects = [row for row in rows if isinstance(row, dict)]
    for name in resource.required:
        if without := sum(row.get(name) is None for row in objects):
            yield f"the required field '{name}' is missing in {_of(without, rows)}"
    for field in resource.fields.values():
        if field.name == cursor_column(resource):
            continue
        kind = cast(TDataType, field.data_type)
        values = [row[field.name] for row in objects if row.get(field.name) is not None]
        if wrong := sum(fit(kind, value) is not Fit.STORED for value in values):
            yield (
                f"the field '{field.name}' is declared so that {wrong} of {len(values)} values do "
                "not fit; correct its type"
            )


def _suggestion(resource: ResourceDeclaration, objects: Sequence[dict[str, Any]]) -> str:
    found = [name for name in keys_that_fit(objects) if name not in resource.primary_key]
    if found:
        return f"unique on this page: {', '.join(found[:3])}"
    return "no single field is unique on this page; a list of fields can be declared"


def _of(count: int, rows: Sequence[Any]) -> str:
    return f"{count} of {len(rows)} rows"
