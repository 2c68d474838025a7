"""Resources that the prose says to be like a configured one are added, with what it says."""

import time

import pytest

from analytics_ingest.convert.markdown import parse_document
from analytics_ingest.convert.prose.requests.comparisons import read_comparisons
from analytics_ingest_tests.convert.writing import Desk, Written, shop

PAGES = '"paginator": {"type": "offset", "limit": 10}'
BOOKS = (
    '{"name": "books", "primary_key": "isbn", "endpoint": {"path": "/books", '
    f'"data_selector": "data", "params": {{"state": "sold"}}, {PAGES}}}}}'
)
SHELVES = '{"name": "shelves", "endpoint": {"path": "/shelves", "data_selector": "data"}}'
TABLE = (
    "| Resource | Path | Selector |\n|---|---|---|\n"
    "| books | `/books` | `data` |\n| maps | `/maps` | `data` |\n\n"
)


def new(desk: Desk, prose: str, **keywords: str) -> Written:
    return desk.new(shop(BOOKS, SHELVES, prose=f"# Resources\n\n{prose}\n", **keywords))


def names(written: Written) -> list[str]:
    return [resource["name"] for resource in written.attributes["resources"]]


CONFIGURED = [
    "`maps` has the path `/maps` and is configured like `books`.",
    "`maps` (path `/maps`) is defined in the same way as `books`.",
    "`maps` has the path `/maps` and follows the same pattern as `books`.",
    "The resource `maps` follows the pattern of `books`; its path is `/maps`.",
    "The path of `maps` is `/maps`. It is configured exactly like `books`.",
    "`maps` is configured like `books`. Its path is `/maps`.",
    "Like `books`, `maps` is requested with the same configuration; the path is `/maps`.",
    "`maps` is read in the same way as `books`, at `/maps`.",
    "- **maps**: path `/maps`, configured like **books**",
    "- `maps`: `GET /maps`, like `books`",
    "- `maps`: `/maps`, the same as `books`",
    "The configuration of `maps` (path `/maps`) is identical to that of `books`.",
    "The configuration of **maps** is the same as that of **books**, with the path `/maps`.",
    "`maps` shares its configuration with `books` and has the path `/maps`.",
    "`maps` uses the same configuration as the resource `books`, under `/maps`.",
    "Configure `maps` (path `/maps`) like `books`.",
    "The resource `maps` (`/maps`) works like `books`.",
    "`maps`, whose path is `/maps`, is configured in the same way as `books`.",
    "`maps` is set up like books, with the path /maps.",
    f"{TABLE}maps is configured like books.",
    "| Resource | Path | Notes |\n|---|---|---|\n| `books` | `/books` | |\n"
    "| `maps` | `/maps` | configured like `books` |",
]


@pytest.mark.parametrize("prose", CONFIGURED)
def test_a_resource_that_is_configured_like_another_has_all_but_its_path(
    desk: Desk, prose: str
) -> None:
    written = new(desk, prose)
    assert names(written) == ["books", "shelves", "maps"]
    assert written.endpoint("maps") == {**written.endpoint("books"), "path": "/maps"}
    assert written.resource("maps")["primary_key"] == "isbn"
    reason = "maps: configured like books: the document lists its path and says so"
    assert reason in written.assumed


PAGED = [
    "`maps` (path `/maps`) is paged like `books`.",
    "`maps` has the path `/maps` and is paged in the same way as `books`.",
    "`maps` (path `/maps`, data selector `data`) is paginated in the same way as `books`.",
    "`maps` lie at `/maps` and use the same pagination as `books`.",
    "The pagination of `maps` (path `/maps`) is the same as that of `books`.",
    "`maps` uses the paginator of `books`. Its path is `/maps`.",
    "`maps`, at `/maps`, shares the paging with `books`.",
    "`maps` is paged exactly like `books`; its path is `/maps`.",
    "The path of `maps` is `/maps`. It is scrolled like `books`.",
    "- **maps**: `/maps`, paged like **books**",
    "- `maps` \u2013 path `/maps`, the same paging as `books`",
    "`maps` (path `/maps`) follows the same pagination scheme as `books`.",
    "`maps` is read at the path `/maps` with the same pagination as `books`.",
    "The same pagination as for `books` is used for `maps` (path `/maps`).",
    f"{TABLE}`maps` is paged like `books`.",
    f"{TABLE}- maps: paged like books",
    "| Resource | Path | Paging |\n|---|---|---|\n| `books` | `/books` | offset |\n"
    "| `maps` | `/maps` | paged like `books` |",
]


@pytest.mark.parametrize("prose", PAGED)
def test_a_resource_that_is_paged_like_another_takes_no_filter_and_no_key_of_it(
    desk: Desk, prose: str
) -> None:
    written = new(desk, prose)
    assert names(written) == ["books", "shelves", "maps"]
    pages = written.endpoint("books")["paginator"]
    assert written.endpoint("maps") == {
        "path": "/maps",
        "paginator": pages,
        "data_selector": "data",
    }
    assert "primary_key" not in written.resource("maps")
    reason = "maps: paged like books: the document lists its path and says so"
    assert reason in written.assumed


SEVERAL = [
    "`maps` (path `/maps`) and `toys` (path `/toys`) are configured like `books`.",
    "`maps` and `toys` (`/maps` and `/toys`) are configured like `books`.",
    "`maps` and `toys` are configured like `books`; their paths are `/maps` and `/toys`.",
    "Both `maps` (`GET /maps`) and `toys` (`GET /toys`) follow the same pattern as `books`.",
    "- `maps` (`/maps`), `toys` (`/toys`): configured like `books`",
]


@pytest.mark.parametrize("prose", SEVERAL)
def test_several_resources_are_like_one(desk: Desk, prose: str) -> None:
    written = new(desk, prose)
    paths = {name: written.endpoint(name)["path"] for name in names(written)[2:]}
    assert paths == {"maps": "/maps", "toys": "/toys"}


OTHERS = [
    "`maps` (path `/maps`) is not configured like `books`.",
    "`maps` (path `/maps`) might be configured like `books`.",
    "`maps` (path `/maps`) is usually paged like `books`.",
    "`maps` (path `/maps`) was configured like `books`.",
    "`maps` (path `/maps`) is configured like `books` if it is enabled.",
    "`maps` (path `/maps`) is configured like `books`, but sorted by name.",
    "`maps` (path `/maps`) is configured like `books` without `state`.",
    "`maps` (path `/maps`) is configured like `books`, with `kind` in place of `state`.",
    "`maps` (path `/maps`) is configured like `books` and `shelves`.",
    "`maps` (path `/maps`) is configured like `comics`.",
    "`maps` (path `/maps`) is authenticated like `books`.",
    "`maps` (path `/maps`) has the same fields as `books`.",
    "`maps` (path `/maps`) has the same structure as `books`.",
    "`maps` (path `/maps`) is configured and paged like `books`.",
    "The webhook `maps` (path `/maps`) is configured like `books`.",
    "Exports of `maps` (path `/maps`) are configured like `books`.",
    "`maps` and `toys` (path `/maps`) are configured like `books`.",
    "`maps` (path `/maps`) is configured like `books`. `maps` is not loaded.",
    "`maps` (path `/maps`) is configured like `books`. `maps` (`/maps`) is paged like `shelves`.",
    "`maps` (path `/maps`) is configured like `books`. `maps` (path `/m`) is like `books`.",
    "`books` (path `/books`) is configured like `maps`.",
    "`shelves` is paged like `books`.",
    "`/maps` is like `books`.",
    "## Legacy resources\n\n`maps` (path `/maps`) is configured like `books`.",
    "`maps` (`POST /maps`) is configured like `books`.",
    "`maps` (path `https://other.test/maps`) is configured like `books`.",
    "`title` of `/maps` is read like `books`.",
    "The errors of `maps` (path `/maps`) are read like `books`.",
    "Is `maps` (path `/maps`) configured like `books`?",
]


@pytest.mark.parametrize("prose", OTHERS)
def test_another_sentence_adds_no_resource(desk: Desk, prose: str) -> None:
    written = new(desk, f"Books are read.\n\n{prose}")
    assert names(written) == ["books", "shelves"]
    params = {"state": "sold"}
    assert written.endpoint("books")["params"] == params
    assert "paginator" not in written.endpoint("shelves")


def test_a_compared_resource_without_a_path_is_named(desk: Desk) -> None:
    written = new(desk, "`maps` is configured like `books`.")
    reason = "maps are not loaded: the document gives them no path; add them to resources"
    assert names(written) == ["books", "shelves"]
    assert reason in written.assumed


ROWS = [
    ("/v1/books", "list.books", "/v1/maps", "list.maps"),
    ("/book", "books", "/map", "maps"),
    ("/book-list", "rows", "/map-list", "rows"),
    ("/volumes", "volume", "/charts", None),
    ("/books", "books", "/charts", None),
]


@pytest.mark.parametrize(("path", "selector", "own", "expected"), ROWS)
def test_rows_that_are_called_after_the_model_are_not_those_of_another(
    desk: Desk, path: str, selector: str, own: str, expected: str | None
) -> None:
    books = BOOKS.replace("/books", path).replace('"data"', f'"{selector}"')
    written = desk.new(shop(books, prose=f"`maps` (path `{own}`) is configured like `books`."))
    is_added = "maps" in names(written)
    assert is_added == (expected is not None)
    assert is_added or f"maps ({own}) is not loaded" in written.report
    assert not is_added or written.endpoint("maps")["data_selector"] == expected


def test_items_below_a_sentence_are_on_their_own_resource(desk: Desk) -> None:
    prose = (
        "`maps` (path `/maps`) is paged like `books`.\n\n"
        "- **Books**: primary key `isbn`, cursor field `changed_at`\n- **Maps**: cursor field `at`"
    )
    written = new(desk, prose)
    assert written.endpoint("books")["incremental"]["cursor_path"] == "changed_at"
    assert written.endpoint("maps")["incremental"]["cursor_path"] == "at"


def test_long_lines_are_read_quickly() -> None:
    text = "`maps` (path `/maps`) is configured like " + "`books` and the " * 20_000
    document = parse_document("shop.md", text)
    began = time.monotonic()
    assert read_comparisons(document, ["books"], []) == []
    assert time.monotonic() - began < 10
