"""How prose states parameters, formats and lengths of windows, and what states none."""

from typing import Any

import pytest

from analytics_ingest.convert.markdown import parse_document
from analytics_ingest.convert.prose.text.mentions import find_mentions
from analytics_ingest.convert.prose.text.passages import Clause, read_prose
from analytics_ingest.convert.prose.windows.sent_times import says_how_times_are_sent
from analytics_ingest.convert.prose.windows.window_lengths import read_window_lengths
from analytics_ingest_tests.convert.writing import DEFAULTS, Desk, shop

NAMES = ("orders", "users")
CURSOR = '"cursor_path": "updated_at"'
SENT = f'{CURSOR}, "start_param": "begin", "end_param": "stop"'
SINCE, BOTH = {"start_param": "since"}, {"start_param": "from", "end_param": "to"}
DATES, WEEK = {"param_format": "%Y-%m-%d"}, {"max_window": "7d"}
MONTH = {"max_window": "28d"}
SECONDS = {"param_format": "epoch_s", "cursor_format": "epoch_s"}
UNIX, MILLISECONDS = {"param_format": "epoch_s"}, {"param_format": "epoch_ms"}
Keys = dict[str, Any]
TABLE = "| Resource | {} | {} |\n|---|---|---|\n| orders | `lower` | `upper` |\n"
COLUMNS = {"start_param": "lower", "end_param": "upper"}

BOUNDS: list[tuple[str, Keys]] = [
    (
        "- **orders**\n  - **Incremental**: the window is passed as `changedStart` and `changedEnd`"
        " (`YYYY-MM-DD`, both inclusive).",
        {"start_param": "changedStart", "end_param": "changedEnd", **DATES},
    ),
    (
        "Orders can be narrowed to a range of changes: `afterChange` and `beforeChange` take times"
        " in UTC such as `2026-01-01T00:00:00Z`.",
        {"start_param": "afterChange", "end_param": "beforeChange"},
    ),
    ("- **orders**: `from` is the start of the window and `to` its end.", BOTH),
    ("- **orders**: the parameters `from` and `to` delimit the interval of `updated_at`.", BOTH),
    (
        "- **orders**: `date_from` and `date_to` hold the first and the last day of the window"
        " in the format `%Y-%m-%d`.",
        {"start_param": "date_from", "end_param": "date_to", **DATES},
    ),
    (
        "- **orders**: `x1` is the first day of the window, `x2` the last day.",
        {"start_param": "x1", "end_param": "x2"},
    ),
    (
        "### Orders\n\n- **Incremental**: it takes `fromdate` and `todate`, dates such as"
        " `2026-02-14`; both days are included.",
        {"start_param": "fromdate", "end_param": "todate", **DATES},
    ),
    (
        "### Orders\n\n- **Incremental**: `updated_at`, sent as `updated_after` (a timestamp)",
        {"start_param": "updated_after"},
    ),
    (
        "`orders` accepts `ModifiedSince`, a time without offset (for example"
        " `2026-03-01T00:00:00`, UTC).",
        {"start_param": "ModifiedSince", "param_format": "%Y-%m-%dT%H:%M:%S"},
    ),
    (TABLE.format("Parameter for the start", "Parameter for the end"), COLUMNS),
    ("- **orders**: `from` and `to` (both inclusive) bound `updated_at`.", BOTH),
    (
        "- **orders**: changes are requested with `updated_since` and `updated_until`.",
        {"start_param": "updated_since", "end_param": "updated_until"},
    ),
    (TABLE.format("Start parameter", "End parameter"), COLUMNS),
    (TABLE.format("Filter from", "Filter to"), COLUMNS),
    (TABLE.format("Window start parameter", "Window end parameter"), COLUMNS),
    (TABLE.format("Lower bound parameter", "Parameter for the upper bound"), COLUMNS),
    (
        "| Resource | Date parameters |\n|---|---|\n| orders | `order_from`, `order_to` |\n\n"
        "Date parameters are days (`%Y-%m-%d`) and are compared with `updated_at`.",
        {"start_param": "order_from", "end_param": "order_to", **DATES},
    ),
    (
        "- **orders**: the interval is bounded by the dates `from` and `to`, written like"
        " `2026-01-31`.",
        {**BOTH, **DATES},
    ),
    (
        "- **orders**: the parameters `from` and `to` are Unix seconds.",
        {**BOTH, "param_format": "epoch_s"},
    ),
    (
        "- **orders**: the window is sent as `from` and `to`, formatted `YYYY-MM-DDThh:mm:ss`"
        " followed by `Z`.",
        BOTH,
    ),
]
NO_BOUNDS = [
    "Narrowed to a range of changes: `afterChange` and `beforeChange` take times.",
    "- **orders**: `updatedSince` is the time of the last change.",
    "- **orders**: `from` could be the start of the window and `to` its end.",
    "- **orders**: `from` was the start of the window and `to` its end.",
    "- **orders**: if it is sent, `from` is the start of the window.",
    "- **orders**: webhooks have a window from `from` to `to`.",
    "- **orders**: the export takes `from` and `to`, dates such as `2026-02-14`.",
    "- **orders**: `ship_from` is the start of the window and `ship_to` its end.",
    "- **orders**: it takes `fromdate` and `todate`, dates such as `2026-02-14`.",
    "- **orders**: rows have `updated_from` and `updated_to`.",
    "- **orders**: rows with `updated_from` and `updated_to`.",
    "- **orders**: the parameters `date_from` and `date_to` filter by the time of creation.",
    "- **orders**: the parameters `from` and `to` delimit the interval of `created_at`.",
    "- **orders**: the parameters `from` and `to` filter by `paid_at`.",
    "- **orders**: the body fields `changedAfter` and `changedBefore` limit the listing.",
    "- **orders**: sorted by `since_date`, which is the start of the window.",
    "- **orders**: accepts `CreatedSince`, a time such as `2026-03-01T00:00:00`.",
    "- **orders**: the price window is sent as `from_amount` and `to_amount`.",
    "- **orders**: `from` and `to` delimit the window of `users`.",
    "- **orders**: the first window begins at `start_date`.",
    "- **orders**: the setting `start_date` is the begin of the first window.",
    "- **orders**: takes `since_updated` but ignores it.",
    "- **orders**: `due_start` and `due_end` are the bounds of the window.",
    "- `invoices`: the parameters `from` and `to` delimit the interval.",
    "| Resource | Start of paging | End of paging |\n|---|---|---|\n| orders | `lower` | `upper` |",
    "| Resource | Start | End |\n|---|---|---|\n| orders | `lower` | `upper` |",
    "| Resource | Date parameters |\n|---|---|\n| orders | `order_from`, `order_to` |",
    "| Resource | Date parameters |\n|---|---|\n| orders | `order_from`, `order_to` |\n\n"
    "Date parameters are not compared with `updated_at`.",
]
FORMATS: list[tuple[str, Keys, Keys]] = [
    (
        "`orders` take dates (`2026-03-31`); `users` take timestamps (`2026-03-31T00:00:00Z`).",
        DATES,
        {},
    ),
    ("- **orders**: `begin` and `stop` are dates such as `2026-03-31`.", DATES, {}),
    ("- **users**: the window is given in days, for example `2026-03-31`.", {}, DATES),
    ("Date parameters are days (`%Y-%m-%d`).", DATES, DATES),
    (
        "All of these fields and parameters are Unix timestamps in seconds.",
        SECONDS,
        SECONDS,
    ),
    (
        "- **orders**: the window is written `YYYY-MM-DD`.\n"
        "- **users**: windows in the same format.",
        DATES,
        DATES,
    ),
    ("- **orders**: the window is written `YYYY-MM-DDThh:mm:ss` followed by `Z`.", {}, {}),
    (
        "- **orders**: `begin` holds the start in epoch milliseconds.",
        {"param_format": "epoch_ms"},
        {},
    ),
    ("The field `updated_at` of orders holds dates such as `2026-03-31`.", {}, {}),
    ("Webhooks of `orders` take dates (`2026-03-31`) as window.", {}, {}),
    ("- **orders**: the window could be written `YYYY-MM-DD`.", {}, {}),
    ("Dates are formatted as `%Y-%m-%d` and are in GMT. `first` is given as `%s`.", DATES, DATES),
    ("Dates are sent as Unix milliseconds.", MILLISECONDS, MILLISECONDS),
    ("- `orders`: `begin` is `%Y-%m-%d`.\n\nThe API expects dates as `%s`.", DATES, UNIX),
    ("Dates are formatted as `%Y-%m-%d`. Bounds are sent as `%s`.", {}, {}),
    ("Dates are not formatted as `%Y-%m-%d`.", {}, {}),
    ("Dates may be formatted as `%Y-%m-%d` too.", {}, {}),
    ("## Schema\n\nDates are formatted as `%Y-%m-%d`.", {}, {}),
    ("## Authentication\n\nTimestamps are sent as Unix seconds.", {}, {}),
    ("- **users**: dates are formatted as `%Y-%m-%d`.", {}, DATES),
    ("### Orders\n\n- **Cursor Field**: `updated_at` (format `%Y-%m-%d`)", DATES, {}),
    ("### Orders\n\n- **Cursor**: `updated_at`, in the format `YYYY-MM-DD`", DATES, {}),
    ("### Orders\n\n- **Cursor Datetime Formats**: `%Y-%m-%d`", DATES, {}),
    ("The cursor of `orders` is `updated_at`. Its format is `%Y-%m-%d`.", DATES, {}),
    (
        "`users` are synchronized incrementally by `updated_at`, without a token"
        " (format `%Y-%m-%d`).",
        {},
        {},
    ),
    (
        "`orders` and `users` are synchronized incrementally by `updated_at`, one day per request"
        " (format `%Y-%m-%d`).",
        {**DATES, "max_window": "1d"},
        {**DATES, "max_window": "1d"},
    ),
    (
        "All resources use the cursor field `updated_at`, formatted as `%d.%m.%Y`.",
        {"param_format": "%d.%m.%Y", "cursor_format": "%d.%m.%Y"},
        {"param_format": "%d.%m.%Y", "cursor_format": "%d.%m.%Y"},
    ),
    (
        "## Schema\n\n- **Datetime Format**: `%Y-%m-%d`\n- **Cursor Field**: `updated_at`",
        DATES,
        DATES,
    ),
    ("## Schema\n\n- **Datetime Format**: `%Y-%m-%d`\n- `updated_at`: string", {}, {}),
    ("## Schema\n\n- `updated_at` (the cursor)\n- `day`: string (format `%Y-%m-%d`)", {}, {}),
    ("- **orders**: the cursor is `updated_at`; files are named `%Y-%m-%d`.", {}, {}),
    ("- **orders**: the cursor is `updated_at`, from the start date (`%Y-%m-%d`) on.", {}, {}),
    ("- **orders**: the cursor is `updated_at`, `day` has the format `%Y-%m-%d`.", {}, {}),
    ("- **orders**: the cursor is `updated_at` (`%Y-%m-%d` in the records).", {}, {}),
    ("- **orders**: the cursor is `updated_at` (`%Y-%m-%d` or `%Y%m%d`).", {}, {}),
    ("The cursor is `updated_at` (`%Y-%m-%d`). Bounds are sent as `%s`.", UNIX, UNIX),
]
SENT_TIMES = [
    "Dates are formatted as {} and are in GMT.",
    "Dates must be formatted as {}.",
    "Dates and times are passed in the format {}.",
    "Every date is sent as {}.",
    "Times in both parameters are formatted as {}.",
    "Timestamps sent to the API are written as {}.",
    "Both bounds are formatted as {}.",
    "Window bounds: {}",
    "The window is sent as {}.",
    "Start and end are formatted as {}.",
    "The API expects dates as {}.",
    "All requests write dates as {}.",
    "Requests use the date format {}.",
    "- **Date format**: {}",
    "Date/time format: {}",
    "The format of dates is {}.",
    "The datetime format of the window is {}.",
    "{} is the date format of the API.",
    "The API uses {} for dates.",
    "- **orders** and **users**: dates are formatted as {}.",
]
OTHER_TIMES = [
    "Dates in the records are formatted as {}.",
    "The API returns dates as {}.",
    "Dates are stored as {}.",
    "Dates are displayed as {}.",
    "Timestamps are sent as {} in the signature.",
    "- `updated_at`: dates are formatted as {}.",
    "Date fields are formatted as {}.",
    "The date format of records is {}.",
    "The cursor format is {}.",
    "Delivery dates are formatted as {}.",
    "Dates in file names are formatted as {}.",
    "The start date is formatted as {}.",
    "Date format of the start date: {}",
    "The setting holds dates in the format {}.",
    "`start_date` is given as {}.",
    "If dates are formatted as {}, the API is slow.",
    "The dates of `invoices` are formatted as {}.",
]
LENGTHS: list[tuple[str, Keys, Keys]] = [
    ("- **orders**\n  - A window may span at most 7 days.", WEEK, {}),
    (
        "- **orders**: a request may not cover more than 30 days: read in windows of 7 days.",
        WEEK,
        {},
    ),
    ("`users` take times, and one request may not cover more than 7 days.", {}, WEEK),
    ("- `orders`: the period of one request may be 30 days at most; 7 days are used.", WEEK, {}),
    ("The periods are read in steps of one week.", {"max_window": "1w"}, {"max_window": "1w"}),
    ("- **orders**: one request per day (windows of one day).", {"max_window": "1d"}, {}),
    ("- **orders**: 7-day windows", WEEK, {}),
    ("- **orders**: 7 days per request; `users` are read one month at a time.", WEEK, MONTH),
    ("- **orders**: each request covers exactly one day.", {"max_window": "1d"}, {}),
    ("- **Incremental**: one request per month, from the first on", MONTH, MONTH),
    ("- **Limit**: one request per day", {}, {}),
    ("- **orders**: one minute per request", {}, {}),
    ("- **orders**: read with windows of 12 hours", {"max_window": "12h"}, {}),
    ("The longest window of `users` is 7 days.", {}, WEEK),
    ("- **orders**: bounds are at most 7 days apart.", WEEK, {}),
    ("- **orders**: the range is limited to 7 days.", WEEK, {}),
    ("- **orders**: each window covers 7 days.", WEEK, {}),
    ("- **orders**: one request for each day of the period", {"max_window": "1d"}, {}),
    ("### Orders\n\nThe maximum range of a request is 7 days.", WEEK, {}),
    ("- **orders**: a range of at most two weeks per call", {"max_window": "2w"}, {}),
    ("- **orders**: windows may not exceed 1 month.", {"max_window": "28d"}, {}),
    ("Orders are requested week by week.", {"max_window": "1w"}, {}),
    ("- **orders**: loaded in monthly windows", {"max_window": "28d"}, {}),
    ("- **orders**: windows longer than 7 days are answered with 400.", WEEK, {}),
    ("- **orders**: one request per day is allowed.", {}, {}),
    ("- **orders**: a request takes up to 2 hours.", {}, {}),
    ("The interval between two requests is up to 2 hours.", {}, {}),
    ("- **orders**: at most 3 days in the past per request.", {}, {}),
    ("- **orders**: rows are kept for at most 7 days.", {}, {}),
    ("- **orders**: at most 100 requests in windows of one hour.", {}, {}),
    ("- **orders**: the response covers up to 7 days.", {}, {}),
    ("- **orders**: a window may perhaps span at most 7 days.", {}, {}),
    ("- **orders**: the export covers at most 7 days per request.", {}, {}),
    ("- `invoices`: a window may span at most 7 days.", {}, {}),
    ("- **orders**: conversions count in a window of 7 days.", {}, {}),
    ("- **orders**: a token is valid for at most 7 days.", {}, {}),
    ("- **orders**: windows of 7 days are no longer used.", {}, {}),
    ("- **orders**: retried within windows of 2 hours", {}, {}),
    ("- **orders**: history of at most 7 days, in periods of one day", {}, {}),
    ("## Legacy\n\n- **orders**: windows of 7 days", {}, {}),
    ("Windows have a length of 7 days (`P7D`) and a granularity of one second.", WEEK, WEEK),
    ("- **Window size**: 7 days", WEEK, WEEK),
    ("Windows have a granularity of 7 days.", {}, {}),
    ("The retry window has a length of 7 days.", {}, {}),
]


def read(desk: Desk, own: str, prose: str) -> list[Keys]:
    """Return what the cursors of a document with this prose have beyond their own keys."""
    resources = [
        f'{{"name": "{n}", "endpoint": {{"path": "/{n}", "incremental": {{{own}}}}}}}'
        for n in NAMES
    ]
    written = desk.new(shop(*resources, defaults=DEFAULTS, prose=f"\n# Loading\n\n{prose}\n"))
    cursors = [written.endpoint(name)["incremental"] for name in NAMES]
    return [{k: v for k, v in cursor.items() if f'"{k}"' not in own} for cursor in cursors]


@pytest.mark.parametrize(("prose", "expected"), BOUNDS)
def test_parameters_that_bound_the_window_of_a_resource_are_sent(
    desk: Desk, prose: str, expected: Keys
) -> None:
    read_keys = [
        {k: v for k, v in keys.items() if k != "inclusive_end"}
        for keys in read(desk, CURSOR, prose)
    ]
    assert read_keys == [expected, {}]


@pytest.mark.parametrize("prose", NO_BOUNDS)
def test_parameters_that_may_bound_something_else_are_not_sent(desk: Desk, prose: str) -> None:
    assert read(desk, CURSOR, prose) == [{}, {}]


@pytest.mark.parametrize(("prose", "orders", "users"), [*FORMATS, *LENGTHS])
def test_formats_and_lengths_hold_for_the_resources_that_a_clause_is_about(
    desk: Desk, prose: str, orders: Keys, users: Keys
) -> None:
    assert read(desk, SENT, prose) == [orders, users]


@pytest.mark.parametrize(
    ("text", "expected"), [*((t, True) for t in SENT_TIMES), *((t, False) for t in OTHER_TIMES)]
)
def test_only_clauses_on_the_times_of_requests_are_read(text: str, *, expected: bool) -> None:
    written = text.format("`%d.%m.%Y`")
    clause = Clause(written, find_mentions(written, NAMES), ())
    assert says_how_times_are_sent(clause) == expected


def test_the_last_word_of_a_name_beside_other_names_has_a_window() -> None:
    text = "Orders and reviews are read in windows of 7 days."
    prose = read_prose(parse_document("shop", text), ["orders", "product_reviews", "users"])
    assert [each.resources for each in read_window_lengths(prose)] == [
        ("orders", "product_reviews")
    ]
