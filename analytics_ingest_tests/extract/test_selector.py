"""Data selectors: from the body of an answer to its rows."""

from typing import Any

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.extract.selectors.selector import Selector
from analytics_ingest_tests.support.loads import declare, read, read_ids, resource
from analytics_ingest_tests.support.pages import by_page, row, rows
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi

A, B, C = {"id": 1}, {"id": 2}, {"id": 3}


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        pytest.param("data", {"data": [A, B]}, [A, B], id="a list"),
        pytest.param("data", {"data": A}, [A], id="an object is one row"),
        pytest.param("data", {"data": []}, [], id="an empty list"),
        pytest.param("data", {"data": {}}, [], id="an empty object"),
        pytest.param("data", {"data": None}, [], id="null"),
        pytest.param("data", {}, [], id="a missing key"),
        pytest.param("data", [], [], id="a body that is a list"),
        pytest.param("data", None, [], id="a body that is null"),
        pytest.param("data", "text", [], id="a body that is text"),
        pytest.param("data", 5, [], id="a body that is a number"),
        pytest.param("$.data", {"data": [A, B]}, [A, B], id="with a root"),
        pytest.param("a.b.c", {"a": {"b": {"c": [A, B]}}}, [A, B], id="nested"),
        pytest.param("a.b.c", {"a": {"b": None}}, [], id="nested, null on the way"),
        pytest.param("a.b.c", {"a": []}, [], id="nested, a list on the way"),
        pytest.param("$", [A, B], [A, B], id="the body is a list"),
        pytest.param("$", A, [A], id="the body is one row"),
        pytest.param("$", {}, [], id="the body is an empty object"),
        pytest.param("$", None, [], id="the body is null"),
        pytest.param("$.*", {"x": A, "y": B}, [A, B], id="the values of the body"),
        pytest.param("items.*.data", {"items": [{"data": A}, {"data": B}]}, [A, B], id="of a list"),
        pytest.param(
            "items.*.data", {"items": {"x": {"data": A}, "y": {"data": B}}}, [A, B], id="of objects"
        ),
        pytest.param(
            "items.*.data", {"items": [{"data": [A, B]}, {"data": [C]}]}, [A, B, C], id="of lists"
        ),
        pytest.param(
            "items.*.data",
            {"items": {"x": {"data": [A, B]}, "y": {"data": C}}},
            [A, B, C],
            id="of lists in objects",
        ),
        pytest.param(
            "items.*.data",
            {"items": [{"data": A}, {}, {"data": None}, {"data": {}}, None, {"data": B}]},
            [A, B],
            id="some elements hold no row",
        ),
        pytest.param("items.*.data", {"items": []}, [], id="of an empty list"),
        pytest.param("items.*.data", {"items": {}}, [], id="of an empty object"),
        pytest.param("items.*.data", {"items": None}, [], id="of null"),
        pytest.param("items.*", {"items": {"x": A, "y": B}}, [A, B], id="values of an object"),
        pytest.param("items[*]", {"items": [A, B]}, [A, B], id="brackets"),
        pytest.param(
            "items[*].data", {"items": [{"data": A}, {"data": B}]}, [A, B], id="through brackets"
        ),
        pytest.param("$.items[*].data", {"items": [{"data": [A, B]}]}, [A, B], id="from the root"),
        pytest.param("items[0].data", {"items": [{"data": [A]}]}, [A], id="an index"),
        pytest.param("'my-rows'", {"my-rows": [A]}, [A], id="a quoted key"),
        pytest.param("my-rows", {"my-rows": [A]}, [A], id="a key with a dash"),
        pytest.param(
            "$..rows", {"a": {"rows": [A]}, "b": {"rows": [B]}}, [A, B], id="at any depth"
        ),
    ],
)
def test_a_selector_finds_the_rows(path: str, body: Any, expected: list[Any]) -> None:
    assert Selector(path).read_rows(body) == expected


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        pytest.param(["data"], {"data": [A, B]}, [A, B], id="one key"),
        pytest.param(["a", "b"], {"a": {"b": [A]}}, [A], id="keys"),
        pytest.param(["a", "b"], {"a": []}, [], id="a list on the way"),
        pytest.param(["a", "b"], {"a": None}, [], id="null on the way"),
        pytest.param(["a.b", "c d"], {"a.b": {"c d": [A]}}, [A], id="keys that are no names"),
        pytest.param(["a", "*", "b"], {"a": [{"b": A}, {"b": [B, C]}]}, [A, B, C], id="of a list"),
        pytest.param(["a", "*", "b"], {"a": {"x": {"b": A}, "y": {}}}, [A], id="of an object"),
        pytest.param(["*"], {"x": A, "y": [B]}, [A, B], id="the values of the body"),
        pytest.param(["a", "*"], {"a": [A, B]}, [A, B], id="elements"),
        pytest.param(["*", "*", "a"], [[{"a": A}], [{"a": B}]], [A, B], id="elements of elements"),
    ],
)
def test_a_list_of_keys_is_a_path(path: list[str], body: Any, expected: list[Any]) -> None:
    assert Selector(path).read_rows(body) == expected


SELECTORS: dict[str, tuple[Any, Any]] = {
    "[]": ([], [row(1), row(2)]),
    "[] as text": ("[]", [row(1), row(2)]),
    "an empty text": ("", [row(1), row(2)]),
    "$": ("$", [row(1), row(2)]),
    "keys": (["a", "b"], {"a": {"b": [row(1), row(2)]}}),
    "keys with a star": (["a", "*", "b"], {"a": {"x": {"b": row(1)}, "y": {"b": row(2)}}}),
    "keys that are no names": (["a.b", "*"], {"a.b": [row(1), row(2)]}),
}


@pytest.mark.parametrize("name", SELECTORS)
def test_a_selector_may_be_written_as_documents_do(api: ScriptedApi, name: str) -> None:
    selector, body = SELECTORS[name]
    api.always("/items", body)
    assert read_ids(declare(resource(data_selector=selector))) == [1, 2]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("id", [{"id": 1, "tags": ["a", "b"]}]),
        (None, [{"value": "a"}, {"value": "b"}]),
    ],
)
def test_a_list_of_plain_values_in_a_row_with_a_key_is_not_its_rows(
    api: ScriptedApi, key: str | None, expected: list[Any]
) -> None:
    api.always("/items", {"id": 1, "tags": ["a", "b"]})
    own = {"primary_key": key}
    declaration = declare(resource(own=own, data_selector=None, incremental=None))
    assert read(declaration) == expected


@pytest.mark.parametrize("as_object", [False, True], ids=["list", "object"])
def test_elements_are_counted_as_the_api_counts_them(api: ScriptedApi, as_object: bool) -> None:
    """A page of two elements is full, however many rows the selector finds in them."""
    elements = [{"data": row(1)}, {"data": None}, {"data": [row(2), row(3)]}]

    def script(asked: Asked) -> dict[str, Any]:
        page = by_page(elements, 2)(asked)["data"]
        items = {f"k{n}": element for n, element in enumerate(page)} if as_object else page
        return {"items": items}

    api.on("/items", script)
    paginator = {"type": "page_number", "limit": 2, "start_from_page": 1}
    declaration = declare(resource(data_selector="items.*.data", paginator=paginator))
    assert read_ids(declaration) == [1, 2, 3]
    assert api.sent("/items", "page") == ["1", "2"]


def test_an_element_that_holds_many_rows_is_one_element(api: ScriptedApi) -> None:
    pages: list[Any] = [{"items": [{"data": [row(1), row(2), row(3)]}]}, {"items": []}]
    api.in_turn("/items", pages)
    paginator = {"type": "page_number", "limit": 2, "start_from_page": 1}
    declaration = declare(resource(data_selector="items.*.data", paginator=paginator))
    assert read_ids(declaration) == [1, 2, 3]


def test_an_element_without_rows_that_comes_again_is_the_end(api: ScriptedApi) -> None:
    """An API that puts each page of rows into one element has one beyond the end, too."""

    def script(asked: Asked) -> dict[str, Any]:
        return {"items": [{"data": by_page(rows(3), 2)(asked)["data"]}]}

    api.on("/items", script)
    paginator = {"type": "page_number", "limit": 3, "start_from_page": 1}
    declaration = declare(resource(data_selector="items.*.data", paginator=paginator))
    assert read_ids(declaration) == [1, 2, 3]
    assert api.sent("/items", "page") == ["1", "2", "3", "4"]


def test_the_answer_of_one_object_is_one_row(api: ScriptedApi) -> None:
    api.always("/parents", {"data": [row(7)]})
    api.always("/parents/7", row(7, name="whole"))
    detail: dict[str, Any] = {"name": "details", "primary_key": "id"}
    detail["endpoint"] = {"path": "/parents/{resources.parents.id}"}
    assert read_ids(declare(resource("parents"), detail), "details") == [7]


def test_lists_inside_the_answer_of_one_object_are_not_its_rows(api: ScriptedApi) -> None:
    api.always("/parents", {"data": [row(7)]})
    api.always("/parents/7", row(7, items=[{"id": 70}], data=[{"id": 71}]))
    detail: dict[str, Any] = {"name": "details", "primary_key": "id"}
    detail["endpoint"] = {"path": "/parents/{resources.parents.id}"}
    assert read_ids(declare(resource("parents"), detail), "details") == [7]


@pytest.mark.parametrize(
    ("key", "endpoint"),
    [
        pytest.param("data_selector", {"data_selector": "data[["}, id="data_selector"),
        pytest.param("cursor_path", {"incremental": {"cursor_path": "a[["}}, id="cursor_path"),
        pytest.param(
            "total_path", {"paginator": {"type": "offset", "total_path": "a[["}}, id="total_path"
        ),
    ],
)
def test_what_is_not_a_path_is_refused_by_the_name_of_its_key(
    api: ScriptedApi, key: str, endpoint: dict[str, Any]
) -> None:
    api.always("/items", {"data": []})
    with pytest.raises((DeclarationError, LoadError), match=rf"demo\.items.*{key}"):
        read_ids(declare(resource(**endpoint)))


STAR = {"stars": 5, "count": 2}
RATINGS = {"average": "number", "total": "integer?", "breakdown": "array?", "range": "object?"}
RATING = {"average": 4.5, "total": 2, "breakdown": [1, 2]}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(RATING, [RATING], id="a declared list of values"),
        pytest.param({"data": RATING}, [RATING], id="of an inner object"),
        pytest.param(
            {"average": 4.5, "breakdown": [STAR]},
            [{"average": 4.5, "breakdown": [STAR]}],
            id="a declared list of objects",
        ),
        pytest.param(
            {"average": 4.5, "range": {"at": {"k": [0, 1]}}},
            [{"average": 4.5, "range": {"at": {"k": [0, 1]}}}],
            id="a list far below",
        ),
        pytest.param(
            {"average": 2, "codes": [1]}, [{"average": 2, "codes": [1]}], id="an undeclared list"
        ),
        pytest.param({"codes": [1, 2]}, [{"value": 1}, {"value": 2}], id="nothing else"),
        pytest.param({"average": 4.5}, [{"average": 4.5}], id="without a list"),
        pytest.param([{"average": 4.5}], [{"average": 4.5}], id="nothing but a list"),
        pytest.param({"total": 1, "data": [{"average": 4.5}]}, [{"average": 4.5}], id="rows"),
        pytest.param({"total": 1, "data": [STAR]}, [STAR], id="rows without declared fields"),
        pytest.param(
            {"total": 1, "breakdown": [{"average": 4.5}]}, [{"average": 4.5}], id="a field's name"
        ),
        pytest.param(
            {"average": 4.5, "total": 0, "breakdown": []},
            [{"average": 4.5, "total": 0, "breakdown": []}],
            id="an empty list",
        ),
        pytest.param({"total": 0, "breakdown": []}, [], id="no rows"),
        pytest.param(
            {"total": 1, "breakdown": [STAR]}, [STAR], id="an envelope without a required field"
        ),
    ],
)
def test_a_list_that_is_a_declared_field_is_not_taken_for_the_rows(
    api: ScriptedApi, body: dict[str, Any], expected: list[Any]
) -> None:
    api.always("/items", body)
    without_key = {**resource(paginator="single_page", data_selector=None), "primary_key": []}
    declaration = declare(without_key, schema={"items": {"fields": RATINGS}})
    assert [_without_own(one) for one in read(declaration)] == expected


def _without_own(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if not name.startswith("_")}
