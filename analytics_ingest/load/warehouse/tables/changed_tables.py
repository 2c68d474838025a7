"""Says which rows of earlier loads a load does not replace: of another key, in another table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

from dlt.common.schema.typing import TSchemaTables, TTableSchema
from dlt.common.schema.utils import get_columns_names_with_prop, has_table_seen_data

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.warehouse.tables.dlt_hints import name_rejected_table


def describe_changed_key(
    resource: ResourceDeclaration, table: Mapping[str, Any], column_name: Callable[[str], str]
) -> str:
    """Say how the primary key of a merged resource differs from that of its stored table."""
    earlier = get_columns_names_with_prop(cast("TTableSchema", table), "primary_key")
    key = list(map(column_name, resource.primary_key))
    if not earlier or not key or set(earlier) == set(key):
        return ""
    return f"the primary key was {', '.join(earlier)} and is {', '.join(key)} now"


def find_left_tables(
    resources: Sequence[ResourceDeclaration], stored: TSchemaTables
) -> Iterator[tuple[str, str]]:
    """Yield each resource whose rows are in a table of another name, with what to do."""
    for resource in resources:
        if resource.table in stored:
            continue
        for name, table in stored.items():
            is_own = table.get("resource") == resource.name and has_table_seen_data(table)
            if is_own and not name.endswith(name_rejected_table("")):
                yield (
                    resource.name,
                    f"{resource.api}.{resource.name}: rows that were loaded before stay in the "
                    f"table {name}, and {resource.table} is new; load all partitions again",
                )
