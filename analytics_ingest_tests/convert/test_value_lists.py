"""Several lists of values in a document: each combination of them is requested."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, orders, shop

TWO = '[{"param": "url", "values": ["x", "y"]}, {"param": "kind", "values": ["a"]}]'
EACH = {
    "url": {"type": "each", "values": ["x", "y"]},
    "kind": {"type": "each", "values": ["a"]},
}
LISTS = [
    TWO,
    '[{"field": "url", "values": ["x", "y"]}, {"name": "kind", "type": "list", "values": ["a"]}]',
    '[{"query_param": "url", "values": ["x", "y"]}, {"request_param": "kind", "values": ["a"]}]',
    '[{"url": ["x", "y"]}, {"kind": ["a"]}]',
    '{"url": {"values": ["x", "y"]}, "kind": {"type": "list", "values": ["a"]}}',
]


@pytest.mark.parametrize("key", ["partitions", "partition_by", "for_each"])
@pytest.mark.parametrize("lists", LISTS)
def test_each_list_fills_a_parameter(desk: Desk, key: str, lists: str) -> None:
    written = desk.new(orders(f'"{key}": {lists}'))
    assert written.endpoint()["params"] == EACH
    assert written.declaration
    assert not any(key in line for line in written.assumed)


@pytest.mark.parametrize(
    "resource",
    [
        '{"name": "orders", "endpoint": {"path": "/orders/{kind}", "partitions": %s}}',
        '{"name": "orders", "path": "/orders/{kind}", "partitions": %s}',
        '{"name": "orders", "endpoint": "/orders/{kind}", "partitions": %s}',
        '{"name": "orders", "endpoint": {"url": "/orders/{kind}"}, "partitions": %s}',
    ],
)
def test_a_list_fills_a_placeholder_of_the_path(desk: Desk, resource: str) -> None:
    endpoint = desk.new(shop(resource % TWO)).endpoint()
    assert (endpoint["path"], endpoint["params"]) == ("/orders/{kind}", EACH)


@pytest.mark.parametrize("params", ["params", "query_params"])
def test_other_parameters_are_sent_beside_the_lists(desk: Desk, params: str) -> None:
    written = desk.new(orders(f'"{params}": {{"size": 5}}, "partitions": {TWO}'))
    assert written.endpoint()["params"] == {"size": 5, **EACH}


@pytest.mark.parametrize(
    "keys",
    [
        '"parent": {"resource": "orders", "field": "no", "as": "order"}, "partitions": '
        '[{"kind": ["a"]}]',
        '"partitions": [{"resource": "orders", "field": "no", "as": "order"}, {"kind": ["a"]}]',
    ],
)
def test_lists_are_combined_with_a_parent(desk: Desk, keys: str) -> None:
    lines = f'{{"name": "lines", {keys}, "endpoint": {{"path": "/orders/{{order}}/lines"}}}}'
    assert desk.new(shop(ORDERS, lines)).endpoint("lines")["params"] == {
        "order": {"type": "resolve", "resource": "orders", "field": "no"},
        "kind": {"type": "each", "values": ["a"]},
    }


@pytest.mark.parametrize(
    "item",
    [
        '"b"',
        '{"values": ["b"]}',
        '{"param": "kind", "values": []}',
        '{"param": "kind", "values": "b"}',
        '{"param": "kind", "values": ["b"], "unless": "c"}',
        '{"param": "url", "values": ["b"]}',
    ],
)
def test_a_list_of_which_one_item_is_not_known_is_reported(desk: Desk, item: str) -> None:
    one = '{"param": "url", "values": ["x"]}'
    written = desk.new(orders(f'"partitions": [{one}, {item}]'))
    assert "params" not in written.endpoint()
    assert any("partitions is left out" in line for line in written.assumed)


def test_literal_keys_among_several_lists_are_not_written(desk: Desk) -> None:
    written = desk.new(orders('"partitions": [{"url": ["x"]}, {"api_key": ["sk_live_1"]}]'))
    assert "sk_live_1" not in written.text + written.report
    assert any("partitions is left out" in line for line in written.assumed)


FIELDS: list[tuple[str, Any]] = [
    ("partition.kind", "{{ stream_partition.kind }}"),
    ("{partition.kind}", "{{ stream_partition.kind }}"),
    ("{{ partition.kind }}", "{{ stream_partition.kind }}"),
    ("{{ slice.kind }}", "{{ stream_partition.kind }}"),
    ("{{ partition['kind'] }}", "{{ stream_partition.kind }}"),
    ("{{ partition.kind ~ record.id }}", "{{ stream_partition.kind ~ record.id }}"),
    ("of {partition.kind}", "of {{ stream_partition.kind }}"),
    ("{{ record.partition.kind }}", "{{ record.partition.kind }}"),
    ("partition", "partition"),
]


@pytest.mark.parametrize(("value", "added"), FIELDS)
def test_a_row_gets_the_value_with_which_it_was_requested(
    desk: Desk, value: str, added: str
) -> None:
    steps = f'"transformations": [{{"add_field": "k", "value": "{value}"}}],'
    written = desk.new(orders(f'"partitions": {TWO}', resource=steps))
    assert written.resource("orders")["processing_steps"] == [{"add": {"k": added}}]


def test_a_value_that_nothing_fills_is_not_added(desk: Desk) -> None:
    steps = '"transformations": [{"add_field": "k", "value": "{{ partition.other }}"}],'
    written = desk.new(orders(f'"partitions": {TWO}', resource=steps))
    assert "processing_steps" not in written.resource("orders")
    assert any("nothing fills stream_partition.other" in line for line in written.assumed)


@pytest.mark.parametrize("value", ["{partition.kind}", "{{ partition.kind }}", "{kind}"])
@pytest.mark.parametrize("lists", [TWO, '{"kind": ["a"]}', '{"param": "kind", "values": ["a"]}'])
def test_a_parameter_of_another_name_sends_the_value(desk: Desk, lists: str, value: str) -> None:
    written = desk.new(orders(f'"params": {{"type": "{value}"}}, "partitions": {lists}'))
    assert written.endpoint()["params"]["type"] == "{kind}"
    assert written.endpoint()["params"]["kind"] == EACH["kind"]


LIST_SETTINGS = [
    ("signer_ids", "", ""),
    ("ids", "# one request for each configured id", ""),
    ("ids", "# list of signers", ""),
    ("ids", "", "- `orders`: one request per id."),
    ("ids", "", "### orders\n\nThe endpoint is called once per id and returns one object."),
    ("ids", "", "The configuration value `ids` is a list."),
    ("ids", "", "- **Settings**: `ids` (list of strings)"),
    ("ids", "", "| Setting | Type |\n|---|---|\n| `ids` | list |"),
    ("ids", "", "- `orders`: the ids come from the list `ids`."),
    ("signers", "", "Iterates over the signers, one request for each."),
    ("signers", "", "### orders\n\n- **Paging**: loops through all of the signers."),
    (
        "people",
        "",
        "It iterates over the list of configured people; a person is sent as `signer_id`.",
    ),
    ("ids", "", "The integration reads the orders for a list of signers over a range."),
    ("ids", "", "The integration reads the orders of several signers."),
]
NO_LIST_SETTINGS = [
    ("ids", "# the id", "`ids` is not a list."),
    ("ids", "", "# Schema\n\n- orders: `id` (string), `ids` (list)"),
    ("ids", "", "- `orders`: one request per day, called once per minute."),
    ("signer", "", "- `orders`: one request per id."),
    ("signers", "", "It iterates over the pages of the signers until the last one."),
    ("signers", "", "It does not iterate over the signers."),
    ("signers", "", "It reads the orders for a list of signers, separated by commas."),
    ("signers", "", "It reads the orders for a list of signers. `signers` is joined by commas."),
    ("signer", "", "It reads the orders for a list of signers."),
]


def read_path_param(desk: Desk, setting: str, comment: str, prose: str) -> Any:
    """Return what fills the path of a resource."""
    name = '{"name": "orders", "endpoint": {"path": "/signers/{signer_id}", "params": {'
    one = f'{name}"signer_id": dlt.config["{setting}"]  {comment}\n}}}}}}'
    return desk.new(shop(one, prose=f"# Resources\n\n{prose}\n")).endpoint()["params"]["signer_id"]


@pytest.mark.parametrize(("setting", "comment", "prose"), LIST_SETTINGS)
def test_a_path_is_requested_for_each_value_of_a_setting_that_is_a_list(
    desk: Desk, setting: str, comment: str, prose: str
) -> None:
    each = {"type": "each", "values": f"{{settings.{setting}}}"}
    assert read_path_param(desk, setting, comment, prose) == each


@pytest.mark.parametrize(("setting", "comment", "prose"), NO_LIST_SETTINGS)
def test_a_path_holds_the_one_value_of_another_setting(
    desk: Desk, setting: str, comment: str, prose: str
) -> None:
    assert read_path_param(desk, setting, comment, prose) == f"{{settings.{setting}}}"


def test_a_list_setting_of_yaml_fills_a_path(desk: Desk) -> None:
    params = '"params": {"signer_id": "${signer_ids}"}'
    one = f'{{"name": "orders", "endpoint": {{"path": "/signers/{{signer_id}}", {params}}}}}'
    each = {"type": "each", "values": "{settings.signer_ids}"}
    assert desk.new(shop(one)).endpoint()["params"] == {"signer_id": each}


def test_a_list_that_is_sent_whole_in_a_path_is_reported(desk: Desk) -> None:
    one = '{"name": "orders", "endpoint": {"path": "/signers/${ids}"}}'
    written = desk.new(shop(one, prose="`ids` is a list.\n"))
    assert written.endpoint()["path"] == "/signers/{settings.ids}"
    assert any("ids, which is a list, is sent whole" in line for line in written.assumed)


SPOKEN = [
    "Reads reports for a list of URLs and kinds, with a key. Each request returns a single result.",
    "Reads reports for multiple URLs and kinds. Paging: None, each request returns one row.",
    "One request is made for each combination of URL and kind.",
    "It is requested once for every URL and kind.",
]
NOT_SPOKEN = [
    ("Reads reports for a list of URLs and kinds.", 2),
    ("Reads a list of URLs and kinds. Each request returns a single result.", 0),
    ("Reads reports for a list of URLs and kinds. Each request returns one page.", 2),
    (
        "For a list of URLs and kinds. Each request returns a single row. URLs are comma-separated."
        " The kind is joined by commas.",
        0,
    ),
    ("Supports multiple resources. Each request returns a single result.", 0),
]


def read_two(desk: Desk, prose: str) -> tuple[Any, list[str]]:
    """Return the parameters of a resource with two lists, and what is assumed of them."""
    params = '"url": dlt.config["urls"], "kind": dlt.config["kinds"], "ids": dlt.config["ids"]'
    one = f'{{"name": "orders", "endpoint": {{"path": "/orders", "params": {{{params}}}}}}}'
    written = desk.new(shop(one, prose=f"# Overview\n\n{prose}\n"))
    reported = [line for line in written.assumed if "sent whole in" in line]
    return written.endpoint()["params"], reported


@pytest.mark.parametrize("prose", SPOKEN)
def test_each_value_of_the_lists_of_which_the_text_speaks_is_requested(
    desk: Desk, prose: str
) -> None:
    params, reported = read_two(desk, prose)
    assert params == {
        "url": {"type": "each", "values": "{settings.urls}"},
        "kind": {"type": "each", "values": "{settings.kinds}"},
        "ids": "{settings.ids}",
    }
    assert not reported


@pytest.mark.parametrize(("prose", "number"), NOT_SPOKEN)
def test_lists_that_a_request_may_take_whole_are_reported(
    desk: Desk, prose: str, number: int
) -> None:
    params, lines = read_two(desk, prose)
    assert params == {name: f"{{settings.{name.rstrip('s')}s}}" for name in ("url", "kind", "ids")}
    assert len(lines) == number


def test_each_value_of_the_lists_that_requests_hold_is_requested_where_the_text_says_so(
    desk: Desk,
) -> None:
    params = '"params": {"url": ["a", "b"], "device": ["desktop", "mobile"], "kind": ["x", "y"]}'
    report = f'{{"name": "reports", "endpoint": {{"path": "/run", {params}}}}}'
    prose = "The request is repeated for each value of `url` and each value of `device`."
    written = desk.new(shop(report, prose=f"# Requests\n\n{prose}\n"))
    assert written.endpoint("reports")["params"] == {
        "url": {"type": "each", "values": ["a", "b"]},
        "device": {"type": "each", "values": ["desktop", "mobile"]},
        "kind": ["x", "y"],
    }
    assert "reports: it is requested for each value of url, as the prose says" in written.assumed


def test_a_placeholder_holds_one_value_of_the_list_of_settings_that_the_text_names(
    desk: Desk,
) -> None:
    channels = '{"name": "channels", "endpoint": {"path": "/c", "params": {"id": "{channel_id}"}}}'
    prose = '`channels` are requested for each channel in the list `dlt.config["channel_ids"]`.'
    written = desk.new(shop(ORDERS, channels, prose=f"# Requests\n\n{prose}\n"))
    each = {"type": "each", "values": "{settings.channel_ids}"}
    assert written.endpoint("channels")["params"] == {"id": each}
