"""Rows of listings without a data_selector, where the object around a list may be the row."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.support.loads import declare, failure, open_items, resource
from analytics_ingest_tests.support.scripted_api import ScriptedApi

TREE = {"id": "integer", "name": "string", "children": "array?"}
LEAF = {"id": 2, "name": "Leaf", "children": []}
ROOT = {"id": 2, "name": "Root", "path": "/"}
CHILDREN = [{"id": 21, "name": "a"}, {"id": 22, "name": "b"}]
LINES = [{"id": 21, "sku": "a"}]
ORDER = {"id": "integer", "total": "number", "lines": "array?"}
RATES = {"date": "date?", "symbol": "string?"}


@dataclass(frozen=True)
class Case:
    """A response, and the rows that are read of it: of one listing, or of that of parent 2."""

    body: Any
    rows: list[Any]
    fields: Mapping[str, str]
    path: str = "children"
    key: str | None = "id"
    is_child: bool = True
    doubt: str = ""
    fails: bool = False


def alone(body: Any, rows: list[Any], fields: Mapping[str, str], **how: Any) -> Case:
    return Case(body, rows, fields, is_child=False, **how)


CASES = {
    "a parent without children": Case(LEAF, [], TREE, doubt="the list children is empty"),
    "a parent with children": Case({**LEAF, "children": CHILDREN}, CHILDREN, TREE),
    "a parent with more fields than its children": Case(
        {**ROOT, "children": CHILDREN}, CHILDREN, {**TREE, "path": "string?"}
    ),
    "children with a key and no required field": Case(
        {**ROOT, "children": CHILDREN}, CHILDREN, {n: f"{t.strip('?')}?" for n, t in TREE.items()}
    ),
    "children without a key": Case(
        {**ROOT, "children": [{"name": "a"}]},
        [{"name": "a"}],
        {"name": "string?", "path": "string?", "children": "array?"},
        key=None,
    ),
    "an object of the parent's id, with a list": Case(
        {"id": 2, "total": 5, "lines": LINES},
        [{"id": 2, "total": 5, "lines": LINES}],
        ORDER,
        path="summary",
    ),
    "the same without lines": Case(
        {"id": 2, "total": 0, "lines": []}, [], ORDER, path="summary", fails=True
    ),
    "the same under its own id": Case(
        {"id": 9, "total": 0, "lines": []},
        [{"id": 9, "total": 0, "lines": []}],
        ORDER,
        path="summary",
    ),
    "values of a parent": Case(
        {"id": 2, "tags": ["a"]},
        [{"id": 2, "tags": ["a"]}],
        {"id": "integer", "tags": "array?"},
        path="tags",
    ),
    "an object without a parent": alone(
        {"id": 1, "total": 0, "lines": []}, [{"id": 1, "total": 0, "lines": []}], ORDER, path="last"
    ),
    "an object that is called as its list": alone(
        {"id": 1, "total": 0, "lines": []}, [], ORDER, path="lines", fails=True
    ),
    "an empty envelope": alone({"count": 0, "lines": []}, [], ORDER, path="lines"),
    "values beside a field that may be null": alone(
        {"date": "2026-01-01", "symbols": ["A", "B"]},
        [{"value": "A"}, {"value": "B"}],
        RATES,
        key=None,
    ),
    "values beside a field that must not be null": alone(
        {"date": "2026-01-01", "symbols": ["A", "B"]},
        [{"date": "2026-01-01", "symbols": ["A", "B"]}],
        {"date": "date"},
        key=None,
    ),
    "values that are a declared field": alone(
        {"date": "2026-01-01", "symbols": ["A"]},
        [{"date": "2026-01-01", "symbols": ["A"]}],
        {**RATES, "symbols": "array?"},
        key=None,
    ),
}


def declare_case(api: ScriptedApi, case: Case) -> Any:
    path = f"/cats/{{resources.cats.id}}/{case.path}" if case.is_child else f"/{case.path}"
    api.always("/cats", {"data": [{"id": 2, "name": "x"}]})
    api.always(path.replace("{resources.cats.id}", "2"), case.body)
    own = {"fields": case.fields, "primary_key": case.key or []}
    items = resource(
        own=own, path=path, paginator="single_page", data_selector=None, incremental=None
    )
    parents = [resource("cats", own={"selected": False}, paginator="single_page", incremental=None)]
    return declare(*(parents if case.is_child else []), items)


@pytest.mark.parametrize("name", [name for name in CASES if not CASES[name].fails])
def test_the_elements_of_a_list_are_the_rows_unless_the_object_around_it_is_one(
    api: ScriptedApi, name: str
) -> None:
    case = CASES[name]
    with open_items(declare_case(api, case)) as (rows, stats):
        found = [{n: v for n, v in row.items() if not n.startswith("_")} for row in rows]
    warnings = stats["items"].warnings
    assert found == case.rows
    assert len(warnings) == bool(case.doubt)
    assert all(case.doubt in warning and "declare data_selector" in warning for warning in warnings)


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].fails])
def test_an_object_with_an_empty_list_that_may_be_the_row_or_not_fails(
    api: ScriptedApi, name: str
) -> None:
    error = failure(declare_case(api, CASES[name]))
    assert isinstance(error, ApiError)
    assert "declare data_selector: lines, or data_selector: $" in str(error)


ORDER_1: dict[str, Any] = {"id": 1, "name": "x"}
ROWS = [{"id": 7}, {"id": 8}]
HOLDERS: dict[str, tuple[Any, str]] = {
    "a usual name": ({**ORDER_1, "items": ROWS}, "items, or $"),
    "another name": ({**ORDER_1, "lines": ROWS}, "lines, or $"),
    "an empty list": ({**ORDER_1, "items": []}, "items, or $"),
    "an object in the body": ({"order": {**ORDER_1, "items": ROWS}}, "order.items, or order"),
    "a list that is deeper": ({**ORDER_1, "detail": {"items": ROWS}}, "detail.items, or $"),
    "elements without the key": ({**ORDER_1, "items": [{"sku": 7}]}, "items, or $"),
    "a playlist": ({**ORDER_1, "type": "playlist", "items": ROWS}, "items, or $"),
    "a list of the resource": ({**ORDER_1, "object": "order_list", "items": ROWS}, "items, or $"),
}
"""Objects with all that a row needs, around the elements that are loaded."""
AROUND: dict[str, Any] = {
    "the name of the resource": {**ORDER_1, "orders": ROWS},
    "also of an empty list": {**ORDER_1, "orders": []},
    "its plural": {**ORDER_1, "order": ROWS},
    "a key of another type": {"id": "req-1", "items": ROWS},
    "its kind": {"id": 1, "object": "list", "items": ROWS},
    "its kind, in other words": {"id": 1, "kind": "compute#orderList", "items": ROWS},
    "a call": {"jsonrpc": "2.0", "id": 1, "result": {"items": ROWS}},
    "no key": {"name": "x", "items": ROWS},
}


def declare_orders(**how: Any) -> Any:
    """A snapshot of orders, with a key and no selector."""
    endpoint = {"data_selector": None, "incremental": None, "paginator": "single_page", **how}
    return declare(resource("orders", own={"fields": endpoint.pop("fields", {})}, **endpoint))


def load_orders(declaration: Any) -> tuple[list[Any], list[str]]:
    with open_items(declaration) as (rows, stats):
        return list(rows), list(stats["orders"].warnings)


@pytest.mark.parametrize("name", HOLDERS)
def test_an_object_around_the_loaded_list_that_may_be_the_row_is_a_warning(
    api: ScriptedApi, name: str
) -> None:
    body, choice = HOLDERS[name]
    api.always("/orders", body)
    _, (warning,) = load_orders(declare_orders())
    assert "has all that a row needs and may be one" in warning
    assert warning.endswith(f"declare data_selector: {choice}")


@pytest.mark.parametrize("name", AROUND)
def test_an_object_that_is_only_around_the_list_is_none(api: ScriptedApi, name: str) -> None:
    api.always("/orders", AROUND[name])
    rows, warnings = load_orders(declare_orders())
    assert rows == ([] if name == "also of an empty list" else ROWS)
    assert not warnings


@pytest.mark.parametrize("elements", [[], ROWS], ids=["empty", "rows"])
def test_an_object_whose_key_is_not_of_the_declared_type_is_only_around_the_list(
    api: ScriptedApi, elements: list[Any]
) -> None:
    api.always("/orders", {"id": "req-1", "name": "x", "items": elements})
    fields = {"id": "integer", "name": "string?"}
    assert load_orders(declare_orders(fields=fields)) == (elements, [])


@pytest.mark.parametrize("second", ["A", "B"], ids=["the same object", "another one"])
def test_the_same_object_on_a_second_page_is_only_around_the_list(
    api: ScriptedApi, second: str
) -> None:
    pages = [
        {"id": "A", "items": [{"id": "x"}], "next": 2},
        {"id": second, "items": [{"id": "y"}], "next": None},
    ]
    api.on("/orders", lambda asked: pages[int(asked.query.get("page", 1)) - 1])
    paginator = {"type": "cursor", "cursor_path": "next", "cursor_param": "page"}
    rows, warnings = load_orders(declare_orders(paginator=paginator))
    assert rows == [{"id": "x"}, {"id": "y"}]
    assert len(warnings) == (second == "B")
