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
