"""Settings in JSON bodies, and settings that a request may lack."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import Desk, orders, shop
from analytics_ingest_tests.support.loads import load
from analytics_ingest_tests.support.scripted_api import Asked, serving

USERS = '{"name": "users", "endpoint": {"path": "/users"}}'
POST = '"method": "POST", "json": {"filter": {"x": %s}}'


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("dlt.config['sizes']", "{{ config['sizes'] }}"),
        ("\"{{ config['sizes'] }}\"", "{{ config['sizes'] }}"),
        ('"{{ config.sizes }}"', "{{ config.sizes }}"),
        ('"{sizes}"', "{{ config['sizes'] }}"),
        ('"size {sizes}"', "size {settings.sizes}"),
        ("dlt.secrets['api_token']", "{settings.api_token}"),
        ("\"{{ config.get('size', 5) }}\"", "{{ config.get('size', 5) }}"),
    ],
)
def test_a_setting_of_a_body_is_sent_as_what_it_reads_as(
    desk: Desk, value: str, expected: str
) -> None:
    assert desk.new(orders(POST % value)).endpoint()["json"] == {"filter": {"x": expected}}


SENT: list[tuple[str, Any]] = [
    ("5", 5),
    ("0.5", 0.5),
    ("true", True),
    ("false", False),
    ('["a", "b"]', ["a", "b"]),
    ('{"a": 1}', {"a": 1}),
    ("007", "007"),
    ("EUR", "EUR"),
    ("2026-01-05", "2026-01-05"),
    ("1_000", "1_000"),
]


@pytest.mark.parametrize(("value", "sent"), SENT)
def test_the_api_gets_the_value(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, value: str, sent: Any
) -> None:
    bodies: list[Any] = []

    def answer(asked: Asked) -> list[dict[str, Any]]:
        bodies.append(asked.json)
        return [{"id": 1, "updated_at": "2026-01-05T00:00:00Z"}]

    written = desk.new(orders(POST % "dlt.config['sizes']"))
    with serving() as hub:
        api = hub.new_api()
        api.on("/orders", answer)
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        monkeypatch.setenv("SOURCES__SHOP__API_TOKEN", "abcdefgh")
        monkeypatch.setenv("SOURCES__SHOP__SIZES", value)
        load(written.declaration)
    assert bodies == [{"filter": {"x": sent}}]


OPTIONAL = [
    "- `query` (optional): what is searched for",
    "- **Optional filter**: `query` on `orders`, a text",
    "- **Parameters**: `limit`, and `query`, which is optional",
    "- Optional parameters: `limit` and `query`",
    "- **Filter**: `query` on `orders`, a text to search for (optional)",
    "The setting `search_text` is optional.",
    "- `search_text`: a text, optional",
]
REQUIRED = [
    "- `query` (not optional)",
    "- `query` (optional, defaults to `a`)",
    "- `limit` (optional), `query` (required)",
    "- If `limit` is sent, `query` is optional.",
    "- In webhooks `query` is optional.",
    "- `query` is sent. Sorting is optional.",
    "Set `search_text` and, optionally, `limit`.",
    "- `query` is not an optional parameter",
    "- `search_text` isn't optional",
    "- `query` is required, the trailing slash is optional",
    "- `query` is sent as it is, optionally quoted",
    "### Users\n\n- `query` is optional",
    "# Fields\n\n- `query`: string, optional",
]
PARAMS = '"params": {"query": dlt.config["search_text"], "limit": dlt.config["limit"]}'


@pytest.mark.parametrize("prose", OPTIONAL)
@pytest.mark.parametrize("place", ["resource", "defaults"])
def test_an_optional_setting_may_be_missing(desk: Desk, prose: str, place: str) -> None:
    text = f"# Settings\n\n{prose}\n"
    if place == "resource":
        written = desk.new(orders(PARAMS, prose=text))
        params = written.endpoint()["params"]
    else:
        defaults = f'"resource_defaults": {{"primary_key": "id", "endpoint": {{{PARAMS}}}}}'
        written = desk.new(shop(defaults=defaults, prose=text))
        params = written.attributes["resource_defaults"]["endpoint"]["params"]
    assert params["query"] == "{{ config.get('search_text') }}"
    assert written.to_be_set["SOURCES__SHOP__SEARCH_TEXT"].startswith("optional; ")


@pytest.mark.parametrize("prose", REQUIRED)
def test_another_setting_must_be_set(desk: Desk, prose: str) -> None:
    listing = f'{{"name": "orders", "endpoint": {{"path": "/orders", {PARAMS}}}}}'
    written = desk.new(shop(listing, USERS, prose=f"# Settings\n\n{prose}\n"))
    assert written.endpoint()["params"]["query"] == "{settings.search_text}"


EACH = [
    "- `orders`: requested once for each configured `region`",
    "`orders` is read by one request per listed `region`.",
]
NOT_EACH = [
    "- `orders`: requested once for the configured `region`",
    "- `users`: requested once for each configured `region`",
    "- `orders`: may be requested once for each configured `region`",
    "- `orders`: requested once for each `region` of the API",
]
REGION = '"params": {"region": dlt.config["regions"]}'


@pytest.mark.parametrize("prose", EACH)
def test_a_resource_is_requested_for_each_value_of_a_setting(desk: Desk, prose: str) -> None:
    listing = f'{{"name": "orders", "endpoint": {{"path": "/orders", {REGION}}}}}'
    written = desk.new(shop(listing, USERS, prose=f"# Resources\n\n{prose}\n"))
    each = {"type": "each", "values": "{settings.regions}"}
    assert written.endpoint()["params"] == {"region": each}
    assert any("separated by commas" in line for line in written.assumed)


@pytest.mark.parametrize("prose", NOT_EACH)
def test_a_resource_is_requested_with_one_value_otherwise(desk: Desk, prose: str) -> None:
    listing = f'{{"name": "orders", "endpoint": {{"path": "/orders", {REGION}}}}}'
    written = desk.new(shop(listing, USERS, prose=f"# Resources\n\n{prose}\n"))
    assert written.endpoint()["params"] == {"region": "{settings.regions}"}
