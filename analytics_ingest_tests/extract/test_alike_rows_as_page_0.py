"""Rows without a key that are few or alike: page 0 may be the last page, or all rows."""

from collections.abc import Sequence
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.extract.test_other_pages_as_page_0 import OPEN, REFUSED, declare_items
from analytics_ingest_tests.support.loads import declare, open_items
from analytics_ingest_tests.support.scripted_api import Asked, Script, ScriptedApi

ALIKE: dict[str, tuple[int, list[Any]]] = {
    "two of many": (50, [*range(119), 0]),
    "the first two": (50, [0, *range(119)]),
    "several of many": (50, [*range(110), *range(100, 110)]),
    "pages of one row": (1, list(range(6))),
    "pages of one row, some alike": (1, [2, 1, 3, 1]),
    "pages of two rows": (2, list(range(6))),
    "pages of two rows, the last of one": (2, list(range(5))),
    "pages of two rows, some alike": (2, [2, 1, 3, 1, 1, 2]),
    "few values": (3, [1, 2, 1, 2, 2, 1, 1, 1, 2]),
    "few values, a short last page": (3, [1, 2, 1, 2, 2, 1, 1]),
    "pages of 4 MB": (40, [f"{number} {'x' * 100_000}" for number in range(120)]),
}


def serve_values(values: Sequence[Any], size: int, first: int, at_0: str, **says: Any) -> Script:
    """Serve rows without a key in pages, the first of which has the number `first`."""
    listed = [{"value": value, "updated_at": "2026-01-05T10:00:00Z"} for value in values]
    pages = [listed[at : at + size] for at in range(0, len(listed), size)]

    def script(asked: Asked) -> Any:
        at = int(asked.query.get("page", first)) - first
        if at < 0:
            return {"data": listed if at_0 == "all rows" else pages[-1], **says}
        return {"data": pages[at] if at < len(pages) else [], **says}

    return script


def read_values(api: ScriptedApi, script: Script, **keys: Any) -> list[Any] | str:
    api.on("/items", script)
    try:
        with open_items(declare(declare_items({**OPEN, **keys}, ""), concurrency=1)) as (items, _):
            return [one["value"] for one in items]
    except ApiError as error:
        return str(error)


@pytest.mark.parametrize("at_0", ["the last page", "all rows"])
@pytest.mark.parametrize("alike", ALIKE)
def test_rows_without_a_key_are_not_doubled_however_few_or_alike_they_are(
    api: ScriptedApi, alike: str, at_0: str
) -> None:
    size, values = ALIKE[alike]
    error = read_values(api, serve_values(values, size, 1, at_0))
    assert isinstance(error, str)
    assert "has rows of page 0 again" in error
    assert REFUSED in error


@pytest.mark.parametrize("alike", ALIKE)
def test_rows_of_an_api_that_counts_from_0_may_be_few_or_alike(
    api: ScriptedApi, alike: str
) -> None:
    size, values = ALIKE[alike]
    values = [*values, *([] if alike.startswith("pages of 4") else [100, 1, 101])]
    assert read_values(api, serve_values(values, size, 0, "")) == values


def test_a_total_of_rows_shows_that_a_last_page_like_page_0_is_another(api: ScriptedApi) -> None:
    values = [1, 2, 3, 4, 1, 2]
    assert read_values(api, serve_values(values, 2, 0, "", total=6), total_path="total") == values


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize(
    ("keys", "says"),
    [({"limit": 4, "limit_param": "n"}, {}), ({"total_pages_path": "pages"}, {"pages": 1})],
    ids=["a page that seems short", "a total of pages"],
)
def test_all_rows_as_page_0_are_not_doubled_where_the_listing_ends_too_early(
    api: ScriptedApi, size: int, keys: dict[str, Any], says: dict[str, Any]
) -> None:
    values = [1, 2, 3, 1, 2, 3]
    if says:
        says = {"pages": len(values) // size}
    error = read_values(api, serve_values(values, size, 1, "all rows", **says), **keys)
    assert isinstance(error, str)
    assert REFUSED in error


def test_a_last_row_that_is_the_first_one_again_is_another(api: ScriptedApi) -> None:
    values = [1, 2, 3, 1]
    script = serve_values(values, 3, 0, "", pages=2)
    assert read_values(api, script, total_pages_path="pages") == values


def test_all_rows_as_page_0_are_not_doubled_where_pages_are_equal(api: ScriptedApi) -> None:
    error = read_values(api, serve_values([1, 1, 2, 1], 1, 1, "all rows"))
    assert isinstance(error, str)
    assert REFUSED in error
