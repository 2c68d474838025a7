"""What a newer document adds, removes and says otherwise than a declaration and its fields."""

from typing import Any

import pytest

from analytics_ingest.convert.differences import find_differences
from analytics_ingest_tests.support.loads import declare, resource

FIELDS = {"id": "integer", "updated_at": "timestamp", "name": "string?", "owner": "object?"}
PAGED = {"type": "offset", "limit": 100}


def described(newer: list[dict[str, Any]], fields: Any = None) -> list[str]:
    """The lines about a newer document than that of a declaration with one resource."""
    schema = {"items": {"fields": FIELDS}}
    ours = declare(resource(paginator=PAGED), schema=schema)
    name = newer[0]["name"] if newer else ""
    theirs = declare(*newer, schema={name: {"fields": fields or FIELDS}})
    result = find_differences(ours, theirs)
    assert bool(result) == (str(result) != "The declaration says what the document says.")
    return [line.strip() for line in str(result).splitlines() if line.startswith("  ")]


SAME = resource(paginator=PAGED)


@pytest.mark.parametrize(
    ("newer", "fields", "lines"),
    [
        pytest.param([SAME], None, [], id="nothing"),
        pytest.param([{**SAME, "name": "things"}], None, [], id="another name of the same listing"),
        pytest.param(
            [SAME, resource("orders", path="/v2/orders")],
            None,
            ["orders: GET /v2/orders"],
            id="a new listing",
        ),
        pytest.param(
            [resource("orders")],
            None,
            ["orders: GET /orders", "items: GET /items"],
            id="another listing instead",
        ),
        pytest.param(
            [resource(path="/v2/items", paginator=PAGED)],
            None,
            ["items: request: GET items → GET v2/items"],
            id="a moved listing",
        ),
        pytest.param(
            [resource(paginator={**PAGED, "limit": 50}, data_selector="rows")],
            None,
            ["items: data_selector: data → rows", "items: paginator.limit: 100 → 50"],
            id="other paging and another place",
        ),
        pytest.param(
            [resource(paginator=PAGED, own={"primary_key": ["id", "shop"]})],
            None,
            ["items: primary_key: id → id, shop"],
            id="another key",
        ),
        pytest.param(
            [
                resource(
                    paginator=PAGED, params={"version": "2"}, incremental={"start_param": "since"}
                )
            ],
            None,
            [
                "items: incremental.start_param: none → since",
                "items: the document sends the parameter version",
            ],
            id="another parameter and a filter",
        ),
        pytest.param(
            [SAME],
            {"id": "string", "updated_at": "timestamp", "owner": "object?", "colour": "string?"},
            [
                "items: field id: integer → string",
                "items: the field name is not in the document",
                "items: new field colour: string?",
            ],
            id="other fields",
        ),
    ],
)
def test_each_difference_is_one_line(
    newer: list[dict[str, Any]], fields: Any, lines: list[str]
) -> None:
    assert described(newer, fields) == lines
