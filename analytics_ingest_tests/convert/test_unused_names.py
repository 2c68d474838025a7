"""A name of the prose that nothing in the declaration has is reported, in whatever sentence."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, orders, shop

PAGES = '"paginator": {"type": "offset", "limit": 10}'
UNUSED = [
    ("Rows are narrowed down by `since`.", "since"),
    ("`since` and `until` frame what is returned.", "since, until"),
    ("The parameter `include=client` adds the client.", "include"),
    ("`?expand[]=lines` adds the lines.", "expand"),
    ("One day is returned, that of the parameter `date`.", "date"),
    ("`created[gte]` frames what is returned.", "created[gte]"),
    ("What is in `meta.totals` moves up into each row.", "meta.totals"),
    ("The day is spelled `DD-MM-YYYY`.", "DD-MM-YYYY"),
    ("`$filter` frames what is returned, and `$filter` is case-sensitive.", "$filter"),
    ("`X-RateLimit-Reset` has the seconds until the next window.", "X-RateLimit-Reset"),
]
USED = [
    "Pages are turned with `limit` and `offset`.",
    "`data_selector` is the default, as in `orders`.",
    "`data.results` holds what was asked for." + " `Retry-After` is a number of seconds.",
    "Each `integer` is as long as it likes, and `null` is nothing.",
]
DENIED = [
    "A status, for example `shipped`, says how far it is.",
    "A status (e.g. `shipped`) says how far it is.",
    "The status is by default `shipped`.",
    "There is no `total`.",
    "The client works without `total`.",
]
SECRETS = [
    "Send the API key `abcdef` on each request.",
    "The password is `hunter`.",
    "Pass the token `abcxyz` with each request; the PIN is `four`.",
    "The username is `bob.smith`, and the tenant signs with `qwertyuiop`.",
    "Take `hunter2` for a while.",
    "Take `AKIAIOSFODNN7EXAMPLE` for a while.",
    "Take `abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz` for a while.",
]


def read_unused(desk: Desk, prose: str) -> list[str]:
    """The lines of the report on names that nothing uses."""
    written = desk.new(orders(PAGES + ', "data_selector": "data.results"', prose=prose))
    return [line for line in written.assumed if "the text names" in line]


@pytest.mark.parametrize(("sentence", "names"), UNUSED)
def test_a_name_that_nothing_uses_is_reported(desk: Desk, sentence: str, names: str) -> None:
    pronoun = "them" if "," in names else "it"
    lines = read_unused(desk, f"\n# Requests\n\n{sentence}\n")
    assert lines == [f"the text names {names}; nothing in the declaration uses {pronoun}"]


@pytest.mark.parametrize("sentence", [*USED, *DENIED, *SECRETS])
def test_a_name_that_is_used_denied_or_secret_is_not_reported(desk: Desk, sentence: str) -> None:
    assert read_unused(desk, f"\n# Requests\n\n{sentence}\n") == []


@pytest.mark.parametrize("heading", ["Authentication", "Schema", "Fields of rows"])
def test_sections_on_logins_and_fields_are_read_elsewhere(desk: Desk, heading: str) -> None:
    assert read_unused(desk, f"\n# {heading}\n\nThere is a `thing`.\n") == []


def test_a_field_that_the_document_lists_is_not_reported(desk: Desk) -> None:
    prose = "\n# Notes\n\nThe newest `total` counts.\n\n# Schema\n\n- `total` (number)\n"
    assert read_unused(desk, prose) == []
    resources = [f'{{"name": "{name}", "endpoint": {{"path": "/{name}"}}}}' for name in ("a", "b")]
    prose = prose.replace("\n\n- `t", "\n\nCommon fields of all resources:\n\n- `t")
    written = desk.new(shop(*resources, prose=prose), "--force")
    assert not any("total" in line for line in written.assumed)


def test_a_parameter_of_another_resource_is_reported(desk: Desk) -> None:
    users = '{"name": "users", "endpoint": {"path": "/users", "params": {"team": "a"}}}'
    other = '{"name": "orders", "endpoint": {"path": "/orders"}}'
    prose = "\n# Requests\n\n- **users**: by `team`\n- **orders**: by `team`\n"
    written = desk.new(shop(users, other, prose=prose))
    assert "orders: the text names team; nothing in the declaration uses it" in written.assumed


TEAM = '{"name": "users", "endpoint": {"path": "/users", "params": {"team": "a"}}}'
PAIR = TEAM, '{"name": "orders", "endpoint": {"path": "/orders"}}'


@pytest.mark.parametrize(
    "line",
    [
        "- **orders**, **users**: whole listings (and `team` for users).",
        "- **orders**: a whole listing. The users accept `team`.",
        "- `orders`: a whole listing. `users` accept `team`.",
    ],
)
def test_a_name_that_belongs_to_a_resource_that_has_it_is_not_reported(
    desk: Desk, line: str
) -> None:
    written = desk.new(shop(*PAIR, prose=f"\n# Requests\n\n{line}\n"))
    assert "the text names" not in written.report


@pytest.mark.parametrize(
    "line",
    [
        "- **orders**, **users**: whole listings (by `team`).",
        "- **orders**: a whole listing, unlike users. It accepts `team`.",
        "- **users**: a whole listing. The orders accept `team`.",
        "- **users**, **orders**: whole listings (and `team` for orders).",
        "- **orders**: as large as users (with `team`).",
    ],
)
def test_a_name_that_another_resource_has_is_reported(desk: Desk, line: str) -> None:
    written = desk.new(shop(*PAIR, prose=f"\n# Requests\n\n{line}\n"))
    assert "orders: the text names team; nothing in the declaration uses it" in written.assumed


NATIVE = '"incremental": {"cursor_path": "at", "initial_value": dlt.config["start_date"]}'
AIRBYTE = (
    '"incremental_sync": {"cursor_field": "at", "start_datetime": "{{ config[\'start_date\'] }}"}'
)
DATED = '"incremental": {"cursor_path": "at", "initial_value": "2026-02-01"}'
FROM_START = "Rows are read from the configured `start_date` on."


@pytest.mark.parametrize(
    ("cursor", "line", "is_reported"),
    [
        (NATIVE, FROM_START, False),
        (AIRBYTE, FROM_START, False),
        (DATED, FROM_START, True),
        (NATIVE, "The window is sent as the parameter `start_date`.", True),
    ],
)
def test_a_setting_that_partitions_replace_is_not_called_unused(
    desk: Desk, cursor: str, line: str, *, is_reported: bool
) -> None:
    written = desk.new(orders(cursor, prose=f"\n# Requests\n\n{line}\n"))
    assert any("text names start_date" in said for said in written.assumed) == is_reported
    assert any("partitions.start decides" in said for said in written.assumed) == (cursor != DATED)


KIND = '{"name": "orders", "endpoint": {"path": "/orders", "params": {"kind": dlt.config["kind"]}}}'
LISTED = [
    "- `kind`: Kind of orders: `new`, `paid`, `lost`",
    "- `kind` (optional): `new` or `lost`",
    "- **kind**: one of `new` (today), `paid`, and `lost`.",
]
NOT_LISTED = [
    "- `kind`: rows with `lost` have `new` and `paid`",
    "- `kind`: sent in the body, as are `lost`, `new`, `paid`",
    "- `sort`: `new`, `paid`, `lost`",
]


@pytest.mark.parametrize(
    ("line", "is_reported"),
    [(line, line in NOT_LISTED) for line in (*LISTED, *NOT_LISTED)],
)
def test_the_values_of_a_setting_are_not_reported(
    desk: Desk, line: str, *, is_reported: bool
) -> None:
    written = desk.new(shop(KIND, prose=f"\n# Configuration Values\n\n{line}\n"))
    assert any("lost" in each for each in written.assumed) == is_reported


STEPPED = (
    '"incremental": {"cursor_path": "at", "start_param": "day", "initial_value": "2026-01-01",'
    ' "datetime_format": "%Y-%m-%d", "step": "P1D", "cursor_granularity": "P1D"}'
)
SENT = '"incremental": {"cursor_path": "at", "start_param": "from"}'
PATTERNS = [
    ("The period is one that `%d.%m.%Y` spells.", "%d.%m.%Y"),
    ("# Schema\n\n- **Datetime Format**: `%d.%m.%Y`", "%d.%m.%Y"),
    ("Only moments of the form `%Y-%m-%dT%H:%M` pass.", "%Y-%m-%dT%H:%M"),
    ("Only moments of the form `%Y-%m-%dT%H:%M:%SZ` pass.", None),
    ("Only records hold the form `%Y-%m-%dT%H:%M`.", None),
    ("# Schema\n\n- `day`: string, format `%d.%m.%Y`", None),
]
"""Others than that of bounds without a declaration, and of rows, which are read as ISO 8601."""


@pytest.mark.parametrize(("prose", "pattern"), PATTERNS)
def test_a_format_of_times_that_nothing_uses_is_reported(
    desk: Desk, prose: str, pattern: str | None
) -> None:
    written = desk.new(orders(SENT, prose=f"\n# Loading\n\n{prose}\n"))
    lines = [line for line in written.assumed if "the text names" in line]
    reason = f"the text names {pattern}; nothing in the declaration uses it"
    assert lines == ([reason] if pattern else [])


UNSTEPPED = '"incremental": {"cursor_path": "at", "start_param": "day"}'


def test_a_key_of_airbytes_cursor_is_used_where_ours_is_declared(desk: Desk) -> None:
    prose = "\n# Requests\n\nOne request per day (`step` of `P1D`), sent in `day`.\n"
    unused = "the text names step; nothing in the declaration uses it"
    assert "the text names" not in desk.new(orders(STEPPED, prose=prose)).report
    prose = "\n# Requests\n\nThe `step` of the API is odd.\n"
    assert unused in desk.new(orders(UNSTEPPED, prose=prose), "--force").assumed
    prose = "\n# Requests\n\nRequests send the parameter `step`.\n"
    assert unused in desk.new(orders(STEPPED, prose=prose), "--force").assumed
