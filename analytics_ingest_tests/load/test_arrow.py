"""Rows loaded as Arrow tables make the same table as rows that dlt reads one by one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dlt.common.schema import Schema

from analytics_ingest.load.rows.arrow import ArrowConverter
from analytics_ingest.load.rows.column_types import ColumnTypes
from analytics_ingest.load.warehouse.tables.dlt_hints import build_column_hints
from analytics_ingest_tests.support.loads import (
    API,
    WAREHOUSE,
    column_types,
    declare,
    load,
    project_in,
    resource,
)
from analytics_ingest_tests.support.pages import by_offset, row
from analytics_ingest_tests.support.scripted_api import Hub, ScriptedApi

AS_ROWS = {"columns": {"id": {"data_type": "bigint"}}}
"""dlt's own column hints are followed by dlt alone."""

SAME_KIND: dict[str, tuple[str | None, list[Any]]] = {
    "integers": ("integer", [1, None, -(2**63), 2**63 - 1, 0]),
    "numbers": ("number", [1.5, 2, None, -0.0, 1e308, 5e-324, 2**53]),
    "texts": ("string", ["", "Žižka ☂ 🚀", "2026-01-05", "a\x00b", "null", None, "x" * 10_000]),
    "booleans": ("boolean", [True, None, False]),
    "timestamps": (
        "timestamp",
        [
            *("2026-01-05T10:00:00Z", "2026-01-05 10:00:00Z", "2026-01-05T10:00:00.123456+05:30"),
            *("2026-01-05", "2026-01-05T10:00:00", "2026-01-05T10:00:00.123456789Z", None),
            *("1969-12-31T23:59:59.999999-11:00", "0100-01-01T00:00:00Z"),
        ],
    ),
    "dates": ("date", ["2026-01-05", None, "1969-12-31"]),
    "objects": ("object", [{"b": [1, None, 1.5, "ž", {"c": True}], "a": {}}, {}, [1], None, []]),
    "undeclared_integers": (None, [None, 1, 2]),
    "undeclared_numbers": (None, [1.5, None]),
    "undeclared_texts": (None, ["a", "2026-01-05T10:00:00Z"]),
    "undeclared_timestamps": (None, ["2026-01-05T10:00:00Z", None, "2026-01-06"]),
    "undeclared_objects": (None, [{"a": 1}, None]),
    "nothing": (None, [None, None]),
}
DRIFT: dict[str, tuple[str | None, list[Any]]] = {
    "integers": ("integer", [1, 1.5, "7", "many", True, {"a": 1}, 2**70]),
    "numbers": ("number", [1.5, "many", 2**70, float("nan"), float("inf"), 2**53 + 1]),
    "texts": ("string", ["a", 5, 1.5, {"a": 1}, True, "\ud800"]),
    "booleans": ("boolean", [True, "perhaps", 1, 5]),
    "timestamps": ("timestamp", ["2026-01-05T10:00:00Z", "soon", 1767607200, 10**18]),
    "parts_of_objects": ("object", [{"a": float("nan"), "b": [float("inf")]}, {"a": 2**63}]),
    "undeclared_parts": (None, [[float("nan")], None]),
    "edges": ("timestamp", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]),
    "dates": ("date", ["2026-01-05", "2026-01-05T10:00:00Z", "soon", "0000-00-00"]),
    "days_elsewhere": ("date", ["2026-01-05T00:00:00+02:00", "2026-01-05T23:30:00-05:00"]),
    "days_as_numbers": ("date", [20260105, "20260106", 20260231, 2026, 202601, None]),
    "moments_as_numbers": ("timestamp", [20260105, 1767607200, 1767607200.5, 202601, "202601"]),
    "spellings": ("integer", ["7", "007", "1_000", "0x10", "\u0667"]),
    "objects": ("object", [{"a": 2**70}, "text", 5, {"a": float("nan")}]),
    "undeclared": (None, [1, 1.5, "text", {"a": 1}, "2026-01-05T10:00:00Z"]),
    "undeclared_timestamps": (None, ["2026-01-05T10:00:00Z", "soon"]),
    "decimals": ("decimal", ["1.10", 2, None]),
    "times": ("time", ["10:00:00", None]),
}


CASES = {**SAME_KIND, **{f"drift_{name}": case for name, case in DRIFT.items()}}


def loaded(name: str) -> list[Any]:
    """The table, without what dlt makes up for each row."""
    columns = [f'"{column}"' for column in sorted(column_types(name))]
    with duckdb.connect(str(WAREHOUSE), read_only=True) as connection:
        return connection.execute(
            f"SELECT {', '.join(columns)} FROM {API}.{name} ORDER BY id"
        ).fetchall()


def both_ways(
    api: ScriptedApi, name: str, kind: str | None, served: list[Any], limit: int
) -> list[dict[str, Any]]:
    """Serve rows for two resources, of which one is loaded as columns and the other as rows."""
    fields = {"fields": {"id": "integer", **({"v": kind} if kind else {})}}
    paginator = {"type": "offset", "limit": limit}
    for way in ("as_columns", "as_rows"):
        api.on(f"/{name}_{way}", by_offset(served))
    return [
        resource(f"{name}_as_columns", own=fields, paginator=paginator),
        resource(f"{name}_as_rows", own={**fields, **AS_ROWS}, paginator=paginator),
    ]


@pytest.fixture(scope="module")
def cases_in(hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project into which all cases were loaded both ways."""
    api, folder = hub.new_api(), tmp_path_factory.mktemp("cases")
    resources = [
        each
        for name, (kind, values) in CASES.items()
        for each in both_ways(
            api, name, kind, [row(n, v=v) for n, v in enumerate(values)], limit=100
        )
    ]
    with project_in(folder), pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCES__DEMO__BASE_URL", api.url)
        load(declare(*resources))
    with duckdb.connect(str(folder / WAREHOUSE), read_only=True):
        yield folder  # the file stays open: opening it for each question takes longer


@pytest.mark.parametrize("name", CASES)
def test_both_ways_end_in_the_same_table(
    name: str, cases_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(cases_in)
    assert column_types(f"{name}_as_columns") == column_types(f"{name}_as_rows")
    assert repr(loaded(f"{name}_as_columns")) == repr(loaded(f"{name}_as_rows"))
    assert len(loaded(f"{name}_as_columns")) == len(CASES[name][1])


def test_columns_that_come_and_go_between_batches_end_in_the_same_table(api: ScriptedApi) -> None:
    served: list[Any] = [row(n, always=n) for n in range(5_000)]
    for number in range(2_500, 4_000):
        served[number]["sometimes"] = "text"
    served[4_500]["always"] = "drifts"
    for number in range(4_600, 5_000):
        served[number]["late Column"] = {"n": number}
    load(declare(*both_ways(api, "items", None, served, limit=1_000)))
    assert column_types("items_as_columns") == column_types("items_as_rows")
    assert repr(loaded("items_as_columns")) == repr(loaded("items_as_rows"))


@pytest.mark.parametrize("name", SAME_KIND)
def test_values_of_their_columns_kind_travel_as_columns(name: str) -> None:
    kind, values = SAME_KIND[name]
    (items,) = declare(resource(own={"fields": {"v": kind}} if kind else {})).tables
    types = ColumnTypes(build_column_hints(items), {}, Schema(API).naming.normalize_path)
    rows = [{"id": n, "v": v} for n, v in enumerate(values)]
    assert ArrowConverter(types).convert(rows) is not None
