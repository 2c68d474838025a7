"""Words in what is said of a field, and the fields of an object, are not columns of the rows."""

import pytest

from analytics_ingest_tests.convert.writing import ORDERS, Desk, shop

IN_DATA = '{"name": "orders", "endpoint": {"path": "/orders", "data_selector": "data"}}'
ITEMS: list[tuple[str, dict[str, str]]] = [
    ("- `owner`: object, nullable (`id`, `name`, `number`)", {"owner": "object?"}),
    ("- `at`: string, Unix timestamp of the creation", {"at": "string?"}),
    ("- `at`: string, date-time of the creation", {"at": "timestamp?"}),
    ("- `total`: number, float with two digits", {"total": "number?"}),
    ("- **total**: number, currency of the shop", {"total": "number?"}),
    ("- `a` string, `b` number", {"a": "string?", "b": "number?"}),
    ("- x: string, y: number", {"x": "string?", "y": "number?"}),
    ("- `at` (string, date-time), `on` (date)", {"at": "timestamp?", "on": "date?"}),
    ("- `x` string, y number", {"x": "string?", "y": "number?"}),
    ("- `x` (string), y (number, nullable)", {"x": "string?", "y": "number?"}),
    ("- `x`: string, unix timestamp", {"x": "string?"}),
    ("- `x`: object, optional (`list`, `a`)", {"x": "object?"}),
    ("- `kind` (`string`): one of `a`, `b`", {"kind": "string?"}),
]
OWNER = "- `owner`: object\n  - `name`: string\n  - `age`: integer\n"
INNER: list[tuple[str, str, dict[str, str]]] = [
    (ORDERS, f"- `total`: number\n{OWNER}", {"total": "number?", "owner": "object?"}),
    (IN_DATA, f"- `total`: number\n{OWNER}", {"total": "number?", "owner": "object?"}),
    (
        IN_DATA,
        "- `total`: number\n- `lines`: array of objects\n  - `name`: string\n",
        {"total": "number?", "lines": "array?"},
    ),
    (
        ORDERS,
        "- `owner`: object\n  - `name`: string\n  - `home`: object\n    - `city`: string\n"
        "- `name`: integer\n- `total`: number\n",
        {"owner": "object?", "name": "integer?", "total": "number?"},
    ),
]
COPIED = ORDERS.replace(
    "}}", '}, "processing_steps": [{"add": {"name": "{{ record[\'owner\'][\'name\'] }}"}}]}'
)
INNER += [
    (
        COPIED,
        f"- `total`: number\n{OWNER}",
        {"total": "number?", "owner": "object?", "name": "string?"},
    ),
    (
        COPIED,
        f"- `total`: number\n{OWNER}- `name`: integer\n",
        {"total": "number?", "owner": "object?", "name": "integer?"},
    ),
]
ROOT = ORDERS.replace("}}", ', "data_selector": "$"}, "primary_key": None}')
INNER += [
    (IN_DATA, OWNER, {"owner": "object?"}),
    (ROOT, OWNER, {"owner": "object?"}),
    (
        ROOT,
        "- `day`: object\n  - `parts`: array of objects\n    - `at`: number\n",
        {"day": "object?"},
    ),
]
OWN: list[tuple[str, str, set[str]]] = [
    (ORDERS, OWNER, {"owner", "name", "age"}),
    (IN_DATA, f"- `total`: integer\n{OWNER.replace('owner', 'data')}", {"name", "age"}),
    (
        ORDERS,
        "- `total`: integer\n- `items`: array of objects\n  - `name`: string\n",
        {"name"},
    ),
    (
        ORDERS.replace("}}", '}, "primary_key": "name"}'),
        f"- `total`: number\n{OWNER}",
        {"name"},
    ),
    (
        ORDERS.replace("}}", '}, "processing_steps": [{"flatten_path": {"path": ["owner"]}}]}'),
        f"- `total`: number\n{OWNER}",
        {"name", "age"},
    ),
    (IN_DATA, OWNER.replace("owner", "order"), {"name", "age"}),
    (IN_DATA.replace('"data"', '"owners"'), OWNER, {"name", "age"}),
    (ROOT, OWNER.replace("owner", "records"), {"name", "age"}),
    (IN_DATA, OWNER.replace("age", "id"), {"name", "id"}),
    (ORDERS, f"- Money:\n  - `total`: number\n{OWNER}", {"total"}),
]


@pytest.mark.parametrize(("item", "fields"), ITEMS)
def test_the_words_of_a_description_are_not_fields(
    desk: Desk, item: str, fields: dict[str, str]
) -> None:
    written = desk.new(shop(ORDERS, prose=f"# Schema\n\n### Orders\n\n{item}\n"))
    assert written.schema["orders"]["fields"] == fields


@pytest.mark.parametrize(("resource", "items", "fields"), INNER)
def test_the_fields_of_an_object_are_not_columns(
    desk: Desk, resource: str, items: str, fields: dict[str, str]
) -> None:
    written = desk.new(shop(resource, prose=f"# Schema\n\n### Orders\n\n{items}\n"))
    assert written.schema["orders"]["fields"] == fields


@pytest.mark.parametrize(("resource", "items", "names"), OWN)
def test_the_fields_of_what_is_around_the_rows_are_theirs(
    desk: Desk, resource: str, items: str, names: set[str]
) -> None:
    written = desk.new(shop(resource, prose=f"# Schema\n\n### Orders\n\n{items}\n"))
    assert names <= set(written.schema["orders"]["fields"])
