"""An API that counts from 1 may answer page 0 with its last page, or with all rows."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.support.cases import case
from analytics_ingest_tests.support.loads import day, declare, open_items, read_ids, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi

SIZE = 4
OPEN: dict[str, Any] = {"type": "page_number"}
KEYS: dict[str, dict[str, Any]] = {
    "nothing": OPEN,
    "a page size": {**OPEN, "limit": SIZE, "limit_param": "n"},
    "a total of pages": {**OPEN, "total_pages_path": "pages"},
    "a total of rows": {**OPEN, "total_path": "total"},
    "a flag": {**OPEN, "limit": SIZE, "has_more_path": "more"},
    "a flag of the last page": {**OPEN, "has_more_path": "more"},
    "a flag that some pages lack": {**OPEN, "has_more_path": "may"},
}
AT_ONCE = {
    "retry_on_status_codes": [429, 500, 502, 503, 504],
    "max_retries": 2,
    "backoff_factor": 0,
}
SURE = ("a flag", "a flag of the last page")
NUMBERS = (1, 3, 4, 5, 8, 11, 12)


def serve(
    keys: str, first: int, numbers: Sequence[int], at_0: str = "", beyond: str = ""
) -> Script:
    """Serve rows in pages, the first of which has the number `first`.

    Args:
        keys: A name of `KEYS`; a page says what these read, and no more.
        at_0: What page 0 is, where the first is 1: the last page, or all rows.
        beyond: `the last page`, where the API answers with it, or 404; else such a page is empty.
    """
    listed = [row(number) for number in numbers]
    pages = [listed[at : at + SIZE] for at in range(0, len(listed), SIZE)] or [[]]

    def script(asked: Asked) -> Any:
        at = int(asked.query.get("page", first)) - first
        is_beyond = at >= len(pages)
        if is_beyond and beyond == "404":
            return Reply({}, 404)
        if is_beyond and beyond:
            at = len(pages) - 1
        served = [] if is_beyond and not beyond else pages[at]  # -1 is the last one, as it is.
        says = {"pages": len(pages), "total": len(listed), "more": 0 <= at < len(pages) - 1}
        if at < 0 and at_0 == "all rows":
            served = listed
        if says["more"]:
            says["may"] = True
        return {"data": served, **{n: v for n, v in says.items() if n in KEYS[keys].values()}}

    return script


def read(script: Callable[[], None], *declared: Any) -> list[int] | str:
    """Read the rows of `items`, or the message of the failure."""
    script()
    try:
        with open_items(declare(*declared, concurrency=1)) as (items, _):
            return sorted(one["id"] for one in items if "updated_at" in one)
    except ApiError as error:
        return str(error)


def declare_items(keys: dict[str, Any], key: str, path: str = "items") -> Any:
    declared = resource("items", path=path, paginator=keys, error_handler=AT_ONCE)
    return {**declared, "primary_key": [key] if key else []}


def check(rows: list[int] | str, wanted: list[int], key: str, keys: str) -> None:
    """Check that the rows are right, or that the load fails by name."""
    if isinstance(rows, str):
        named = "base_page: 1", "is on no page", *(() if keys in SURE else ("repeats page",))
        assert any(part in rows for part in named)
    else:
        assert (sorted(set(rows)) if key else rows) == wanted


@pytest.mark.parametrize("keys", KEYS)
@pytest.mark.parametrize("at_0", ["the last page", "all rows"])
def test_no_row_is_missing_or_comes_twice_unsaid(api: ScriptedApi, keys: str, at_0: str) -> None:
    for number in NUMBERS:
        for beyond in ("", "the last page"):
            for key in ("id", ""):
                with case((number, beyond, key)):
                    script = serve(keys, 1, range(1, number + 1), at_0, beyond)
                    rows = read(
                        lambda s=script: api.on("/items", s), declare_items(KEYS[keys], key)
                    )
                    check(rows, list(range(1, number + 1)), key, keys)


LISTS = {
    "one page, then several": (4, 1, 3, 3, 3, 11),
    "several pages, then one": (11, 3, 1, 4),
    "no rows, then several": (0, 3, 11, 0, 8),
}
CHILD = "lists/{resources.lists.id}/items"


def list_children(api: ScriptedApi, numbers: Sequence[int], build: Callable[..., Script]) -> Any:
    """Serve one list of items for each number; return the declaration of the lists."""
    api.always("/lists", {"data": [{"id": at + 1} for at in range(len(numbers))]})
    for at, number in enumerate(numbers):
        api.on(f"/lists/{at + 1}/items", build(range(100 * at, 100 * at + number)))
    return resource("lists", paginator="single_page")


@pytest.mark.parametrize("keys", KEYS)
@pytest.mark.parametrize("lists", LISTS)
def test_what_one_child_shows_loses_no_row_of_another(
    api: ScriptedApi, keys: str, lists: str
) -> None:
    numbers = LISTS[lists]
    for beyond in ("", "the last page"):
        for key in ("id", ""):
            with case((beyond, key)):
                parent = list_children(
                    api, numbers, lambda own, b=beyond: serve(keys, 1, own, "the last page", b)
                )
                rows = read(lambda: None, parent, declare_items(KEYS[keys], key, CHILD))
                wanted = [100 * at + one for at, n in enumerate(numbers) for one in range(n)]
                check(rows, wanted, key, keys)


@pytest.mark.parametrize("keys", ["a flag", "a flag of the last page", "a total of pages"])
@pytest.mark.parametrize("beyond", ["", "404"])
def test_an_api_that_counts_from_0_costs_one_request_more(
    api: ScriptedApi, keys: str, beyond: str
) -> None:
    numbers = (3, 1, 2, 3, 3, 11)
    parent = list_children(api, numbers, lambda own: serve(keys, 0, own, beyond=beyond))
    rows = read(lambda: None, parent, declare_items(KEYS[keys], "", CHILD))
    assert len(rows) == sum(numbers)
    asked = [len(api.sent(f"/lists/{at + 1}/items", "page")) for at in range(len(numbers))]
    assert sum(asked) == sum([1, 1, 1, 1, 1, 3]) + (keys != "a total of pages")


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_a_page_0_outside_the_window_does_not_end_the_listing(api: ScriptedApi, order: str) -> None:
    days = range(1, 12) if order == "asc" else range(11, 0, -1)
    listed = [row(number, f"2026-01-{number:02}T10:00:00Z") for number in days]
    pages = [listed[at : at + SIZE] for at in range(0, len(listed), SIZE)]
    api.on("/items", lambda asked: {"data": pages[min(int(asked.query["page"]), 3) - 1]})
    declared = resource(incremental={"row_order": order}, paginator=KEYS["a page size"])
    assert read_ids(declare(declared), window=day(6)) == [6]


ROWS = [row(number) for number in range(1, 12)]
FLAG = KEYS["a flag"]


def serve_pages(page_0: Any, page_1: Any = None, **says: Any) -> Script:
    """Serve pages from 1 on, and something else as page 0, or as page 1."""

    def script(asked: Asked) -> Any:
        number = int(asked.query["page"])
        if number == 0 or (number == 1 and page_1 is not None):
            return page_1 if number else page_0
        served = ROWS[(number - 1) * SIZE : number * SIZE]
        return {"data": served, "more": number < 3, **says}

    return script


REFUSED = "base_page: 1"


@pytest.mark.parametrize(
    ("script", "keys", "expected"),
    [
        (serve_pages({"data": ROWS[:4], "more": False}), FLAG, REFUSED),
        (serve_pages({"data": ROWS[:4], "more": None}), FLAG, list(range(1, 12))),
        (serve_pages({"data": ROWS[-4:]}), KEYS["a page size"], REFUSED),
        (serve_pages({"data": ROWS[:3]}), KEYS["a page size"], REFUSED),
        (serve_pages({"data": ROWS[:2], "more": False}, {"error": "no page"}), FLAG, [1, 2]),
        (serve_pages({"data": ROWS[:2], "more": False}, Reply({}, 403)), FLAG, [1, 2]),
        (
            serve_pages({"data": ROWS[:2], "more": False}, Reply({}, 500)),
            FLAG,
            [1, 2],
        ),
        (serve_pages({"data": ROWS[:2], "more": False}, {"data": ROWS[:2]}), FLAG, [1, 2]),
        (serve_pages({"data": ROWS[:2], "more": False}, {"data": []}), FLAG, [1, 2]),
    ],
)
def test_page_1_shows_whether_a_listing_ended_at_page_0(
    api: ScriptedApi, script: Script, keys: dict[str, Any], expected: list[int] | str
) -> None:
    rows = read(lambda: api.on("/items", script), declare_items(keys, ""))
    assert (expected in rows) if isinstance(expected, str) else rows == expected


def test_rows_with_a_key_that_no_merge_finds_again_are_not_doubled(api: ScriptedApi) -> None:
    api.on("/items", serve("a page size", 1, range(1, 12), "the last page"))
    declared = {**declare_items(KEYS["a page size"], "id"), "write_disposition": "replace"}
    declared["endpoint"]["incremental"] = None
    assert REFUSED in read(lambda: None, declared)


def test_a_page_1_that_has_a_row_of_page_0_several_times_is_another_page(api: ScriptedApi) -> None:
    """The last page, of one row, is taken for page 0, and ends the listing by its length."""
    parent = list_children(api, (4, 5), lambda own: serve("a page size", 0, own))
    short = {"data": [{"value": 7}]}
    equal = {"data": [{"value": 7}] * SIZE}
    api.on(
        "/lists/2/items",
        lambda asked: {"0": short, "1": equal, "2": short}.get(asked.query["page"], {"data": []}),
    )
    assert REFUSED in read(lambda: None, parent, declare_items(KEYS["a page size"], "", CHILD))
