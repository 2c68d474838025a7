"""Copies the DuckDB file after each load, for readers: no other process can read it during one.

The copy is renamed into its place, so a reader has a whole one open, either the old or the new.
"""

import subprocess
from contextlib import suppress
from pathlib import Path

import dlt
import duckdb

from analytics_ingest.common.errors import SettingError, WarehouseError
from analytics_ingest.common.project import make_private_folder
from analytics_ingest.common.warehouse_settings import DESTINATION_NAME, PREFIX, get_data_dir

SETTING = f"{PREFIX}__SNAPSHOT"


def get_replica_path(api: str, kind: str, database: Path | None) -> Path | None:
    """Return where to write the read replica; None where none is wanted.

    Args:
        kind: dlt's type of the warehouse.
        database: The DuckDB file; None for another warehouse.

    Raises:
        SettingError: The warehouse is not a DuckDB file, or it is that file.
    """
    value = dlt.config.get(f"destination.{DESTINATION_NAME}.snapshot", str)
    if not value:
        return None
    if database is None:
        raise SettingError(
            f"{api}: {SETTING} is set, but the warehouse is {kind}, which can be read while it is "
            "loaded; unset it"
        )
    path = (get_data_dir().parent / value).resolve()
    if path == database.resolve():
        raise SettingError(f"{api}: {SETTING} is the warehouse itself, {path}; set another file")
    return path


def renew_replica(api: str, database: Path, replica: Path) -> None:
    """Copy a DuckDB file whose write lock is held, and put the copy in its place.

    Raises:
        WarehouseError: The copy cannot be written.
    """
    part = replica.with_name(f"{replica.name}.part")
    try:
        make_private_folder(replica.parent)
        with duckdb.connect(str(database)) as connection:
            connection.execute("CHECKPOINT")
            # In another process: POSIX takes DuckDB's lock from one that closes any handle of it.
            subprocess.run(["cp", "--", database, part], check=True, capture_output=True)
        # Of a program that wrote to the copy and was killed: DuckDB would not open another file
        # beside it.
        replica.with_name(f"{replica.name}.wal").unlink(missing_ok=True)
        part.replace(replica)
    except (OSError, subprocess.CalledProcessError, duckdb.Error) as error:
        with suppress(OSError):
            part.unlink()
        raise WarehouseError(
            f"{api}: the rows are stored, but the read replica {replica} is still the one before "
            f"({type(error).__name__}); make sure that the disk has room for it and that "
            f"its folder can be written, or unset {SETTING}"
        ) from None
