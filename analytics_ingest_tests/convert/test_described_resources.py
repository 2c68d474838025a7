"""Resources that a document describes in a table or a section, beside those that it configures."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, shop

PAGES = '"paginator": {"type": "offset", "limit": %s}'
USERS = f'{{"name": "users", "endpoint": {{"path": "users", {PAGES % 20}}}}}'
TAGS = f'{{"name": "tags", "endpoint": {{"path": "tags", {PAGES % 10}}}}}'
MORE = [
    "// ... further resources, see the table below",
    "# Additional resources (teams, groups)",
    "# 2 more resources are listed below",
    "// the remaining endpoints: see the section on resources",
]
TABLE = """
| Name | Path | Page size | Primary key |
|---|---|---|---|
| users | `users` | 20 | `id` |
| tags | `tags` | 10 | `id` |
| teams | `teams` | 50 | `code` |
| groups | `groups` | | `id` |
"""


@pytest.mark.parametrize("comment", MORE)
def test_a_table_that_a_comment_refers_to_describes_resources(desk: Desk, comment: str) -> None:
    written = desk.new(shop(USERS, f"{TAGS}\n{comment}\n", prose=f"# Resources\n{TABLE}"))
    assert written.endpoint("teams")["paginator"] == {"type": "offset", "limit": 50}
    assert written.endpoint("groups")["paginator"] == {"type": "offset", "limit": 10}
    assert written.resource("teams")["primary_key"] == "code"
    reason = "groups: configured like the other resources: the document lists its path and says so"
    assert f"{reason}; its pages have the smallest size of theirs" in written.assumed
    assert "not loaded" not in written.report


NO_COMMENT = [
    "# more resources can be added here",
    "# no other resources are listed below",
    "# other responses are described below",
]


@pytest.mark.parametrize("comment", NO_COMMENT)
def test_another_comment_describes_none(desk: Desk, comment: str) -> None:
    written = desk.new(shop(USERS, f"{TAGS}\n{comment}\n", prose=f"# Resources\n{TABLE}"))
    assert [r["name"] for r in written.attributes["resources"]] == ["users", "tags"]
    assert any(line.startswith("teams (teams) is not loaded") for line in written.assumed)


CLIENTS = '{"name": "clients", "primary_key": "ClientID", "endpoint": {"path": "clients"}}'
LISTS = (
    '{"name": "lists", "primary_key": "ListID", "endpoint": '
    '{"path": "clients/{client}/lists", "data_selector": ""}}'
)
MAILS = (
    '{"name": "mails", "primary_key": "MailID", "endpoint": {"path": "clients/{client}/mails", '
    '"data_selector": "Results", "paginator": {"type": "page_number", "page_param": "page"}}}'
)
PATTERN = "// Additional resources (drafts, bounces) follow the same pattern"
SECTIONS = """
# Resources

### Lists
- **Endpoint Path**: `clients/{client}/lists`
- **Primary Key**: `ListID`

### Mails
- **Endpoint Path**: `clients/{client}/mails`
- **Primary Key**: `MailID`

### Drafts
- **Endpoint Path**: `clients/{client}/drafts`
- **Data Selector**: none, the response is an array
- **Primary Key**: `DraftID`

### Bounces
- **Endpoint Path**: `clients/{client}/bounces`
- **Data Selector**: `Results`
- **Primary Key**: `Address`
"""


def test_a_section_is_like_the_resources_whose_rows_are_in_the_same_place(desk: Desk) -> None:
    written = desk.new(shop(CLIENTS, LISTS, f"{MAILS}\n{PATTERN}\n", prose=SECTIONS))
    drafts, bounces = written.endpoint("drafts"), written.endpoint("bounces")
    assert (drafts["data_selector"], bounces["data_selector"]) == ("$", "Results")
    assert "paginator" not in drafts
    assert bounces["paginator"] == {"type": "page_number", "page_param": "page"}
    assert drafts["params"]["client"]["field"] == "ClientID"
    assert written.resource("drafts")["primary_key"] == "DraftID"
    assert written.resource("bounces")["primary_key"] == "Address"
    assert "not loaded" not in written.report


UNCLEAR = [
    SECTIONS.replace("- **Data Selector**: none, the response is an array\n", ""),
    SECTIONS.replace("`DraftID`", "`DraftID`\n- **Pagination**: cursor-based"),
    SECTIONS.replace("none, the response is an array", "varies"),
    SECTIONS.replace("`DraftID`", "`DraftID`\n\nDrafts are not synchronized."),
]


@pytest.mark.parametrize("prose", UNCLEAR)
def test_a_section_whose_pages_no_other_resource_shows_is_named(desk: Desk, prose: str) -> None:
    written = desk.new(shop(CLIENTS, LISTS, f"{MAILS}\n{PATTERN}\n", prose=prose))
    assert "drafts" not in written.text
    (line,) = [line for line in written.assumed if "not loaded" in line]
    assert line.startswith("drafts (clients/{client}/drafts) is not loaded")


FOR_ALL = [
    "Each endpoint returns a JSON array of records.",
    "All of the endpoints return arrays of objects.",
    "Every response is a plain JSON array.",
]


@pytest.mark.parametrize("sentence", FOR_ALL)
def test_a_sentence_on_all_responses_says_where_the_rows_of_a_table_are(
    desk: Desk, sentence: str
) -> None:
    written = desk.new(shop(USERS, TAGS, prose=f"# Resources\n{TABLE}\n{sentence}\n"))
    assert written.endpoint("teams")["paginator"] == {"type": "offset", "limit": 50}
    assert written.endpoint("groups")["paginator"] == {"type": "offset", "limit": 10}
    assert written.resource("teams")["primary_key"] == "code"


SIZED = [
    "- **Page Size**: 50",
    "- **Records per page**: 50",
    "- **Pagination**: offset, 50 records per page",
    "- **Pagination**: offset-based (`offset`, `limit`), 50 records per page",
]


@pytest.mark.parametrize("size", SIZED)
@pytest.mark.parametrize("comment", ["", MORE[-1]])
def test_the_size_of_a_page_is_that_of_its_section(desk: Desk, size: str, comment: str) -> None:
    label = "- **Path**: `{0}`\n- **Selector**: root\n- **Primary Key**: `id`\n"
    sections = f"### Users\n{label.format('users')}\n### Teams\n{label.format('teams')}{size}\n"
    written = desk.new(shop(USERS, f"{TAGS}\n{comment}\n", prose=f"# Resources\n\n{sections}"))
    pages = written.endpoint("teams")["paginator"]
    assert (pages["type"], pages["limit"]) == ("offset", 50)
    assert "smallest size" not in written.report


def test_names_of_a_comment_are_named_once(desk: Desk) -> None:
    prose = SECTIONS.replace("- **Data Selector**: `Results`\n", "")
    comment = "# Other resources such as bounces and visits follow the same pattern"
    written = desk.new(shop(CLIENTS, LISTS, f"{MAILS}\n{comment}\n", prose=prose))
    lines = [line for line in written.assumed if "not loaded" in line]
    assert [line.split()[0] for line in lines] == ["bounces", "visits"]


LIKE = [
    "# Additional resources (folders, groups) follow the same pattern as users",
    "# ... more resources (folders, groups) are configured like users",
    "// Other endpoints (folders and groups) work like `users`",
    "# folders: same as users, path folders\n# groups: same as users, path groups",
]


@pytest.mark.parametrize("comment", LIKE)
def test_names_that_a_comment_compares_with_one_resource_get_its_path(
    desk: Desk, comment: str
) -> None:
    unlike = TAGS.replace('"path": "tags"', '"path": "v2/tag-list"')
    written = desk.new(shop(USERS, f"{unlike}\n{comment}\n"))
    expected = {"path": "groups", "paginator": {"type": "offset", "limit": 20}}
    assert written.endpoint("groups") == expected
    assert written.endpoint("folders") == {**expected, "path": "folders"}
    assert "not loaded" not in written.report


def test_a_resource_that_is_compared_alone_has_the_rows_of_its_own_name(desk: Desk) -> None:
    lists = '{"name": "bills", "endpoint": {"path": "bills", "data_selector": "list[*].bill"}}'
    written = desk.new(shop(USERS, f"{lists}\n# refunds: analogous to bills\n"))
    expected = {"path": "refunds", "data_selector": "list[*].refund"}
    assert written.endpoint("refunds") == expected


def test_a_path_that_the_text_marks_wins_over_the_pattern(desk: Desk) -> None:
    prose = "# Other resources\n\nPaths: `v1/all/folders`, `v1/groups`\n"
    written = desk.new(shop(USERS, f"{TAGS}\n{LIKE[0]}\n", prose=prose))
    assert written.endpoint("folders")["path"] == "v1/all/folders"
    assert written.endpoint("groups")["path"] == "v1/groups"
