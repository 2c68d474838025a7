"""Empties what a load has put into its staging tables, so that rows are kept in one place only.

dlt empties a staging table when the next load fills it, until then personal data of rejected and of
deleted rows would stay there. dlt's own `truncate_staging_dataset` would do so before the load's
rows are profiled, and for all tables of the API.
"""

from collections.abc import Collection

from dlt.common.destination.client import JobClientBase, WithStagingDataset
from dlt.common.destination.exceptions import DestinationException
from dlt.destinations.job_client_impl import SqlJobClientBase

from analytics_ingest.common.log import LogLine
from analytics_ingest.load.warehouse.tables.missing_tables import list_tables_with_data


def empty_staging(client: JobClientBase, tables: Collection[str], log: LogLine) -> None:
    """Empty the staging tables of some tables and of their nested tables.

    Args:
        tables: Those of the load's resources, also without rows: a killed load may have left some.
        log: Called with a line if the warehouse refuses it.
    """
    if not (isinstance(client, SqlJobClientBase) and isinstance(client, WithStagingDataset)):
        return
    staged = [
        name
        for name in list_tables_with_data(client, tables)
        if client.should_load_data_to_staging_dataset(name)
    ]
    if not staged:
        return
    try:
        with client, client.with_staging_dataset(), client.maybe_ddl_transaction():
            client.sql_client.truncate_tables(*staged)
    except DestinationException as error:
        api = client.schema.name
        log(
            f"{api}: the tables of {api}_staging are not emptied ({type(error).__name__}); the "
            "next load of the same resources empties them"
        )
