"""Sentences near to one on cursors, windows or full refreshes that say something else."""

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

PAGES = '{"name": "pages", "endpoint": {"path": "/pages"}}'
USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
NOT_FULL = [
    "Not read in full:\n\n- `orders`",
    "### No full refresh\n\n- `orders`",
    "Excluded from a full refresh:\n\n- `orders`",
    "### Never loaded completely\n\n- `orders`",
    "Each page is read completely.",
    "Pages are read completely before their rows are stored.",
    "All pages of a resource are read. Pages are loaded entirely.",
    "The tags of `orders` have no modification date.",
    "The attachments of `orders` are read in full.",
    "`orders` has no full refresh.",
]
FULL = [
    "Read in full:\n\n- `orders`",
    "### Full refresh\n\n- `orders`",
    "The records of `orders` have no modification date.",
]


@pytest.mark.parametrize("prose", NOT_FULL)
def test_what_denies_a_full_refresh_or_is_on_something_else_gives_none(
    desk: Desk, prose: str
) -> None:
    written = desk.new(shop(ORDERS, PAGES, prose=f"\n# Loading\n\n{prose}\n"))
    assert "incremental" not in written.text


@pytest.mark.parametrize("prose", FULL)
def test_a_stated_full_refresh_is_taken(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, PAGES, prose=f"\n# Loading\n\n{prose}\n"))
    assert written.endpoint() == {"path": "/orders", "incremental": None}


@pytest.mark.parametrize(
    "sentence",
    [
        "Tokens are identified by `client_id` and `scope`.",
        "Each token is uniquely identified by `client_id`.",
        "The primary key of the tokens is `client_id`.",
    ],
)
def test_a_section_on_logins_names_no_key(desk: Desk, sentence: str) -> None:
    tokens = '{"name": "tokens", "endpoint": {"path": "/tokens"}}'
    written = desk.new(shop(ORDERS, tokens, prose=f"\n# Authentication\n\n{sentence}\n"))
    assert "primary_key" not in written.resource("tokens")


WINDOW = (
    '{"name": "orders", "endpoint": {"path": "/orders", "incremental": {"cursor_path": "at", '
    '"start_param": "since", "end_param": "until"}}}'
)
NOT_LENGTHS = [
    "Values are averaged in 15-day intervals.",
    "The schedule runs in steps of 6 hours.",
    "The interval between two runs should be 4 hours at most.",
    "Sums are grouped into hourly periods.",
    "The dashboard uses steps of 1 hour.",
    "Requests time out in a period of 5 minutes.",
    "At most 60 requests are allowed in a window of 15 minutes.",
]
LENGTHS = [
    ("A window is one quarter at most.", "90d"),
    ("The window may span 1 year at most.", "365d"),
    ("A window covers 90 minutes at most.", "90m"),
    ("Requests are made in steps of 6 hours.", "6h"),
]


@pytest.mark.parametrize("sentence", NOT_LENGTHS)
def test_other_intervals_are_not_the_length_of_windows(desk: Desk, sentence: str) -> None:
    written = desk.new(shop(WINDOW, USERS, prose=f"\n## orders\n\n{sentence}\n"))
    assert "max_window" not in written.text


@pytest.mark.parametrize(("sentence", "length"), LENGTHS)
def test_the_length_of_windows_is_taken(desk: Desk, sentence: str, length: str) -> None:
    written = desk.new(shop(WINDOW, USERS, prose=f"\n## orders\n\n{sentence}\n"))
    assert written.endpoint()["incremental"]["max_window"] == length


OTHER_FORMATS = [
    "The field `birthday` is in the format `YYYY-MM-DD`.",
    "Dates such as `birthday` are in the format `YYYY-MM-DD`.",
    "All dates of `users` are in the format `YYYY-MM-DD`.",
    "Dates may be given as `YYYY-MM-DD` too.",
    "The format `YYYY-MM-DD` is also accepted.",
    "If the time is omitted, the format is `YYYY-MM-DD`.",
    "They are Unix seconds in v1 and ISO 8601 in v2.",
]
FORMATS = [
    "Dates are given as `YYYY-MM-DD`.",
    "Both are in the format `YYYY-MM-DD`.",
    "The parameters are written as `YYYY-MM-DD`, and the field `birthday` is as well.",
]


@pytest.mark.parametrize("sentence", OTHER_FORMATS)
def test_a_format_of_something_else_is_not_that_of_bounds(desk: Desk, sentence: str) -> None:
    prose = f"\n## orders\n\nRead with the parameters `since` and `until`. {sentence}\n"
    assert "param_format" not in desk.new(shop(WINDOW, USERS, prose=prose)).text


@pytest.mark.parametrize("sentence", FORMATS)
def test_a_format_of_bounds_is_taken(desk: Desk, sentence: str) -> None:
    prose = f"\n## orders\n\nRead with the parameters `since` and `until`. {sentence}\n"
    written = desk.new(shop(WINDOW, USERS, prose=prose))
    assert written.endpoint()["incremental"]["param_format"] == "%Y-%m-%d"
