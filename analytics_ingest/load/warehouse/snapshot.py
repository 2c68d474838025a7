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
from analytics_ingest.common.warehouse_settings import DESTINATION_NAME, PREFIX, data_dir

SETTING = f"{PREFIX}__SNAPSHOT"


def snapshot_path(api: str, kind: str, database: Path | None) -> Path | None:
    """Where to write the snapshot; None where none is wanted.

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
    path = (data_dir().parent / value).resolve()
    if path == database.resolve():
        raise SettingError(f"{api}: {SETTING} is the warehouse itself, {path}; set another file")
    return path


def take_snapshot(api: str, database: Path, snapshot: Path) -> None:
    """Copy a DuckDB file whose write lock is held, and put the copy in its place.

    Raises:
        WarehouseError: The copy cannot be written.
    """
    part = snapshot.with_name(f"{snapshot.name}.part")
    try:
        make_private_folder(snapshot.parent)
        with duckdb.connect(str(database)) as connection:
            connection.execute("CHECKPOINT")
            # In another process: POSIX takes DuckDB's lock from one that closes any handle of it.
            subprocess.run(["cp", "--", database, part], check=True, capture_output=True)
        # Of a program that wrote to the copy and was killed: DuckDB would not open another file
        # beside it.
        snapshot.with_name(f"{snapshot.name}.wal").unlink(missing_ok=True)
        part.replace(snapshot)
    except (OSError, subprocess.CalledProcessError, duckdb.Error) as error:
        with suppress(OSError):
            part.unlink()
        raise WarehouseError(
            f"{api}: the rows are stored, but the snapshot {snapshot} is still the one before "
            f"({type(error).__name__}); make sure that the disk has room for it and that "
            f"its folder can be written, or unset {SETTING}"
        ) from None
