"""Whether a table holds lists and objects as its declared `max_table_nesting` says.

A column that is JSON stays so, and rows in nested tables stay there: after a change of the key some
rows would have their lists in one place, and the others in another.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dlt.common.schema.typing import TSchemaTables, TTableSchema
from dlt.common.schema.utils import has_table_seen_data

from analytics_ingest.common.column_names import OTHER_FIELDS, PATH_SEPARATOR, VARIANT
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.warehouse.tables.missing_tables import with_nested

_NORMALIZER, _NESTING = "x-normalizer", "max_nesting"
"""dlt's hint of a table, and what it holds of the nesting."""


def describe_changed_nesting(
    resource: ResourceDeclaration, hints: Mapping[str, Any], tables: TSchemaTables
) -> str:
    """Say what a table holds otherwise than its declared nesting, and what to do.

    A change that concerns nothing of the table is noted in the stored hints.

    Args:
        hints: The arguments of the resource.
        tables: Those of the stored schema.
    """
    table: Any = tables.get(resource.table, {})
    declared, stored = hints["max_table_nesting"], table.get(_NORMALIZER, {}).get(_NESTING)
    if stored is None or declared == stored:
        return ""
    family = with_nested(tables, [resource.table])
    find = _find_json if declared > stored else _find_nested
    if not (held := next(find(family, resource, hints, declared), "")):
        table[_NORMALIZER][_NESTING] = declared  # dlt would not lower it.
        return ""
    drops = describe_drops(resource, tables)
    return (
        f"{resource.api}.{resource.table}: max_table_nesting is {declared} and was {stored}, but "
        f"{held}; declare {stored}, or start the table over: {drops}; then load all partitions "
        "again"
    )


def describe_drops(resource: ResourceDeclaration, tables: TSchemaTables) -> str:
    """Say how to drop the table of a resource, and before it those that are nested in it."""
    family = with_nested(tables, [resource.table]) or [resource.table]
    return "; ".join(f"DROP TABLE {resource.api}.{name}" for name in reversed(list(family)))


def _find_json(
    family: TSchemaTables, resource: ResourceDeclaration, hints: Mapping[str, Any], _: int
) -> Iterator[str]:
    """Yield the columns that would stay JSON, though nobody declares them so."""
    for name, table in family.items():
        if name != resource.table and resource.declared.nested_hints:
            continue
        is_root = name == resource.table
        known = hints["columns"] if is_root else {}
        # Nothing distinguishes what somebody added by hand from what a killed load left.
        unless = ", unless fields declares it as object? or array?" if is_root else ""
        for column, hint in table.get("columns", {}).items():
            is_own = column == OTHER_FIELDS or known.get(column, {}).get("data_type") == "json"
            if hint.get("data_type") == "json" and not is_own:
                yield f"the column {column} of {name} is JSON and would stay so{unless}"


def _find_nested(
    family: TSchemaTables, resource: ResourceDeclaration, hints: Mapping[str, Any], declared: int
) -> Iterator[str]:
    """Yield the nested tables and columns that no new row would fill."""
    for name, table in family.items():
        if has_table_seen_data(table) and _count_parents(table, family) > declared:
            yield f"earlier rows have lists in the table {name}, which new rows would not"
    columns = family[resource.table].get("columns", {}) if resource.table in family else {}
    for column in columns:
        is_flat = PATH_SEPARATOR in column.replace(VARIANT, "").strip("_")
        if is_flat and not declared and column[0] != "_" and column not in hints["columns"]:
            yield f"earlier rows have fields of objects in {column}, which new rows would not"


def _count_parents(table: TTableSchema, family: TSchemaTables) -> int:
    parent = family.get(table.get("parent") or "")
    return 1 + _count_parents(parent, family) if parent else 0
