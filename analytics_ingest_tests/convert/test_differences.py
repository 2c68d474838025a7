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
            [resource(paginator=PAGED, auth={"type": "bearer", "token": "{settings.key}"})],
            None,
            ["items: auth: none → bearer"],
            id="another login",
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


def test_parameters_and_logins_are_compared_whatever_fills_them() -> None:
    ours = {"view": "full", "kind": "a", "old": 1, "shop": "{settings.shop}"}
    theirs = {"view": "short", "kind": "a", "new": 1, "shop": "{settings.store}"}
    result = find_differences(
        declare(resource(params=ours), client={"auth": {"type": "api_key", "name": "X-Key"}}),
        declare(resource(params=theirs), client={"auth": {"type": "api_key", "name": "X-Other"}}),
    )
    assert result.changed == [
        "client.auth: api_key X-Key → api_key X-Other",
        "items: the document sends the parameter new",
        "items: the document does not send the parameter old",
        "items: parameter view: full → short",
    ]


def test_a_parent_that_is_called_otherwise_does_not_differ() -> None:
    def tree(team: str, board: str) -> Any:
        def child(name: str, parent: str, path: str, column: str) -> dict[str, Any]:
            variable = {"id": {"type": "resolve", "resource": parent, "field": column}}
            own = {"primary_key": [f"_{parent}_{column}", "id"], "include_from_parent": [column]}
            return resource(name, path=path, params=variable, own=own)

        boards = child(board, team, "/teams/{id}/boards", "id")
        cards = child("cards", board, "/boards/{id}/cards", f"_{team}_id")
        return declare(resource(team, path="/teams"), boards, cards)

    assert not find_differences(tree("groups", "walls"), tree("teams", "team_boards"))
