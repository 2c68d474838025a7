"""The report says nothing that the declaration does, or that the document answers itself."""

import pytest

from analytics_ingest_tests.convert.writing import DEFAULTS, ORDERS, Desk, orders, shop

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
CURSORS = (
    '{"name": "orders", "endpoint": {"path": "/orders", "incremental": {"cursor_path": "at"}}}',
    '{"name": "items", "endpoint": {"path": "/items", "incremental": {"cursor_path": "seen"}}}',
)


@pytest.mark.parametrize(
    "sentence",
    [
        "- `orders` use `at` as the cursor field, `items` uses `seen`.",
        "- `orders` has `at`, and `items` has `seen`.",
        "- `orders` is read by `at`, while `items` is read by `seen`.",
    ],
)
def test_the_field_of_another_resource_of_a_sentence_is_used_there(
    desk: Desk, sentence: str
) -> None:
    written = desk.new(shop(*CURSORS, prose=f"# Incremental\n\n{sentence}\n"))
    assert not [line for line in written.assumed if "the text names" in line]


def test_a_field_that_no_resource_of_a_sentence_has_is_reported(desk: Desk) -> None:
    prose = "# Notes\n\n- `orders` has `at`, and `items` has `flagged`.\n"
    line = "items: the text names flagged; nothing in the declaration uses it"
    assert line in desk.new(shop(*CURSORS, prose=prose)).assumed


NUMBERS = '"type": "page_number", "page_param": "page", "base_page": 1'


def list_ends(desk: Desk, stop: str, prose: str = "") -> list[str]:
    """The lines of the report on the end of counted pages, or on a place in responses."""
    paginator = f'"paginator": {{{NUMBERS}, "stop_condition": "{stop}"}}'
    assumed = desk.new(orders(paginator, prose=prose)).assumed
    words = ("pages", "stop_condition", "read at the root")
    return [line for line in assumed if any(word in line for word in words)]


@pytest.mark.parametrize(
    ("stop", "limit"),
    [
        ("response.info.page > dlt.config['most'] - 1", "most"),
        ("page >= dlt.config['most']", "most"),
        ("{{ response.page >= config['most'] }}", "most"),
        ("response.meta.page >= 10", "10"),
        ("response['page'] == 10", "10"),
    ],
)
def test_a_number_of_pages_that_is_not_limited_is_reported_in_plain_words(
    desk: Desk, stop: str, limit: str
) -> None:
    prose = "# Paging\n\nThe integration stops after `most` pages.\n" if limit == "most" else ""
    line = f"orders: the number of pages is not limited by {limit}: all are read"
    assert list_ends(desk, stop, prose) == [f"{line}; declare paginator.maximum_page to read fewer"]


@pytest.mark.parametrize(
    "stop",
    [
        "len(response.data) == 0",
        "response.data|length < 100",
        "response.data == []",
        "not response.data",
    ],
)
def test_pages_that_end_where_there_are_no_more_rows_need_no_word(desk: Desk, stop: str) -> None:
    assert list_ends(desk, stop) == []


def test_another_end_of_counted_pages_is_reported(desk: Desk) -> None:
    (line,) = list_ends(desk, "not response.has_more")
    assert line.startswith(
        'orders: pages end at the first without rows, not by "not response.has_more"; declare'
    )


def test_a_cursor_may_end_by_a_setting(desk: Desk) -> None:
    cursor = '"type": "cursor", "cursor_path": "next", "cursor_param": "after"'
    stop = "not response.next or response.page > dlt.config['most']"
    written = desk.new(orders(f'"paginator": {{{cursor}, "stop_condition": "{stop}"}}'))
    stated = "not response.next or response.page > config['most']"
    assert written.endpoint()["paginator"]["stop_condition"] == stated
    assert "SOURCES__SHOP__MOST" in written.to_be_set


PARENTS = (
    '{"name": "splits", "primary_key": "code", "endpoint": {"path": "/splits"}}',
    '{"name": "rows", "primary_key": "number", "include_from_parent": ["set", "code"], '
    '"endpoint": {"path": "/rows", "params": {'
    '"set": {"type": "resolve", "resource": "splits", "field": "set"}, '
    '"code": {"type": "resolve", "resource": "splits", "field": "code"}}}}',
)
ADVISED = "declare processing_steps"


@pytest.mark.parametrize(
    "sentence",
    [
        "the `set` and `code` of the parent are kept with each row.",
        "Since `number` restarts, the `set` and `code` of the parent are kept with each row.",
        "the fields `set` and `code` are stored in each row.",
        "each row is kept with the `code` of its split, because `number` restarts.",
    ],
)
def test_fields_that_are_included_of_the_parent_need_no_steps(desk: Desk, sentence: str) -> None:
    written = desk.new(shop(*PARENTS, defaults="", prose=f"# Rows\n\n- **rows**: {sentence}\n"))
    assert not [line for line in written.assumed if ADVISED in line]


@pytest.mark.parametrize(
    "sentence",
    [
        "the `set` of the parent is kept with each row, and the `memo` of some is removed.",
        "the `code` of the parent is hashed and kept with each row.",
        "the `code` and `owner` of the parent are kept with each row.",
    ],
)
def test_other_changes_of_included_fields_are_reported(desk: Desk, sentence: str) -> None:
    written = desk.new(shop(*PARENTS, defaults="", prose=f"# Rows\n\n- **rows**: {sentence}\n"))
    assert [line for line in written.assumed if ADVISED in line]


SIZED = '"paginator": {"type": "cursor", "cursor_path": "n", "cursor_param": "c", "limit": 50}'
NOT_SENT = "the page size of its paginator is not sent"


@pytest.mark.parametrize(
    "sentence",
    [
        "The page size of 50 is fixed by the API and no page size parameter is sent.",
        "The page size is fixed.",
        "The size of a page cannot be changed.",
        "Pages have 50 rows; no limit is sent.",
        "The API has a fixed page size of 50.",
        "No parameter sets the page size.",
        "The number of records per page is always fixed at 50.",
    ],
)
def test_a_page_size_that_the_document_does_not_send_is_not_reported(
    desk: Desk, sentence: str
) -> None:
    written = desk.new(orders(SIZED, prose=f"# Pages\n\n{sentence}\n"))
    assert not [line for line in written.assumed if NOT_SENT in line]


@pytest.mark.parametrize(
    "sentence",
    [
        "Pages have 50 rows.",
        "The page size is 50.",
        "If the page size is fixed, ask for fewer.",
        "The page size is fixed and passed in `count`.",
    ],
)
def test_a_page_size_that_nothing_sends_is_reported(desk: Desk, sentence: str) -> None:
    written = desk.new(orders(SIZED, prose=f"# Pages\n\n{sentence}\n"))
    assert [line for line in written.assumed if NOT_SENT in line]


def test_a_resource_without_a_key_is_reported_once(desk: Desk) -> None:
    defaults = '"resource_defaults": {"write_disposition": "merge"}'
    keyed = USERS.replace('"users",', '"users", "primary_key": "id",')
    written = desk.new(shop(ORDERS, keyed, defaults=defaults))
    line = "orders: no primary key is stated: it is loaded whole each time and replaces its table"
    assert line in written.assumed
    assert not [line for line in written.assumed if "write_disposition" in line]
    assert written.declaration.resources["users"].is_merged


def test_a_first_window_without_a_start_is_reported_once(desk: Desk) -> None:
    own = '"cursor_path": "at", "start_param": "since", "initial_value": dlt.config["start_date"]'
    written = desk.new(orders(f'"incremental": {{{own}}}', defaults=DEFAULTS))
    first = [line for line in written.assumed if "first" in line]
    reason = "its first window has no start, as its first value is a setting"
    assert first == [f"orders: {reason}: declare initial_value if the API needs one"]


def test_a_status_that_fails_or_is_ignored_is_not_tried_again(desk: Desk) -> None:
    handler = '"error_handler": {"fail_on_status_codes": [500], "ignore_status_codes": [504]}'
    written = desk.new(orders(handler))
    codes = [408, 429, 502, 503]
    assert written.endpoint()["error_handler"]["retry_on_status_codes"] == codes
    listed = ", ".join(map(str, codes))
    line = f"orders: requests are tried again on {listed}: its error handler names none"
    assert line in written.assumed
    assert not [line for line in written.listed("As written in the document") if "error" in line]


def test_a_setting_of_all_requests_is_called_so(desk: Desk) -> None:
    defaults = DEFAULTS[:-1] + ', "endpoint": {"params": {"shop": dlt.config["shop_name"]}}}'
    written = desk.new(shop(ORDERS, defaults=defaults))
    purpose = written.to_be_set["SOURCES__SHOP__SHOP_NAME"]
    assert purpose.startswith(
        "takes the place of {settings.shop_name} in requests of all resources"
    )
