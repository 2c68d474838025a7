"""Short ways to declare an API, to read or load it, and to look into the warehouse afterwards."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from dlt.common.configuration.container import Container
from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext

from analytics_ingest.common.errors import LoadError
from analytics_ingest.common.log import LogLine
from analytics_ingest.common.project import FOLDER_SETTING
from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.resolve import resolve
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.load import open_load
from analytics_ingest_tests.support.scripted_api import ScriptedApi
from analytics_ingest_tests.support.warehouses import DUCKDB_FILE as WAREHOUSE
from analytics_ingest_tests.support.warehouses import ask, reading

API = "demo"


def _ignore(line: str) -> None:
    pass


def resource(
    name: str = "items", *, own: Mapping[str, Any] | None = None, **endpoint: Any
) -> dict[str, Any]:
    """A resource keyed by `id`, one page of rows under `data` unless its endpoint says otherwise.

    Args:
        own: Keys of the resource beside its endpoint.
        endpoint: Keys of the endpoint.
    """
    basic = {"path": f"/{name}", "data_selector": "data", "paginator": "single_page"}
    return {"name": name, "primary_key": "id", "endpoint": {**basic, **endpoint}, **(own or {})}


def declare(
    *resources: dict[str, Any] | str,
    client: Mapping[str, Any] | None = None,
    schema: Mapping[str, Mapping[str, Any]] | None = None,
    api: str = API,
    **keys: Any,
) -> ApiDeclaration:
    """Resolve the declaration of an API, whose base URL the settings must give."""
    attributes = {
        "client": {"base_url": "https://api.example.com", **(client or {})},
        "resources": list(resources),
        **keys,
    }
    return resolve(api, Api.model_validate(attributes), schema)


def load(
    declaration: ApiDeclaration,
    *names: str,
    window: Window = EVERYTHING,
    run_id: str = "run",
    log: LogLine = _ignore,
) -> Mapping[str, Stats]:
    """Load resources, all that have a table unless some are named, into the warehouse."""
    with open_load(
        declaration, _names(declaration, names), window, run_id=run_id, log=log
    ) as opened:
        opened.pipeline.run(opened.source, **opened.run_options)  # pyright: ignore[reportArgumentType]
    return opened.stats


def read(declaration: ApiDeclaration, *names: str, window: Window = EVERYTHING) -> list[Any]:
    """The rows that a load would hand to the warehouse; quicker than the load."""
    with open_load(
        declaration, _names(declaration, names), window, run_id="run", log=_ignore
    ) as opened:
        return list(opened.source)


def read_ids(declaration: ApiDeclaration, *names: str, window: Window = EVERYTHING) -> list[Any]:
    """The `id` of each row that a load would hand to the warehouse."""
    return [row["id"] for row in read(declaration, *names, window=window)]


def extract(
    declaration: ApiDeclaration, *names: str, window: Window = EVERYTHING
) -> Mapping[str, Stats]:
    """The first half of a load: all requests, errors as a load raises them, no warehouse."""
    with open_load(
        declaration, _names(declaration, names), window, run_id="run", log=_ignore
    ) as opened:
        opened.pipeline.extract(opened.source)
    return opened.stats


def failure(declaration: ApiDeclaration, *names: str, window: Window = EVERYTHING) -> LoadError:
    """The error that a load ends in."""
    with pytest.raises(LoadError) as caught:
        extract(declaration, *names, window=window)
    return caught.value


def table(name: str, *columns: str, order_by: str = "1", dataset: str = API) -> list[Any]:
    """The rows of a table, as tuples; of a single column, its values."""
    selected = ask(
        f"SELECT {', '.join(map(_quoted, columns)) or 'id'} FROM {dataset}.{name} "
        f"ORDER BY {order_by}"
    ).rows
    return [values[0] for values in selected] if len(columns) < 2 else selected


def column_types(name: str) -> dict[str, str]:
    """The columns of a table, without dlt's own, and their types in DuckDB."""
    with reading(WAREHOUSE) as connection:
        described = connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = ? AND table_name = ?",
            [API, name],
        ).fetchall()
    return {column: kind for column, kind in described if not column.startswith("_dlt_")}


@contextmanager
def project_in(folder: Path) -> Iterator[None]:
    """Work in a folder as the project: no settings but the environment's, no warehouse yet."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv(FOLDER_SETTING, ".")
        patch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
        patch.setenv("DATA_WRITER__DISABLE_COMPRESSION", "true")
        _read_settings_anew()
        yield
    _read_settings_anew()


@contextmanager
def project_asking(api: ScriptedApi, folder: Path) -> Iterator[None]:
    """Work in a folder as the project, whose API `demo` a test scripts."""
    with project_in(folder), pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCES__DEMO__BASE_URL", api.url)
        yield


def _read_settings_anew() -> None:
    """Let dlt read its files of settings in the folder that is now the working directory."""
    Container()[PluggableRunContext].reload_providers()


def utc(*parts: int) -> datetime:
    """A moment in UTC."""
    year, month, day, *time = parts
    return datetime(year, month, day, *time, tzinfo=timezone.utc)


def day(number: int) -> Window:
    """The window of one day of January 2026."""
    return Window(utc(2026, 1, number), utc(2026, 1, number + 1))


def _names(declaration: ApiDeclaration, names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(names or [resource.name for resource in declaration.tables])


def _quoted(column: str) -> str:
    return f'"{column}"'
