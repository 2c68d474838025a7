"""Compares the hints of a declaration with those that dlt's schema stores of earlier ones.

dlt adds declared hints to the stored ones and removes none: a `merge_key` that is no longer
declared would still delete rows, and a second `dedup_sort` would fail every load. It never changes
the type of a column either, nor its digits: the warehouse would change values to what it has.
"""

from collections.abc import Mapping
from typing import Any

from dlt.common.schema.typing import TColumnSchema, TTableSchemaColumns

from analytics_ingest.load.rows.column_types import find_digits
from analytics_ingest.load.warehouse.tables.stored_columns import holds_unchanged

_REMOVALS = "x-removed-hints"
"""The hint of how often one of our own was removed from a table."""

_OF_MERGES = ("dedup_sort", "hard_delete", "merge_key")
"""Hints that say which rows a merge keeps. dlt itself replaces a primary key by another one."""


def forget_hints(hints: Mapping[str, Any], stored: TTableSchemaColumns) -> None:
    """Remove what a resource no longer declares of merges from its stored columns.

    Args:
        hints: The arguments of the resource.
    """
    keys, declared = hints.get("merge_key") or (), hints["columns"]
    for name, column in stored.items():
        if not hints.get("primary_key"):
            column.pop("primary_key", None)
        for hint in _OF_MERGES:
            is_key = hint == "merge_key" and name in keys
            if hint in column and not is_key and not declared.get(name, {}).get(hint):
                del column[hint]  # type: ignore[misc]


def describe_changed_type(
    declared_columns: TTableSchemaColumns, stored: TTableSchemaColumns, nested_table: str = ""
) -> str:
    """Say which column is declared with another type or digits than it has, and what to do.

    Args:
        nested_table: The table of the columns, if it is not the resource's own.
    """
    of = f" of {nested_table}" if nested_table else ""
    for name, hint in declared_columns.items():
        known = stored.get(name, {})
        is_decimal = hint.get("data_type") == known.get("data_type") == "decimal"
        has_other_digits = is_decimal and find_digits(hint) != find_digits(known)
        if has_other_digits or not holds_unchanged(hint, known):
            declared, actual = map(_describe_type, (hint, known))
            return (
                f"the column {name}{of} is declared as {declared}, but is {actual} in the "
                f"warehouse, which would {'round' if is_decimal else 'change values'} to that; "
                "declare that, or start the table over"
            )
    return ""


def _describe_type(column: TColumnSchema) -> str:
    kind = str(column.get("data_type"))
    return f"{kind}{find_digits(column)}" if kind == "decimal" else kind


def note_removal(table: dict[str, Any]) -> None:
    """Note that a hint of ours was removed from a stored table.

    dlt stores no schema that equals an earlier one, and reads the newest that it has.
    """
    table[_REMOVALS] = table.get(_REMOVALS, 0) + 1
