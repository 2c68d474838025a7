"""Offset paging: which requests are made, and which of them is the last."""

from typing import Any

import pytest

from analytics_ingest.common.errors import PagingError
from analytics_ingest_tests.support.loads import declare, extract, failure, read_ids, resource
from analytics_ingest_tests.support.pages import by_offset, rows
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi


def offset(**keys: Any) -> dict[str, Any]:
    return {"type": "offset", "limit": 2, **keys}


@pytest.mark.parametrize(
    ("count", "offsets"),
    [
        pytest.param(0, ["0", None], id="an empty listing, once more without parameters"),
        pytest.param(1, ["0", "1"], id="a short first page, then an empty one"),
        pytest.param(2, ["0", "2"], id="a full last page, then an empty one"),
        pytest.param(3, ["0", "2"], id="a short last page"),
        pytest.param(4, ["0", "2", "4"], id="two full pages, then an empty one"),
    ],
)
def test_without_a_total_a_short_or_an_empty_page_ends_the_listing(
    api: ScriptedApi, count: int, offsets: list[str | None]
) -> None:
    api.on("/items", by_offset(rows(count)))
    assert read_ids(declare(resource(paginator=offset()))) == list(range(1, count + 1))
    assert api.sent("/items", "offset") == offsets
    assert api.sent("/items", "limit") == [sent and "2" for sent in offsets]


def test_where_no_size_is_asked_for_an_empty_page_ends_the_listing(api: ScriptedApi) -> None:
    served = rows(7)

    def script(asked: Asked) -> Any:
        start = int(asked.query["offset"])
        return {"data": served[start : start + 3]}

    api.on("/items", script)
    assert read_ids(declare(resource(paginator=offset(limit=None)))) == list(range(1, 8))
    assert {"0", "3", "6", "7"} <= set(api.sent("/items", "offset"))
    assert set(api.sent("/items", "limit")) == {None}


@pytest.mark.parametrize("given", [3, 5])
def test_rows_of_pages_longer_than_asked_for_are_read_once(api: ScriptedApi, given: int) -> None:
    served = rows(13)

    def script(asked: Asked) -> Any:
        start = int(asked.query["offset"])
        return {"data": served[start : start + given]}

    api.on("/items", script)
    keyless = resource(own={"primary_key": None}, paginator=offset())
    assert read_ids(declare(keyless)) == list(range(1, 14))


@pytest.mark.parametrize("total", [3, "3"], ids=["number", "text"])
def test_a_total_in_the_body_saves_the_empty_page(api: ScriptedApi, total: Any) -> None:
    api.on("/items", by_offset(rows(3), total=total))
    assert read_ids(declare(resource(paginator=offset()))) == [1, 2, 3]
    assert api.sent("/items", "offset") == ["0", "2"]


@pytest.mark.parametrize("total", [None, "many", True, {"rows": 3}, 2.5])
def test_a_total_that_is_no_number_is_as_good_as_none(api: ScriptedApi, total: Any) -> None:
    api.on("/items", by_offset(rows(3), total=total))
    assert read_ids(declare(resource(paginator=offset()))) == [1, 2, 3]


def test_a_declared_total_path_is_followed(api: ScriptedApi) -> None:
    api.on("/items", by_offset(rows(4), meta={"count": 4}))
    declaration = declare(resource(paginator=offset(total_path="meta.count")))
    assert read_ids(declaration) == [1, 2, 3, 4]
    assert api.sent("/items", "offset") == ["0", "2"]


def test_a_missing_declared_total_is_an_error_that_shows_no_row(api: ScriptedApi) -> None:
    api.always("/items", {"data": [{"id": 1, "note": "canary-row"}, {"id": 2}]})
    error = failure(declare(resource(paginator=offset(total_path="meta.count"))))
    assert isinstance(error, PagingError)
    assert "demo.items" in str(error)
    assert "meta.count" in str(error)
    assert "canary-row" not in str(error)


def test_parameters_of_other_names_are_sent(api: ScriptedApi) -> None:
    api.on("/items", by_offset(rows(3), offset="skip", limit="top"))
    paginator = offset(offset_param="skip", limit_param="top")
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2, 3]
    assert api.sent("/items", "skip") == ["0", "2"]
    assert api.sent("/items", "top") == ["2", "2"]
    assert api.sent("/items", "limit") == [None, None]


@pytest.mark.parametrize("limit", [3, "3"], ids=["number", "text"])
def test_a_limit_among_the_params_wins_and_is_the_step(api: ScriptedApi, limit: Any) -> None:
    api.on("/items", by_offset(rows(7)))
    declaration = declare(resource(paginator=offset(), params={"limit": limit, "sort": "id"}))
    assert read_ids(declaration) == list(range(1, 8))
    assert api.sent("/items", "limit") == ["3", "3", "3"]
    assert api.sent("/items", "offset") == ["0", "3", "6"]
    assert api.sent("/items", "sort") == ["id", "id", "id"]


def test_the_first_offset_can_be_declared(api: ScriptedApi) -> None:
    api.on("/items", by_offset(rows(5)))
    assert read_ids(declare(resource(paginator=offset(offset=2)))) == [3, 4, 5]
    assert api.sent("/items", "offset") == ["2", "4"]


def test_a_maximum_offset_ends_the_listing(api: ScriptedApi) -> None:
    api.on("/items", by_offset(rows(100)))
    assert read_ids(declare(resource(paginator=offset(maximum_offset=4)))) == [1, 2, 3, 4]
    assert api.sent("/items", "offset") == ["0", "2"]


@pytest.mark.parametrize(
    ("yes", "no"), [(True, False), ("true", "false"), ("True", "False")], ids=repr
)
def test_a_flag_says_whether_there_is_more(api: ScriptedApi, yes: Any, no: Any) -> None:
    served = rows(4)

    def script(asked: Asked) -> Any:
        start = int(asked.query["offset"])
        return {"data": served[start : start + 2], "meta": {"more": no if start == 2 else yes}}

    api.on("/items", script)
    declaration = declare(resource(paginator=offset(has_more_path="meta.more")))
    assert read_ids(declaration) == [1, 2, 3, 4]
    assert api.sent("/items", "offset") == ["0", "2"]


def test_a_missing_flag_is_an_error_that_shows_no_row(api: ScriptedApi) -> None:
    api.always("/items", {"data": [{"id": 1, "note": "canary-row"}, {"id": 2}]})
    error = failure(declare(resource(paginator=offset(has_more_path="meta.more"))))
    assert "demo.items" in str(error)
    assert "more" in str(error)
    assert "canary-row" not in str(error)


def test_one_resource_does_not_move_the_offset_of_another(api: ScriptedApi) -> None:
    api.on("/a", by_offset(rows(3)))
    api.on("/b", by_offset(rows(3)))
    client = {"paginator": offset()}
    bare = [{"name": n, "primary_key": "id", "endpoint": {"data_selector": "data"}} for n in "ab"]
    extract(declare(*bare, client=client))
    assert api.sent("/a", "offset") == api.sent("/b", "offset") == ["0", "2"]


def test_a_page_longer_than_the_limit_is_kept_whole(api: ScriptedApi) -> None:
    api.in_turn("/items", [{"data": rows(3)}, {"data": []}])
    assert read_ids(declare(resource(paginator=offset()))) == [1, 2, 3]
