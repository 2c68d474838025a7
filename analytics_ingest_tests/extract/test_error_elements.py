"""Errors in some elements of a list, beside others that hold rows: rows are missing."""

import json
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.extract.test_decoders import zipped
from analytics_ingest_tests.support.cases import case
from analytics_ingest_tests.support.loads import declare, failure, read, read_ids, resource
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

TEXT = "canary: shard 2 timed out"
GOOD = {"items": rows(3)}
FAILED: list[Any] = [
    {"error": TEXT},
    {"error": {"code": 500, "message": TEXT}},
    {"errors": [{"message": TEXT}]},
    {"message": TEXT},
    {"success": False, "message": TEXT},
    {"ok": 0},
    {"status": "failed", "message": TEXT},
    {"name": "shard 2", "error": TEXT},
    {"items": [], "error": TEXT},
    {"items": None, "error": TEXT},
    {"items": rows(1), "error": TEXT},
    {"items": {"error": TEXT}},
    {"items": [{"error": TEXT}]},
    {"items": TEXT},
    {"elements": rows(3)},
    TEXT,
    17,
    rows(2),
]
HEALTHY: list[Any] = [
    None,
    {},
    {"items": []},
    {"items": None},
    {"items": {}},
    {"items": [], "error": None, "errors": [], "success": True, "message": "ok"},
    {"name": "B"},
    {"name": "B", "tags": [{"name": "x", "colour": "red"}]},
    {"name": "B", "status": "failed", "items": []},
    {"title": "B", "description": "none yet"},
    {"id": 7, "error": "boom", "status": "failed", "message": "it broke"},
    {"id": 7, "error": "boom", "success": False, "items": []},
    {"items": [], "total": 0},
    {"total": 0},
]
THROUGH_A_LIST: list[Any] = ["data.*.items", ["data", "*", "items"], "data[*].items[*]"]
THROUGH_A_LIST += ["$.data[*]['items']", "data.*.items.*", "data[0:].items", "data[?(@)].items"]
KEYS = ("id", None)
keyed = pytest.mark.parametrize("key", KEYS, ids=["keyed", "keyless"])


def in_pairs(selectors: list[Any]) -> list[tuple[Any, str | None, bool]]:
    """Selectors, keys and two orders of elements, so that each two of them meet once."""
    return [
        (selector, KEYS[(number + turned) % 2], bool(turned))
        for number, selector in enumerate(selectors)
        for turned in (0, 1)
    ]


def declared(key: str | None = "id", **endpoint: Any) -> dict[str, Any]:
    """A snapshot with a primary key, or without one."""
    own = {} if key else {"primary_key": None, "write_disposition": "replace"}
    keys = {"incremental": None, "error_handler": {"max_retries": 0}}
    return resource(own=own, **{**keys, **endpoint})


@pytest.mark.parametrize("element", FAILED, ids=lambda element: str(element)[:60])
def test_an_element_with_an_error_in_place_of_rows_fails(api: ScriptedApi, element: Any) -> None:
    for selector, key, is_first in in_pairs(THROUGH_A_LIST):
        elements = [element, GOOD] if is_first else [GOOD, element]
        api.always("/items", {"data": elements})
        with case(selector, key, elements):
            error = failure(declare(declared(key, data_selector=selector)))
            assert isinstance(error, ApiError)
            assert "declare partial: allow" in str(error)
            assert "canary" not in str(error)


@pytest.mark.parametrize(
    "element",
    [element for element in FAILED if element != {"items": rows(1), "error": TEXT}],
    ids=lambda element: str(element)[:60],
)
def test_elements_of_nothing_but_errors_fail(api: ScriptedApi, element: Any) -> None:
    api.always("/items", {"data": [element, element]})
    for selector in THROUGH_A_LIST:
        with case(selector):
            assert isinstance(failure(declare(declared(data_selector=selector))), ApiError)


@pytest.mark.parametrize("element", FAILED[:10], ids=lambda element: str(element)[:60])
def test_rows_beside_an_element_with_an_error_can_be_allowed(
    api: ScriptedApi, element: Any
) -> None:
    api.always("/items", {"data": [GOOD, element]})
    declaration = declare(declared(data_selector="data.*.items", partial="allow"))
    assert read_ids(declaration) == [1, 2, 3]


@pytest.mark.parametrize("element", HEALTHY, ids=lambda element: str(element)[:60])
def test_an_element_without_rows_or_with_its_own_error_is_a_page(
    api: ScriptedApi, element: Any
) -> None:
    for selector, key, is_first in in_pairs(THROUGH_A_LIST):
        api.always("/items", {"data": [element, GOOD] if is_first else [GOOD, element]})
        with case(selector, key, is_first):
            assert len(read(declare(declared(key, data_selector=selector)))) == 3


@keyed
@pytest.mark.parametrize(
    "body",
    [
        {"data": {"x": GOOD, "y": {"error": TEXT}}},
        {"data": {"x": GOOD, "y": {"items": [], "success": False}}},
        {"data": {"x": GOOD, "error": TEXT}},
        {"data": {"x": GOOD}, "error": TEXT},
        {"data": {"x": GOOD, "errors": [{"message": TEXT}]}},
    ],
    ids=str,
)
def test_an_error_among_the_values_of_an_object_fails(
    api: ScriptedApi, body: Any, key: str | None
) -> None:
    api.always("/items", body)
    error = failure(declare(declared(key, data_selector="data.*.items")))
    assert "rows along with an error" in str(error)


@pytest.mark.parametrize(
    "beside",
    [
        {"count": 3, "next": None, "title": "x", "ok": True},
        {"meta": {"error": None, "message": "fine"}},
        {"info": {"message": "welcome", "type": "note"}},
        {"links": ["a", "b"], "tags": [{"id": 1}]},
        {"errors": {"items": []}, "error": {}},
    ],
    ids=str,
)
def test_values_of_an_object_may_be_anything(api: ScriptedApi, beside: dict[str, Any]) -> None:
    api.always("/items", {"data": {"x": GOOD, **beside}})
    assert read_ids(declare(declared(data_selector="data.*.items"))) == [1, 2, 3]


def test_an_element_with_its_row_under_another_key_fails(api: ScriptedApi) -> None:
    api.always("/items", {"data": [{"item": row(1)}, {"record": row(2)}]})
    error = failure(declare(declared(data_selector="data.*.item")))
    assert "has an element with rows under another key" in str(error)
    api.always("/items", {"data": [{"item": row(1)}, {"owner": {"id": 2, "name": "x"}}]})
    assert read_ids(declare(declared(data_selector="data.*.item"))) == [1]


ZIP: dict[str, Any] = {"decoder": {"type": "json", "compression": "zip"}}


@keyed
@pytest.mark.parametrize(
    "member",
    [
        {"error": TEXT},
        {"success": False, "data": []},
        {"status": "failed", "message": TEXT},
        {"data": [], "partial": True},
        {"message": TEXT},
        {"rows": rows(3)},
        {"Note": TEXT},
        {"data": TEXT},
        rows(3),
        TEXT,
    ],
    ids=str,
)
def test_each_member_of_a_zip_file_is_a_response_of_its_own(
    api: ScriptedApi, member: Any, key: str | None
) -> None:
    members = [{"data": rows(2)}, member]
    api.always("/items", Reply(zipped(*(json.dumps(each).encode() for each in members))))
    error = failure(declare(declared(key, data_selector="*.data", **ZIP)))
    assert isinstance(error, ApiError)
    assert "canary" not in str(error)


@pytest.mark.parametrize("member", [{"data": []}, {"data": None}, {}, [], {"total": 0}], ids=str)
def test_a_member_of_a_zip_file_may_be_empty(api: ScriptedApi, member: Any) -> None:
    members = [{"data": rows(2)}, member]
    api.always("/items", Reply(zipped(*(json.dumps(each).encode() for each in members))))
    assert read_ids(declare(declared(data_selector="*.data", **ZIP))) == [1, 2]


XML = "<g><o><id>1</id></o></g>"


@pytest.mark.parametrize(
    "group",
    ["<g><error>quota</error></g>", "<g>quota</g>", "<g><o/><error>quota</error></g>"],
)
def test_an_element_of_xml_with_an_error_fails(api: ScriptedApi, group: str) -> None:
    api.always("/items", Reply(f"<r>{XML}{group}</r>".encode()))
    declaration = declare(declared(data_selector="r.g.*.o", decoder="xml"))
    assert isinstance(failure(declaration), ApiError)


@pytest.mark.parametrize("group", ["<g/>", "<g n='0'/>", "<g><name>B</name></g>"])
def test_an_element_of_xml_may_have_no_rows(api: ScriptedApi, group: str) -> None:
    api.always("/items", Reply(f"<r>{XML}{group}</r>".encode()))
    declaration = declare(declared(data_selector="r.g.*.o", decoder="xml"))
    assert read_ids(declaration) == ["1"]
