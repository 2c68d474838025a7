"""What a lake must allow, checked before an API is asked: formats, keys, a place to write to.

And which of its known tables it lacks.
"""

import re
from collections.abc import Collection, Sequence

from dlt.common.destination.client import JobClientBase
from dlt.destinations.impl.filesystem.filesystem import FilesystemClient

from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.warehouse_settings import BUCKET_SETTING
from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.load.warehouse.dlt_hints import table_formats
from analytics_ingest.load.warehouse.load_plan import LoadPlan
from analytics_ingest.load.warehouse.missing_tables import tables_seen

_PLAIN_NAME = re.compile("[a-z_][a-z0-9_]*")
_LITERALS = ("false", "null", "true")


def check_lake(
    client: JobClientBase, resources: Sequence[ResourceDeclaration], plan: LoadPlan
) -> None:
    """Check that the tables of resources can be stored.

    Raises:
        SettingError: A table has another format or a key that cannot be merged by, or no files can
            be written.
    """
    if not isinstance(client, FilesystemClient):
        return
    api = client.schema.name
    formats = table_formats(resources, plan)
    for table, wanted in formats.items():
        stored = client.schema.tables.get(table, {}).get("table_format")
        if stored and stored != wanted:
            raise SettingError(
                f"{api}.{table}: table_format is {wanted}, but the table in the lake is {stored}; "
                "set it back, or load into another bucket"
            )
    _check_keys(client, [r for r in resources if r.is_merged and formats[r.name] == "delta"])
    _check_place(client, formats.values())


def forget_missing(client: JobClientBase, tables: Collection[str]) -> None:
    """Take tables that have no files out of the schema: they begin anew."""
    if not isinstance(client, FilesystemClient):
        return
    for name in tables_seen(client, tables):
        folder = client.get_table_dir(name)
        if not client.fs_client.exists(folder) or not client.fs_client.ls(folder):
            del client.schema.tables[name]


def _check_keys(client: FilesystemClient, resources: Sequence[ResourceDeclaration]) -> None:
    """dlt writes the names of keys into the condition of a Delta merge as they are."""
    for resource in resources:
        for key in resource.primary_key:
            column = client.schema.naming.normalize_path(key)
            if not _PLAIN_NAME.fullmatch(column) or column in _LITERALS:
                raise SettingError(
                    f"{resource.api}.{resource.name}: primary_key has '{key}', whose column "
                    f"{column} is no name to merge Delta tables by; use table_format: iceberg"
                )


def _check_place(client: FilesystemClient, formats: Collection[str | None]) -> None:
    api = client.schema.name
    # pyiceberg takes a path from an address as it is: what is %20 there would be so on the disk.
    is_quoted = client.config.is_local_filesystem and "%" in client.make_remote_url(
        client.dataset_path
    )
    if is_quoted and "iceberg" in formats:
        raise SettingError(
            f"{api}: the path in {BUCKET_SETTING} has a blank or another sign with which Iceberg "
            "tables are not found again; use another path, or Delta tables"
        )
    try:
        client.initialize_storage()
    except OSError as error:
        raise SettingError(
            f"{api}: no files can be written to the lake ({type(error).__name__}); check "
            f"{BUCKET_SETTING}, and that this user may write there"
        ) from None
