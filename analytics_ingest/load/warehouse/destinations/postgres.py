"""PostgreSQL that copies our CSV files as they are.

dlt's own job reads an empty text as null, quoted or not. In our files only null is not quoted.
"""

import csv
from pathlib import Path
from typing import Any, BinaryIO

import psycopg2
from dlt.common.destination import DestinationCapabilitiesContext
from dlt.common.destination.client import HasFollowupJobs, LoadJob, RunnableLoadJob
from dlt.common.destination.typing import PreparedTableSchema
from dlt.common.schema import Schema
from dlt.common.storages.load_package import ParsedLoadJobFileName
from dlt.destinations import postgres
from dlt.destinations.exceptions import DestinationConnectionError
from dlt.destinations.impl.postgres.configuration import PostgresClientConfiguration
from dlt.destinations.impl.postgres.postgres import PostgresClient
from dlt.destinations.job_client_impl import SqlJobClientBase


class CopyingPostgres(postgres):
    """dlt's destination, with a job of our own for CSV files."""

    @property
    def client_class(self) -> type[PostgresClient]:
        """What starts the jobs of a load."""
        return _CopyingClient

    @property
    def destination_type(self) -> str:
        """dlt's name for it, which dlt stores and this project prints."""
        return "dlt.destinations.postgres"


class _CopyingClient(PostgresClient):
    def __init__(
        self,
        schema: Schema,
        config: PostgresClientConfiguration,
        capabilities: DestinationCapabilitiesContext,
    ) -> None:
        # Checks compare moments without a zone, which are UTC everywhere else.
        config.credentials.session_timezone = config.credentials.session_timezone or "UTC"
        super().__init__(schema, config, capabilities)

    def __enter__(self) -> SqlJobClientBase:
        try:
            return super().__enter__()
        except psycopg2.Error as error:
            name, dataset = type(self.sql_client).__name__, self.sql_client.dataset_name
            raise DestinationConnectionError(name, dataset, str(error), error) from error

    def create_load_job(
        self, table: PreparedTableSchema, file_path: str, load_id: str, restore: bool = False
    ) -> LoadJob:
        if ParsedLoadJobFileName.parse(file_path).file_format == "csv":
            return CopyJob(file_path)
        return super().create_load_job(table, file_path, load_id, restore)


class CopyJob(RunnableLoadJob, HasFollowupJobs):
    """Copies the rows of a file into its table, in one transaction."""

    _job_client: Any

    def run(self) -> None:
        """Copy the file; dlt has set the client."""
        with Path(self._file_path).open("rb") as file:
            self.copy_rows(next(csv.reader([file.readline().decode()])), file)

    def copy_rows(self, names: list[str], file: BinaryIO) -> None:
        """Copy the rows from the file's position on; `names` are those of its columns."""
        client = self._job_client.sql_client
        columns = ", ".join(map(client.escape_column_name, names))
        table = client.make_qualified_table_name(self.load_table_name)
        copy = f"COPY {table} ({columns}) FROM STDIN WITH (FORMAT csv, ENCODING 'UTF8')"
        with client.begin_transaction(), client.native_connection.cursor() as cursor:
            cursor.copy_expert(copy, file)
