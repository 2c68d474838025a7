"""Where the limits of an API are kept: in files of this machine, or in a PostgreSQL database.

`limits.url` says where. Without it the warehouse's own database is used if that is PostgreSQL, so
that several machines which load into one warehouse keep the limits without a further setting.
"""

from urllib.parse import urlsplit

import dlt
from dlt.common.configuration.resolve import resolve_configuration
from dlt.destinations.impl.postgres.configuration import PostgresClientConfiguration

from analytics_ingest.loading.errors import SettingError
from analytics_ingest.loading.locks import FileLocks, Locks
from analytics_ingest.loading.warehouse import DESTINATION_NAME, data_dir, destination_type
from analytics_ingest.loading.warehouse_settings import explaining_settings

KEY = "limits.url"
LOCAL = "files"


def open_locks(api: str) -> Locks:
    """The locks that all runs of an API share."""
    url = dlt.secrets.get(KEY, str) or dlt.config.get(KEY, str)
    if url is None and destination_type() == "postgres":
        what, setting = "the warehouse", "DESTINATION__WAREHOUSE__CREDENTIALS"
        return _postgres_locks(api, _warehouse_url(api), what, setting)
    if url in (None, LOCAL):
        return FileLocks(data_dir() / "locks" / api)
    scheme = urlsplit(url).scheme
    if scheme not in ("postgresql", "postgres"):
        raise SettingError(
            f"{api}: {KEY} begins with '{scheme}'; set LIMITS__URL to a postgresql:// address, or "
            f"to '{LOCAL}' for limits of this machine alone"
        )
    return _postgres_locks(api, url, "the PostgreSQL of the limits", "LIMITS__URL")


def _postgres_locks(api: str, url: str, what: str, setting: str) -> Locks:
    try:
        from analytics_ingest.loading.postgres_locks import PostgresLocks
    except ImportError:
        raise SettingError(
            f"{api}: the driver of {what} is not installed; pip install "
            "'analytics-ingest[postgres]'"
        ) from None
    return PostgresLocks(url, api, what=what, setting=setting)


def _warehouse_url(api: str) -> str:
    configuration = PostgresClientConfiguration()._bind_dataset_name(api)
    with explaining_settings(api, "postgres"):
        resolved = resolve_configuration(configuration, sections=("destination", DESTINATION_NAME))
    return resolved.credentials.to_native_representation()
