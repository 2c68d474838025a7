"""Short ways to declare an API, to read or load it, and to look into the warehouse afterwards."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timezone
from functools import cache
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import pytest
from dlt.common.configuration.container import Container
from dlt.common.configuration.providers import ConfigProvider
from dlt.common.configuration.specs.config_providers_context import ConfigProvidersContainer
from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext
from dlt.common.schema import Schema
from dlt.extract.items import DataItemWithMeta

from analytics_ingest.common.errors import LoadError
from analytics_ingest.common.log import LogLine, make_printable
from analytics_ingest.common.project import FOLDER_SETTING
from analytics_ingest.common.warehouse_settings import read_warehouse_type
from analytics_ingest.common.window import EVERYTHING, Window
from analytics_ingest.declaration.models.api import Api
from analytics_ingest.declaration.resolve import resolve
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.extraction import open_extractor
from analytics_ingest.load.load import open_load
from analytics_ingest.load.source import yield_items
from analytics_ingest.load.warehouse.destinations.destination import create_destination
from analytics_ingest.load.warehouse.tables.load_plan import LoadPlan, plan_load
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
        LoadScope(declaration, _names(declaration, names), window), run_id=run_id, log=log
    ) as opened:
        opened.pipeline.run(opened.source, **opened.run_options)  # pyright: ignore[reportArgumentType]
    return opened.stats


def read(declaration: ApiDeclaration, *names: str, window: Window = EVERYTHING) -> list[Any]:
    """The rows that a load would hand to the warehouse; quicker than the load."""
    with open_items(declaration, *names, window=window) as (items, _):
        return list(items)


def read_ids(declaration: ApiDeclaration, *names: str, window: Window = EVERYTHING) -> list[Any]:
    """The `id` of each row that a load would hand to the warehouse."""
    return [row["id"] for row in read(declaration, *names, window=window)]


def extract(
    declaration: ApiDeclaration,
    *names: str,
    window: Window = EVERYTHING,
    log: LogLine = _ignore,
) -> Mapping[str, Stats]:
    """All requests and rows of a load, errors as a load raises them, no warehouse."""
    with open_items(declaration, *names, window=window, log=log) as (items, stats):
        deque(items, maxlen=0)
    return stats


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
    context = Container()[PluggableRunContext]
    before = context.providers
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv(FOLDER_SETTING, ".")
        patch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
        patch.setenv("DATA_WRITER__DISABLE_COMPRESSION", "true")
        _read_settings(context)
        yield
    context.providers = before
    context.context.reset_config()


@contextmanager
def project_asking(api: ScriptedApi, folder: Path) -> Iterator[None]:
    """Work in a folder as the project, whose API `demo` a test scripts."""
    with project_in(folder), pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCES__DEMO__BASE_URL", api.url)
        yield


def _read_settings(context: PluggableRunContext) -> None:
    """Let dlt read its files of settings in the working directory, if there are any."""
    if Path(".dlt").exists():
        context.reload_providers()
        return
    context.providers = ConfigProvidersContainer(list(_providers_without_files()))
    context.context.reset_config()


@cache
def _providers_without_files() -> list[ConfigProvider]:
    return Container()[PluggableRunContext].context.initial_providers()


def utc(*parts: int) -> datetime:
    """A moment in UTC."""
    year, month, day, *time = parts
    return datetime(year, month, day, *time, tzinfo=timezone.utc)


def day(number: int) -> Window:
    """The window of one day of January 2026."""
    return Window(utc(2026, 1, number), utc(2026, 1, number + 1))


@contextmanager
def open_items(
    declaration: ApiDeclaration,
    *names: str,
    window: Window = EVERYTHING,
    log: LogLine = _ignore,
) -> Iterator[tuple[Iterator[Any], Mapping[str, Stats]]]:
    """What a load gives dlt, and its stats; dlt itself would take most of a test's time."""
    wanted = _names(declaration, names)
    with (
        open_extractor(
            LoadScope(declaration, wanted, window), log=make_printable(log)
        ) as extractor,
        ExitStack() as tables,
    ):
        plan, schema = _plan(read_warehouse_type()), _schema(declaration.name)
        items = [
            yield_items(resource, extractor, schema, {}, files=Path("files"), plan=plan, log=log)
            for name, resource in declaration.resources.items()
            if name in wanted
        ]
        for table_of_items in items:
            tables.enter_context(closing(table_of_items))
        yield _take_turns(items), extractor.stats


def _take_turns(tables: Iterable[Iterator[Any]]) -> Iterator[Any]:
    """The rows of several tables, in turn, as dlt takes them; None stands for nothing yet."""
    for item in chain.from_iterable(zip_longest(*tables)):
        rows = item.data if isinstance(item, DataItemWithMeta) else item
        yield from rows or ()


@cache
def _schema(api: str) -> Schema:
    """The schema before the first load, which reading leaves as it is."""
    return Schema(api)


@cache
def _plan(kind: str) -> LoadPlan:
    return plan_load(API, kind, create_destination(API).capabilities())


def _names(declaration: ApiDeclaration, names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(names or [resource.name for resource in declaration.tables])


def _quoted(column: str) -> str:
    return f'"{column}"'
