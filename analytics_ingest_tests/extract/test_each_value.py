"""A listing for each of some values: in the query, path, header or body, beside a parent too."""

from typing import Any

import pytest

from analytics_ingest_tests.support.loads import (
    column_types,
    declare,
    extract,
    failure,
    load,
    read_ids,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import by_offset, row, rows
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi


def each(*values: Any) -> dict[str, Any]:
    return {"type": "each", "values": list(values)}


@pytest.mark.parametrize("listed", [["a", "b", "a"], "a, b,a"])
def test_a_value_that_is_listed_twice_is_asked_for_once(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, listed: Any
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__REPOS", str(listed))
    values = listed if isinstance(listed, list) else "{settings.repos}"
    api.always("/items", {"data": [row(1)]})
    extract(declare(resource(params={"repo": {"type": "each", "values": values}})))
    assert sorted(filter(None, api.sent("/items", "repo"))) == ["a", "b"]


def router(*values: Any, **keys: Any) -> dict[str, Any]:
    return {"type": "list", "values": list(values), "cursor_field": "repo", **keys}


@pytest.mark.parametrize(
    "endpoint",
    [
        pytest.param({"params": {"repo": each("a b", "c")}}, id="clean"),
        pytest.param(
            {"partition_router": router("a b", "c", request_option={"field_name": "repo"})},
            id="as documents write it",
        ),
    ],
)
def test_each_value_has_a_listing_of_its_own(api: ScriptedApi, endpoint: dict[str, Any]) -> None:
    served = {"a b": rows(5), "c": [row(10), row(11)]}
    api.on("/items", lambda asked: by_offset(served[asked.query["repo"]])(asked))
    assert sorted(
        read_ids(declare(resource(paginator={"type": "offset", "limit": 2}, **endpoint)))
    ) == [1, 2, 3, 4, 5, 10, 11]
    assert sorted(filter(None, api.sent("/items", "repo"))) == ["a b"] * 3 + ["c"] * 2


@pytest.mark.parametrize(
    "endpoint",
    [
        pytest.param({"path": "/{repo}/items", "params": {"repo": each("a b", 7)}}, id="clean"),
        pytest.param(
            {
                "path": "/{{ stream_partition.repo }}/items",
                "partition_router": router("a b", 7),
            },
            id="as documents write it",
        ),
    ],
)
def test_a_value_can_be_in_the_path(api: ScriptedApi, endpoint: dict[str, Any]) -> None:
    api.always("/a%20b/items", {"data": [row(1)]})
    api.always("/7/items", {"data": [row(2)]})
    assert sorted(read_ids(declare(resource(**endpoint)))) == [1, 2]
    assert [asked.query for asked in api.asked] == [{}, {}]


def test_a_value_can_be_in_a_header_and_in_the_body_with_its_type(api: ScriptedApi) -> None:
    api.on("/items", lambda asked: {"data": [row(asked.json["of"])]})
    ids = sorted(
        read_ids(
            declare(
                resource(
                    method="POST",
                    params={"of": each(1, 2)},
                    json={"of": "{of}"},
                    headers={"X-Of": "{of}"},
                )
            )
        )
    )
    assert ids == [1, 2]
    assert sorted(asked.headers["x-of"] for asked in api.asked) == ["1", "2"]
    assert [asked.query for asked in api.asked] == [{}, {}]


def test_rows_of_values_with_the_same_ids_are_distinguished_by_a_column(api: ScriptedApi) -> None:
    api.on("/items", by_offset(rows(3)))
    params = {"repo": {**each("a", "b"), "column": "of"}, "kind": each(1)}
    paginator = {"type": "offset", "limit": 2}
    items = resource(own={"primary_key": ["of", "id"]}, paginator=paginator, params=params)
    for run in ("first", "second"):
        load(declare(items), run_id=run)
    assert table("items", "of", "id", order_by="1, 2") == [
        (value, key) for value in "ab" for key in (1, 2, 3)
    ]
    assert "kind" not in column_types("items")


def test_two_lists_of_values_are_combined(api: ScriptedApi) -> None:
    api.always("/x/items", {"data": []})
    api.always("/y/items", {"data": []})
    extract(declare(resource(path="/{a}/items", params={"a": each("x", "y"), "b": each(1, 2)})))
    asked = sorted((asked.path, asked.query["b"]) for asked in api.asked)
    assert asked == [("/x/items", "1"), ("/x/items", "2"), ("/y/items", "1"), ("/y/items", "2")]


def test_values_and_a_parent_are_combined(api: ScriptedApi) -> None:
    api.always("/parents", {"data": [row(1), row(2)]})

    def children(asked: Asked) -> dict[str, Any]:
        return {"data": [row(f"{asked.path[-1]}-{asked.query['kind']}")]}

    api.on("/parents/1", children)
    api.on("/parents/2", children)
    params = {
        "p": {"type": "resolve", "resource": "parents", "field": "id"},
        "kind": each("a", "b"),
    }
    child = resource(path="/parents/{p}", params=params)
    assert sorted(read_ids(declare(resource("parents"), child), "items")) == [
        "1-a",
        "1-b",
        "2-a",
        "2-b",
    ]


def test_a_parent_with_values_opens_its_children_once_a_row(api: ScriptedApi) -> None:
    api.on("/parents", lambda asked: {"data": [row(1), row(asked.query["kind"])]})
    for key in ("1", "a", "b"):
        api.always(f"/parents/{key}", {"data": [row(key)]})
    params = {"p": {"type": "resolve", "resource": "parents", "field": "id"}}
    child = resource(path="/parents/{p}", params=params)
    declaration = declare(resource("parents", params={"kind": each("a", "b")}), child)
    assert sorted(read_ids(declaration, "items")) == ["1", "a", "b"]
    assert len(api.asked) == 5


@pytest.mark.parametrize("given", ["a, b/c,d,", '["a", "b/c", "d"]'])
def test_the_values_may_be_a_setting(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__REPOS", given)
    api.always("/items", {"data": []})
    extract(declare(resource(params={"repo": {"type": "each", "values": "{settings.repos}"}})))
    assert sorted(str(sent) for sent in api.sent("/items", "repo")) == ["a", "b/c", "d"]


@pytest.mark.parametrize("given", [",", " "])
def test_a_setting_without_a_value_does_not_pass_for_an_empty_listing(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__REPOS", given)
    values = {"type": "each", "values": "{settings.repos}"}
    error = failure(declare(resource(params={"repo": values})))
    assert str(error) == (
        "demo.items: endpoint.params.repo.values: {settings.repos} is empty; set it to "
        "values separated by commas"
    )
    assert api.asked == []


def test_rows_of_one_value_that_move_do_not_uncount_those_of_another(api: ScriptedApi) -> None:
    """A listing that is read again counts again, which others of its resource must not."""
    served = {"a": rows(3), "b": [row(n) for n in range(100, 300)]}
    was_moved: list[bool] = []

    def script(asked: Asked) -> dict[str, Any]:
        if asked.query["repo"] == "b" and asked.query["offset"] == "150" and not was_moved:
            was_moved.append(True)
            served["b"].insert(0, row(99))
        return by_offset(served[asked.query["repo"]])(asked)

    api.on("/items", script)
    paginator = {"type": "offset", "limit": 10}
    (stats,) = load(
        declare(resource(paginator=paginator, params={"repo": each("a", "b")}))
    ).values()
    assert len(table("items")) == 204
    assert stats.rows_loaded >= 204
