"""Failures that a response lists or counts beside its rows: some may be missing."""

from typing import Any

import pytest

from analytics_ingest_tests.support.loads import declare, extract, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi


@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("failed", {"failed": ["shard 2"]}),
        ("failures", {"failures": [{"shard": 2, "reason": "canary"}]}),
        ("failures", {"meta": {"failures": {"shard 2": "canary"}}}),
        ("error_count", {"error_count": 3}),
        ("error_count", {"errorCount": "3"}),
        ("failure_count", {"meta": {"failureCount": 1}}),
        ("failures", {"failures": {"total": 2, "rate": 0.1}}),
        ("failed", {"succeeded": [1], "failed": ["shard 2"]}),
        ("failed", {"request_id": "r1", "failed": ["shard 2"]}),
    ],
    ids=str,
)
def test_a_failure_that_is_counted_or_listed_beside_the_rows_is_a_warning(
    api: ScriptedApi, name: str, beside: dict[str, Any]
) -> None:
    api.always("/items", {"data": rows(2), **beside})
    (warning,) = extract(declare(resource()))["items"].warnings
    assert f"'{name}' beside the rows says that something failed" in warning
    assert "canary" not in warning
    assert extract(declare(resource(partial="allow")))["items"].warnings == []


@pytest.mark.parametrize(
    "beside",
    [
        *({"failed": []}, {"failures": None}, {"failures": {}}, {"error_count": 0}),
        *({"failed": 0}, {"failed": False}, {"failed": 2}, {"failed": rows(1)}),
        {"passed": ["test_a"], "failed": ["test_b"]},
        {"number": 71, "branch": "main", "errors_count": 4},
        {"name": "nightly", "failures": ["test_b"]},
        {"build_id": 7, "errors_count": 4},
        *({"failures": {"total": 0, "rate": 0.0, "unit": "percent"}}, {"failed": {"count": 0}}),
        *({"id": 7, "failures": ["x"], "error_count": 3}, {"warnings": ["deprecated"]}),
    ],
    ids=str,
)
def test_a_failure_of_something_else_is_not_one_of_the_listing(
    api: ScriptedApi, beside: dict[str, Any]
) -> None:
    api.always("/items", {"data": rows(2), **beside})
    assert extract(declare(resource()))["items"].warnings == []


def test_a_failure_that_is_counted_in_the_root_of_xml_is_a_warning(api: ScriptedApi) -> None:
    api.always("/items", Reply(b'<r errorCount="2"><o><id>1</id></o></r>'))
    declaration = declare(resource(data_selector="r.o", decoder="xml", incremental=None))
    (warning,) = extract(declaration)["items"].warnings
    assert "'error_count' beside the rows" in warning


@pytest.mark.parametrize("own", [{"failures": ["shard 2"]}, {"errorCount": 2}], ids=str)
def test_a_failure_beside_the_rows_of_one_element_is_a_warning(
    api: ScriptedApi, own: dict[str, Any]
) -> None:
    listed = declare(resource(data_selector="data.*.items"))
    api.always("/items", {"data": [{"items": rows(2)}, {"items": [], **own}]})
    (warning,) = extract(listed)["items"].warnings
    assert "beside the rows says that something failed" in warning
    api.always("/items", {"data": [{"items": rows(2)}, {"items": [], "name": "B", **own}]})
    assert extract(listed)["items"].warnings == []
