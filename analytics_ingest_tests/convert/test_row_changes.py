"""How rows change by what stands outside the configuration: fragments and sentences."""

import re
from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, orders, shop

LINES = (
    '{"name": "lines", "primary_key": ["order_id", "number"], "endpoint": '
    '{"path": "/orders/{order_id}/lines"}}'
)
REMOVE = "transformations:\n  - type: RemoveFields\n    field_pointers:\n      - [kind]\n"
STEPS: list[tuple[str, list[dict[str, Any]]]] = [
    (f"### Orders\n\n```yaml\n{REMOVE}```", [{"remove": ["kind"]}]),
    (f"- **orders**: The transformations are:\n\n```yaml\n{REMOVE}```", [{"remove": ["kind"]}]),
    (
        "### Orders\n\n```yaml\n- type: AddFields\n  fields:\n    - path: [a]\n      value: "
        "\"{{ record['b'] }}\"\n```",
        [{"add": {"a": "{{ record['b'] }}"}}],
    ),
    (
        "### Orders\n\n```yaml\nretriever:\n  record_selector:\n    extractor:\n"
        '      field_path: []\n    record_filter:\n      condition: "{{ record.a }}"\n```',
        [{"filter": "{{ record.a }}"}],
    ),
    (
        "- **orders**: The record filter is `{{ record.get('x') is not true }}`.",
        [{"filter": "{{ record.get('x') is not true }}"}],
    ),
    (
        "- **orders**: The field `Secret` is removed from every record.",
        [{"remove": ["Secret"]}],
    ),
    (
        "- **orders**: `a` is added to the records (`{{ record.b }}`).",
        [{"add": {"a": "{{ record.b }}"}}],
    ),
]


def copied(field: str, value: str) -> dict[str, Any]:
    """A field with what an expression over the row gives, whatever its type."""
    return {field: {"value": f"{{{{ {value} }}}}", "type": "any"}}


COPIES: list[tuple[str, list[dict[str, Any]]]] = [
    (
        "**Transformations**: `net` and `tax` are lifted out of the nested `amounts` object to the "
        "top level; after that `amounts`, `kind` are removed.",
        [
            {
                "add": copied("net", "record['amounts']['net']")
                | copied("tax", "record['amounts']['tax']")
            },
            {"remove": ["amounts", "kind"]},
        ],
    ),
    (
        "The field `city` is copied from the nested `address.place` of each record.",
        [{"add": copied("city", "record['address']['place']")}],
    ),
    (
        "`city` is moved to the top level from `address`, which is nested.",
        [{"add": copied("city", "record['address']['city']")}],
    ),
    (
        'A field `day` is added to each record, cut at the T: `record["at"].split("T")[0]`.',
        [{"add": copied("day", "record['at'].split('T')[0]")}],
    ),
    ("In each row `a` is renamed to `b`.", [{"rename": {"a": "b"}}]),
    (
        "In each row, `total` is copied from `amount`.",
        [{"add": copied("total", "record['amount']")}],
    ),
    ("**Transformation**: `notes` is dropped before loading.", [{"remove": ["notes"]}]),
]


@pytest.mark.parametrize(("sentence", "expected"), COPIES)
def test_a_sentence_on_fields_that_are_copied_or_removed_changes_rows(
    desk: Desk, sentence: str, expected: list[dict[str, Any]]
) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n### Orders\n\n- {sentence}\n"))
    assert steps(written) == expected
    assert "declare processing_steps" not in written.report


TASKS = '{"name": "tasks", "primary_key": ["k1", "k2", "k3", "k4"], "endpoint": {"path": "/tasks"}}'
IN_OBJECTS = {
    "POST `/tasks`, the `a1` is taken from the `task` object": "['task']['a1']",
    "GET `/tasks` (paged), `a2` and `b2` are taken from the nested `task` object": "['task']['a2']",
    "`a3` comes from the `task` object of the record": "['task']['a3']",
    "The `a4` of each record is taken from its `task.key`": "['task']['key']",
    "`a5` is the `id` of the `task` object": "['task']['id']",
    "The `id` of the object `task` is used as `a6`": "['task']['id']",
    "The field is `a7`, taken from the object `task`": "['task']['a7']",
    "`k1` comes from `task.id`": "['task']['id']",
    "The primary key `k2` (taken from `task.id`)": "['task']['id']",
    "`k3` is found in `task`, an object": "['task']['k3']",
    "the `k4` is at `task.id`": "['task']['id']",
}
"""Where the first field of each is; rows may have it themselves."""
LIFTED = {
    "`task.id` is added to each record as `c1`": "['task']['id']",
    "The `id` of the `task` object is stored in the column `c2`": "['task']['id']",
    "Each record gets the field `c3` from the `task` object": "['task']['c3']",
    "`c4` is extracted from the `task` object": "['task']['c4']",
}
OF_OTHER_OBJECTS = """
- `x` comes from `paging.after`.
- The `x` in the path is taken from the `task` object.
- The `x` of the next page is taken from the `meta` object.
- `x` is taken from the `session` object of the login response.
- `x` is taken from the `meta` object of the response.
- `x` is taken from the `task` object if it has none.
- `x` is not taken from the `task` object.
- `users` is the `id` of the `task` object.
- Each record has an `x` found in the `task` object.
- `x` is taken from the `data` object.
- The records are taken from the `task` object.
- `x` is the `id` of the task.
"""


def test_fields_that_are_taken_from_an_object_are_added(desk: Desk) -> None:
    lines = "\n".join(f"- {sentence}." for sentence in [*IN_OBJECTS, *LIFTED])
    written = desk.new(shop(TASKS, USERS, prose=f"\n### Tasks\n\n{lines}\n"))
    found = {name: value for step in steps(written, "tasks") for name, value in step["add"].items()}
    expected: dict[str, Any] = {}
    for sentence, place in IN_OBJECTS.items():
        name = re.findall(r"`([a-k]\d)`", sentence)[0]
        expected |= copied(name, f"record{place} | default(record['{name}'])")
    expected |= copied("b2", "record['task']['b2'] | default(record['b2'])")
    for sentence, place in LIFTED.items():
        expected |= copied(re.findall(r"`(c\d)`", sentence)[0], f"record{place}")
    assert found == expected


def test_what_is_taken_from_other_objects_than_those_of_rows_is_not_added(desk: Desk) -> None:
    tasks = TASKS.replace('"/tasks"', '"/tasks", "data_selector": "data.tasks"')
    login = "### Tasks: authentication\n\n- `x` comes from the `a` object."
    prose = f"\n### Tasks\n{OF_OTHER_OBJECTS}\n{login}\n"
    assert desk.new(shop(tasks, USERS, prose=prose)).steps == {}


def test_a_sentence_below_a_heading_on_transformations_may_mention_its_resource(desk: Desk) -> None:
    prose = "\n# Resources\n\n## Transformations\n\nOf orders, the field `kind` is removed.\n"
    assert steps(desk.new(shop(ORDERS, USERS, prose=prose))) == [{"remove": ["kind"]}]


UNTAKEN = [
    "**Transformations**: `total` is converted to cents.",
    'A field `day` is added to each record: `record["at"].strftime("%d")`.',
    "`region` is added to each record.",
    "**Transformations**: `net` is joined with `tax` by a comma.",
    "**Transformations**: `a` is renamed to `b`, and `c` is renamed to `d`.",
    'A field `p` is added to each record: `record["q"] / 100` rounded to 2 digits.',
    '**Transformations**: `a` and `b` are set to `record["x"]`.',
    "**Transformations**: `city` and `zip` are lifted from `place` as `at_city` and `at_zip`.",
    "**Transformations**: `id` is removed.",
    "**Transformations**: `id` is renamed to `order_id`.",
    '**Transformations**: `t` is set to `record.get("t", "sk_live_1")`.',
    "**Transformations**: rows with the state `draft` are dropped.",
]


@pytest.mark.parametrize("sentence", UNTAKEN)
def test_a_change_of_rows_that_no_step_makes_is_reported(desk: Desk, sentence: str) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n### Orders\n\n- {sentence}\n"))
    assert steps(written) == []
    assert any("declare processing_steps" in line for line in written.assumed)


NO_STEPS = [
    "- **orders**: From 2026-01, `state` is renamed to `status` in the records.",
    "- **orders**: In the CSV export, `a` is renamed to `b` in all rows.",
    "## Errors\n\n- **orders**: `message` is taken from the nested `error.text` of the row.",
    "## Transformations\n\nLike in orders, `email` is removed.",
    "- **orders**: `cursor` is taken from the nested `meta.next`, and sent as a parameter.",
    "- **orders**: `kind` is removed.",
    "- **orders**: `city` may be copied from `address.city` of the row.",
    "- **orders**: If it is null, `city` is copied from `address.city` of the row.",
    "- **orders**: `city` is copied by the API from `address.city` of the row.",
    "- **orders**: `page` is taken from `meta.page` of the top level.",
    "- **orders**: No transformations: `kind` is not removed.",
    "- **orders**: The field `kind` is removed in version 3.",
    "- **orders**: The field `kind` is not removed from the records.",
    "- **orders**: `a` is added to the invoice.",
    "- **orders**: Sorting by `{{ record.x }}` is not possible.",
    f"### Users\n\n```yaml\n{REMOVE}```",
]
USERS = '{"name": "users", "endpoint": {"path": "/users"}}'


def steps(written: Any, name: str = "orders") -> Any:
    """The processing steps of a resource."""
    return written.resource(name).get("processing_steps", [])


@pytest.mark.parametrize(("prose", "expected"), STEPS)
def test_a_fragment_or_sentence_of_a_resource_changes_its_rows(
    desk: Desk, prose: str, expected: list[dict[str, Any]]
) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n# Resources\n\n{prose}\n"))
    assert steps(written) == expected
    assert steps(written, "users") == []
    assert any(line.startswith("orders: ") for line in written.assumed)


@pytest.mark.parametrize("prose", NO_STEPS)
def test_another_sentence_changes_no_rows(desk: Desk, prose: str) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n# Resources\n\n{prose}\n"))
    assert steps(written) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Orders whose state is `draft` are not loaded.",
        "A transformation of the manifest, `AddFields`, sets the region.",
        "Only those that are paid are loaded.",
    ],
)
def test_a_sentence_on_changed_rows_that_cannot_be_taken_is_reported(
    desk: Desk, sentence: str
) -> None:
    written = desk.new(orders(prose=f"\n# Resources\n\n{sentence}\n"))
    line = "orders: the prose speaks of rows that are filtered or changed: declare processing_steps"
    assert line in written.assumed


def test_the_configuration_wins_over_a_fragment(desk: Desk) -> None:
    own = '"transformations": [{"type": "RemoveFields", "field_pointers": [["x"]]}],'
    written = desk.new(orders(resource=own, prose=f"\n```yaml\n{REMOVE}```\n"))
    assert steps(written) == [{"remove": ["x"]}]
    assert "is not used: the configuration has its own" in " ".join(written.assumed)


@pytest.mark.parametrize(
    ("condition", "is_reported"),
    [("{{ record['a']  == 1 }}", False), ("{{ record['a'] == 2 }}", True)],
)
def test_a_filter_of_the_prose_that_is_not_the_configured_one_is_reported(
    desk: Desk, condition: str, is_reported: bool
) -> None:
    own = """"processing_steps": [{"filter": "{{ record['a'] == 1 }}"}],"""
    prose = f"\n### Orders\n\nThe record filter is `{condition}`.\n"
    written = desk.new(orders(resource=own, prose=prose))
    assert steps(written) == [{"filter": "{{ record['a'] == 1 }}"}]
    line = "orders: its processing_steps are as configured; the prose names another filter"
    assert (line in written.assumed) == is_reported


def test_a_fragment_on_responses_is_taken(desk: Desk) -> None:
    block = "error_handler:\n  response_filters:\n    - http_codes: [404]\n      action: IGNORE\n"
    prose = f"\n### Orders\n\nResponses are handled as follows:\n\n```yaml\n{block}```\n"
    written = desk.new(shop(ORDERS, USERS, prose=prose))
    assert written.endpoint()["response_actions"] == [{"status_code": 404, "action": "ignore"}]


@pytest.mark.parametrize("above", ["Do not add this:", "The old connector had this:"])
def test_a_fragment_that_the_line_above_does_not_advise_is_reported(desk: Desk, above: str) -> None:
    prose = f"\n### Orders\n\n{above}\n\n```yaml\n{REMOVE}```\n"
    written = desk.new(shop(ORDERS, USERS, prose=prose))
    assert steps(written) == []
    assert "is not used: the line above the code does not advise it" in " ".join(written.assumed)


def test_a_fragment_does_not_replace_what_all_resources_share(desk: Desk) -> None:
    shared = '"resource_defaults": {"endpoint": {"paginator": {"type": "offset", "limit": 5}}}'
    block = "paginator:\n  type: page_number\n"
    prose = f"\n### Orders\n\n```yaml\n{block}```\n"
    written = desk.new(shop(ORDERS, USERS, defaults=shared, prose=prose))
    assert "paginator" not in written.endpoint()
    assert "is not used: the configuration has its own" in " ".join(written.assumed)


def test_an_error_handler_below_the_heading_of_a_resource_is_of_it_alone(desk: Desk) -> None:
    block = '"error_handler": {"retry_on_status_codes": [429], "max_retries": 9}'
    prose = f"\n### Orders\n\n```python\n{{{block}}}\n```\n"
    written = desk.new(shop(ORDERS, USERS, prose=prose))
    assert written.endpoint()["error_handler"]["max_retries"] == 9
    assert "error_handler" not in written.endpoint("users")
    assert "endpoint" not in written.attributes["resource_defaults"]


def test_a_fragment_that_names_no_resource_is_reported(desk: Desk) -> None:
    written = desk.new(shop(ORDERS, USERS, prose=f"\n# Notes\n\n```yaml\n{REMOVE}```\n"))
    assert "it is not clear of which resource it is" in " ".join(written.assumed)


def test_a_fragment_holds_the_windows_of_a_resource(desk: Desk) -> None:
    block = (
        "incremental_sync:\n  type: DatetimeBasedCursor\n  cursor_field: date\n"
        "  datetime_format: '%Y-%m-%d'\n  start_time_option:\n    inject_into: request_parameter\n"
        "    field_name: start\n  step: P15D\n"
    )
    prose = f"\n- `orders` is incremental on `date`. Its cursor is:\n\n```yaml\n{block}```\n"
    written = desk.new(shop(ORDERS, USERS, prose=prose))
    assert written.endpoint()["incremental"] == {
        "cursor_path": "date",
        "param_format": "%Y-%m-%d",
        "start_param": "start",
        "max_window": "15d",
    }


def test_the_parents_field_of_a_composite_key_is_added_to_the_rows(desk: Desk) -> None:
    written = desk.new(shop(ORDERS, LINES))
    assert steps(written, "lines") == [{"add": {"order_id": "{{ stream_partition.order_id }}"}}]
    line = "lines: order_id of its primary_key is added to its rows, from its parent"
    assert line in written.assumed


def test_the_key_of_the_rows_themselves_is_not_that_of_the_parent(desk: Desk) -> None:
    child = '{"name": "lines", "endpoint": {"path": "/orders/{id}/lines"}}'
    assert steps(desk.new(shop(ORDERS, child)), "lines") == []


def test_the_parents_field_that_a_parameter_sends_is_added_too(desk: Desk) -> None:
    child = (
        '{"name": "lines", "primary_key": ["order_id", "number"], "endpoint": {"path": "/lines", '
        '"params": {"order_id": "{resources.orders.id}"}}}'
    )
    written = desk.new(shop(ORDERS, child))
    assert steps(written, "lines") == [
        {"add": {"order_id": "{{ stream_partition.parent_order_id }}"}}
    ]
    assert written.endpoint("lines")["params"] == {
        "order_id": "{resources.orders.id}",
        "parent_order_id": {"type": "resolve", "resource": "orders", "field": "id"},
    }


ADDED = (
    "transformations:\n  - type: AddFields\n    fields:\n      - path: [order]\n        value: "
    "\"{{ stream_partition['of_order'] }}\"\n"
)


def test_a_key_field_that_is_called_like_the_parent_is_added(desk: Desk) -> None:
    child = (
        '{"name": "lines", "primary_key": ["order_id", "number"], "endpoint": {"path": "/lines", '
        '"params": {"of": "{resources.orders.id}"}}}'
    )
    added = {"add": {"order_id": "{{ stream_partition.parent_of }}"}}
    assert steps(desk.new(shop(ORDERS, child)), "lines") == [added]


def test_a_step_reads_the_parents_field_that_a_parameter_sends(desk: Desk) -> None:
    child = (
        '{"name": "lines", "endpoint": {"path": "/lines", "params": {"of_order": '
        '{"type": "resolve", "resource": "orders", "field": "id"}}}}'
    )
    prose = f"\n`orders` are paged; `lines` are read for each order:\n\n```yaml\n{ADDED}```\n"
    written = desk.new(shop(ORDERS, child, prose=prose))
    assert steps(written) == []
    assert steps(written, "lines") == [{"add": {"order": "{{ stream_partition.parent_of_order }}"}}]


def test_a_step_that_nothing_fills_is_dropped_alone(desk: Desk) -> None:
    filter_ = '"record_filter": "{{ record.a }}",'
    written = desk.new(orders(resource=filter_, prose=f"\n```yaml\n{ADDED}```\n"))
    assert steps(written) == [{"filter": "{{ record.a }}"}]
    assert "nothing fills stream_partition.of_order" in " ".join(written.assumed)


def test_a_placeholder_that_is_a_part_of_the_parents_key_is_filled_by_it(desk: Desk) -> None:
    parent = '{"name": "orders", "primary_key": ["shop", "order_id"], "endpoint": "/orders"}'
    written = desk.new(shop(parent, LINES))
    assert written.endpoint("lines")["params"]["order_id"]["field"] == "order_id"


def test_an_added_field_takes_a_field_of_the_parents_row(desk: Desk) -> None:
    steps_of_lines = (
        '"transformations": [{"type": "add_fields", "fields": {"shop": "{orders.id}"}}], '
    )
    lines = LINES.replace('"endpoint"', f'{steps_of_lines}"endpoint"')
    written = desk.new(shop(ORDERS, lines))
    value = {"type": "any", "value": "{{ stream_partition.order_id }}"}
    assert {"add": {"shop": value}} in steps(written, "lines")


@pytest.mark.parametrize("value", ["{users.id}", "{order}", "no-{orders.id}"])
def test_an_added_field_that_nothing_fills_is_reported(desk: Desk, value: str) -> None:
    added = f'"transformations": [{{"type": "add_fields", "fields": {{"shop": "{value}"}}}}], '
    lines = LINES.replace('"endpoint"', f'{added}"endpoint"')
    written = desk.new(shop(ORDERS, USERS, lines))
    assert "shop" not in str(steps(written, "lines"))
    assert any("processing_steps.add.shop is left out" in line for line in written.assumed)


def test_a_field_of_the_parent_that_a_step_names_is_added(desk: Desk) -> None:
    added = '"transformations": [{"add_field": "order", "from_parent": "id"}], '
    written = desk.new(shop(ORDERS, LINES.replace('"endpoint"', f'{added}"endpoint"')))
    assert {"add": {"order": "{{ stream_partition.order_id }}"}} in steps(written, "lines")


def test_a_change_that_is_taken_leaves_no_other_unreported(desk: Desk) -> None:
    prose = "## Orders\n\n**Transformations**: `a` is removed. `b` is computed from `c` and `d`.\n"
    written = desk.new(shop(ORDERS, USERS, prose=prose))
    assert steps(written) == [{"remove": ["a"]}]
    assert any("declare processing_steps" in line for line in written.assumed)


def test_a_parameter_of_the_name_of_a_binding_stays(desk: Desk) -> None:
    added = '"transformations": [{"type": "add_fields", "fields": {"n": "{orders.name}"}}], '
    lines = LINES.replace('"endpoint"', f'{added}"endpoint"')
    lines = lines.replace('/lines"', '/lines", "params": {"parent_name": "fixed"}')
    params = desk.new(shop(ORDERS, lines)).endpoint("lines")["params"]
    assert params["parent_name"] == "fixed"
