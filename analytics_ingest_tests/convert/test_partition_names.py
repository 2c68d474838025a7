"""Names by which the added fields of a child read what its parent fills."""

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, orders, shop

RESOLVED = '{"type": "resolve", "resource": "orders", "field": "id"}'
USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
OF_A_USER = '"user": {"type": "resolve", "resource": "users", "field": "id"}'


def child(name: str, path: str, params: str) -> str:
    added = (
        '"transformations": [{"type": "add_fields", "fields": [{"path": ["of"], "value": '
        f"\"{{{{ stream_slice['{name}'] }}}}\"}}]}}]"
    )
    return f'{{"name": "lines", {added}, "endpoint": {{"path": "{path}", "params": {{{params}}}}}}}'


READ = [
    ("order_id", "/lines", f'"order": {RESOLVED}', "parent_order"),
    ("orderId", "/lines", f'"order": {RESOLVED}', "parent_order"),
    ("order_id", "/lines", '"of": "{resources.orders.id}"', "parent_of"),
    ("order_id", "/orders/{order}/lines", f'"order": {RESOLVED}', "order"),
    ("order_id", "/lines", f'"order": {RESOLVED}, "limit": 50, "sort": "at"', "parent_order"),
]
UNREAD = [
    ("order_id", "/lines", f'"order": {RESOLVED}, {OF_A_USER}'),
    ("line_id", "/lines", f'"order": {RESOLVED}'),
    ("order_number", "/lines", f'"order": {RESOLVED}'),
    ("user_id", "/lines", f'"order": {RESOLVED}'),
    ("order_id", "/lines", f'"order": {RESOLVED.replace("id", "number")}'),
    ("order_id", "/lines", '"order": "all"'),
]


@pytest.mark.parametrize(("name", "path", "params", "bound"), READ)
def test_the_only_value_of_a_parent_is_read_by_its_parents_name(
    desk: Desk, name: str, path: str, params: str, bound: str
) -> None:
    written = desk.new(shop(ORDERS, USERS, child(name, path, params)))
    (step,) = written.steps["lines"]
    assert f"stream_partition.{bound} " in str(step["add"]["of"])
    assert written.endpoint("lines")["params"][bound]["resource"] == "orders"
    assert not any("nothing fills" in line for line in written.assumed)


@pytest.mark.parametrize(("name", "path", "params"), UNREAD)
def test_another_name_or_one_of_several_values_is_named(
    desk: Desk, name: str, path: str, params: str
) -> None:
    written = desk.new(shop(ORDERS, USERS, child(name, path, params)))
    assert "lines" not in written.steps
    assert any(f"nothing fills stream_partition.{name}" in line for line in written.assumed)


SPLITS = (
    '{"name": "splits", "primary_key": "code", "endpoint": {"path": "/splits"}, "transformations": '
    '[{"add_fields": {"key": "{{ record.a ~ record.b }}"}}]}'
)
SENT = '"a": "{resources.splits.a}", "b": "{resources.splits.b}"'
SCHEMA = "\n# Schema\n\n### splits\n- `a`: string\n- `size`: number\n- `owner`: object\n"
OWN = [
    ("key", SENT),
    ("code", SENT),
    ("size", SENT),
    ("size", f'{SENT}, "x": {{"type": "resolve", "resource": "splits", "field": "b"}}'),
]
NOT_OWN = [
    ("other", SENT),
    ("start_time", SENT),
    ("size", f"{SENT}, {OF_A_USER}"),
    ("size", '"a": "all"'),
]


@pytest.mark.parametrize(("name", "params"), OWN)
def test_a_name_that_no_parameter_has_is_a_field_of_the_only_parent(
    desk: Desk, name: str, params: str
) -> None:
    written = desk.new(shop(SPLITS, USERS, child(name, "/lines", params), prose=SCHEMA))
    assert written.steps["lines"] == [{"add": {"of": f"{{{{ stream_partition.parent_{name} }}}}"}}]
    bound = {"type": "resolve", "resource": "splits", "field": name}
    assert written.endpoint("lines")["params"][f"parent_{name}"] == bound
    said = (
        f"lines: stream_partition.{name} is the field {name} of splits: no parameter is called so"
    )
    assert said in written.assumed


@pytest.mark.parametrize(("name", "params"), NOT_OWN)
def test_a_field_that_nothing_fills_is_named(desk: Desk, name: str, params: str) -> None:
    fields = f"{SCHEMA}- `start_time`: string\n"
    written = desk.new(shop(SPLITS, USERS, child(name, "/lines", params), prose=fields))
    assert "lines" not in written.steps
    reason = f"processing_steps.add.of is left out: nothing fills stream_partition.{name}"
    assert f"lines: {reason}" in written.assumed


def test_the_other_fields_of_a_step_stay(desk: Desk) -> None:
    lines = child("other", "/lines", f'"order": {RESOLVED}')
    both = lines.replace('"fields": [', '"fields": [{"path": ["by"], "value": "{{ record.x }}"}, ')
    written = desk.new(shop(ORDERS, both))
    assert written.steps["lines"] == [{"add": {"by": "{{ record.x }}"}}]
    assert any("processing_steps.add.of is left out" in line for line in written.assumed)


def test_the_fields_of_a_transformation_without_counterpart_are_named(desk: Desk) -> None:
    step = '{"type": "add_fields", "fields": [{"path": ["a", "b"], "expression_of": "x"}]}'
    written = desk.new(orders(resource=f'"transformations": [{step}],'))
    assert any("transformations.a.b is left out" in line for line in written.assumed)
