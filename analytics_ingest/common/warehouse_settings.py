"""Reads the settings of the warehouse, and explains those that are missing or wrong."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dlt
from dlt.common.configuration.exceptions import (
    ConfigFieldMissingException,
    ConfigurationValueError,
    InvalidNativeValue,
    LookupTraces,
)
from dlt.common.destination.exceptions import UnknownDestinationModule
from dlt.common.exceptions import MissingDependencyException

from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.project import install_command

DESTINATION_NAME = "warehouse"
TYPE_KEY = f"destination.{DESTINATION_NAME}.destination_type"
CREDENTIALS_KEY = f"destination.{DESTINATION_NAME}.credentials"
PREFIX = "DESTINATION__WAREHOUSE"
BUCKET_SETTING = f"{PREFIX}__BUCKET_URL"

_EXTRAS = {"filesystem": "lake", "postgres": "postgres"}
"""Destination → the extra of this project that installs its driver."""


def get_data_dir() -> Path:
    """Return the project's `data` folder, next to `.dlt`: dlt's run folder, see `project`."""
    return Path(dlt.current.run_context().run_dir) / "data"


def read_warehouse_type() -> str:
    """Read dlt's type of the warehouse, `duckdb` unless configured."""
    return dlt.config.get(TYPE_KEY, str) or "duckdb"


def find_place_setting() -> str:
    """Find the environment variable that says where the warehouse is."""
    return BUCKET_SETTING if read_warehouse_type() == "filesystem" else f"{PREFIX}__CREDENTIALS"


@contextmanager
def explain_setting_errors(api: str, kind: str) -> Iterator[None]:
    """Explain errors of settings, in a block that opens a destination of some kind.

    Raises:
        SettingError: A setting has to be changed. It omits dlt's message, which may hold secrets.
    """
    try:
        yield
    except (ConfigFieldMissingException, InvalidNativeValue, ConfigurationValueError) as error:
        raise SettingError(f"{api}: {_explain_value(kind, error)}") from None
    except UnknownDestinationModule:
        raise SettingError(
            f"{api}: {PREFIX}__DESTINATION_TYPE is '{kind}', which dlt does not know; set it to "
            "e.g. duckdb, postgres, snowflake or bigquery"
        ) from None
    except (MissingDependencyException, ImportError):
        extra = _EXTRAS.get(kind)
        command = install_command(extra) if extra else f"pip install 'dlt[{kind}]'"
        raise SettingError(
            f"{api}: the driver of the warehouse is not installed; {command}"
        ) from None


def _explain_value(kind: str, error: Exception) -> str:
    credentials = f"{PREFIX}__CREDENTIALS"
    if isinstance(error, ConfigFieldMissingException):
        names = dict.fromkeys(_list_missing_variables(error.traces, PREFIX))
        in_one = all(credentials in name for name in names)
        also = f", or all in one as {credentials}" if in_one else ""
        return (
            f"the warehouse is {kind}, which needs {', '.join(names)}; set it in the environment "
            f"or in .dlt/secrets.toml{also}"
        )
    if isinstance(error, InvalidNativeValue):
        return (
            f"{credentials} is not what {kind} needs; dlt's page on that destination shows the form"
        )
    return (
        f"a setting of the warehouse, which is {kind}, has a value that cannot be used; dlt's page "
        "on that destination shows the form"
    )


def _list_missing_variables(traces: Mapping[str, Sequence[Any]], prefix: str) -> Iterator[str]:
    """Yield the environment variables of the fields that dlt misses."""
    for field, attempts in traces.items():
        name = f"{prefix}__{field.upper()}"
        nested = [attempt for attempt in attempts if isinstance(attempt, LookupTraces)]
        for attempt in nested:
            yield from _list_missing_variables(attempt.traces, name)
        if not nested:
            yield name
