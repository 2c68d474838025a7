"""Tables and columns that dlt's stored schema knows and the warehouse lacks: created before a load.

dlt compares its schema with the warehouse only when the schema is new there. What was dropped by
hand, or what an earlier version stored of a failed load, would stay missing, and every later load
would fail.
"""

from collections.abc import Collection

from dlt.common.destination.client import JobClientBase, WithStagingDataset
from dlt.common.destination.exceptions import DestinationException
from dlt.common.schema.typing import C_DLT_ID, TSchemaTables
from dlt.common.schema.utils import get_nested_tables, has_table_seen_data
from dlt.destinations.job_client_impl import SqlJobClientBase

from analytics_ingest.common.errors import WarehouseError


def create_missing(client: JobClientBase, tables: Collection[str]) -> None:
    """Create what a database lacks of some tables, of their nested ones and of dlt's own.

    Raises:
        WarehouseError: The database refuses, or a table is missing whose nested ones are there.
    """
    if not isinstance(client, SqlJobClientBase):
        return
    known = tables_seen(client, tables)
    try:
        _execute(client, [*known, *client.schema.dlt_table_names()], is_staging=False)
        if isinstance(client, WithStagingDataset):
            staged = [n for n in known if client.should_load_data_to_staging_dataset(n)]
            with client.with_staging_dataset():
                _execute(client, staged, is_staging=True)
    except DestinationException as error:
        api = client.schema.name
        raise WarehouseError(
            f"{api}: a table or a column that is missing in the warehouse cannot be created again "
            f"({type(error).__name__}); drop the datasets {api} and {api}_staging and load all "
            "partitions again"
        ) from None


def tables_seen(client: JobClientBase, tables: Collection[str]) -> list[str]:
    """Those of some tables and their nested ones that have had rows: they should be there."""
    chains = with_nested(client.schema.tables, tables)
    return [name for name, table in chains.items() if has_table_seen_data(table)]


def with_nested(schema: TSchemaTables, tables: Collection[str]) -> TSchemaTables:
    """Some tables of a schema and their nested ones; what it does not know is left out."""
    return {
        str(table.get("name")): table
        for name in tables
        for table in get_nested_tables(schema, name)
    }


def _execute(client: SqlJobClientBase, tables: Collection[str], *, is_staging: bool) -> None:
    """Create what is missing of some tables; in a new dataset dlt creates all of them."""
    if not tables or not client.is_storage_initialized():
        return
    with client.maybe_ddl_transaction():
        created = client._execute_schema_update_sql(tables, store_schema=False)
        if not is_staging:
            _check_nested(client, tables, created)


def _check_nested(
    client: SqlJobClientBase, tables: Collection[str], created: TSchemaTables
) -> None:
    """Refuse rows of nested tables whose rows above are gone: no merge would replace them."""
    whole = [name for name, table in created.items() if C_DLT_ID in table.get("columns", {})]
    for name in tables:
        parent = client.schema.tables[name].get("parent")
        if parent in whole and name not in whole:
            raise WarehouseError(
                f"{client.schema.name}.{parent}: the table is missing in the warehouse, but its "
                f"nested table {name} is there, and holds rows of it; drop {name} too"
            )
