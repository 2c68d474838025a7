"""Without a `data_selector`: which of several lists in a response holds the rows."""

from typing import Any

import pytest

from analytics_ingest_tests.support.loads import declare, failure, open_items, read, resource
from analytics_ingest_tests.support.scripted_api import ScriptedApi

USERS = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
LINKS = [{"rel": "next", "href": "x"}]
TEXTS = ["a", "b"]


def declared(key: str | None, name: str = "items") -> dict[str, Any]:
    """A resource that declares no selector."""
    endpoint = {"data_selector": None, "paginator": "single_page", "incremental": None}
    return resource(name, **endpoint, own={"primary_key": key or []})


def read_with_warnings(resource: dict[str, Any]) -> tuple[list[Any], list[str]]:
    """The rows of a load, and its warnings."""
    with open_items(declare(resource)) as (items, stats):
        return list(items), list(stats[resource["name"]].warnings)


CHOSEN: list[tuple[str, Any, str | None]] = [
    ("an empty list of errors is not one of rows", {"errors": [], "users": USERS}, None),
    ("nor within an object", {"meta": {"errors": []}, "users": USERS}, None),
    ("its elements have the key", {"warnings": [], "users": USERS}, "id"),
    ("also behind objects without it", {"links": LINKS, "users": USERS}, "id"),
    ("and behind plain values", {"tags": TEXTS, "users": USERS}, "id"),
    ("it has the name of the resource", {"warnings": [], "items": USERS}, None),
    ("also where it is empty", {"items": [], "links": LINKS}, None),
    ("it has a usual name", {"warnings": [], "results": USERS}, None),
    ("it is the only list", {"users": USERS}, None),
    ("both are empty", {"users": [], "tags": []}, None),
]


@pytest.mark.parametrize(("why", "body", "key"), CHOSEN, ids=[why for why, *_ in CHOSEN])
def test_a_list_is_chosen_by_its_name_or_its_key(
    api: ScriptedApi, why: str, body: Any, key: str | None
) -> None:
    api.always("/items", body)
    loaded, warnings = read_with_warnings(declared(key))
    assert loaded == [row for rows in body.values() if rows == USERS for row in rows], why
    assert not warnings


OPEN: list[tuple[str, Any, str | None]] = [
    ("an empty list before one of objects", {"warnings": [], "users": USERS}, None),
    ("deeper than the list of objects", {"meta": {"warnings": []}, "users": USERS}, None),
    ("plain values before objects", {"tags": TEXTS, "users": USERS}, None),
    ("two lists of objects beside an empty one", {"a": [], "b": USERS, "c": LINKS}, None),
    ("two lists with the key beside an empty one", {"a": [], "b": USERS, "c": USERS}, "id"),
]


@pytest.mark.parametrize(("why", "body", "key"), OPEN, ids=[why for why, *_ in OPEN])
def test_lists_of_which_none_is_known_to_hold_the_rows_fail_the_resource(
    api: ScriptedApi, why: str, body: Any, key: str | None
) -> None:
    api.always("/items", body)
    sentence = str(failure(declare(declared(key))))
    assert "the response has several lists (" in sentence, why
    assert sentence.endswith("and nothing says which holds the rows; declare data_selector")


def test_the_first_list_of_objects_is_loaded_with_a_warning_where_another_may_hold_the_rows(
    api: ScriptedApi,
) -> None:
    api.always("/items", {"users": USERS, "links": LINKS})
    loaded, (warning,) = read_with_warnings(declared(None))
    assert loaded == USERS
    assert "(users, links), and nothing says which holds the rows" in warning
    assert "those of users are loaded; declare data_selector" in warning


@pytest.mark.parametrize("key", ["id", None])
@pytest.mark.parametrize(
    "body",
    [
        {"errors": ["invalid token"], "data": None},
        {"errors": ["invalid token"]},
        {"errors": [{"id": "E1", "message": "invalid token"}]},
        {"code": 400, "errors": ["invalid token"]},
        {"error": ["invalid token"], "result": {}},
        {"validationErrors": [{"message": "invalid token"}]},
    ],
    ids=str,
)
def test_a_list_of_errors_alone_fails_the_resource(
    api: ScriptedApi, body: Any, key: str | None
) -> None:
    api.always("/items", body)
    assert "200 with an error in place of rows" in str(failure(declare(declared(key))))


def test_errors_are_the_rows_of_a_resource_that_lists_errors(api: ScriptedApi) -> None:
    errors = [{"id": 1, "message": "boom"}]
    api.always("/errors", {"errors": errors})
    assert read(declare(declared("id", "errors"))) == errors


ROWS = [{"id": 1, "at": "2026-01-05T10:00:00Z"}, {"id": 2, "at": "2026-01-05T11:00:00Z"}]
OTHERS = [{"id": 9, "at": "2026-01-05T10:00:00Z"}]
NO_KEY = [{"count": 3}]


def orders(**endpoint: Any) -> dict[str, Any]:
    """A resource with a cursor that declares no selector."""
    kept = {"incremental": {"cursor_path": "at"}, "paginator": "single_page", **endpoint}
    return resource("orders", data_selector=None, **kept)


def read_ids(resource: dict[str, Any]) -> tuple[list[int], list[str]]:
    """The ids of the rows of a load, and its warnings."""
    loaded, warnings = read_with_warnings(resource)
    return [row["id"] for row in loaded], warnings


NAMED: dict[str, tuple[Any, list[Any]]] = {
    "a usual name is deeper": ({"facets": {"items": OTHERS}, "orders": ROWS}, ROWS),
    "a usual name is empty": ({"data": [], "orders": ROWS}, ROWS),
    "a deeper usual name is empty": ({"orders": ROWS, "included": {"entries": []}}, ROWS),
    "errors are within an object": ({"errors": {"data": []}, "orders": ROWS}, ROWS),
    "it is far down": ({"a": {"b": {"c": {"orders": ROWS}}}, "links": OTHERS}, ROWS),
    "it is null": ({"orders": None, "users": OTHERS}, []),
    "it is null, alone": ({"orders": None, "total": 0}, []),
    "it is null, beside plain values": ({"orders": None, "tags": ["a"]}, []),
    "it is empty": ({"orders": [], "users": OTHERS}, []),
    "it is one row": ({"orders": ROWS[0], "users": OTHERS}, ROWS[:1]),
    "it is one row, beside nothing": ({"orders": ROWS[0], "warnings": []}, ROWS[:1]),
    "a usual name is null": ({"data": None, "included": OTHERS}, []),
    "a usual name is one row": ({"data": ROWS[0], "included": OTHERS}, ROWS[:1]),
    "a usual name is before a deeper one": ({"data": ROWS, "includes": {"orders": OTHERS}}, ROWS),
    "the key decides": ({"facets": {"items": NO_KEY}, "hits": ROWS}, ROWS),
    "the cursor decides": ({"users": [{"id": 9}], "hits": ROWS}, ROWS),
    "null cursors": ({"orders": [{"id": 1, "at": None}], "users": OTHERS}, [{"id": 1, "at": None}]),
}


@pytest.mark.parametrize(("body", "rows"), NAMED.values(), ids=NAMED)
def test_the_list_of_rows_is_known_by_its_name_though_it_is_empty_null_or_deeper(
    api: ScriptedApi, body: Any, rows: list[Any]
) -> None:
    api.always("/orders", body)
    loaded, warnings = read_ids(orders())
    assert loaded == [row["id"] for row in rows]
    assert not [warning for warning in warnings if "data_selector" in warning]


LIKE: dict[str, tuple[str, str, Any, str]] = {
    "the plural of the resource": ("order", "order", {"items": OTHERS, "orders": ROWS}, "items"),
    "its singular": ("orders", "orders", {"data": OTHERS, "order": ROWS}, "data"),
    "its name without a verb": ("get_users", "x", {"values": OTHERS, "users": ROWS}, "values"),
    "its name with a verb": ("users", "x", {"values": OTHERS, "userList": ROWS}, "values"),
    "the plural of its path": ("x", "company", {"items": OTHERS, "companies": ROWS}, "items"),
    "a list of no name beside it": ("order", "x", {"orders": ROWS, "people": OTHERS}, "people"),
    "its name, deeper": ("orders", "x", {"order": ROWS, "a": {"orders": OTHERS}}, "a.orders"),
    "two names": ("orders", "sales", {"orders": ROWS, "sales": OTHERS}, "sales"),
    "no name, beside a usual one": ("orders", "x", {"data": ROWS, "people": OTHERS}, "people"),
}
"""Why → the resource, its path, a body, and the list that may hold the rows too."""


@pytest.mark.parametrize("name", LIKE)
def test_a_name_like_the_resources_is_before_a_usual_one_and_another_list_with_the_key_a_doubt(
    api: ScriptedApi, name: str
) -> None:
    resource, path, body, other = LIKE[name]
    api.always(f"/{path}", body)
    loaded, warnings = read_ids({**orders(path=f"/{path}"), "name": resource})
    assert loaded == [1, 2]
    (warning,) = [warning for warning in warnings if "data_selector" in warning]
    assert other in warning.partition(":")[0]
    assert f"those of {other} are loaded" not in warning


CLEAR: dict[str, tuple[str, str, Any]] = {
    "the path, before a verb": ("people", "users/list", {"values": OTHERS, "users": ROWS}),
    "its end": ("posts", "users/1/posts", {"data": ROWS, "users": []}),
    "never an earlier part": ("comments", "users/1/posts", {"data": ROWS, "tags": OTHERS}),
    "a verb": ("everything", "users/list", {"list": ROWS, "tags": OTHERS}),
    "the only list of objects": ("orders", "x", {"order": ["desc"], "hits": ROWS}),
    "a thing beside its list": ("users", "x", {"user": OTHERS[0], "data": ROWS}),
    "among side lists": ("user", "x", {"hits": ROWS, "included": {"users": OTHERS}}),
    "no key of a row": ("orders", "x", {"order": NO_KEY, "data": ROWS}),
    "beside rows of its name": ("orders", "x", {"orders": ROWS, "order": OTHERS, "data": OTHERS}),
}


@pytest.mark.parametrize("name", CLEAR)
def test_a_name_like_the_resources_leaves_clear_lists_as_they_are(
    api: ScriptedApi, name: str
) -> None:
    resource, path, body = CLEAR[name]
    api.always(f"/{path}", body)
    loaded, warnings = read_ids({**orders(path=f"/{path}"), "name": resource})
    assert loaded == [1, 2]
    assert not [warning for warning in warnings if "data_selector" in warning]


DOUBTED: dict[str, tuple[Any, list[Any]]] = {
    "an empty list may hold rows too": ({"upserted": ROWS, "deleted": []}, ROWS),
    "the list of rows may be empty": ({"upserted": [], "deleted": OTHERS}, OTHERS),
    "a usual name is empty": ({"data": [], "users": OTHERS}, []),
    "a usual name is null": ({"data": None, "users": OTHERS}, OTHERS),
    "a list nearer to the root has the key": ({"facets": {"items": OTHERS}, "hits": ROWS}, OTHERS),
    "its elements lack the key": ({"orders": NO_KEY, "hits": ROWS}, ROWS),
    "the object around may be the row": ({**ROWS[0], "lines": OTHERS}, OTHERS),
    "also where its list is empty": ({**ROWS[0], "lines": []}, []),
    "though its list has a usual name": ({**ROWS[0], "items": OTHERS}, OTHERS),
    "which may be empty": ({**ROWS[0], "items": []}, []),
    "an object of the resource's name": ({"orders": {**ROWS[0], "items": OTHERS}}, OTHERS),
    "one row beside an empty list": ({"data": [], "order": ROWS[0]}, []),
    "which has no usual name": ({"hits": [], "context": {"order": ROWS[0]}}, []),
    "one row alone": ({"order": ROWS[0], "warnings": []}, ROWS[:1]),
    "a name like it beside an empty list": ({"order": ROWS, "deleted": []}, ROWS),
    "keys may be data": ({"ann@example.com": ROWS, "bob@example.com": OTHERS}, ROWS),
}


@pytest.mark.parametrize(("body", "rows"), DOUBTED.values(), ids=DOUBTED)
def test_a_list_is_loaded_with_a_warning_where_another_may_hold_the_rows(
    api: ScriptedApi, body: Any, rows: list[Any]
) -> None:
    api.always("/orders", body)
    loaded, warnings = read_ids(orders())
    assert loaded == [row["id"] for row in rows]
    (warning,) = [warning for warning in warnings if "declare data_selector" in warning]
    assert "@" not in warning


def test_a_warning_names_few_lists(api: ScriptedApi) -> None:
    api.always("/orders", {f"list_{n}": ROWS for n in range(3000)})
    _, warnings = read_with_warnings(orders())
    (warning,) = [warning for warning in warnings if "data_selector" in warning]
    assert "(list_0, list_1, list_2, list_3, list_4, …)" in warning


@pytest.mark.parametrize(
    "pages",
    [
        [{"orders": ROWS[:1], "next": 2}, {"orders": [], "archived": ROWS[1:]}],
        [{"added": ROWS[:1], "accounts": NO_KEY, "next": 2}, {"added": [], "modified": ROWS[1:]}],
        [{"data": ROWS[:1], "next": 2}, {"data": [], "order": ROWS[1]}],
    ],
    ids=["a list of another name", "another list of the changes", "one row"],
)
def test_rows_of_another_list_on_a_later_page_are_a_warning(
    api: ScriptedApi, pages: list[Any]
) -> None:
    api.on("/orders", lambda asked: pages[int(asked.query.get("page", 1)) - 1])
    paginator = {"type": "cursor", "cursor_path": "next", "cursor_param": "page"}
    loaded, warnings = read_ids(orders(paginator=paginator))
    assert loaded == [1]
    (warning,) = [warning for warning in warnings if "data_selector" in warning]
    assert "a later page has rows with the key in" in warning


@pytest.mark.parametrize("name", ["orders", "data", "hits"])
def test_null_in_front_of_the_rows_is_a_row_that_is_not_an_object(
    api: ScriptedApi, name: str
) -> None:
    api.always("/orders", {name: [None, None, *ROWS], "total": 4})
    loaded, warnings = read_with_warnings(orders())
    assert [row["id"] for row in loaded if "id" in row] == [1, 2]
    assert [row["row"] for row in loaded if "reason" in row] == ["null", "null"]
    assert not warnings


def test_null_on_the_first_page_is_an_empty_list(api: ScriptedApi) -> None:
    pages = [{"orders": None, "warnings": [], "next": 2}, {"orders": ROWS, "warnings": []}]
    api.on("/orders", lambda asked: pages[int(asked.query.get("page", 1)) - 1])
    paginator = {"type": "cursor", "cursor_path": "next", "cursor_param": "page"}
    loaded, warnings = read_ids(orders(paginator=paginator))
    assert (loaded, warnings) == ([1, 2], [])


@pytest.mark.parametrize("first", [{"ok": True}, {"meta": {}}, {"tags": ["a"]}], ids=str)
def test_a_first_page_without_a_list_leaves_the_choice_to_the_next(
    api: ScriptedApi, first: dict[str, Any]
) -> None:
    pages = [{**first, "next": 2}, {"orders": ROWS}]
    api.on("/orders", lambda asked: pages[int(asked.query.get("page", 1)) - 1])
    paginator = {"type": "cursor", "cursor_path": "next", "cursor_param": "page"}
    loaded, warnings = read_with_warnings(orders(paginator=paginator))
    assert [row["id"] for row in loaded if "id" in row] == [1, 2]
    assert [row["reason"] for row in loaded if "reason" in row] == ["the primary key id is absent"]
    assert any("declare data_selector" in warning for warning in warnings)


KEYLESS: dict[str, tuple[Any, str]] = {
    "the row is below": ({"orders": ROWS[0]}, "objects with it are at orders;"),
    "under a usual name": ({"data": ROWS[0], "ok": True}, "objects with it are at data;"),
    "deeper": ({"data": {"orders": ROWS[0]}}, "objects with it are at data.orders;"),
    "a map": ({"orders": {"1": ROWS[0], "2": ROWS[1]}}, "objects with it are at orders.*;"),
    "a map of one": ({"orders": {"ann@x": ROWS[0]}}, "objects with it are at orders.*;"),
    "nowhere": ({"ok": True}, "it lacks the key (id); declare"),
}


@pytest.mark.parametrize("name", KEYLESS)
def test_a_body_that_is_taken_for_a_row_without_the_key_says_what_to_declare(
    api: ScriptedApi, name: str
) -> None:
    body, place = KEYLESS[name]
    api.always("/orders", body)
    loaded, warnings = read_with_warnings(orders())
    assert [row["reason"] for row in loaded] == ["the primary key id is absent"]
    (warning,) = [warning for warning in warnings if "data_selector" in warning]
    assert place in warning


def test_a_body_that_a_step_gives_its_key_is_one_row(api: ScriptedApi) -> None:
    day = {"date": "2026-01-05", "at": "2026-01-05T10:00:00Z", "owner": {"id": 5}}
    api.always("/orders", day)
    steps = [{"add": {"id": "{{ record.date }}"}}]
    loaded, warnings = read_ids({**orders(), "processing_steps": steps})
    assert (loaded, warnings) == (["2026-01-05"], [])
