"""Says which rows of earlier loads a load does not replace: of another key, in another table."""

from collections.abc import Callable, Iterator, Sequence

from dlt.common.schema.typing import TSchemaTables
from dlt.common.schema.utils import get_columns_names_with_prop, has_table_seen_data

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.warehouse.dlt_hints import name_rejected_table


def find_changed_keys(
    resources: Sequence[ResourceDeclaration],
    stored: TSchemaTables,
    column_name: Callable[[str], str],
) -> Iterator[tuple[str, str]]:
    """Yield each resource whose primary key is not that of its stored table, with what to do."""
    for resource in resources:
        table = stored.get(resource.table)
        earlier = get_columns_names_with_prop(table, "primary_key") if table else []
        key = list(map(column_name, resource.primary_key))
        if not earlier or not resource.is_merged or set(earlier) == set(key):
            continue
        name = f"{resource.api}.{resource.table}"
        changed = f"{name}: the primary key was {', '.join(earlier)} and is {', '.join(key)}"
        message = (
            f"{changed} now, so rows that were loaded before are not replaced; start the table "
            f"over: DROP TABLE {name}, then load all partitions again"
        )
        yield resource.name, message


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
