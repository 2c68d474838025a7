"""Resources of which a section or a row states all, where the configuration lacks them."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, Written, shop
from analytics_ingest_tests.support.loads import load
from analytics_ingest_tests.support.projects import table
from analytics_ingest_tests.support.scripted_api import Asked, Reply, serving

OWN = [
    "- **Path**: `/maps`\n- **Data Selector**: `items`\n- **Primary Key**: `code`",
    "- **Endpoint**: `GET /maps`\n- **Primary Key**: `code`\n- **Records**: `items`",
    "- URL: `/maps`\n- Method: GET\n- Primary key: `code`\n- Record selector: `items`",
    "Path: `/maps`\n\nPrimary key: `code`\n\nResponse path: `items`\n\nFiltering is not supported.",
    "- **Path**: `/maps`\n- **Selector**: `items`\n- **Primary Key**: `code`\n\n"
    "Deleted maps are not included.",
    *(
        f"- **Path**: `/maps`\n- **Selector**: `items`\n- **Primary Key**: `code`\n\n{note}"
        for note in (
            "Maps are not read incrementally.",
            "`maps` is excluded from the rate limit.",
            "`maps` excludes archived ones.",
            "The filter excludes archived maps.",
            "Archived maps are not loaded.",
            "The legend of `maps` is not loaded.",
            "Sorting is not supported.",
        )
    ),
    "- **Path**: `/maps`\n- **Selector**: `items`\n- **Primary Key**: `code`\n- **Notes**: "
    "`scale` is not used.",
]
BOOKS = (
    '{"name": "books", "primary_key": "isbn", "endpoint": {"path": "/books", '
    '"data_selector": "data", "paginator": {"type": "page_number", "page_param": "page"}}}'
)
SHELVES = '{"name": "shelves", "primary_key": "id", "endpoint": {"path": "/shelves"}}'
BOOKS_SECTION = "# Resources\n\n### Books\n- **Path**: `/books`\n\n"
MERGED = '"resource_defaults": {"write_disposition": "merge"}'
UNSTATED = "maps: no paging is stated of it; declare paginator if it has several pages"


def new(desk: Desk, prose: str) -> Written:
    """A document of two resources, one paged, with a section of the first and with this prose."""
    text = f"{BOOKS_SECTION}{prose}\n"
    return desk.new(shop(BOOKS, SHELVES, defaults=MERGED, prose=text))


@pytest.mark.parametrize("section", OWN)
def test_a_section_with_path_rows_and_key_is_a_configuration(desk: Desk, section: str) -> None:
    written = new(desk, f"### Maps\n{section}\n")
    assert written.resource("maps")["primary_key"] == "code"
    assert written.endpoint("maps") == {"path": "/maps", "data_selector": "items"}
    reason = "maps: configured as the document describes it: it is not in the configuration"
    assert {reason, UNSTATED} <= set(written.assumed)
    assert "is not loaded" not in written.report


LISTS_OF_ROWS = [
    "- **Data Selector**: none, the response is an array",
    "- **Data Selector**: root of the response",
    "The response is a JSON array.",
    "Returns a bare array of maps.",
]


@pytest.mark.parametrize("rows", LISTS_OF_ROWS)
def test_a_section_may_say_that_the_response_is_the_list(desk: Desk, rows: str) -> None:
    written = new(desk, f"### Maps\n- **Path**: `/maps`\n- **Primary Key**: `code`\n\n{rows}\n")
    assert written.endpoint("maps") == {"path": "/maps", "data_selector": "$"}


PAGED = [
    ("- **Pagination**: page number (`p`, `size`), 50 records per page", "p"),
    ("- **Pagination**: None", "single_page"),
    ("- **Paging**: not paginated", "single_page"),
]


@pytest.mark.parametrize(("label", "expected"), PAGED)
def test_the_pages_of_a_section_are_its_own(desk: Desk, label: str, expected: str) -> None:
    written = new(desk, f"### Maps\n{OWN[0]}\n{label}\n")
    pages = written.endpoint("maps")["paginator"]
    assert expected in (pages, pages.get("page_param") if isinstance(pages, dict) else None)
    assert UNSTATED not in written.assumed


def test_what_a_section_leaves_open_of_its_pages_is_that_of_the_others(desk: Desk) -> None:
    books = BOOKS.replace('"page_param": "page"', '"page_param": "page", "start_from_page": 1')
    section = f"### Maps\n{OWN[0]}\n- **Pagination**: page number (`p`, `size`), 50 per page\n"
    written = desk.new(shop(books, defaults=MERGED, prose=f"{BOOKS_SECTION}{section}"))
    pages = written.endpoint("maps")["paginator"]
    assert (pages["page_param"], pages["start_from_page"]) == ("p", 1)


def test_pages_of_which_a_section_says_nothing_are_those_that_all_others_have(desk: Desk) -> None:
    section = f"### Maps\n{OWN[0]}\n"
    written = desk.new(shop(BOOKS, defaults=MERGED, prose=f"{BOOKS_SECTION}{section}"))
    assert written.endpoint("maps")["paginator"] == written.endpoint("books")["paginator"]
    reason = "maps: configured as the document describes it: it is not in the configuration"
    assert f"{reason}; its pages are read like those of the other resources" in written.assumed


def test_a_general_section_on_paging_is_on_a_described_resource_too(desk: Desk) -> None:
    paging = "# Pagination\n\nPages are read by page number: `page`, with `size` = 20.\n"
    written = new(desk, f"### Maps\n{OWN[0]}\n\n{paging}")
    assert written.endpoint("maps")["paginator"]["page_param"] == "page"
    assert UNSTATED not in written.assumed


ROW = "| {} | `/maps` | `items` | `code` | {} |"


@pytest.mark.parametrize(("title", "cell"), [("Pagination", "no"), ("Incremental", "no")])
def test_a_row_that_denies_pages_or_a_cursor_describes_its_resource(
    desk: Desk, title: str, cell: str
) -> None:
    head = f"| Resource | Path | Selector | Primary key | {title} |\n|---|---|---|---|---|\n"
    rows = f"| books | `/books` | `data` | `isbn` | yes |\n{ROW.format('maps', cell)}\n"
    written = desk.new(shop(BOOKS, SHELVES, defaults=MERGED, prose=f"# Resources\n\n{head}{rows}"))
    assert written.endpoint("maps")["data_selector"] == "items"


NO_RESOURCES = [
    "### Maps\n- **Path**: `/maps`\n- **Primary Key**: `code`",
    "### Maps\n- **Path**: `/maps`\n- **Data Selector**: `items`",
    f"### Maps\n- **Method**: POST\n{OWN[0]}",
    f"### Maps\n- **HTTP Method**: `DELETE`\n{OWN[0]}",
    f"### Maps\n{OWN[0]}\n- **Pagination**: by a cursor",
    f"### Maps\n{OWN[0]}\n\nThis resource is not synchronized.",
    f"### Maps\n{OWN[0]}\n\nMaps are not loaded.",
    f"### Maps\n{OWN[0]}\n\n# Notes\n\nThe connector does not sync `maps`.",
    f"### Maps\n{OWN[0]}\n\n# Notes\n\n`maps` is out of scope.",
    *(
        f"### Maps\n{OWN[0]}\n\n# Notes\n\n{note}"
        for note in (
            "The connector skips `maps`.",
            "We do not load `maps` or `atlases`.",
            "Not loaded: `maps`.",
            "Excluded: `maps`",
            "The following resources are not loaded: `maps`.",
            "`maps` is deprecated and returns old rows.",
            "`maps` is never synced by this connector.",
            "The resource `maps` is not yet supported.",
            "- `maps`: not synchronized",
        )
    ),
    f"### Maps\n{OWN[0]}\n\n```\n# maps are skipped\n```",
    f"### Maps\n{OWN[0]}\n\nDo not load this endpoint.",
    f"### Maps (deprecated)\n{OWN[0]}",
    f"### Maps\n{OWN[0].replace('/maps', '/maps/{map_id}')}",
    "### Login\n- **Path**: `/login`\n- **Method**: POST\n\nReturns a token in `token`.",
    f"# Not synchronized\n\n### Books\n- **Path**: `/books`\n\n### Maps\n{OWN[0]}",
    f"# Authentication\n\n### Token\n{OWN[0]}",
    "The API also offers `maps` at `/maps`, with its rows in `items` and the key `code`.",
    "For example, `GET /maps` answers 404 with `items`.",
    "### Maps\n- **Path**: `/maps`\n- **Primary Key**: `code`\n\nReturns an array in `items`.",
    "### Maps\n- **Path**: `/maps`\n- **Primary Key**: `code`\n- `tags` is an array.",
]


@pytest.mark.parametrize("prose", NO_RESOURCES)
def test_what_is_mentioned_denied_or_unclear_is_not_added(desk: Desk, prose: str) -> None:
    written = new(desk, prose)
    assert [r["name"] for r in written.attributes["resources"]] == ["books", "shelves"]


@pytest.mark.parametrize("title", ["Loaded", "Synced", "Enabled"])
@pytest.mark.parametrize("cell", ["no", "\u2717", "false"])
def test_a_row_that_is_not_loaded_is_not_added(desk: Desk, title: str, cell: str) -> None:
    head = f"| Resource | Path | Selector | Primary key | {title} |\n|---|---|---|---|---|\n"
    rows = f"| books | `/books` | `data` | `isbn` | yes |\n{ROW.format('maps', cell)}\n"
    written = desk.new(shop(BOOKS, SHELVES, defaults=MERGED, prose=f"# Resources\n\n{head}{rows}"))
    assert "maps" not in written.text


def test_a_described_resource_is_completed_like_a_configured_one(desk: Desk) -> None:
    section = (
        "### Pages\n- **Path**: `/books/{book}/pages`\n- **Parent**: `books`; `{book}` is the "
        "`isbn` of the parent record\n- **Data Selector**: `items`\n- **Primary Key**: `number`\n"
        "- **Incremental**: cursor field `changed_at`, start time sent as `since`\n"
    )
    fields = "# Schema\n\n### Pages\n- `number`: Integer\n- `changed_at`: String, date-time\n"
    written = new(desk, f"{section}\n{fields}")
    endpoint = written.endpoint("pages")
    expected = {"type": "resolve", "resource": "books", "field": "isbn"}
    assert endpoint["params"]["book"] == expected
    assert endpoint["incremental"]["cursor_path"] == "changed_at"
    assert endpoint["incremental"]["start_param"] == "since"
    assert written.schema["pages"]["fields"]["number"] == "integer"


def test_described_resources_are_loaded_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = (
        "### Pages\n- **Path**: `/books/{book}/pages`\n- **Parent**: `books`; `{book}` is the "
        "`isbn` of the parent record\n- **Data Selector**: none, the response is an array\n"
        "- **Primary Key**: `number`\n- **Pagination**: offset (`offset`, `limit`), 2 records per "
        "page"
    )
    written = new(desk, f"### Maps\n{OWN[0]}\n- **Pagination**: None\n\n{pages}\n")

    def list_pages(asked: Asked) -> Reply:
        start = int(asked.query["offset"])
        return Reply([{"number": number} for number in range(5)][start : start + 2])

    with serving() as hub:
        api = hub.new_api()
        api.on(
            "/books", lambda asked: Reply({"data": [{"isbn": "b"}] * (asked.query["page"] == "0")})
        )
        api.on("/shelves", lambda _: Reply([{"id": "s"}]))
        api.on("/maps", lambda _: Reply({"items": [{"code": "m"}, {"code": "n"}]}))
        api.on("/books/b/pages", list_pages)
        monkeypatch.setenv("SOURCES__SHOP__API_TOKEN", "t")
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        load(written.declaration)
    assert sorted(row["code"] for row in table("shop.maps")) == ["m", "n"]
    assert sorted(row["number"] for row in table("shop.pages")) == [0, 1, 2, 3, 4]
    assert [asked.query for asked in api.requests_of("/maps")] == [{}]


COMMENTED = [
    ("# Additional resources: maps, atlases", "# Lists"),
    ("// further endpoints: `maps` and `atlases`", "# Paths"),
    ("", "# Resources"),
    ("", "## Endpoints"),
]
SHARED = (
    '"resource_defaults": {"primary_key": "id", "endpoint": {"data_selector": "data"}}',
    '{"name": "shelves", "endpoint": {"path": "/shelves"}}',
)
ITEMS = "- `books`: `/books`, paged with `page`\n- `maps`: `/maps`\n"


@pytest.mark.parametrize(("comment", "heading"), COMMENTED)
def test_an_item_of_the_resources_has_the_key_and_the_rows_of_all(
    desk: Desk, comment: str, heading: str
) -> None:
    defaults, shelves = SHARED
    prose = f"# Notes\n\n{heading}\n\n{ITEMS}"
    written = desk.new(shop(BOOKS, f"{shelves}\n{comment}\n", defaults=defaults, prose=prose))
    assert written.endpoint("maps") == {"path": "/maps"}
    assert written.attributes["resource_defaults"]["endpoint"] == {"data_selector": "data"}
    assert UNSTATED in written.assumed
    left = "atlases are not loaded: the document gives them no path; add them to resources"
    assert (left in written.assumed) == bool(comment)


NOT_NAMED = ["# Other resources: none", "# Other endpoints: see the manual, and ask"]
OTHER_ITEMS = [
    ("# Paths", ITEMS),
    ("# Resources", ITEMS.replace("`/maps`", "`/maps`, paged with `skip`")),
    ("# Resources", ITEMS.replace("`/maps`", "`POST /maps`")),
    ("# Resources", ITEMS.replace("`/maps`", "`/maps` (not loaded)")),
    ("# Resources", ITEMS.replace("- `books`: `/books`", "- `bills`: `/bills`")),
]


@pytest.mark.parametrize("comment", NOT_NAMED)
@pytest.mark.parametrize(("heading", "items"), OTHER_ITEMS)
def test_another_item_is_not_added(desk: Desk, comment: str, heading: str, items: str) -> None:
    defaults, shelves = SHARED
    prose = f"# Notes\n\n{heading}\n\n{items}"
    written = desk.new(shop(BOOKS, f"{shelves}\n{comment}\n", defaults=defaults, prose=prose))
    assert [r["name"] for r in written.attributes["resources"]] == ["books", "shelves"]
    assert "no path" not in written.report
