"""Where the rate budgets of an API are stored: in files, or in PostgreSQL, beside its locks."""

from analytics_ingest.extract.concurrency.lock_storage import (
    explain_missing_driver,
    get_limits_folder,
    read_limits_server,
)
from analytics_ingest.extract.rates.files import FileRates
from analytics_ingest.extract.rates.state import RateStorage


def open_rates(api: str) -> RateStorage:
    """Open the rate budgets that all runs of an API share."""
    server = read_limits_server(api)
    if server is None:
        return FileRates(get_limits_folder(api))
    with explain_missing_driver(api):
        from analytics_ingest.extract.rates.postgres import PostgresRates
    return PostgresRates(*server, api)
