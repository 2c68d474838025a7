"""A record of nothing but an error among rows: it is not a row, and others are missing."""

import itertools
import json
from typing import Any

import pytest

from analytics_ingest_tests.extract.test_error_elements import KEYS, TEXT, declared
from analytics_ingest_tests.support.cases import case
from analytics_ingest_tests.support.loads import declare, failure, read
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

ERROR_ROWS: list[dict[str, Any]] = [
    {"error": TEXT},
    {"error": {"message": TEXT}, "status": 500},
    {"success": False, "message": TEXT},
    {"errors": [TEXT], "request_id": "r1"},
    {"errorCode": "E-17", "errorMessage": TEXT},
]
LISTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "a list in an object": (lambda rows: {"data": rows}, {"data_selector": "data"}),
    "a list": (lambda rows: rows, {"data_selector": "$"}),
    "the values of a list": (lambda rows: {"data": rows}, {"data_selector": "data[*]"}),
    "lists in a list": (lambda rows: {"data": [rows]}, {"data_selector": "data.*"}),
    "JSON Lines": (
        lambda rows: Reply("".join(f"{json.dumps(row)}\n" for row in rows).encode()),
        {"data_selector": None, "decoder": "jsonl"},
    ),
}


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("error_row", ERROR_ROWS, ids=str)
def test_an_error_among_rows_is_not_loaded_as_a_row(
    api: ScriptedApi, error_row: dict[str, Any], kind: str
) -> None:
    build, endpoint = LISTS[kind]
    for place, key in itertools.product((0, 1, 2), KEYS):
        served: list[dict[str, Any]] = rows(2)
        served.insert(place, error_row)
        api.always("/items", build(served))
        with case(place, key):
            error = failure(declare(declared(key, **endpoint)))
            assert "rows along with an error" in str(error)
            assert "canary" not in str(error)


@pytest.mark.parametrize(
    "served",
    [
        [{"error": "boom"}, {"error": "crash"}],
        [{"name": "a", "error": None}, {"name": "b", "error": "boom"}],
        [{"message": "hello"}, {"message": "bye", "sender": "x"}],
        [{"a": 1}, {"b": 2}, {"error": "boom"}],
        [{"timestamp": 1, "level": "info"}, {"timestamp": 2, "error": "boom"}],
        [{"timestamp": 1, "message": "up"}, {"timestamp": 2, "error": "boom"}],
        [{"error": None, "status": "ok"}, {"error": "boom", "status": "failed"}],
        [row(1, error="boom", success=False, message="x"), row(2)],
        [{"name": "a", "size": 1}, {"name": "b", "error": "boom"}],
        [{"status": "ok", "value": 1}, {"status": "failed", "error": "boom"}],
        [{"success": True, "key": 1}, {"success": False, "errors": ["boom"]}],
    ],
    ids=str,
)
def test_rows_may_have_fields_of_errors(api: ScriptedApi, served: list[Any]) -> None:
    for kind, (build, endpoint) in LISTS.items():
        api.always("/items", build(served))
        with case(kind):
            assert len(read(declare(declared(None, **endpoint)))) == len(served)


def test_an_error_among_rows_can_be_allowed(api: ScriptedApi) -> None:
    api.always("/items", {"data": [*rows(2), {"error": TEXT}]})
    assert len(read(declare(declared(None, partial="allow")))) == 3
