"""Offsets of listings whose rows lie in elements: an API counts the rows, or the elements."""

from typing import Any

import pytest

from analytics_ingest_tests.support.loads import declare, read_ids, resource
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import Asked, Script, ScriptedApi

Groups = list[list[dict[str, Any]]]

LIMIT = 6


def group(served: list[dict[str, Any]], sizes: tuple[int, ...]) -> Groups:
    """Put rows into groups of these sizes, again and again."""
    groups: Groups = []
    rest = served
    while rest:
        size = sizes[len(groups) % len(sizes)]
        groups.append(rest[:size])
        rest = rest[size:]
    return groups


def serve_rows(sizes: tuple[int, ...], cap: int = LIMIT, empty: int = 0) -> Script:
    """Serve rows by their offset, each page in groups, with empty groups behind them."""

    def script(asked: Asked) -> dict[str, Any]:
        start = int(asked.query["offset"])
        page = rows(20)[start : start + min(cap, int(asked.query["limit"]))]
        return {"groups": [{"rows": g} for g in [*group(page, sizes), *[[]] * empty]]}

    return script


def serve_groups(sizes: tuple[int, ...], cap: int = LIMIT) -> Script:
    """Serve groups by their offset."""
    groups = group(rows(20), sizes)

    def script(asked: Asked) -> dict[str, Any]:
        start = int(asked.query["offset"])
        page = groups[start : start + min(cap, int(asked.query["limit"]))]
        return {"groups": [{"rows": each} for each in page]}

    return script


SCRIPTS = {
    "rows, several in each element": serve_rows((3,)),
    "rows, in elements of many sizes": serve_rows((1, 4, 2)),
    "rows, with empty elements": serve_rows((1,), empty=2),
    "rows, with more empty elements than the limit": serve_rows((2,), empty=LIMIT + 1),
    "elements, of one row": serve_groups((1,)),
    "elements, of more rows than the limit": serve_groups((7, 8)),
    "elements, of two rows": serve_groups((2,)),
    "elements, of many sizes": serve_groups((1, 0, 2, 1, 0, 1)),
    "rows, fewer than the limit": serve_rows((2,), cap=4),
    "elements, fewer than the limit": serve_groups((2,), cap=2),
    "elements, whose rows are as many as the limit": serve_groups((2,), cap=3),
    "elements, most of them empty": serve_groups((0, 0, 1), cap=5),
}


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("path", ["groups.*.rows.*", "groups.*.rows"])
def test_an_offset_counts_what_the_api_counts(api: ScriptedApi, name: str, path: str) -> None:
    api.on("/items", SCRIPTS[name])
    paginator = {"type": "offset", "limit": LIMIT}
    declaration = declare(resource(data_selector=path, paginator=paginator))
    assert read_ids(declaration) == [*range(1, 21)]


def test_the_only_page_may_show_neither(api: ScriptedApi) -> None:
    api.on("/items", lambda asked: {"groups": [{"rows": [row(1), row(2)]}] * (not _starts(asked))})
    declaration = declare(
        resource(data_selector="groups.*.rows.*", paginator={"type": "offset", "limit": LIMIT})
    )
    assert read_ids(declaration) == [1, 2]


def _starts(asked: Asked) -> int:
    return int(asked.query["offset"])
