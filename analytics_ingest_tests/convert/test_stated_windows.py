"""What a conversion does with windows of the prose besides: reports, settings, first values."""

import pytest

from analytics_ingest_tests.convert.writing import DEFAULTS, Desk, shop

NAMES = ("orders", "users")
CURSOR = '"cursor_path": "updated_at"'
BOTH = {"start_param": "from", "end_param": "to"}


def test_a_length_without_parameters_is_reported_with_its_resource(desk: Desk) -> None:
    prose = "\n- **orders**: a window may span at most 7 days.\n"
    one = f'{{"name": "orders", "endpoint": {{"path": "/orders", "incremental": {{{CURSOR}}}}}}}'
    written = desk.new(shop(one, one.replace("orders", "users"), defaults=DEFAULTS, prose=prose))
    reason = "the prose says that a window is 7d at most"
    assert written.endpoint()["incremental"] == {"cursor_path": "updated_at"}
    assert [line for line in written.assumed if line.startswith(f"orders: {reason}")]
    assert not [line for line in written.assumed if line.startswith(f"users: {reason}")]


def test_bounds_take_the_place_of_settings(desk: Desk) -> None:
    params = '"params": {"from": "{settings.first}", "to": "{settings.last}", "sort": "id"}'
    own = f'"path": "/orders", {params}, "incremental": {{{CURSOR}}}'
    prose = "\n- **orders**: `from` and `to` hold the first and the last day of the window.\n"
    one = f'{{"name": "orders", "endpoint": {{{own}}}}}'
    written = desk.new(shop(one, defaults=DEFAULTS, prose=prose))
    assert written.endpoint()["incremental"] == {"cursor_path": "updated_at", **BOTH}
    assert written.endpoint()["params"] == {"sort": "id"}
    assert written.to_be_set.keys() == {"SOURCES__SHOP__API_TOKEN"}


@pytest.mark.parametrize("value", ["2026-01-01", "{resources.users.day}"])
def test_bounds_do_not_take_the_place_of_other_values(desk: Desk, value: str) -> None:
    own = f'"path": "/orders", "params": {{"from": "{value}"}}, "incremental": {{{CURSOR}}}'
    prose = "\n- **orders**: the parameters `from` and `to` delimit the window.\n"
    resources = [
        f'{{"name": "orders", "endpoint": {{{own}}}}}',
        '{"name": "users", "endpoint": {"path": "u"}}',
    ]
    written = desk.new(shop(*resources, defaults=DEFAULTS, prose=prose))
    assert written.endpoint()["incremental"] == {"cursor_path": "updated_at"}


def test_a_first_value_in_the_format_of_bounds_is_read(desk: Desk) -> None:
    sent = '"params": {"day": "{incremental.start_value}"}'
    first = f'"incremental": {{{CURSOR}, "initial_value": "04-11-2026"}}'
    one = f'{{"name": "orders", "endpoint": {{"path": "/orders", {sent}, {first}}}}}'
    prose = "\n- **orders**: `day` is the start of the window, as `DD-MM-YYYY`.\n"
    written = desk.new(shop(one, defaults=DEFAULTS, prose=prose))
    incremental = written.endpoint()["incremental"]
    assert (incremental["param_format"], incremental["initial_value"]) == ("%d-%m-%Y", "2026-11-04")
    assert not any("first value is not a date" in line for line in written.assumed)


def test_a_cursor_is_an_epoch_like_that_of_the_same_name(desk: Desk) -> None:
    prose = (
        "\n- **orders**: incremental on `seen`, Unix milliseconds"
        "\n- **users**: incremental on `seen`"
        "\n\n# Schema\n\n- orders: `id` (string), `seen` (integer)"
        "\n- users: `id` (string), `seen` (integer)\n"
    )
    resources = [f'{{"name": "{name}", "endpoint": {{"path": "/{name}"}}}}' for name in NAMES]
    written = desk.new(shop(*resources, defaults=DEFAULTS, prose=prose))
    cursor = {"cursor_path": "seen", "cursor_format": "epoch_ms"}
    assert [written.endpoint(name)["incremental"] for name in NAMES] == [cursor, cursor]


STARTS = [
    ("One day per request.", {"max_window": "1d", "initial_value": "2026-01-01"}),
    ("Read in steps of one week.", {"max_window": "1w"}),
    ("Read in steps of one month.", {"max_window": "28d"}),
    ("The requests have a `step` of `P1M`.", {"max_window": "28d"}),
    ("Read in windows of 30 days.", {}),
    ("A window may span at most 7 days.", {}),
]
"""A month of which only the start is sent ends with its calendar month."""


@pytest.mark.parametrize(("prose", "expected"), STARTS)
def test_the_start_of_a_window_alone_names_a_month_at_most(
    desk: Desk, prose: str, expected: dict[str, str]
) -> None:
    own = {"cursor_path": "updated_at", "start_param": "since"}
    text = f'{{{CURSOR}, "start_param": "since"}}'
    one = f'{{"name": "orders", "endpoint": {{"path": "/orders", "incremental": {text}}}}}'
    written = desk.new(shop(one, defaults=DEFAULTS, prose=f"\n{prose}\n"))
    assert written.endpoint()["incremental"] == {**own, **expected}


START = "stream_slice['start_time']"
PATHS = [
    (f"/a/{{{{ {START}.split('-')[0] | int }}}}/{{{{ {START}.split('-')[1] | int }}}}.json", True),
    (f"/a/{{{{ format_datetime({START}, '%Y') }}}}-{{{{ format_datetime({START}, '%m') }}}}", True),
    (f"/a/{{{{ {START}[:7] }}}}", True),
    (f"/a/{{{{ {START}[:7] }}}}/{{{{ {START}.split('-')[2] }}}}", False),
    (f"/a/{{{{ {START}[:4] }}}}", False),
    (f"/a/{{{{ {START} }}}}", False),
    (f"/a/{{{{ {START}[:7] }}}}/{{{{ stream_slice['end_time'][:7] }}}}", False),
]


@pytest.mark.parametrize(("path", "is_by_month"), PATHS)
def test_a_path_with_the_year_and_the_month_is_requested_by_month(
    desk: Desk, path: str, *, is_by_month: bool
) -> None:
    one = f'{{"name": "orders", "endpoint": {{"path": "{path}", "incremental": {{{CURSOR}}}}}}}'
    written = desk.new(shop(one, defaults=DEFAULTS))
    assert (written.endpoint()["incremental"].get("max_window") == "28d") == is_by_month
    reason = "orders: its path holds the year and the month of the start of its window"
    assert (f"{reason}: incremental.max_window is 28d" in written.assumed) == is_by_month
