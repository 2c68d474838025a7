"""Primary keys that become moments: no two keys become one without a word."""

from collections.abc import Mapping
from typing import Any

import pytest

from analytics_ingest_tests.support.cases import case
from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.scripted_api import ScriptedApi

DISTINCT: dict[str, list[str]] = {
    "moments": ["2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z"],
    "dates": ["2026-01-05", "2026-01-06"],
    "offsets": ["2026-01-05T10:00:00+01:00", "2026-01-05T11:00:00+01:00"],
    "microseconds": ["2026-01-05T10:00:00.123456Z", "2026-01-05T10:00:00.123457Z"],
    "zeros below microseconds": [
        "2026-01-05T10:00:00.100000000Z",
        "2026-01-05T10:00:00.200000000Z",
    ],
}
MERGED: dict[str, list[str]] = {
    "nanoseconds": ["2026-01-05T10:00:00.123456781Z", "2026-01-05T10:00:00.123456782Z"],
    "a midnight and its date": ["2026-01-05T00:00:00Z", "2026-01-05"],
    "one moment in two zones": ["2026-01-05T10:00:00Z", "2026-01-05T12:00:00+02:00"],
    "a blank instead of T": ["2026-01-05T10:00:00Z", "2026-01-05 10:00:00Z"],
}


TABLES = {name: name.replace(" ", "_").lower() for name in (*DISTINCT, *MERGED)}


def load_keys(
    api: ScriptedApi, cases: Mapping[str, list[str]], **own: Any
) -> dict[str, tuple[int, int]]:
    """Load the cases beside each other; how many rows of each were loaded and rejected."""
    for name, keys in cases.items():
        api.always(f"/{TABLES[name]}", {"data": [{"id": key} for key in keys]})
    tables = (resource(TABLES[name], incremental=None, own=own) for name in cases)
    stats = load(declare(*tables))
    counted = {name: stats[TABLES[name]] for name in cases}
    return {name: (one.rows_loaded, one.rows_rejected) for name, one in counted.items()}


def test_keys_of_one_spelling_are_loaded(api: ScriptedApi) -> None:
    assert load_keys(api, DISTINCT) == dict.fromkeys(DISTINCT, (2, 0))
    assert {name: len(table(TABLES[name])) for name in DISTINCT} == dict.fromkeys(DISTINCT, 2)


def test_keys_that_would_become_one_are_rejected_with_what_to_declare(api: ScriptedApi) -> None:
    for name, (loaded, rejected) in load_keys(api, MERGED).items():
        with case(name):
            assert rejected >= 1
            assert loaded + rejected == 2
            reasons = table(f"{TABLES[name]}__rejected", "reason")
            assert all("declare its field as string" in reason for reason in reasons)


def test_declared_as_strings_they_are_loaded(api: ScriptedApi) -> None:
    assert load_keys(api, MERGED, fields={"id": "string"}) == dict.fromkeys(MERGED, (2, 0))
    expected = {name: sorted(keys) for name, keys in MERGED.items()}
    assert {name: table(TABLES[name]) for name in MERGED} == expected


@pytest.mark.parametrize(
    ("cursor_format", "keys"),
    [
        ("%d-%m-%Y", ["05-01-2026", "06-01-2026"]),
        ("%Y%m%d", ["20260105", "20260106"]),
        ("epoch_s", [1767571200, 1767571201]),
        # A text in ISO 8601 has one reading, and a document may give the format of bounds only.
        ("%d.%m.%Y", ["2026-01-05", "2026-01-06"]),
    ],
)
def test_a_key_that_is_the_cursor_in_a_format_of_its_own_is_loaded(
    api: ScriptedApi, cursor_format: str, keys: list[Any]
) -> None:
    incremental = {"cursor_path": "id", "cursor_format": cursor_format}
    api.always("/items", {"data": [{"id": key} for key in keys]})
    stats = load(declare(resource(incremental=incremental)))["items"]
    assert (stats.rows_loaded, stats.rows_rejected) == (2, 0)
    assert len(set(table("items"))) == 2


@pytest.mark.parametrize("keys", [["20260105", "2026-01-06"], ["2026-01-05", "20260106"]])
def test_keys_that_are_spelled_otherwise_are_rejected(api: ScriptedApi, keys: list[str]) -> None:
    api.always("/items", {"data": [{"id": key} for key in keys]})
    incremental = {"cursor_path": "id", "cursor_format": "%Y%m%d"}
    stats = load(declare(resource(incremental=incremental, own={"fields": {"id": "timestamp"}})))
    assert (stats["items"].rows_loaded, stats["items"].rows_rejected) == (1, 1)
    assert "in another format than others" in table("items__rejected", "reason")[0]


def test_keys_that_a_format_reads_as_one_moment_are_rejected(api: ScriptedApi) -> None:
    incremental = {
        "cursor_path": "id",
        "cursor_format": "%Y-%m-%d %H:%M",
        "timezone": "Europe/Berlin",
    }
    keys = ["2026-03-29 01:30", "2026-03-29 02:30"]
    api.always("/items", {"data": [{"id": key} for key in keys]})
    stats = load(declare(resource(incremental=incremental)))["items"]
    assert (stats.rows_loaded, stats.rows_rejected) == (1, 1)


@pytest.mark.parametrize("own", [{"fields": {"id": "timestamp"}}, {}], ids=["declared", "not"])
@pytest.mark.parametrize(
    ("cursor_format", "keys"),
    [
        ("%Y%m%d", ["20260105", "06.01.2026", "2026-W02"]),
        ("%Y%m%d", ["2026-W02", "06.01.2026", "20260105"]),
        ("epoch_s", [1767571200, "06.01.2026", "07.01.2026"]),
        ("iso8601", ["2026-01-05", "soon", "later"]),
        ("iso8601", ["soon", "later", "2026-01-05"]),
    ],
)
def test_a_key_that_is_not_a_moment_in_the_format_of_the_cursor_is_not_lost(
    api: ScriptedApi, cursor_format: str, keys: list[Any], own: dict[str, Any]
) -> None:
    incremental = {"cursor_path": "id", "cursor_format": cursor_format}
    api.always("/items", {"data": [{"id": key} for key in keys]})
    stats = load(declare(resource(incremental=incremental, own=own)))["items"]
    assert len(table("items")) == stats.rows_loaded
    assert None not in table("items")
    assert stats.rows_loaded + stats.rows_rejected == len(keys)
    if own:
        reasons = table("items__rejected", "reason")
        assert set(reasons) == {f"the primary key id is not a moment in {cursor_format}"}


def test_keys_in_iso8601_are_loaded_whatever_the_format_of_the_cursor(api: ScriptedApi) -> None:
    incremental = {"cursor_path": "id", "cursor_format": "%Y%m%d"}
    api.always("/items", {"data": [{"id": f"2026-01-{day:02}T00:00:00"} for day in range(1, 20)]})
    declared = declare(resource(incremental=incremental, own={"fields": {"id": "timestamp"}}))
    stats = load(declared)["items"]
    assert (stats.rows_loaded, stats.rows_rejected) == (19, 0)
