"""Page-number paging: where it starts, what it sends, and where it ends."""

from typing import Any

import pytest

from analytics_ingest.common.errors import PagingError
from analytics_ingest_tests.support.loads import declare, failure, read_ids, resource
from analytics_ingest_tests.support.pages import by_page, rows
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi


def pages(**keys: Any) -> dict[str, Any]:
    return {"type": "page_number", **keys}


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        pytest.param({}, ["0", "1", "2"], id="from 0 by default, as dlt"),
        pytest.param({"start_from_page": 0}, ["0", "1", "2"], id="start_from_page 0"),
        pytest.param({"start_from_page": 1}, ["1", "2", "3"], id="start_from_page 1"),
        pytest.param({"base_page": 1}, ["1", "2", "3"], id="base_page 1"),
    ],
)
def test_pages_are_counted_from_the_declared_first(
    api: ScriptedApi, keys: dict[str, Any], asked: list[str]
) -> None:
    api.on("/items", by_page(rows(4), 2, first=int(asked[0])))
    assert read_ids(declare(resource(paginator=pages(**keys)))) == [1, 2, 3, 4]
    assert api.sent("/items", "page") == asked


@pytest.mark.parametrize(
    ("count", "asked"),
    [
        pytest.param(0, ["1", None], id="an empty listing, once more without parameters"),
        pytest.param(1, ["1", "2"], id="a short first page, then an empty one"),
        pytest.param(3, ["1", "2"], id="a short last page"),
        pytest.param(4, ["1", "2", "3"], id="a full last page, then an empty one"),
    ],
)
def test_with_a_page_size_a_short_page_is_the_last(
    api: ScriptedApi, count: int, asked: list[str | None]
) -> None:
    api.on("/items", by_page(rows(count), 2))
    paginator = pages(limit=2, page_param="page", start_from_page=1)
    assert read_ids(declare(resource(paginator=paginator))) == list(range(1, count + 1))
    assert api.sent("/items", "page") == asked


@pytest.mark.parametrize("count", [3, 4, 395])
def test_the_first_page_may_be_asked_for_without_its_number(api: ScriptedApi, count: int) -> None:
    """Also where pages are asked for ahead, and the first once more at the end."""
    api.on("/items", by_page(rows(count), 2))
    paginator = pages(limit=2, limit_param="size", start_from_page=1, inject_on_first_request=False)
    assert read_ids(declare(resource(paginator=paginator))) == list(range(1, count + 1))
    assert set(api.sent("/items", "size")) == {"2"}
    sent = api.sent("/items", "page")
    assert sent[:2] == [None, "2"]
    assert "1" not in sent
    assert sent.count(None) == (1 if count < 10 else 2)


def test_without_a_page_size_only_an_empty_page_is_the_last(api: ScriptedApi) -> None:
    api.on("/items", by_page(rows(3), 2))
    assert read_ids(declare(resource(paginator=pages(base_page=1)))) == [1, 2, 3]
    assert api.sent("/items", "page") == ["1", "2", "3"]


def test_the_page_size_is_sent_where_limit_param_names_it(api: ScriptedApi) -> None:
    api.on("/items", by_page(rows(3), 2))
    paginator = pages(limit=2, limit_param="per_page", base_page=1)
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2, 3]
    assert api.sent("/items", "per_page") == ["2", "2"]


def test_the_page_size_is_not_sent_without_limit_param(api: ScriptedApi) -> None:
    api.on("/items", by_page(rows(3), 2))
    read_ids(declare(resource(paginator=pages(limit=2, base_page=1))))
    assert [sorted(asked.query) for asked in api.asked] == [["page"], ["page"]]


def test_a_page_size_among_the_params_wins_and_decides_what_is_a_short_page(
    api: ScriptedApi,
) -> None:
    api.on("/items", by_page(rows(5), 3))
    paginator = pages(limit=50, limit_param="per_page", base_page=1)
    declaration = declare(resource(paginator=paginator, params={"per_page": 3}))
    assert read_ids(declaration) == [1, 2, 3, 4, 5]
    assert api.sent("/items", "per_page") == ["3", "3"]


def test_another_page_param_is_sent(api: ScriptedApi) -> None:
    api.on("/items", by_page(rows(3), 2, page="p"))
    assert read_ids(declare(resource(paginator=pages(page_param="p", base_page=1)))) == [1, 2, 3]
    assert api.sent("/items", "p") == ["1", "2", "3"]
    assert api.sent("/items", "page") == [None, None, None]


@pytest.mark.parametrize("first", [0, 1])
def test_a_total_counts_pages(api: ScriptedApi, first: int) -> None:
    api.on("/items", by_page(rows(3), 2, first=first, total=2))
    assert read_ids(declare(resource(paginator=pages(base_page=first)))) == [1, 2, 3]
    assert len(api.asked) == 2


def test_a_declared_total_path_is_followed(api: ScriptedApi) -> None:
    api.on("/items", by_page(rows(4), 2, meta={"pages": "2"}))
    paginator = pages(base_page=1, total_path="meta.pages")
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2, 3, 4]
    assert len(api.asked) == 2


def test_a_missing_declared_total_is_an_error_that_shows_no_row(api: ScriptedApi) -> None:
    api.always("/items", {"data": [{"id": 1, "note": "canary-row"}]})
    error = failure(declare(resource(paginator=pages(total_path="meta.pages"))))
    assert isinstance(error, PagingError)
    assert "demo.items" in str(error)
    assert "canary-row" not in str(error)


def test_reading_can_begin_at_a_later_page(api: ScriptedApi) -> None:
    api.on("/items", by_page(rows(5), 2))
    assert read_ids(declare(resource(paginator=pages(base_page=1, page=2)))) == [3, 4, 5]


def test_a_maximum_page_ends_the_listing(api: ScriptedApi) -> None:
    api.on("/items", by_page(rows(100), 2, first=0))
    assert read_ids(declare(resource(paginator=pages(maximum_page=2)))) == [1, 2, 3, 4]
    assert api.sent("/items", "page") == ["0", "1"]


def test_an_empty_page_goes_on_where_only_the_flag_ends_the_listing(api: ScriptedApi) -> None:
    api.in_turn(
        "/items",
        [
            {"data": rows(1), "more": True},
            {"data": [], "more": True},
            {"data": [{"id": 9}], "more": False},
        ],
    )
    paginator = pages(has_more_path="more", stop_after_empty_page=False)
    assert read_ids(declare(resource(paginator=paginator))) == [1, 9]


def test_only_an_empty_page_ends_a_listing_that_says_so(api: ScriptedApi) -> None:
    listed = {1: [1, 2], 2: [3], 3: [4, 5]}

    def script(asked: Asked) -> dict[str, Any]:
        return {"data": [{"id": number} for number in listed.get(int(asked.query["page"]), [])]}

    api.on("/items", script)
    paginator = pages(base_page=1, limit=2, limit_param="n", stop_after_empty_page=True)
    assert read_ids(declare(resource(paginator=paginator))) == [1, 2, 3, 4, 5]
