"""Compares the hints of a declaration with those that dlt's schema stores of earlier ones.

dlt adds declared hints to the stored ones and removes none: a `merge_key` that is not declared any
more would go on deleting rows, and a second `dedup_sort` would fail every load. It never changes
the digits of a column either: the warehouse would round numbers to those that it has.
"""

from dlt.common.schema import Schema
from dlt.common.schema.utils import get_nested_tables
from dlt.extract.resource import DltResource

from analytics_ingest.load.rows.column_types import digits_of
from analytics_ingest.load.warehouse.schema_contract import declared_tables

_OF_MERGES = ("dedup_sort", "hard_delete", "merge_key")
"""Hints that say which rows a merge keeps. dlt itself replaces a primary key."""


def forget_hints(resource: DltResource, schema: Schema) -> None:
    """Remove what a resource no longer declares of merges from its stored tables."""
    declared = {str(table.get("name")): table for table in declared_tables(resource, schema)}
    name = next(iter(declared))
    for table in get_nested_tables(schema.tables, name) if name in schema.tables else ():
        own = declared.get(str(table.get("name")), {}).get("columns", {})
        for column, stored in table.get("columns", {}).items():
            for hint in _OF_MERGES:
                if hint in stored and not own.get(column, {}).get(hint):
                    del stored[hint]  # type: ignore[misc]


def describe_changed_digits(resource: DltResource, schema: Schema) -> str:
    """Say which decimal column is declared with other digits than it has, and what to do."""
    table = next(declared_tables(resource, schema))
    name = str(table.get("name"))
    stored = schema.tables.get(name, {}).get("columns", {})
    for column, hint in table.get("columns", {}).items():
        known = stored.get(column, {})
        if not hint.get("data_type") == known.get("data_type") == "decimal":
            continue
        if (declared := digits_of(hint)) != (actual := digits_of(known)):
            return (
                f"the column {column} is declared as decimal{declared}, but is decimal{actual} in "
                f"the warehouse, which would round to that; declare that, or start the table over: "
                f"DROP TABLE {schema.name}.{name}, then load all partitions again"
            )
    return ""
