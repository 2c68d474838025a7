"""Cursor paging: where the cursor is found, how it goes back, and what ends a listing."""

from typing import Any

import pytest

from analytics_ingest_tests.support.loads import declare, extract, failure, read_ids, resource
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi


def cursor(**keys: Any) -> dict[str, Any]:
    return {"type": "cursor", **keys}


def three_pages(parameter: str, *path: str) -> Script:
    """Rows 1, 2 and 3 on pages that name the next one at a path of the body."""

    def script(asked: Asked) -> dict[str, Any]:
        number = int(asked.query.get(parameter, "c1")[1:])
        following: Any = f"c{number + 1}" if number < 3 else None
        for key in reversed(path):
            following = {key: following}
        return {"data": [row(number)], **following}

    return script


@pytest.mark.parametrize(
    ("keys", "parameter", "path"),
    [
        pytest.param({}, "cursor", ["cursors", "next"], id="dlt's default"),
        pytest.param({"cursor_path": "next"}, "cursor", ["next"], id="a plain path"),
        pytest.param({"cursor_path": "$.next"}, "cursor", ["next"], id="with a root"),
        pytest.param(
            {"cursor_path": "meta.paging.next", "cursor_param": "after"},
            "after",
            ["meta", "paging", "next"],
            id="a nested path",
        ),
        pytest.param(
            {"cursor_path": "response.next", "cursor_param": "next"},
            "next",
            ["next"],
            id="response. is the body",
        ),
        pytest.param(
            {"cursor_path": "response.next", "cursor_param": "next"},
            "next",
            ["response", "next"],
            id="a body that holds a response",
        ),
    ],
)
def test_the_cursor_of_a_page_is_sent_for_the_next(
    api: ScriptedApi, keys: dict[str, Any], parameter: str, path: list[str]
) -> None:
    api.on("/items", three_pages(parameter, *path))
    assert read_ids(declare(resource(paginator=cursor(**keys)))) == [1, 2, 3]
    assert api.sent("/items", parameter) == [None, "c2", "c3"]


@pytest.mark.parametrize(
    "end",
    [
        pytest.param({"next": None}, id="null"),
        pytest.param({}, id="missing"),
        pytest.param({"next": ""}, id="an empty string"),
        pytest.param({"next": False}, id="false"),
    ],
)
@pytest.mark.parametrize("path", ["next", "response.next"])
def test_no_cursor_ends_the_listing(api: ScriptedApi, end: dict[str, Any], path: str) -> None:
    api.in_turn("/items", [{"data": [row(1)], "next": "c2"}, {"data": [row(2)], **end}])
    assert read_ids(declare(resource(paginator=cursor(cursor_path=path)))) == [1, 2]
    assert len(api.asked) == 2


def test_a_cursor_may_be_a_number(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": [row(1)], "next": 17}, {"data": [row(2)]}])
    assert read_ids(declare(resource(paginator=cursor(cursor_path="next")))) == [1, 2]
    assert api.sent("/items", "cursor") == [None, "17"]


def test_a_cursor_is_sent_as_it_came(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": [row(1)], "next": "a+b/c=&d %"}, {"data": [row(2)]}])
    assert read_ids(declare(resource(paginator=cursor(cursor_path="next")))) == [1, 2]
    assert api.sent("/items", "cursor") == [None, "a+b/c=&d %"]


def test_an_empty_page_with_a_cursor_goes_on(api: ScriptedApi) -> None:
    api.in_turn(
        "/items", [{"data": [row(1)], "next": "b"}, {"data": [], "next": "c"}, {"data": [row(3)]}]
    )
    assert read_ids(declare(resource(paginator=cursor(cursor_path="next")))) == [1, 3]


def test_an_empty_page_ends_the_listing_where_that_is_declared(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": [row(1)], "next": "b"}, {"data": [], "next": "c"}])
    paginator = cursor(cursor_path="next", stop_after_empty_page=True)
    assert read_ids(declare(resource(paginator=paginator))) == [1]
    assert len(api.asked) == 2


def test_a_flag_ends_the_listing_though_a_cursor_is_given(api: ScriptedApi) -> None:
    api.in_turn(
        "/items",
        [
            {"data": [row(1)], "next": "b", "more": True},
            {"data": [row(2)], "next": "c", "more": False},
        ],
    )
    paginator = cursor(cursor_path="next", has_more_path="more")
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2]


@pytest.mark.parametrize(
    ("keys", "sent"),
    [
        pytest.param({"limit": 1}, None, id="not without limit_param"),
        pytest.param({"limit": 1, "limit_param": "size"}, "1", id="under limit_param"),
    ],
)
def test_the_page_size_is_sent_only_where_it_has_a_name(
    api: ScriptedApi, keys: dict[str, Any], sent: str | None
) -> None:
    api.on("/items", three_pages("cursor", "next"))
    read_ids(declare(resource(paginator=cursor(cursor_path="next", **keys))))
    assert api.sent("/items", "size") == [sent] * 3
    assert api.sent("/items", "limit") == [None] * 3


@pytest.mark.parametrize(
    "paginator",
    [
        pytest.param(
            {"type": "cursor", "cursor_path": "headers.X-Next", "cursor_param": "from"},
            id="cursor with headers.",
        ),
        pytest.param(
            {"type": "header_cursor", "cursor_key": "X-Next", "cursor_param": "from"},
            id="header_cursor",
        ),
    ],
)
def test_a_cursor_may_be_in_a_header(api: ScriptedApi, paginator: dict[str, Any]) -> None:
    api.in_turn(
        "/items", [Reply({"data": [row(1)]}, headers={"x-next": "c2"}), Reply({"data": [row(2)]})]
    )
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2]
    assert api.sent("/items", "from") == [None, "c2"]


@pytest.mark.parametrize("path", ["headers.X-Next", None], ids=["cursor", "header_cursor"])
def test_an_empty_header_ends_a_listing(api: ScriptedApi, path: str | None) -> None:
    pages = [(rows(2), "c2"), ([row(3)], "")]
    replies = [Reply({"data": data}, headers={"X-Next": following}) for data, following in pages]
    api.in_turn("/items", replies)
    header = {"type": "header_cursor", "cursor_key": "X-Next"}
    paginator = {"type": "cursor", "cursor_path": path} if path else header
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2, 3]


def test_params_are_sent_with_every_page(api: ScriptedApi) -> None:
    api.on("/items", three_pages("cursor", "next"))
    declaration = declare(resource(paginator=cursor(cursor_path="next"), params={"q": "a b"}))
    assert read_ids(declaration) == [1, 2, 3]
    assert api.sent("/items", "q") == ["a b"] * 3


def test_the_last_page_may_lack_what_the_next_cursor_is_computed_from(api: ScriptedApi) -> None:
    def script(asked: Asked) -> dict[str, Any]:
        number = int(asked.query.get("page", 1))
        return {"data": [row(number)], "paging": {"current": number} if number < 3 else {}}

    api.on("/items", script)
    paginator = cursor(
        cursor_param="page",
        cursor_value="response['paging']['current'] + 1",
        stop_condition="'current' not in response['paging']",
    )
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2, 3]


MORE = "stop_condition says that there is another page, but "


def test_a_listing_whose_condition_says_that_there_is_more_fails_without_a_place_of_the_cursor(
    api: ScriptedApi,
) -> None:
    api.always("/items", {"data": [row(1)], "paging": {"after": "c2"}})
    paginator = cursor(cursor_param="after", stop_condition="not response.paging.after")
    assert str(failure(declare(resource(paginator=paginator)))) == (
        f"demo.items: GET /items: {MORE}cursor_path 'cursors.next', the default, is on no page; "
        "declare paginator.cursor_path, where the next cursor is"
    )


@pytest.mark.parametrize("last", [{"cursors": {"next": None}}, {}], ids=["null", "missing"])
def test_a_full_last_page_ends_a_listing_whose_pages_had_the_default_place(
    api: ScriptedApi, last: dict[str, Any]
) -> None:
    api.in_turn(
        "/items", [{"data": rows(2), "cursors": {"next": "c2"}}, {"data": [row(3), row(4)], **last}]
    )
    paginator = cursor(stop_condition="last_page_size < 2")
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ({"cursor_path": "nxt"}, "cursor_path 'nxt'"),
        ({"cursor_value": "response.nxt"}, "a value of cursor_value"),
    ],
)
def test_a_condition_that_says_more_where_no_page_names_a_next_one_is_a_warning(
    api: ScriptedApi, keys: dict[str, str], place: str
) -> None:
    api.always("/items", {"data": [row(1)], "state": "more"})
    paginator = cursor(stop_condition="response.state == 'done'", **keys)
    (warning,) = extract(declare(resource(paginator=paginator)))["items"].warnings
    assert warning == (
        f"{place} is on no page, though stop_condition says that there is another; correct one of "
        "them"
    )
