"""Names by which the added fields of a child read what its parent fills."""

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

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
