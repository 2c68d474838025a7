"""Where a POST sends its window and its pages: in its body, where that or the prose says so."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import Desk, Written, orders, shop

WINDOW = '"incremental": {"cursor_path": "at", "start_param": "from", "end_param": "to"}'
PAGES = '"paginator": {"type": "offset", "limit": 2}'
POST = f'"method": "POST", "json": {{"key": "k"}}, {WINDOW}, {PAGES}'
START, END = "{incremental.start_value}", "{incremental.end_value}"
HELD = {"key": "k", "from": START, "to": END}
IN_BODY = [
    "incremental by `at`, with `from` and `to` in the request body.",
    "the date range is sent in the JSON body.",
    "all parameters are sent in the body.",
    "the POST resources send the window and the page in the body.",
    "the window begins with its first value and is sent in the body of the request.",
    "the request body contains `from` and `to`.",
    "the body fields `from` and `to` bound the period.",
    "`from` and `to` are sent as body fields, the token in the query.",
    "`from` is a part of the payload.",
    "`from` and `to` (`%Y-%m-%d`, both inclusive) are body fields.",
    "paging and filters are part of the JSON body.",
    "**Request body**: `from`, `to` and the key",
    "`from`/`to` (request body)",
    "the body must contain `from` and `to`.",
    "the key is passed as a query parameter, everything else in the body.",
]
ELSEWHERE = [
    "`from` and `to` are sent in the query, the key in the request body.",
    "the query parameters `from` and `to` bound the period; the body holds the key.",
    "`from` and `to` are query parameters.",
]
UNSAID = [
    "",
    "the credentials are sent in the request body.",
    "the filters on archived rows are sent in the request body.",
    "the dates in the body of a message are texts.",
    "all authentication parameters are sent in the body.",
    "the window is 30 days at most, and the key is sent in the body.",
    "`from` and `to` may be sent in the body.",
    "`from` and `to` are not sent in the request body.",
    "the body of the response holds `from` and `to`.",
    "`from` and `to` are fields in the response body.",
    "webhooks send `from` and `to` in the body.",
    "`from` is sent in the query string and `to` in the request body.",
]


def write_each(desk: Desk, texts: list[str]) -> Written:
    """A document with a resource for each text on it."""
    named = {f"r{number}": text for number, text in enumerate(texts)}
    resources = [f'{{"name": "{n}", "endpoint": {{"path": "/{n}", {POST}}}}}' for n in named]
    lines = "\n".join(f"- **{name}**: {text}" for name, text in named.items())
    return desk.new(shop(*resources, prose=f"\n# Resources\n\n{lines}\n"))


def test_a_window_is_sent_in_the_body_as_the_prose_says(desk: Desk) -> None:
    written = write_each(desk, IN_BODY)
    found = {IN_BODY[n]: written.endpoint(f"r{n}") for n in range(len(IN_BODY))}
    assert {text: endpoint["json"] for text, endpoint in found.items()} == dict.fromkeys(
        found, HELD
    )
    assert not [text for text, endpoint in found.items() if "_param" in str(endpoint)]
    assert "its window is sent in the JSON body, as the prose says" in written.report


def test_a_window_stays_in_the_query(desk: Desk) -> None:
    texts = [*ELSEWHERE, *UNSAID]
    written = write_each(desk, texts)
    found = {texts[n]: written.endpoint(f"r{n}") for n in range(len(texts))}
    key = {"key": "k"}
    assert {text: endpoint["json"] for text, endpoint in found.items()} == dict.fromkeys(found, key)
    assert not [text for text, endpoint in found.items() if "body_path" in str(endpoint)]
    assert {str(endpoint["incremental"]["end_param"]) for endpoint in found.values()} == {"to"}
    said = "its window is sent in the query, as from and to, though it is a POST with a JSON body"
    (line,) = [line for line in written.assumed if said in line]
    assert line.startswith(f"r{len(ELSEWHERE)}, ")
    assert f"and {len(UNSAID) - 4} more: " in line


@pytest.mark.parametrize(
    ("endpoint", "text", "expected"),
    [
        # The body names them.
        (
            f'"method": "POST", "json": {{"filter": {{"from": None, "to": "x"}}}}, {WINDOW}',
            "",
            {"json": {"filter": {"from": START, "to": END}}},
        ),
        # The prose names the object that holds them.
        (
            f'"method": "POST", {WINDOW}',
            "`filter.from` and `filter.to` are sent in the body.",
            {"json": {"filter": {"from": START, "to": END}}},
        ),
        (
            f'"method": "POST", "data": {{"key": "k"}}, {WINDOW}, {PAGES}',
            "the window is sent in the body.",
            {"data": HELD},
        ),
        (
            f'"method": "POST", {WINDOW}',
            "`from` and `to` are sent as form fields.",
            {"data": {"from": START, "to": END}},
        ),
        (f'{WINDOW}, "json": {{"key": "k"}}', IN_BODY[0], {"json": {"key": "k"}}),
        (
            f'{POST}, "params": {{"page": 1}}',
            f"{IN_BODY[0]} `offset` is sent in the query.",
            {"json": HELD, "paginator": {"type": "offset", "limit": 2}},
        ),
        (
            POST.replace('"limit": 2', '"limit": 2, "offset_param": "skip"'),
            f"{IN_BODY[0]} `skip` and `limit` are sent as query parameters.",
            {"json": HELD, "paginator": {"type": "offset", "limit": 2, "offset_param": "skip"}},
        ),
        # What dlt's own form has in the query stays there.
        (
            '"method": "POST", "json": {"key": "k"}, "params": {"from": {"type": "incremental", '
            '"cursor_path": "at"}}',
            "`from` is sent in the body.",
            {"json": {"key": "k"}},
        ),
    ],
)
def test_windows_are_sent_where_body_and_prose_say(
    desk: Desk, endpoint: str, text: str, expected: dict[str, Any]
) -> None:
    written = desk.new(
        orders(endpoint, prose=f"\n# Resources\n\n- **orders**: {text}\n")
    ).endpoint()
    assert {key: written[key] for key in expected} == expected
    in_query = "start_param" in written.get("incremental", {}) or "incremental" in str(
        written.get("params")
    )
    assert in_query is not (START in str(expected))


def test_the_pages_of_a_line_on_paging_are_in_the_body(desk: Desk) -> None:
    texts = [
        "**Pagination**: cursor based. It is a cursor: the value of `next` is sent in the body.",
        "Pagination is cursor-based: the token of the next page is sent in the request body.",
        "Pagination is offset-based: the number is sent in the query, the key in the body.",
    ]
    written = write_each(desk, texts)
    paths = [written.endpoint(f"r{n}")["paginator"].get("offset_body_path") for n in range(3)]
    assert paths == ["offset", "offset", None]


@pytest.mark.parametrize("heading", ["Authentication", "Schema"])
def test_sections_on_other_requests_and_on_rows_say_nothing_of_bodies(
    desk: Desk, heading: str
) -> None:
    prose = f"\n# {heading}\n\nParameters are sent in the JSON body. `from` is part of the body.\n"
    written = desk.new(orders(POST, prose=prose)).endpoint()
    assert (written["json"], written["incremental"]["start_param"]) == ({"key": "k"}, "from")


def test_a_sentence_on_posts_says_nothing_of_other_requests(desk: Desk) -> None:
    prose = "\n# Resources\n\nThe POST resources send the window and the page in the body.\n"
    users = f'{{"name": "users", "endpoint": {{"path": "/users", {WINDOW}, {PAGES}}}}}'
    post = f'{{"name": "orders", "endpoint": {{"path": "/orders", {POST}}}}}'
    written = desk.new(shop(post, users, prose=prose))
    assert written.endpoint()["json"] == HELD
    assert written.endpoint("users")["incremental"]["start_param"] == "from"
    assert written.endpoint("users")["paginator"] == {"type": "offset", "limit": 2}
