"""Checks a lake before any API is called: its formats, keys and folder, and which tables it has."""

import re
from collections.abc import Collection, Sequence

from dlt.common.destination.client import JobClientBase
from dlt.destinations.impl.filesystem.filesystem import FilesystemClient

from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.warehouse_settings import BUCKET_SETTING
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.warehouse.tables.dlt_hints import list_table_formats
from analytics_ingest.load.warehouse.tables.load_plan import LoadPlan
from analytics_ingest.load.warehouse.tables.missing_tables import list_tables_with_data

_PLAIN_NAME = re.compile("[a-z_][a-z0-9_]*")
_LITERALS = ("false", "null", "true")


def check_lake(
    client: JobClientBase, resources: Sequence[ResourceDeclaration], plan: LoadPlan
) -> None:
    """Check that the tables of resources can be stored.

    Raises:
        SettingError: A table has another format, its key cannot be that of a merge, or the lake is
            not writable.
    """
    if not isinstance(client, FilesystemClient):
        return
    api = client.schema.name
    formats = list_table_formats(resources, plan)
    for table, declared in formats.items():
        stored = client.schema.tables.get(table, {}).get("table_format")
        if stored and stored != declared:
            raise SettingError(
                f"{api}.{table}: table_format is {declared}, but the table in the lake is "
                f"{stored}; set it back, or load into another bucket"
            )
    _check_keys(plan, [r for r in resources if r.is_merged and formats[r.table] == "delta"])
    _check_folder(client, formats.values())


def forget_missing(client: JobClientBase, tables: Collection[str]) -> None:
    """Remove tables without files from the schema, so that dlt creates them again."""
    if not isinstance(client, FilesystemClient):
        return
    for name in list_tables_with_data(client, tables):
        folder = client.get_table_dir(name)
        if not client.fs_client.exists(folder) or not client.fs_client.ls(folder):
            del client.schema.tables[name]


def _check_keys(plan: LoadPlan, resources: Sequence[ResourceDeclaration]) -> None:
    """Check the columns of keys: dlt writes them unquoted into the condition of a Delta merge."""
    for resource in resources:
        for key in resource.primary_key:
            column = plan.column_name(key)
            if not _PLAIN_NAME.fullmatch(column) or column in _LITERALS:
                raise SettingError(
                    f"{resource.api}.{resource.name}: primary_key has '{key}', whose column "
                    f"{column} cannot be the key of a Delta merge; use table_format: iceberg"
                )


def _check_folder(client: FilesystemClient, formats: Collection[str | None]) -> None:
    api = client.schema.name
    # pyiceberg does not decode a path in an address: %20 would be the folder's name on disk.
    is_escaped = client.config.is_local_filesystem and "%" in client.make_remote_url(
        client.dataset_path
    )
    if is_escaped and "iceberg" in formats:
        raise SettingError(
            f"{api}: the path in {BUCKET_SETTING} has a blank or another character that Iceberg "
            "tables cannot have in their path; use another path, or Delta tables"
        )
    try:
        client.initialize_storage()
    except OSError as error:
        raise SettingError(
            f"{api}: the lake is not writable ({type(error).__name__}); check {BUCKET_SETTING}, "
            "and that this user may write there"
        ) from None
