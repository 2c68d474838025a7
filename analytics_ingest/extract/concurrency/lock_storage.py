"""Where the locks and rate budgets of an API are stored: in files, or in a PostgreSQL database.

`limits.url` names the storage. Without it, a PostgreSQL warehouse stores them as well: several
machines that load into one warehouse then share their limits without a further setting.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dlt
from dlt.common.configuration.resolve import resolve_configuration
from dlt.destinations.impl.postgres.configuration import PostgresClientConfiguration

from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.project import install_command
from analytics_ingest.common.warehouse_settings import (
    DESTINATION_NAME,
    PREFIX,
    explain_setting_errors,
    get_data_dir,
    read_warehouse_type,
)
from analytics_ingest.extract.concurrency.locks import FileLocks, Locks

KEY = "limits.url"
LOCAL = "files"


def open_locks(api: str) -> Locks:
    """Open the locks that all runs of an API share."""
    server = read_limits_server(api)
    if server is None:
        return FileLocks(get_limits_folder(api))
    with explain_missing_driver(api):
        from analytics_ingest.extract.concurrency.postgres_locks import PostgresLocks
    return PostgresLocks(*server, api)


def get_limits_folder(api: str) -> Path:
    """Return the folder of an API's locks and rate budgets."""
    return get_data_dir() / "locks" / api


def read_limits_server(api: str) -> tuple[str, tuple[str, str]] | None:
    """Read the address of the PostgreSQL server that stores the limits, with its name.

    None: files.
    """
    setting = "the PostgreSQL server that stores the limits", "LIMITS__URL"
    url = dlt.secrets.get(KEY, str) or dlt.config.get(KEY, str)
    if not url and read_warehouse_type() == "postgres":
        setting = "the warehouse", f"{PREFIX}__CREDENTIALS"
        url = _read_warehouse_url(api)
    if not url or url == LOCAL:
        return None
    # Dagster's storage has an address with a driver, which works here too: postgresql+psycopg2://…
    scheme, is_address, place = url.partition("://")
    if scheme.partition("+")[0] not in ("postgresql", "postgres") or not is_address:
        shown = f"'{scheme}://…'" if is_address else "not an address"
        raise SettingError(
            f"{api}: {KEY} is {shown}; set LIMITS__URL to a postgresql:// address, or to '{LOCAL}' "
            "for limits of this machine only"
        )
    return f"postgresql://{place}", setting


@contextmanager
def explain_missing_driver(api: str) -> Iterator[None]:
    """Say what to install where the driver of the server that stores the limits is missing."""
    try:
        yield
    except ImportError:
        raise SettingError(
            f"{api}: {KEY} needs the PostgreSQL driver, which is not installed; run "
            f"{install_command('postgres')}"
        ) from None


def _read_warehouse_url(api: str) -> str:
    configuration = PostgresClientConfiguration()._bind_dataset_name(api)
    with explain_setting_errors(api, "postgres"):
        resolved = resolve_configuration(configuration, sections=("destination", DESTINATION_NAME))
    return resolved.credentials.to_native_representation()
