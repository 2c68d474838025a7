"""Settings of the warehouse; what is missing or cannot work is told in one sentence each."""

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

DESTINATION_NAME = "warehouse"
TYPE_KEY = f"destination.{DESTINATION_NAME}.destination_type"
CREDENTIALS_KEY = f"destination.{DESTINATION_NAME}.credentials"
PREFIX = "DESTINATION__WAREHOUSE"
BUCKET_SETTING = f"{PREFIX}__BUCKET_URL"

_EXTRAS = {"filesystem": "analytics-ingest[lake]", "postgres": "analytics-ingest[postgres]"}
"""Where this project has an extra of its own."""


def data_dir() -> Path:
    """The project's `data` folder: dlt's run folder is where `.dlt` is looked for as well."""
    return Path(dlt.current.run_context().run_dir) / "data"


def destination_type() -> str:
    """What the warehouse is, `duckdb` unless configured."""
    return dlt.config.get(TYPE_KEY, str) or "duckdb"


def place_setting() -> str:
    """The environment variable that says where the warehouse is."""
    return BUCKET_SETTING if destination_type() == "filesystem" else f"{PREFIX}__CREDENTIALS"


@contextmanager
def explaining_settings(api: str, kind: str) -> Iterator[None]:
    """A block that opens a destination of some kind; what dlt says of settings is not shown.

    Raises:
        SettingError: A setting has to be changed.
    """
    try:
        yield
    except ConfigFieldMissingException as error:
        names = dict.fromkeys(_missing(error.traces, PREFIX))
        in_one = f"{PREFIX}__CREDENTIALS"
        also = f", or all in one as {in_one}" if all(in_one in name for name in names) else ""
        raise SettingError(
            f"{api}: the warehouse is {kind}, which needs {', '.join(names)}; set it in the "
            f"environment or in .dlt/secrets.toml{also}"
        ) from None
    except InvalidNativeValue:
        raise SettingError(
            f"{api}: {PREFIX}__CREDENTIALS is not what {kind} needs; dlt's page on that "
            "destination shows the form"
        ) from None
    except ConfigurationValueError:
        raise SettingError(
            f"{api}: a setting of the warehouse, which is {kind}, has a value that cannot be used; "
            "dlt's page on that destination shows the form"
        ) from None
    except UnknownDestinationModule:
        raise SettingError(
            f"{api}: {PREFIX}__DESTINATION_TYPE is '{kind}', which dlt does not know; set it to "
            "e.g. duckdb, postgres, snowflake or bigquery"
        ) from None
    except (MissingDependencyException, ImportError):
        extra = _EXTRAS.get(kind, f"dlt[{kind}]")
        raise SettingError(
            f"{api}: the driver of the warehouse is not installed; pip install '{extra}'"
        ) from None


def _missing(traces: Mapping[str, Sequence[Any]], prefix: str) -> Iterator[str]:
    """The environment variables of fields that dlt has not found."""
    for field, found in traces.items():
        name = f"{prefix}__{field.upper()}"
        nested = [trace for trace in found if isinstance(trace, LookupTraces)]
        for trace in nested:
            yield from _missing(trace.traces, name)
        if not nested:
            yield name
