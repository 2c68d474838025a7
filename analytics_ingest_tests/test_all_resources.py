"""The battery: every resource of every API arrives whole, over windows that together are all.

Dirty rows are loaded in windows out of order that overlap, so that some are loaded twice; clean
rows in one window.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from analytics_ingest.common.cursor import read_iso8601
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.fields import Field
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.parts.load_scope import LoadScope
from analytics_ingest.load.load import open_load
from analytics_ingest_tests.support.fixtures import configure
from analytics_ingest_tests.support.projects import APIS, Sample, shipped, table, tables

DECLARATIONS = {api: shipped(api) for api in APIS}
RESOURCES = [(api, name) for api in APIS for name in DECLARATIONS[api].resources]
END = datetime(2026, 11, 22, tzinfo=timezone.utc)
EDGES = [datetime(2026, 11, day, tzinfo=timezone.utc) for day in (1, 11)]
WINDOWS = {
    "clean": [Window(None, END)],
    "dirty": [Window(EDGES[0], END), Window(None, EDGES[1])],
}


@pytest.fixture(scope="module", params=WINDOWS)
def loaded(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    clean_sample: Sample,
    dirty_sample: Sample,
) -> Iterator[tuple[Sample, Path]]:
    """All APIs loaded window by window, into one warehouse."""
    sample = clean_sample if request.param == "clean" else dirty_sample
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(tmp_path_factory.mktemp(str(request.param)))
        monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
        configure(sample, monkeypatch)
        for api, declaration in DECLARATIONS.items():
            for window in WINDOWS[request.param]:
                names = frozenset(declaration.resources)
                with open_load(
                    LoadScope(declaration, names, window), run_id=api, log=lambda line: None
                ) as load:
                    load.pipeline.run(load.source, **load.run_options)
        yield sample, Path("data/warehouse.duckdb").resolve()


@pytest.mark.parametrize(("api", "name"), RESOURCES, ids=[f"{a}.{n}" for a, n in RESOURCES])
def test_every_row_with_every_value_is_in_the_warehouse(
    api: str, name: str, loaded: tuple[Sample, Path]
) -> None:
    sample, warehouse = loaded
    resource = DECLARATIONS[api].resources[name]
    served = sample.data.list_rows(api, name)
    with_key = {row["id"]: row for row in served if row.get("id") is not None}
    stored = {row["id"]: row for row in table(f"{api}.{name}", warehouse)}
    assert set(stored) == set(with_key)
    for key, row in with_key.items():
        for field in resource.fields.values():
            assert is_stored(row.get(field.name), field, stored[key]), (key, field.name)
    kept = (
        table(f"{api}.{name}__rejected", warehouse) if _has_rejected(api, name, warehouse) else []
    )
    expected = [_as_json(row) for row in served if row.get("id") is None]
    assert sorted(r["row"] for r in kept) == sorted(expected)


def is_stored(value: Any, field: Field, row: Mapping[str, Any]) -> bool:
    """Whether a served value is in its column, or in a column of its own type beside it."""
    stored = row[field.name]
    if value is None:
        return stored is None
    if stored is None:
        variants = [v for k, v in row.items() if k.startswith(f"{field.name}__v_")]
        return any(_same(value, variant) for variant in variants if variant is not None)
    if field.data_type == "json":
        return json.loads(stored) == value
    if field.data_type == "timestamp":
        return stored == read_iso8601(value)
    return _same(value, stored)


def _same(value: Any, stored: Any) -> bool:
    if isinstance(stored, str) and not isinstance(value, str):
        return json.loads(stored) == value
    return type(stored)(value) == stored


def _has_rejected(api: str, name: str, warehouse: Path) -> bool:
    return f"{name}__rejected" in tables(api, warehouse)


def _as_json(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True)


def test_the_five_apis_have_38_resources() -> None:
    counts = {api: len(declaration.resources) for api, declaration in DECLARATIONS.items()}
    assert counts == {
        "commerce": 1,
        "content_library": 1,
        "product_adoption": 10,
        "project_tracking": 24,
        "status_pages": 2,
    }


def test_only_subscribers_are_a_snapshot() -> None:
    every: list[ResourceDeclaration] = [
        resource for api in APIS for resource in DECLARATIONS[api].resources.values()
    ]
    assert [r.name for r in every if r.incremental is None] == ["subscribers"]
