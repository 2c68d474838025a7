"""Where the rate budgets of an API are stored: in files, or in PostgreSQL, beside its locks."""

from analytics_ingest.common.warehouse_settings import get_data_dir
from analytics_ingest.extract.concurrency.lock_storage import driver_missing, read_limits_server
from analytics_ingest.extract.rates.files import FileRates
from analytics_ingest.extract.rates.state import RateStorage


def open_rates(api: str) -> RateStorage:
    """The rate budgets that all runs of an API share."""
    server = read_limits_server(api)
    if server is None:
        return FileRates(get_data_dir() / "locks" / api)
    try:
        from analytics_ingest.extract.rates.postgres import PostgresRates
    except ImportError:
        raise driver_missing(api) from None
    return PostgresRates(*server, api)
