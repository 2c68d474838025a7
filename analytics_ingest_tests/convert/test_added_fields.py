"""Fields that a document adds to rows by a key of the resource: of the row, of the parent."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, orders, shop

CHILD = '"parent": "orders", "endpoint": {"path": "/orders/{parent.id}/lines"}'
TWO_PARENTS = (
    '"a": {"type": "resolve", "resource": "orders", "field": "id"}, '
    '"b": {"type": "resolve", "resource": "users", "field": "id"}'
)
OF_PARENT = {"order": {"type": "any", "value": "{{ stream_partition.parent_id }}"}}


def _lines(keys: str) -> str:
    return shop(ORDERS, f'{{"name": "lines", {keys}}}')


@pytest.mark.parametrize("key", ["add_fields", "added_fields", "add_field"])
@pytest.mark.parametrize(
    "fields",
    [
        '{"order": "{parent.id}"}',
        '{"order": "{{ parent.id }}"}',
        '{"order": "parent.id"}',
        """{"order": "parent['id']"}""",
        '{"order": "{orders.id}"}',
        '{"order": {"value": "{parent.id}"}}',
        '{"name": "order", "value": "{parent.id}"}',
        '[{"name": "order", "value": "{parent.id}"}]',
        '[{"path": ["order"], "value": "{parent.id}"}]',
        '[{"order": "{parent.id}"}]',
    ],
)
def test_a_field_of_the_parent_is_added(desk: Desk, key: str, fields: str) -> None:
    written = desk.new(_lines(f'"{key}": {fields}, {CHILD}'))
    assert written.resource("lines")["processing_steps"] == [{"add": OF_PARENT}]
    assert written.endpoint("lines") == {
        "path": "/orders/{resources.orders.id}/lines",
        "params": {"parent_id": {"type": "resolve", "resource": "orders", "field": "id"}},
    }
    assert not any(key in line for line in written.assumed)


@pytest.mark.parametrize(
    "keys",
    [
        '"endpoint": {"path": "/orders/{order_id}/lines"}, "add_fields": {"order": "{V}"}',
        '"endpoint": {"path": "/orders/{order_id}/lines", "add_fields": {"order": "{V}"}}',
    ],
)
@pytest.mark.parametrize("value", ["parent.id", "order_id", "orders.id", "resources.orders.id"])
def test_a_field_of_the_parent_is_that_of_the_placeholder(
    desk: Desk, keys: str, value: str
) -> None:
    written = desk.new(_lines(keys.replace("V", value)))
    assert written.resource("lines")["processing_steps"] == [
        {"add": {"order": {"type": "any", "value": "{{ stream_partition.order_id }}"}}}
    ]


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ('{"order_id": "parent"}', {"type": "any", "value": "{{ stream_partition.order_id }}"}),
        ('{"order_id": {"from_parent": "id"}}', "{{ stream_partition.order_id }}"),
    ],
)
def test_a_field_is_that_of_the_parent_by_its_name(desk: Desk, fields: str, value: Any) -> None:
    keys = f'"add_fields": {fields}, "endpoint": {{"path": "/orders/{{order_id}}/lines"}}'
    written = desk.new(_lines(keys))
    assert written.resource("lines")["processing_steps"] == [{"add": {"order_id": value}}]


OWN: list[tuple[str, dict[str, Any]]] = [
    ('{"day": "{{ record.at[:10] }}"}', {"day": "{{ record.at[:10] }}"}),
    ('{"day": "record.at"}', {"day": "{{ record.at }}"}),
    ('{"team": dlt.config["team"]}', {"team": "{{ settings.team }}"}),
    ('{"origin": "shop", "version": 2}', {"origin": "shop", "version": 2}),
    ('[{"a": "x"}, {"b": "y"}]', {"a": "x", "b": "y"}),
]


@pytest.mark.parametrize(("fields", "added"), OWN)
@pytest.mark.parametrize("is_in_endpoint", [False, True])
def test_fields_are_added_by_a_key(
    desk: Desk, fields: str, added: dict[str, Any], *, is_in_endpoint: bool
) -> None:
    key = f'"add_fields": {fields}'
    text = orders(key) if is_in_endpoint else orders(resource=f"{key},")
    assert desk.new(text).resource("orders")["processing_steps"] == [{"add": added}]


def test_fields_are_added_behind_other_steps_and_before_fields_are_removed(desk: Desk) -> None:
    keys = (
        '"remove_fields": ["at"], "add_fields": {"day": "{{ record.at }}"}, '
        '"transformations": {"add_field": "a", "value": "x"},'
    )
    assert desk.new(orders(resource=keys)).resource("orders")["processing_steps"] == [
        {"add": {"a": "x"}},
        {"add": {"day": "{{ record.at }}"}},
        {"remove": ["at"]},
    ]


@pytest.mark.parametrize("fields", ['"order"', '["order"]', '[{"order": "x"}, "day"]', "None"])
def test_fields_without_values_are_reported(desk: Desk, fields: str) -> None:
    written = desk.new(_lines(f'"add_fields": {fields}, {CHILD}'))
    assert "processing_steps" not in written.resource("lines")
    assert any("add_fields is left out" in line for line in written.assumed)


@pytest.mark.parametrize(
    ("value", "endpoint"),
    [
        ("{parent.id}", '{"path": "/lines"}'),
        ("parent", '{"path": "/orders/{orders.id}/lines"}'),
        ("{id}", '{"path": "/orders/{orders.id}/lines"}'),
        ("of {parent.id}", '{"path": "/orders/{orders.id}/lines"}'),
        ("{customers.id}", '{"path": "/orders/{orders.id}/lines"}'),
        ("{parent.id}", f'{{"path": "/lines/{{a}}/{{b}}", "params": {{{TWO_PARENTS}}}}}'),
    ],
)
def test_a_field_that_nothing_fills_is_reported(desk: Desk, value: str, endpoint: str) -> None:
    users = '{"name": "users", "endpoint": {"path": "/users"}}'
    lines = f'{{"name": "lines", "add_fields": {{"order": "{value}"}}, "endpoint": {endpoint}}}'
    written = desk.new(shop(ORDERS, users, lines))
    assert "processing_steps" not in written.resource("lines")
    assert any("processing_steps.add.order is left out" in line for line in written.assumed)


@pytest.mark.parametrize(
    ("fields", "added"),
    [
        ('{"source": "crm", "target": "eu"}', {"source": "crm", "target": "eu"}),
        ('{"template": "x", "field": "y"}', {"template": "x", "field": "y"}),
        ('[{"field": "target", "source": "a.b"}]', {"target": "{{ record['a']['b'] }}"}),
    ],
)
def test_names_of_fields_that_are_keys_of_blocks_too_are_names(
    desk: Desk, fields: str, added: dict[str, Any]
) -> None:
    written = desk.new(orders(f'"add_fields": {fields}'))
    assert written.resource("orders")["processing_steps"] == [{"add": added}]


STEP = {"add": {"day": "{{ record['at'] }}"}}


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ('{"add_field": {"path": "day", "value": "{{ record[\'at\'] }}"}}', STEP),
        ('{"add_fields": [{"path": ["day"], "value": "{{ record[\'at\'] }}"}]}', STEP),
        ('{"add": {"name": "day", "value": "{{ record[\'at\'] }}"}}', STEP),
        ('{"type": "AddFields", "fields": [{"path": ["day"], "value": "{{ record.at }}"}]}', None),
        ('{"type": "add", "field": "day", "value": "{{ record[\'at\'] }}"}', STEP),
        ('{"remove_fields": ["notes"]}', {"remove": ["notes"]}),
        ('{"filter": {"condition": "{{ record.open }}"}}', {"filter": "{{ record.open }}"}),
        ('{"record_filter": "{{ record.open }}"}', {"filter": "{{ record.open }}"}),
        ('{"type": "filter", "condition": "{{ record.open }}"}', {"filter": "{{ record.open }}"}),
        ('{"add": {"day": "{{ record[\'at\'] }}"}}', STEP),
        ('{"add": {"name": "shop"}}', {"add": {"name": "shop"}}),
    ],
)
def test_a_step_in_the_words_of_a_transformation_is_one(
    desk: Desk, step: str, expected: dict[str, Any] | None
) -> None:
    written = desk.new(orders(resource=f'"processing_steps": [{step}],'))
    added = {"add": {"day": "{{ record.at }}"}}
    assert written.steps == {"orders": [expected or added]}
    assert not any("left out" in line for line in written.assumed)


def test_a_step_that_nothing_knows_is_reported(desk: Desk) -> None:
    written = desk.new(orders(resource='"processing_steps": [{"shuffle": {"seed": 1}}],'))
    assert written.steps == {}
    assert any("processing_steps.0.shuffle is left out" in line for line in written.assumed)


@pytest.mark.parametrize(
    ("step", "reported"),
    [
        ('{"type": "filter", "condition": "record.a", "mode": "exclude"}', "a filter with mode"),
        ('{"type": "filter", "condition": "record.a", "drop": True}', "a filter with drop"),
        ('{"filter": {"condition": "record.a", "exclude": True}}', "a filter with exclude"),
        ('{"remove_fields": ["a"], "add_fields": {"b": "x"}}', "processing_steps.0"),
        ('{"add": [{"name": "c", "value": "x"}], "filter": "record.a"}', "processing_steps.0"),
        (
            '{"add_fields": [{"name": "c", "value": "x", "when": "record.a"}]}',
            "AddFields with when",
        ),
    ],
)
def test_a_step_with_more_than_is_known_is_reported(desk: Desk, step: str, reported: str) -> None:
    written = desk.new(orders(resource=f'"processing_steps": [{step}],'))
    assert any(reported in line for line in written.assumed)
    assert not any("filter" in step and "remove" not in step for step in written.steps.values())


def test_fields_to_remove_may_be_paths(desk: Desk) -> None:
    step = '{"type": "remove_fields", "fields": [{"path": ["a"]}, "b"]}'
    assert desk.new(orders(resource=f'"processing_steps": [{step}],')).steps == {
        "orders": [{"remove": ["a", "b"]}]
    }
