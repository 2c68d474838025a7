"""Values that are in the path of a request and in its query."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import Desk, shop
from analytics_ingest_tests.support.loads import load
from analytics_ingest_tests.support.scripted_api import Asked, serving

REGIONS = '{"name": "regions", "endpoint": {"path": "/regions"}}'
SETTING = '"path": "/v1/{shop}/orders", "params": {"shop": dlt.config["shop"]}'
RESOLVED = (
    '"path": "/v1/{region}/orders", '
    '"params": {"region": {"type": "resolve", "resource": "regions", "field": "id"}}'
)
ROUTER = '"type": "list", "values": ["a", "b"], "cursor_field": "symbol"'
OF_AIRBYTE = ROUTER.replace('"list"', '"ListPartitionRouter"')
REPEATED = '"path": "/v1/{symbol}/orders", "params": {"symbol": "{symbol}"}'
OPTION = '"request_option": {"inject_into": "request_parameter", "field_name": "symbol"}'


def convert(desk: Desk, endpoint: str, resource: str = "", prose: str = "") -> dict[str, Any]:
    """Convert a document with this endpoint of `orders`; return its path and parameters."""
    orders = f'{{"name": "orders", {resource} "endpoint": {{{endpoint}}}}}'
    written = desk.new(shop(REGIONS, orders, prose=f"\n# Resources\n\n{prose}\n"))
    return {key: written.endpoint().get(key) for key in ("path", "params")}


STATED = [
    "### Orders\n\n**Query parameters**:\n\n- `shop`: the number of the shop, same as in the path",
    "- **orders**: `shop` is sent in the path and as a query parameter.",
    "`shop` is sent as a parameter of the query and in the path.",
    "`shop` is in both the path and the query.",
]


@pytest.mark.parametrize("sentence", STATED)
def test_a_setting_is_sent_in_both_places_where_the_text_says_so(desk: Desk, sentence: str) -> None:
    assert convert(desk, SETTING, prose=sentence) == {
        "path": "/v1/{settings.shop}/orders",
        "params": {"shop": "{settings.shop}"},
    }


def test_a_field_of_a_parent_is_sent_in_both_places(desk: Desk) -> None:
    sentence = "- **orders**: `region` is sent in the path and as a query parameter."
    assert convert(desk, RESOLVED, prose=sentence) == {
        "path": "/v1/{resources.regions.id}/orders",
        "params": {"region": "{resources.regions.id}"},
    }


OTHERS = [
    "",
    "- **orders**: `shop` is sent in the path.",
    "- **orders**: `shop` is sent in the path, not in the query.",
    "- **orders**: `shop` is sent either in the path or in the query.",
    "- **orders**: if it is set, `shop` is sent in the path and as a query parameter.",
    "- **regions**: `shop` is sent in the path and as a query parameter.",
    "- **orders**: `kind` is the same as in the path.",
    "- **orders**: `shop` is in the path and `kind` in the query.",
]


@pytest.mark.parametrize("sentence", OTHERS)
def test_a_parameter_of_the_name_of_a_placeholder_fills_it(desk: Desk, sentence: str) -> None:
    assert convert(desk, SETTING, prose=sentence) == {
        "path": "/v1/{shop}/orders",
        "params": {"shop": "{settings.shop}"},
    }


@pytest.mark.parametrize(
    ("endpoint", "router"),
    [(REPEATED, ROUTER), ('"path": "/v1/{symbol}/orders"', f"{OF_AIRBYTE}, {OPTION}")],
)
def test_a_listed_value_is_sent_in_both_places(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, endpoint: str, router: str
) -> None:
    own = f'{{"name": "orders", "partition_router": {{{router}}}, "endpoint": {{{endpoint}}}}}'
    written = desk.new(shop(own))
    asked_for: set[tuple[str, str | None]] = set()

    def answer(asked: Asked) -> list[dict[str, Any]]:
        asked_for.add((asked.path, asked.query.get("symbol")))
        return [{"id": asked.path, "updated_at": "2026-01-05T00:00:00Z"}]

    with serving() as hub:
        api = hub.new_api()
        for value in ("a", "b"):
            api.on(f"/v1/{value}/orders", answer)
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        monkeypatch.setenv("SOURCES__SHOP__API_TOKEN", "abcdefgh")
        load(written.declaration)
    assert asked_for == {("/v1/a/orders", "a"), ("/v1/b/orders", "b")}


def test_a_parameter_that_may_only_bind_its_placeholder_is_reported(desk: Desk) -> None:
    endpoint = '"path": "/v1/{shop}/orders", "params": {"shop": "{shop}"}'
    written = desk.new(shop(f'{{"name": "orders", "endpoint": {{{endpoint}}}}}'))
    assert written.endpoint()["path"] == "/v1/{shop}/orders"
    assert any("shop fills the path and is not sent" in line for line in written.assumed)


def test_a_value_that_steps_read_by_its_name_is_reported(desk: Desk) -> None:
    steps = '"processing_steps": [{"add": {"s": "{{ stream_partition[\'symbol\'] }}"}}],'
    keys = f'{steps} "partition_router": {{{ROUTER}}}, "endpoint": {{{REPEATED}}}'
    own = f'{{"name": "orders", {keys}}}'
    written = desk.new(shop(own))
    assert written.endpoint()["path"] == "/v1/{symbol}/orders"
    assert any("symbol fills the path and is not sent" in line for line in written.assumed)
