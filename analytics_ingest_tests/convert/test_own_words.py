"""A document's own words for transformations, parents, bounds, selectors and keys."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import DEFAULTS, ORDERS, Desk, fenced, orders, shop

LINES = '{"name": "lines", "endpoint": {"path": "/orders/{no}/lines", "partition_router": %s}}'
STEPS: list[tuple[str, list[dict[str, Any]]]] = [
    (
        """{"type": "add_fields", "fields": [{"path": ["a"], "value": "record['b'][:10]"}]}""",
        [{"add": {"a": "{{ record['b'][:10] }}"}}],
    ),
    (
        """{"type": "AddFields", "fields": [{"name": "a", "value": "{{ record.b }}"}]}""",
        [{"add": {"a": "{{ record.b }}"}}],
    ),
    ("""{"add_fields": {"a": "{{ record.b }}"}}""", [{"add": {"a": "{{ record.b }}"}}]),
    (
        """{"type": "add_fields", "fields": [{"path": "a", "value": dlt.config["team"]}]}""",
        [{"add": {"a": "{{ settings.team }}"}}],
    ),
    ("""{"type": "remove_fields", "fields": ["a", "b"]}""", [{"remove": ["a", "b"]}]),
    ("""{"type": "remove_fields", "field_pointers": [["a", "b"]]}""", [{"remove": ["a.b"]}]),
    ("""{"remove_fields": ["a"]}""", [{"remove": ["a"]}]),
    ("""{"type": "keys_to_lower"}""", [{"keys": "lower"}]),
    (
        """{"type": "add_field", "name": "a", "expression": "record['b']['c']"}""",
        [{"add": {"a": "{{ record['b']['c'] }}"}}],
    ),
    (
        """{"add_field": "a", "value": "b.c"}""",
        [{"add": {"a": "{{ record['b']['c'] }}"}}],
    ),
    (
        """{"type": "AddFields", "fields": [{"path": ["a"], "value": "b.c"}]}""",
        [{"add": {"a": "b.c"}}],
    ),
    (
        """{"type": "flatten", "field": "a", "delete_original": True}""",
        [{"flatten_path": {"path": ["a"], "delete_origin": True}}],
    ),
]


@pytest.mark.parametrize(("item", "steps"), STEPS)
def test_a_transformation_is_known_by_other_names(
    desk: Desk, item: str, steps: list[dict[str, Any]]
) -> None:
    written = desk.new(orders(resource=f'"transformations": [{item}],'))
    assert written.resource("orders")["processing_steps"] == steps
    assert "transformations is left out" not in " ".join(written.assumed)


def test_the_start_of_the_window_is_added_to_rows_that_do_not_hold_it(desk: Desk) -> None:
    steps = """"transformations": [{"type": "add_fields", "fields": [{"path": ["day"], "value":
        "{{ stream_slice['start_time'] }}"}]}],"""
    window = '"incremental": {"cursor_path": "day", "start_param": "day", "step": "P1D"}'
    written = desk.new(orders(window, resource=steps))
    assert written.resource("orders")["processing_steps"] == [
        {"add": {"day": "{{ stream_interval.start_time }}"}}
    ]


@pytest.mark.parametrize(
    "router",
    [
        '{"type": "substream", "parent": "orders", "parent_key": "number", '
        '"partition_field": "no"}',
        '{"parent_resource": "orders", "field": "number", "placeholder": "no"}',
    ],
)
def test_a_router_names_its_parent_by_other_keys(desk: Desk, router: str) -> None:
    written = desk.new(shop(ORDERS, LINES % router))
    assert written.endpoint("lines")["params"] == {
        "no": {"type": "resolve", "resource": "orders", "field": "number"}
    }


@pytest.mark.parametrize("block", ["yaml", "json"])
def test_a_setting_of_yaml_or_json_is_one(desk: Desk, block: str) -> None:
    data = (
        '{"client": {"base_url": "https://shop.test", "auth": {"type": "bearer", "token": '
        """"dlt.secrets['key']"}}, "resources": [{"name": "orders", "primary_key": "id", """
        """"endpoint": {"path": "/orders", "params": {"team": "dlt.config['team']"}}}]}"""
    )
    written = desk.new(fenced(data, block))
    assert written.endpoint()["params"] == {"team": "{settings.team}"}
    assert "SOURCES__SHOP__TEAM" in written.to_be_set
    assert not any("is a literal" in line for line in written.assumed)


PARENTS = [
    '"parent": {"resource": "orders", "parent_key": "number", "param": "no"}',
    '"parent": [{"resource": "orders", "field": "number", "placeholder": "no"}]',
]


@pytest.mark.parametrize("parent", PARENTS)
def test_a_parent_may_be_named_in_the_endpoint(desk: Desk, parent: str) -> None:
    lines = f'{{"name": "lines", "endpoint": {{"path": "/orders/{{no}}/lines", {parent}}}}}'
    assert desk.new(shop(ORDERS, lines)).endpoint("lines")["params"] == {
        "no": {"type": "resolve", "resource": "orders", "field": "number"}
    }


def test_a_field_of_a_parent_is_named_by_the_resource(desk: Desk) -> None:
    lines = (
        '{"name": "lines", "parent": "orders", "endpoint": {"path": "/lines", "method": "POST", '
        '"json": {"order": "{orders.id}"}}, "transformations": [{"add_field": "order_id", '
        '"from_parent": "id"}]}'
    )
    written = desk.new(shop(ORDERS, lines))
    assert written.endpoint("lines")["json"] == {"order": "{resources.orders.id}"}
    assert written.resource("lines")["processing_steps"] == [
        {"add": {"order_id": "{{ stream_partition.parent_id }}"}}
    ]
    assert not any("parent is left out" in line for line in written.assumed)


@pytest.mark.parametrize(
    ("params", "path"),
    [
        ('"path_params": {"team": dlt.config["team"]}', "/{settings.team}/orders"),
        ('"path_params": {"team": "main"}', "/main/orders"),
    ],
)
def test_the_parameters_of_a_path_fill_its_placeholders(desk: Desk, params: str, path: str) -> None:
    one = f'{{"name": "orders", "endpoint": {{"path": "/{{team}}/orders", {params}}}}}'
    teams = '{"name": "teams", "endpoint": {"path": "/teams"}}'
    assert desk.new(shop(one, teams)).endpoint()["path"] == path


def test_parts_of_a_date_fill_a_path(desk: Desk) -> None:
    one = (
        '{"name": "orders", "endpoint": {"path": "/{year}/orders", "incremental": {"cursor_path": '
        '"at", "step": "P1M", "path_params": {"year": "%Y"}}}}'
    )
    written = desk.new(shop(one)).endpoint()
    assert written["path"] == "/{{ format_datetime(stream_interval.start_time, '%Y') }}/orders"
    assert written["incremental"]["max_window"] == "28d"


def test_a_header_may_send_the_start_of_a_window(desk: Desk) -> None:
    incremental = '"incremental": {"cursor_path": "at", "start_header": "If-Modified-Since"}'
    written = desk.new(orders(incremental)).endpoint()
    assert written["headers"] == {"If-Modified-Since": "{incremental.start_value}"}


def test_a_setting_in_the_plural_holds_several_values(desk: Desk) -> None:
    one = (
        '{"name": "orders", "endpoint": {"path": "/{team}/orders", "params": {"team": '
        'dlt.config["teams"]}}}'
    )
    assert desk.new(shop(one)).endpoint()["params"] == {
        "team": {"type": "each", "values": "{settings.teams}"}
    }


def test_a_setting_holds_the_values_of_a_router(desk: Desk) -> None:
    router = '{"type": "list", "values": dlt.config["kinds"], "request_param": "kind"}'
    written = desk.new(orders(f'"partition_router": [{router}]'))
    assert written.endpoint()["params"] == {"kind": {"type": "each", "values": "{settings.kinds}"}}


def test_the_body_may_send_the_bounds_of_a_window(desk: Desk) -> None:
    incremental = (
        '"method": "POST", "json": {"a": 1}, "incremental": {"cursor_path": "at", "start_param": '
        '"from", "end_param": "to", "inject_into": "body_json"}'
    )
    written = desk.new(orders(incremental)).endpoint()
    body = {"a": 1, "from": "{incremental.start_value}", "to": "{incremental.end_value}"}
    assert written["json"] == body


def test_a_cursor_that_is_a_date_time_is_not_read_as_its_bounds_are_sent(desk: Desk) -> None:
    incremental = (
        '"incremental": {"cursor_path": "at", "start_param": "from", "datetime_format": "%s"}'
    )
    prose = "\n# Schema\n\n- `id`: string\n- `at`: string, date-time\n"
    written = desk.new(orders(incremental, prose=prose)).endpoint()["incremental"]
    assert written == {"cursor_path": "at", "start_param": "from", "param_format": "epoch_s"}


WORDS: list[tuple[str, dict[str, Any]]] = [
    (
        '{"cursor_key": "at", "since_param": "a", "until_param": "b", "date_format": "%Y-%m-%d"}',
        {"cursor_path": "at", "start_param": "a", "end_param": "b", "param_format": "%Y-%m-%d"},
    ),
    (
        '{"cursor_field": "at", "param": "a", "start_date": "2026-01-05", "lookback": "2d"}',
        {"cursor_path": "at", "start_param": "a", "initial_value": "2026-01-05", "lookback": "2d"},
    ),
    (
        '{"cursor_path": "at", "start_param": "a", "end_param": "b", "window_size": "P7D"}',
        {"cursor_path": "at", "start_param": "a", "end_param": "b", "max_window": "7d"},
    ),
]


@pytest.mark.parametrize(("block", "expected"), WORDS)
def test_a_cursor_is_known_by_other_words(desk: Desk, block: str, expected: dict[str, Any]) -> None:
    written = desk.new(orders(f'"incremental": {block}'))
    assert expected.items() <= written.endpoint()["incremental"].items()


def test_a_placeholder_is_filled_by_the_parents_field_of_its_name(desk: Desk) -> None:
    lines = '{"name": "lines", "endpoint": {"path": "/orders/{number}/lines"}}'
    prose = "\n# Schema\n\n### Orders\n\n- `id`: string\n- `number`: string\n"
    written = desk.new(shop(ORDERS, lines, prose=prose))
    assert written.endpoint("lines")["params"] == {
        "number": {"type": "resolve", "resource": "orders", "field": "number"}
    }


def test_a_parent_without_a_placeholder_fills_the_only_one(desk: Desk) -> None:
    parent = '"depends_on": {"resource": "orders", "field": "number"}'
    lines = f'{{"name": "lines", "endpoint": {{"path": "/orders/{{no}}/lines", {parent}}}}}'
    assert desk.new(shop(ORDERS, lines)).endpoint("lines")["params"] == {
        "no": {"type": "resolve", "resource": "orders", "field": "number"}
    }


LISTED = [
    'dlt.config["kinds"].split(",")',
    '[kind.strip() for kind in dlt.config["kinds"].split(", ")]',
    '[kind for kind in dlt.config["kinds"]]',
]


@pytest.mark.parametrize("values", LISTED)
@pytest.mark.parametrize("key", ["partition_by", "for_each", "iterate_over"])
def test_a_path_is_requested_for_each_value_of_a_setting(desk: Desk, key: str, values: str) -> None:
    block = f'"{key}": {{"field": "kind", "values": {values}}}'
    resource = f'{{"name": "orders", {block}, "endpoint": {{"path": "/orders/{{kind}}"}}}}'
    written = desk.new(shop(resource))
    assert written.endpoint()["params"] == {"kind": {"type": "each", "values": "{settings.kinds}"}}


@pytest.mark.parametrize(
    "values",
    [
        'dlt.config["kinds"].split(",")[0]',
        'dlt.config["kinds"].split("/")',
        '[f"{kind}s" for kind in dlt.config["kinds"].split(",")]',
        '[kind for kind in dlt.config["kinds"].split(",") if kind != "x"]',
    ],
)
def test_other_values_of_a_setting_are_reported(desk: Desk, values: str) -> None:
    block = f'"partition_by": {{"field": "kind", "values": {values}}}'
    resource = f'{{"name": "orders", {block}, "endpoint": {{"path": "/orders/{{kind}}"}}}}'
    assert any("is code, which is not run" in line for line in desk.new(shop(resource)).assumed)


def test_a_second_list_of_values_is_not_lost(desk: Desk) -> None:
    lists = [("partition_by", "a"), ("for_each", "b")]
    blocks = ", ".join(f'"{key}": {{"field": "{name}", "values": ["1"]}}' for key, name in lists)
    written = desk.new(shop(f'{{"name": "orders", {blocks}, "endpoint": {{"path": "/o"}}}}'))
    assert any("for_each" in line for line in written.assumed)


@pytest.mark.parametrize("key", ["partitions", "partition_by"])
def test_values_that_fill_nothing_are_reported(desk: Desk, key: str) -> None:
    resource = f'{{"name": "orders", "{key}": {{"values": ["a"]}}, "endpoint": {{"path": "/o"}}}}'
    written = desk.new(shop(resource))
    assert "params" not in written.endpoint()
    assert any("partitions" in line for line in written.assumed)


def test_literal_keys_among_the_values_of_a_list_are_not_written(desk: Desk) -> None:
    for number, block in enumerate(
        (
            '"for_each": {"param": "api_key", "values": ["sk_live_1"]}',
            '"partition": {"api_key": ["sk_live_1"]}',
        )
    ):
        resource = f'{{"name": "orders", {block}, "endpoint": {{"path": "/o"}}}}'
        written = desk.new(shop(resource), api=f"shop_{number}")
        assert "sk_live_1" not in written.text + written.report


def test_a_setting_that_is_split_is_not_a_text_of_a_request(desk: Desk) -> None:
    written = desk.new(orders('"params": {"ids": dlt.config["ids"].split(",")}'))
    assert "ids" not in str(written.endpoint())
    assert any("is not a list here" in line for line in written.assumed)


VALUES = [
    '"partitions": {"kind": ["a", "b"]}',
    '"partition": {"type": "list", "param": "kind", "values": ["a", "b"]}',
    '"for_each": {"name": "kind", "values": ["a", "b"]}',
]


@pytest.mark.parametrize("path", ["/orders", "/orders/{kind}"])
@pytest.mark.parametrize("block", VALUES)
def test_values_fill_a_placeholder_or_a_parameter(desk: Desk, block: str, path: str) -> None:
    resource = f'{{"name": "orders", {block}, "endpoint": {{"path": "{path}"}}}}'
    written = desk.new(shop(resource))
    assert written.endpoint()["params"] == {"kind": {"type": "each", "values": ["a", "b"]}}


def test_a_parameter_takes_the_values_of_a_list(desk: Desk) -> None:
    written = desk.new(orders('"params": {"id": {"type": "list", "values": ["a", "b"]}}'))
    assert written.endpoint()["params"] == {"id": {"type": "each", "values": ["a", "b"]}}


def test_a_router_sends_the_values_of_a_list(desk: Desk) -> None:
    router = '{"type": "list", "values": ["a"], "partition_field": "kind", "location": "query"}'
    written = desk.new(orders(f'"partition_router": {router}'))
    assert written.endpoint()["params"] == {"kind": {"type": "each", "values": ["a"]}}


HANDLERS: list[tuple[str, dict[str, Any]]] = [
    (
        '[{"action": "retry", "http_codes": [429], "backoff_factor": 2}]',
        {"retry_on_status_codes": [408, 429, 500, 502, 503, 504], "backoff_factor": 2},
    ),
    (
        '{"retry_on_status_codes": [429], "backoff": {"type": "constant", "seconds": 5}}',
        {"retry_on_status_codes": [429], "backoff": "constant", "backoff_factor": 5},
    ),
    (
        '{"retry_on_status_codes": [429], "backoff": {"type": "exponential", "factor": 2}}',
        {"retry_on_status_codes": [429], "backoff": "exponential", "backoff_factor": 2},
    ),
    (
        '{"retryable_status_codes": [429], "max_attempts": 4, "retry_delay": 3}',
        {"retry_on_status_codes": [429], "max_retries": 4, "backoff_factor": 3},
    ),
    (
        '{"retry_on_status_codes": [429], "backoff_time": 60}',
        {"retry_on_status_codes": [429], "backoff": "constant", "backoff_factor": 60},
    ),
    (
        '{"retry_on_status_codes": [429], "backoffTimeInSeconds": 5}',
        {"retry_on_status_codes": [429], "backoff": "constant", "backoff_factor": 5},
    ),
    (
        '{"retry_on_status_codes": [429], "backoff_strategy": "exponential", "backoff_time": 3}',
        {"retry_on_status_codes": [429], "backoff": "exponential", "backoff_factor": 3},
    ),
    (
        '{"response_actions": [{"status_code": 429, "action": "retry"}]}',
        {"retry_on_status_codes": [429]},
    ),
]


@pytest.mark.parametrize(("handler", "expected"), HANDLERS)
def test_an_error_handler_is_known_by_other_keys(
    desk: Desk, handler: str, expected: dict[str, Any]
) -> None:
    assert desk.new(orders(f'"error_handler": {handler}')).endpoint()["error_handler"] == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ('"wait_time_from_header": "x-rate-limit"', {"wait_header": "x-rate-limit"}),
        ('"backoffHeader": "X-Wait"', {"wait_header": "X-Wait"}),
        ('"retry_after_header": "Retry-After"', {}),
        ('"retry_after_header": "X-Retry"', {"wait_header": "X-Retry"}),
        (
            '"wait_header": {"header": "X-Wait", "max_waiting_time_in_seconds": 9}',
            {"wait_header": {"name": "X-Wait", "max_wait": 9}},
        ),
        (
            '"wait_until_time_from_header": "X-Reset"',
            {"wait_header": {"name": "X-Reset", "holds": "moment"}},
        ),
        (
            '"wait_time_header": "X-Wait", "default_backoff_time": 60',
            {"wait_header": "X-Wait", "backoff": "constant", "backoff_factor": 60},
        ),
        ('"default_wait_seconds": 5', {"backoff": "constant", "backoff_factor": 5}),
    ],
)
def test_the_header_of_waits_is_known_by_other_keys(
    desk: Desk, keys: str, expected: dict[str, Any]
) -> None:
    handler = f'"error_handler": {{"retry_on_status_codes": [429], {keys}}}'
    written = desk.new(orders(handler))
    assert written.endpoint()["error_handler"] == {"retry_on_status_codes": [429], **expected}
    assert not [line for line in written.assumed if "left out" in line]


@pytest.mark.parametrize(
    "keys",
    [
        '"rate_limit_header": "X-Remaining"',
        '"reset_header": "X-Reset"',
        '"wait_time_header": {"header": "X-Wait", "unit": "ms"}',
        '"backoff_header": "X-A", "wait_header_name": "X-B"',
        '"default_backoff_time": "long"',
        '"default_backoff_time": 60, "backoff": "exponential"',
    ],
)
def test_keys_of_waits_that_are_not_certain_are_named(desk: Desk, keys: str) -> None:
    written = desk.new(orders(f'"error_handler": {{"max_retries": 5, {keys}}}'))
    assert "wait_header" not in written.endpoint()["error_handler"]
    assert [line for line in written.assumed if "left out" in line]


def test_rules_of_an_error_handler_are_actions(desk: Desk) -> None:
    rules = '{"rules": [{"http_codes": [404], "action": "ignore"}, {"status_codes": [401], '
    rules += '"action": "fail", "message": "Check the key."}]}'
    written = desk.new(orders(f'"error_handler": {rules}')).endpoint()
    assert written["response_actions"] == [
        {"status_code": 404, "action": "ignore"},
        {"status_code": 401, "action": "fail"},
    ]


@pytest.mark.parametrize(
    ("handler", "actions"),
    [
        ('{"fail_on_status_codes": [401, 500]}', [(401, "fail"), (500, "fail")]),
        ('{"failOnStatusCodes": 500, "max_retries": 2}', [(500, "fail")]),
        ('{"fatal_codes": [401]}', [(401, "fail")]),
        ('{"ignore_status_codes": [404]}', [(404, "ignore")]),
        ('{"ignored_http_status_codes": [404]}', [(404, "ignore")]),
        (
            '{"skip_on_status": 404, "response_actions": [{"status_code": 410, "action": "fail"}]}',
            [(410, "fail"), (404, "ignore")],
        ),
    ],
)
def test_statuses_that_fail_or_are_ignored_are_actions(
    desk: Desk, handler: str, actions: list[tuple[int, str]]
) -> None:
    written = desk.new(orders(f'"error_handler": {handler}'))
    assert written.endpoint()["response_actions"] == [
        {"status_code": status, "action": action} for status, action in actions
    ]
    assert not [line for line in written.assumed if "left out" in line]


@pytest.mark.parametrize("value", ['["4xx"]', '"client errors"', "true"])
def test_statuses_that_are_not_numbers_are_named(desk: Desk, value: str) -> None:
    written = desk.new(orders(f'"error_handler": {{"fail_on_status_codes": {value}}}'))
    assert "response_actions" not in written.endpoint()
    assert [line for line in written.assumed if "fail_on_status_codes" in line]


BOUNDS = [
    (
        '"params": {"a": "{incremental.start}", "b": "{incremental.end}"}',
        {"a": "{S}", "b": "{E}"},
    ),
    ('"params": {"q": "at:{start_date}..{end_date}"}', {"q": "at:{S}..{E}"}),
    ('"params": {"q": "at > {start_time}"}', {"q": "at > {S}"}),
    ('"params": {"q": "at > {start_date}"}', {"q": "at > {settings.start_date}"}),
]


@pytest.mark.parametrize(("params", "expected"), BOUNDS)
def test_placeholders_of_a_window_are_filled_by_its_bounds(
    desk: Desk, params: str, expected: dict[str, str]
) -> None:
    window = '"incremental": {"cursor_path": "at"}'
    names = {"{S}": "{incremental.start_value}", "{E}": "{incremental.end_value}"}
    for short, name in names.items():
        expected = {key: text.replace(short, name) for key, text in expected.items()}
    assert desk.new(orders(f"{params}, {window}")).endpoint()["params"] == expected


def test_placeholders_of_a_window_are_settings_where_another_parameter_sends_it(desk: Desk) -> None:
    window = '"incremental": {"cursor_path": "at", "start_param": "since"}'
    written = desk.new(orders(f'"params": {{"q": "{{start_date}}{{end_date}}"}}, {window}'))
    assert written.endpoint()["params"] == {"q": "{settings.start_date}{settings.end_date}"}


def test_an_expression_of_settings_and_dates_is_kept(desk: Desk) -> None:
    written = desk.new(orders('"params": {"d": "{{ start_date }},{{ today_utc() }}"}'))
    assert written.endpoint()["params"] == {"d": "{settings.start_date},{{ today_utc() }}"}
    assert "SOURCES__SHOP__START_DATE" in written.to_be_set


SELECTORS = [
    ("- **Data Selector**: The whole response is one record", "$"),
    ("- Data selector: records are at the root of the response", "$"),
    ("- **Data Selector**: `data.items`", "data.items"),
    ("- **Data Selector**: `item` of each element of the response", "[*].item"),
    ("- `orders`: the record is in the field `item` of each response element.", "[*].item"),
    ("### Orders\n\nEvery entry of the array holds its row under the key `a.b`.", "[*].a.b"),
    ("### Orders\n\nThe record is in `item` of each element of the `list` array.", None),
    ("### Orders\n\nThe field `item` of each element of the response is removed.", None),
    ("### Orders\n\nThe record may be in `item` of each element of the response.", None),
    ("- **Data Selector**: not known", None),
    ("The data selector extracts the records.", None),
    ("### Orders\n\nThe response is a single object.", "$"),
    ("### Orders\n\nOne request a day; the response body holds one record.", "$"),
    ("### Orders\n\nThe response is a single object with the rows in a list.", None),
    ("### Orders\n\nThe response is not a single object.", None),
    ("### Others\n\nThe response is a single object.", None),
    ("- `orders`: a single object", "$"),
    ("### Orders\n\nThe whole response is one record.", "$"),
    ("- **`orders`**: the whole response is one record. A `no` is added.", "$"),
    ("- `orders`: the response is one record, the profile of the user.", "$"),
    ("### Orders\n\n- `GET /me`; the response itself is the record.", "$"),
    ("### Orders\n\nThe record is the whole response body.", "$"),
    (
        "### Orders\n\nThe endpoint is called once per id and returns one object, which is"
        " the record.",
        "$",
    ),
    ("### Orders\n\nThe response is one record, with the rows in `data`.", None),
    ("### Orders\n\nThe response is one record, the list of all orders.", None),
    ("### Orders\n\nThe response is one record, the sum of each day.", None),
    ("### Orders\n\nThe response is the record of the user in `data`.", None),
    ("- `orders`: one object per row", None),
    ("- **orders** - `GET /me`, returns a single object.", "$"),
    ("- `orders`: `GET /me` (single object)", "$"),
    ("- **orders**: a single object that describes the shop.", "$"),
    ("- **orders**: `/me`, a single object, primary key `currency`", "$"),
    ("- **orders**: a single-object response, not paginated", "$"),
    ("### Orders\n\n- **Response**: a single object", "$"),
    ("### Orders\n\n- **Pagination Strategy**: none, the response is a single object", "$"),
    ("| Resource | Path | Records |\n|---|---|---|\n| orders | `/me` | root (one object) |", "$"),
    ("| Resource | Path | Records |\n|---|---|---|\n| `orders` | `/me` | single object |", "$"),
    ("| Resource | Path | Records |\n|---|---|---|\n| orders | `/me` | root object |", "$"),
    ("| Resource | Notes |\n|---|---|\n| orders | a single-object response |", "$"),
    ("| Resource | Path | Records |\n|---|---|---|\n| orders | `/me` | root array |", "$"),
    ("| Resource | Selector |\n|---|---|\n| orders | root |", "$"),
    ("| Resource | Record selector |\n|---|---|\n| orders | (root) |", "$"),
    ("| Resource | Data path |\n|---|---|\n| orders | `$` |", "$"),
    ("| Resource | Data path |\n|---|---|\n| orders | . |", "$"),
    ("| Resource | Records |\n|---|---|\n| orders | whole response |", "$"),
    ("| Resource | Selector |\n|---|---|\n| orders | top level |", "$"),
    ("| Resource | Selector |\n|---|---|\n| orders | `data.*.items` |", "data.*.items"),
    ("| Resource | Response key |\n|---|---|\n| orders | data |", "data"),
    ("| Resource | Records |\n|---|---|\n| orders | `rows` (array) |", "rows"),
    ("| Resource | Records |\n|---|---|\n| orders | `rows` array of objects |", "rows"),
    ("| Resource | Records |\n|---|---|\n| orders | purchases |", None),
    ("| Resource | Records |\n|---|---|\n| orders | 1000 |", None),
    ("| Resource | Selector |\n|---|---|\n| orders | varies |", None),
    ("| Resource | Selector |\n|---|---|\n| orders | - |", None),
    ("| Resource | Selector |\n|---|---|\n| others | root |", None),
    ("| Field | Selector |\n|---|---|\n| orders | `a` |", None),
    ("### Fields\n\n| Name | Data path |\n|---|---|\n| orders | `a` |", None),
    ("| Resource | Selector | Data path |\n|---|---|---|\n| orders | `a` | `b` |", None),
    ("| Resource | Records |\n|---|---|\n| orders | root (one object per day) |", None),
    ("| Resource | Records |\n|---|---|\n| orders | one object in `data` |", None),
    ("| Resource | Records |\n|---|---|\n| orders | not a single object |", None),
    ("| Resource | Body type |\n|---|---|\n| orders | single object |", None),
    ("### Orders\n\n| Field | Notes |\n|---|---|\n| orders | single object |", None),
    ("| Resource | Records |\n|---|---|\n| others | single object |", None),
    ("| Name | Path | Data Selector |\n|---|---|---|\n| orders | `/me` | one object |", "$"),
    ("### Fields\n\n| Name | Notes |\n|---|---|\n| orders | single object |", None),
    ("| Name | Type |\n|---|---|\n| orders | single object |", None),
    ("- **Pagination Strategy**: none, the response is a single object", "$"),
    ("- **orders**: a single object that holds all rows", None),
    ("- **orders**: a single object with the rows in `data`", None),
    ("- **orders**: `buyer`, a single object", None),
    ("- **orders**: the buyer (one object)", None),
    ("- **orders**: may return a single object", None),
    ("- **orders**: `GET /me`, a single object for each row", None),
]


@pytest.mark.parametrize(("line", "selector"), SELECTORS)
def test_a_label_names_the_selector_that_the_configuration_lacks(
    desk: Desk, line: str, selector: str | None
) -> None:
    written = desk.new(orders(prose=f"\n# Resources\n\n{line}\n"))
    assert written.endpoint().get("data_selector") == selector


@pytest.mark.parametrize(
    ("fields", "selector"),
    [
        ("`no` (string), `data` (array of strings)", "$"),
        ("`data` (array of strings)", None),
        ("`no` (string), `name` (string), `data` (array)", None),
        ("`no` (string), `data` (array), `name`", None),
        ("`no` (string), `data` (object)", None),
    ],
)
def test_a_response_is_the_row_where_all_fields_but_an_added_one_are_lists(
    desk: Desk, fields: str, selector: str | None
) -> None:
    steps = '"transformations": [{"add_field": "no", "value": "x"}],'
    written = desk.new(orders(resource=steps, prose=f"\n# Schema\n\n- `orders`: {fields}\n"))
    assert written.endpoint().get("data_selector") == selector


TWO = "- **orders**, **users**: `GET /reports/...`. "
OBJECTS = [
    (f"{TWO}Each returns one aggregated object, which is the record.", ["$", "$", None]),
    (f"{TWO}Both return a single object.", ["$", "$", None]),
    (f"{TWO}All of them are single objects.", ["$", "$", None]),
    ("### orders and users\n\nEach of these resources returns one object.", ["$", "$", None]),
    ("- **orders**: `/me`. Returns a small object, which is the row.", ["$", None, None]),
    (f"{TWO}Each returns one object per day.", [None] * 3),
    (f"{TWO}Each returns one object. The rows are in `items`.", [None] * 3),
    (f"{TWO}Each page is one object.", [None] * 3),
    (f"{TWO}Each may return one object.", [None] * 3),
    ("Each returns a single object.", [None] * 3),
]


@pytest.mark.parametrize(("line", "selectors"), OBJECTS)
def test_a_sentence_on_each_of_several_resources_is_on_all_that_its_item_names(
    desk: Desk, line: str, selectors: list[str | None]
) -> None:
    names = ("orders", "users", "notes")
    listings = [f'{{"name": "{name}", "endpoint": {{"path": "/{name}"}}}}' for name in names]
    written = desk.new(shop(*listings, prose=f"\n# Resources\n\n{line}\n"))
    assert [written.endpoint(name).get("data_selector") for name in names] == selectors


def test_a_dash_leaves_the_selector_open(desk: Desk) -> None:
    table = "| Resource | Selector |\n|---|---|\n| orders | - |"
    assert any("declare data_selector" in line for line in desk.new(orders(prose=table)).assumed)
    stated = desk.new(orders('"data_selector": "rows"', prose=table), api="other")
    assert not any("data_selector" in line for line in stated.assumed)


@pytest.mark.parametrize(
    ("table", "method"),
    [
        ("| Resource | Method |\n|---|---|\n| orders | POST |", "POST"),
        ("| Resource | Endpoint |\n|---|---|\n| orders | `POST /orders` |", "POST"),
        ("| Resource | Method |\n|---|---|\n| orders | GET |", None),
        ("| Resource | Method |\n|---|---|\n| orders | GET or POST |", None),
        ("| Resource | Path |\n|---|---|\n| orders | `/post` |", None),
    ],
)
def test_a_table_names_the_method(desk: Desk, table: str, method: str | None) -> None:
    written = desk.new(orders(prose=f"\n# Resources\n\n{table}\n"))
    assert written.endpoint().get("method") == method


@pytest.mark.parametrize(
    ("selector", "expected"), [("rows", "rows"), ("item", "[*].item"), ("x.*.item", "x.*.item")]
)
def test_the_selector_of_the_configuration_stays(desk: Desk, selector: str, expected: str) -> None:
    """Unless the prose says that each element of the response has it."""
    prose = "\n- **Data Selector**: `data`\n- `orders`: the row is in `item` of each element.\n"
    written = desk.new(orders(f'"data_selector": "{selector}"', prose=prose))
    assert written.endpoint()["data_selector"] == expected


@pytest.mark.parametrize(
    ("selector", "path"),
    [("a.Main Network", "a.'Main Network'"), ("a-b.items", "'a-b'.items"), ("a.*.b", "a.*.b")],
)
def test_a_selector_may_hold_names_with_blanks(desk: Desk, selector: str, path: str) -> None:
    written = desk.new(orders(f'"data_selector": "{selector}"'))
    assert written.endpoint()["data_selector"] == path
    assert written.declaration


def test_a_resource_without_a_key_has_not_that_of_all(desk: Desk) -> None:
    labels = '{"name": "labels", "primary_key": None, "endpoint": {"path": "/labels"}}'
    prose = "\nThe primary key for all resources is `uid`.\n"
    written = desk.new(shop(ORDERS, labels, defaults=DEFAULTS, prose=prose))
    assert written.declaration.resources["labels"].primary_key == ()
    assert written.declaration.resources["orders"].primary_key == ("id",)


def test_windows_of_a_resource_without_a_key_are_replaced(desk: Desk) -> None:
    events = (
        '{"name": "events", "primary_key": None, "write_disposition": "append", "endpoint": '
        '{"path": "/events", "incremental": {"cursor_path": "at", "start_param": "from"}}}'
    )
    written = desk.new(shop(ORDERS, events))
    loaded = written.declaration.resources["events"]
    assert loaded.replaces_window
    assert written.endpoint("events")["incremental"]["start_param"] == "from"
    line = "events: no primary key is stated: a load replaces the rows of its window"
    assert line in written.assumed


def test_the_keys_of_several_resources_are_not_the_key_of_another(desk: Desk) -> None:
    users = '{"name": "users", "primary_key": "user_no", "endpoint": {"path": "/users"}}'
    carts = '{"name": "carts", "primary_key": "cart_no", "endpoint": {"path": "/carts"}}'
    prose = "\n- **Primary Keys**: `user_no`, `cart_no`\n"
    defaults = '"resource_defaults": {}'
    written = desk.new(shop(users, carts, ORDERS, defaults=defaults, prose=prose))
    assert "primary_key" not in written.resource("orders")


REPORT = """"transformations": [{"type": "add_fields", "fields": [{"path": ["day"], "value":
    "{{ stream_slice['start_time'] }}"}]}],"""
SENT = (
    '"incremental": {"cursor_path": "day", "start_param": "from", "end_param": "to", '
    '"datetime_format": "%Y-%m-%d"}'
)


@pytest.mark.parametrize(
    ("sentence", "is_inclusive"),
    [
        ("`from` and `to` are dates, both inclusive.", True),
        ("The end of the range is not inclusive.", False),
        ("The report holds the visits.", False),
    ],
)
def test_the_end_of_a_report_is_its_last_day_where_the_prose_says_so(
    desk: Desk, sentence: str, is_inclusive: bool
) -> None:
    written = desk.new(orders(SENT, resource=REPORT, prose=f"\n{sentence}\n"))
    assert written.endpoint()["incremental"].get("inclusive_end", False) is is_inclusive
    is_open = "whose end is sent as the day after it" in " ".join(written.assumed)
    assert is_open is not is_inclusive


def test_the_end_of_rows_with_a_date_of_their_own_is_the_day_after(desk: Desk) -> None:
    written = desk.new(orders(SENT, prose="\n`from` and `to` are dates, both inclusive.\n"))
    assert "inclusive_end" not in written.endpoint()["incremental"]
    assert "day after it" not in " ".join(written.assumed)


UNCLEAR = [
    '"error_handler": {"rules": [{"status_codes": [400], "message": "quota", "action": "ignore"}]}',
    '"error_handler": {"retry_on_status_codes": [429], "backoff": {"factor": 2, "max": 60}}',
    '"incremental": {"cursor_path": "at", "end_param": "to", "inject_into": "moon"}',
    '"path_params": {"other": "x"}',
    '"params": {"status": {"type": "enum", "values": ["a", "b"]}}',
    '"paginator": {"type": "offset", "limit": 2, "count_key": "count"}',
]


@pytest.mark.parametrize("endpoint", UNCLEAR)
def test_what_could_mean_something_else_is_omitted_and_reported(desk: Desk, endpoint: str) -> None:
    assert " is left out: " in " ".join(desk.new(orders(endpoint)).assumed)


def test_an_action_with_a_condition_keeps_it(desk: Desk) -> None:
    action = '{"status_code": 403, "content": "rate limit", "action": "retry"}'
    written = desk.new(orders(f'"error_handler": {{"response_actions": [{action}]}}')).endpoint()
    assert written["response_actions"] == [
        {"status_code": 403, "content": "rate limit", "action": "retry"}
    ]


@pytest.mark.parametrize(
    "endpoint",
    [
        '"method": "POST", "json": [{"a": 1}], "incremental": {"cursor_path": "at", '
        '"start_param": "a", "inject_into": "body_json"}',
        '"headers": HEADERS, "incremental": {"cursor_path": "at", "start_header": "Since"}',
        '"params": PARAMS, "path_params": {"a": {"type": "resolve"}}',
        '"error_handler": {"retry_on_status_codes": 429, "response_actions": [{"status_code": '
        '503, "action": "retry"}]}',
    ],
)
def test_blocks_of_another_shape_are_converted(desk: Desk, endpoint: str) -> None:
    assert desk.new(orders(endpoint)).declaration


def test_a_secret_in_the_path_is_a_setting(desk: Desk) -> None:
    one = (
        '{"name": "orders", "endpoint": {"path": "/{token}/orders", "path_params": {"token": '
        '"abcdefgh"}}}'
    )
    written = desk.new(shop(one))
    assert written.endpoint()["path"] == "/{settings.token}/orders"
    assert "abcdefgh" not in written.text + written.report


def test_a_day_in_the_path_is_requested_for_each_day(desk: Desk) -> None:
    one = (
        '{"name": "orders", "endpoint": {"path": "/{y}/{d}", "incremental": {"cursor_path": "at", '
        '"path_params": {"y": "%Y", "d": "%m-%d"}}}}'
    )
    assert desk.new(shop(one)).endpoint()["incremental"]["max_window"] == "1d"


def test_a_parent_of_which_nothing_is_bound_is_reported(desk: Desk) -> None:
    lines = (
        '{"name": "lines", "parent": "orders", "endpoint": {"path": "/lines", "params": {"since": '
        '"{incremental.start}"}, "incremental": {"cursor_path": "at"}}}'
    )
    assert any("parent is left out" in line for line in desk.new(shop(ORDERS, lines)).assumed)


@pytest.mark.parametrize(
    "sentence",
    [
        "The start date is inclusive. The end date is exclusive.",
        "`from` is an inclusive date and `to` an exclusive one.",
        "Each row includes a link to the report of both.",
        "The response includes the number of views up to the end.",
    ],
)
def test_an_end_that_is_not_called_inclusive_is_not(desk: Desk, sentence: str) -> None:
    written = desk.new(orders(SENT, resource=REPORT, prose=f"\n{sentence}\n"))
    assert "inclusive_end" not in written.endpoint()["incremental"]


@pytest.mark.parametrize("key", ["exclude_fields", "drop_fields", "remove_fields"])
def test_a_list_of_fields_to_remove_is_a_step(desk: Desk, key: str) -> None:
    written = desk.new(orders(resource=f'"{key}": ["notes", "internal"],'))
    expected = [{"remove": ["notes", "internal"]}]
    assert written.resource("orders")["processing_steps"] == expected


def test_a_partition_takes_the_values_of_a_setting(desk: Desk) -> None:
    own = '"partition": {"param": "survey_id", "values": dlt.config["survey_ids"]}'
    expected = {"survey_id": {"type": "each", "values": "{settings.survey_ids}"}}
    assert desk.new(orders(own)).endpoint()["params"] == expected


def test_a_selector_of_none_beats_that_of_the_defaults(desk: Desk) -> None:
    shared = '"resource_defaults": {"primary_key": "id", "endpoint": {"data_selector": "data"}}'
    one = '{"name": "orders", "endpoint": {"path": "/orders", "data_selector": None}}'
    written = desk.new(shop(one, defaults=shared))
    assert written.endpoint()["data_selector"] is None
    assert written.declaration.resources["orders"].endpoint.data_selector is None


def test_no_size_is_sent_where_its_parameter_is_none(desk: Desk) -> None:
    written = desk.new(orders('"paginator": {"type": "offset", "limit": 50, "limit_param": None}'))
    assert written.endpoint()["paginator"] == {"type": "offset", "limit": None}
    assert "orders: no size is sent: limit_param is None" in written.assumed
