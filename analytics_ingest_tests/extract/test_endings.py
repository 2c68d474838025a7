"""The end of a listing by all evidence: paginator x what a page says → its rows, or what is named.

A loss is never silent: all rows are read, the load fails, or a warning names both sides.
"""

from typing import Any

import pytest

from analytics_ingest_tests.extract.endings import (
    COUNTED,
    FOLLOWING,
    MORE,
    PAGES,
    ROWS,
    TOTAL,
    WITH_TOTAL_PATH,
    Case,
    declared,
    outcome,
    says,
    serve,
)
from analytics_ingest_tests.support.cases import case
from analytics_ingest_tests.support.loads import declare, load, table
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import ScriptedApi

ALL_ROWS: dict[str, Case] = {
    "nothing": Case(says()),
    "the total": Case(says(total=11)),
    "the total as a text": Case(says(total="11")),
    "the total of pages": Case(says(total=PAGES), of=COUNTED[1:]),
    "a declared total": Case(says(meta={"total": 11}), TOTAL, WITH_TOTAL_PATH),
    "a declared total on the first page only": Case(
        lambda page: {"meta": {"total": 11}} if page.number == 1 else {}, TOTAL, WITH_TOTAL_PATH
    ),
    "a declared total at a rooted path": Case(
        says(meta={"total": 11}), {"total_path": "response.meta.total"}, WITH_TOTAL_PATH
    ),
    "a declared total of pages": Case(
        says(pages=PAGES), {"total_pages_path": "pages"}, COUNTED[1:]
    ),
    "total -1": Case(says(total=-1)),
    "total 0": Case(says(total=0)),
    "declared total -1": Case(says(meta={"total": -1}), TOTAL, WITH_TOTAL_PATH),
    "declared total 0": Case(says(meta={"total": 0}), TOTAL, WITH_TOTAL_PATH),
    "declared total null": Case(says(meta={"total": None}), TOTAL, WITH_TOTAL_PATH),
    "declared total of pages -1": Case(says(pages=-1), {"total_pages_path": "pages"}, COUNTED[1:]),
    "money": Case(says(total=3, currency="EUR"), of=("offset", *FOLLOWING)),
    "money that changes": Case(lambda page: {"total": page.number * 3 + 1}),
    "no money": Case(says(total=3), {"total_path": None}, WITH_TOTAL_PATH),
    "what is left to read": Case(lambda page: {"total": len(ROWS) - page.read}),
    "a total that stopped counting": Case(
        says(meta={"total": 4, "relation": "gte"}), TOTAL, WITH_TOTAL_PATH
    ),
    "a total that is estimated": Case(
        says(meta={"total": 4, "is_estimate": True}), TOTAL, WITH_TOTAL_PATH
    ),
    "the rows of the page, declared as the total": Case(
        lambda page: {"meta": {"total": len(page.rows)}},
        TOTAL,
        ("offset", "page_number"),
        ("'meta.total' says 2, but more rows follow",),
    ),
    "the rows of the page as the total, the size is sent": Case(
        lambda page: {"total": len(page.rows)}, of=("page_number", *FOLLOWING)
    ),
    "the rows of the page as the total, and a flag": Case(
        lambda page: {"total": len(page.rows), "more": not page.is_last},
        MORE,
        (*COUNTED, "cursor"),
    ),
    "the rows of the page as the total, and a flag that nobody declared": Case(
        lambda page: {"total": len(page.rows), "meta": {"hasNextPage": not page.is_last}}
    ),
    "a total that is too small, and then more rows": Case(
        says(meta={"total": 3}), TOTAL, ("offset", "cursor"), ("meta.total' says 3", "more rows")
    ),
    "stop_after_empty_page": Case(says(), {"stop_after_empty_page": True}, (*COUNTED, "cursor")),
    "a maximum beyond the end": Case(says(total=11), {"maximum_offset": 100}, ("offset",)),
    "a flag that is false too early, beside a total": Case(
        lambda page: {"more": page.number < 2, "total": 11},
        MORE,
        COUNTED,
        ("has_more_path 'more' was false on a page that others follow",),
    ),
}
FLAGS: dict[str, tuple[Any, Any]] = {
    "true and false": (True, False),
    "1 and 0": (1, 0),
    "'1' and '0'": ("1", "0"),
    "'true' and 'false'": ("true", "False"),
    "'Y' and 'N'": ("Y", "N"),
    "'yes' and 'no'": ("yes", "No"),
    "true and null": (True, None),
}
ALL_ROWS |= {
    f"flag {name}": Case(
        lambda page, values=values: {"more": values[page.is_last]}, MORE, (*COUNTED, "cursor")
    )
    for name, values in FLAGS.items()
}
ALL_ROWS["a flag that is omitted where it is false"] = Case(
    lambda page: {} if page.is_last else {"more": True}, MORE, (*COUNTED, "cursor")
)
ALL_ROWS["a flag that is omitted in the middle"] = Case(
    lambda page: {"more": not page.is_last} if page.number != 2 else {}, MORE, (*COUNTED, "cursor")
)


@pytest.mark.parametrize("name", ALL_ROWS)
def test_all_rows_are_loaded(api: ScriptedApi, name: str) -> None:
    said = ALL_ROWS[name]
    serve(api, said.says)
    for paginator in said.of:
        with case(paginator):
            ids, warnings = outcome(paginator, said.keys)
            assert ids == [one["id"] for one in ROWS]
            assert [part for part in said.warning if part not in " ".join(warnings)] == []
            assert bool(warnings) == bool(said.warning)


@pytest.mark.parametrize("paginator", COUNTED)
def test_a_total_saves_the_last_request(api: ScriptedApi, paginator: str) -> None:
    serve(api, says(total=len(ROWS)))
    outcome(paginator, {})
    assert len(api.asked) == PAGES


@pytest.mark.parametrize("paginator", ["offset", "page_number, size not sent"])
def test_a_total_that_is_the_rows_of_the_page_is_logged(api: ScriptedApi, paginator: str) -> None:
    serve(api, lambda page: {"total": len(page.rows)})
    lines: list[str] = []
    load(declare(declared(paginator, {})), log=lines.append)
    assert table("items") == list(range(1, 12))
    note = "'total' says 2, but more rows follow, so it is not the total"
    assert any(note in line for line in lines)
    lines.clear()
    load(declare(declared(paginator, {"total_path": None})), log=lines.append)
    assert not any(note in line for line in lines)


def test_a_maximum_is_not_compared(api: ScriptedApi) -> None:
    serve(api, says(meta={"total": 11}))
    assert outcome("offset", {**TOTAL, "maximum_offset": 4}) == ([1, 2, 3, 4], [])


def test_an_empty_page_in_the_middle_is_read_past_where_the_flag_says_more(
    api: ScriptedApi,
) -> None:
    pages = [(rows(2), True), ([], True), ([row(3), row(4)], False)]
    api.in_turn("/items", [{"data": data, "more": more} for data, more in pages])
    assert outcome("offset", MORE) == ([1, 2, 3, 4], [])


@pytest.mark.parametrize("paginator", COUNTED)
def test_an_empty_page_in_the_middle_is_read_past_once_where_the_total_says_more(
    api: ScriptedApi, paginator: str
) -> None:
    for last, loaded in (([row(3), row(4)], [1, 2, 3, 4]), ([], [1, 2])):
        pages = [rows(2), [], last, [], []]
        api.in_turn("/items", [{"data": data, "meta": {"total": 4}} for data in pages])
        read, warnings = outcome(paginator, TOTAL)
        assert read == loaded
        assert ["says 4" in warning for warning in warnings] == ([] if last else [True])
