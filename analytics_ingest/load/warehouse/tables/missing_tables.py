"""Creates the tables and columns that dlt's stored schema has and the warehouse lacks.

dlt compares its schema with the warehouse only when the schema is new there. A table that somebody
dropped, or that only the schema of a failed load had, would stay missing, and every later load
would fail.
"""

from collections.abc import Collection

from dlt.common.destination.client import JobClientBase, WithStagingDataset
from dlt.common.destination.exceptions import DestinationException
from dlt.common.schema.typing import TSchemaTables
from dlt.common.schema.utils import get_nested_tables, has_table_seen_data
from dlt.destinations.job_client_impl import SqlJobClientBase

from analytics_ingest.common.errors import WarehouseError


def create_missing(client: JobClientBase, tables: Collection[str]) -> None:
    """Create what a database lacks of some tables, their nested tables and dlt's own.

    Raises:
        WarehouseError: The database does not allow it, or has a nested table without its parent.
    """
    if not isinstance(client, SqlJobClientBase):
        return
    expected = list_tables_with_data(client, tables)
    try:
        _create(client, [*expected, *client.schema.dlt_table_names()], is_staging=False)
        if isinstance(client, WithStagingDataset):
            staged = [n for n in expected if client.should_load_data_to_staging_dataset(n)]
            with client.with_staging_dataset():
                _create(client, staged, is_staging=True)
    except DestinationException as error:
        api = client.schema.name
        raise WarehouseError(
            f"{api}: a table or a column that is missing in the warehouse cannot be created again "
            f"({type(error).__name__}); drop the datasets {api} and {api}_staging and load all "
            "partitions again"
        ) from None


def list_tables_with_data(client: JobClientBase, tables: Collection[str]) -> list[str]:
    """List those of some tables and their nested tables that have had rows, so must exist."""
    candidates = with_nested(client.schema.tables, tables)
    return [name for name, table in candidates.items() if has_table_seen_data(table)]


def with_nested(schema: TSchemaTables, tables: Collection[str]) -> TSchemaTables:
    """List some tables of a schema and their nested tables, without those that it does not have."""
    return {
        str(table.get("name")): table
        for name in tables
        for table in get_nested_tables(schema, name)
    }


def _create(client: SqlJobClientBase, tables: Collection[str], *, is_staging: bool) -> None:
    """Create what some tables lack; dlt itself creates all tables of a new dataset."""
    if not tables or not client.is_storage_initialized():
        return
    if not is_staging:
        _check_nested(client, tables)
    with client.maybe_ddl_transaction():
        client._execute_schema_update_sql(tables, store_schema=False)


def _check_nested(client: SqlJobClientBase, tables: Collection[str]) -> None:
    """Check that no nested table has rows of a lost table: no merge would replace those.

    Before anything is created: some destinations cannot undo that.
    """
    parents = {n: str(p) for n in tables if (p := client.schema.tables[n].get("parent"))}
    if not parents:
        return
    candidates = client.get_storage_tables({*parents, *parents.values()})
    stored = {name for name, columns in candidates if columns}
    for name, parent in parents.items():
        if name in stored and parent not in stored:
            raise WarehouseError(
                f"{client.schema.name}.{parent}: the table is missing in the warehouse, but its "
                f"nested table {name} still has its rows; drop {name} too"
            )
