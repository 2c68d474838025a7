"""What a `schema_contract` would refuse or discard of a preview's rows, by dlt's own rules.

`try` looks into no warehouse. So new columns are those that the declaration lacks: the first load
creates them, and later loads refuse such fields.
"""

from collections.abc import Iterator
from typing import Any

from dlt.common.data_types import TDataType
from dlt.common.schema.typing import TColumnSchema

from analytics_ingest.common.column_names import VARIANT, to_snake_case
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.load.resource_columns import build_types
from analytics_ingest.load.rows.classification import Coercion, classify_coercion
from analytics_ingest.load.rows.column_types import ColumnTypes, infer_column_type, infer_type
from analytics_ingest.load.warehouse.tables.dlt_hints import build_column_hints
from analytics_ingest.load.warehouse.tables.schema_contract import judge_columns

_OF_FIELDS = {
    "freeze": "refuses",
    "discard_row": "discards the rows with",
    "discard_value": "discards the values of",
}
_OF_VALUES = {**_OF_FIELDS, "discard_value": "discards"}


def find_contract_changes(preview: ResourcePreview) -> Iterator[str]:
    """Yield what a contract would do with the rows, a sentence for each kind of change and mode."""
    resource = preview.resource
    if not resource.declared.schema_contract:
        return
    types = build_types(resource, {}, to_snake_case)
    known = _list_known_columns(resource, types)
    added = _list_added_columns(preview, types)
    judged: dict[tuple[str, bool], list[str]] = {}
    for name, mode in judge_columns(resource, known, list(added.values())):
        if name == resource.table:
            verb = "refuses" if mode == "freeze" else "discards all rows of"
            yield f"schema_contract {verb} a new table; set tables: evolve for the first load"
            return
        is_variant = bool(added[name].get("variant"))
        judged.setdefault((mode, is_variant), []).append(name)
    for (mode, are_variants), names in judged.items():
        yield f"schema_contract {_describe(mode, ', '.join(names), are_variants=are_variants)}"


def _describe(mode: str, names: str, *, are_variants: bool) -> str:
    if are_variants:
        return f"{_OF_VALUES[mode]} values of another type ({names}); correct the declared types"
    remedy = "declare them before the first load, or set columns: evolve"
    return f"{_OF_FIELDS[mode]} {names} where the table exists without them; {remedy}"


def _list_known_columns(resource: ResourceDeclaration, types: ColumnTypes) -> list[TColumnSchema]:
    hints = {types.find_column(name): hint for name, hint in build_column_hints(resource).items()}
    return [{**hint, "name": column} for column, hint in hints.items()]


def _list_added_columns(preview: ResourcePreview, types: ColumnTypes) -> dict[str, TColumnSchema]:
    """List column → its hint, of all that the rows would add to a table."""
    added: dict[str, TColumnSchema] = {}
    has_fields = bool(preview.resource.fields or preview.resource.declared.columns)
    for name, values in _list_values(preview).items():
        column, is_declared = types.find_column(name), types.is_type_declared(name)
        expected = types.get(name) or infer_column_type(values)
        if types.get(name) is None:
            types.decide(name, expected)
            if has_fields and column not in types.known:
                added[column] = {"name": column, "data_type": expected}
        for value in values:
            if not _is_stored(expected, value, is_declared=is_declared):
                variant = f"{column}{VARIANT}{infer_type(value)}"
                added[variant] = {"name": variant, "data_type": infer_type(value), "variant": True}
    return added


def _list_values(preview: ResourcePreview) -> dict[str, list[Any]]:
    """List field → its values without nulls, of all but the cursor."""
    values: dict[str, list[Any]] = {}
    for name, value in (item for row in preview.objects for item in row.items()):
        if value is not None and name != preview.resource.cursor_column:
            values.setdefault(name, []).append(value)
    return values


def _is_stored(expected: TDataType, value: Any, *, is_declared: bool) -> bool:
    return classify_coercion(expected, value, is_declared=is_declared) is Coercion.STORED
