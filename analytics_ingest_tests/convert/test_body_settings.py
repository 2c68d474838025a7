"""Settings in JSON bodies, and settings that a request may lack."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import Desk, orders, shop
from analytics_ingest_tests.support.loads import extract
from analytics_ingest_tests.support.scripted_api import Asked, ScriptedApi

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
    desk: Desk, api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, value: str, sent: Any
) -> None:
    bodies: list[Any] = []

    def answer(asked: Asked) -> list[dict[str, Any]]:
        bodies.append(asked.json)
        return [{"id": 1, "updated_at": "2026-01-05T00:00:00Z"}]

    written = desk.new(orders(POST % "dlt.config['sizes']"))
    api.on("/orders", answer)
    monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
    monkeypatch.setenv("SOURCES__SHOP__API_TOKEN", "abcdefgh")
    monkeypatch.setenv("SOURCES__SHOP__SIZES", value)
    extract(written.declaration)
    assert bodies == [{"filter": {"x": sent}}]


OPTIONAL = [
    "- `query` (optional): what is searched for",
    "- **Optional filter**: `query` on `orders`, a text",
    "- **Parameters**: `limit`, and `query`, which is optional",
    "- Optional parameters: `limit` and `query`",
    "- **Filter**: `query` on `orders`, a text to search for (optional)",
    "The setting `search_text` is optional.",
    "- `search_text`: a text, optional",
    "- `limit` / `query`: optional texts",
    "- `limit`, `query`: an optional restriction of what is listed",
    "- `search_text` (text, default none)",
]
REQUIRED = [
    "- `query` (not optional)",
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
    "- `limit` / `query`: texts, of which one is optional",
    "- `limit`: an optional bound of `query`",
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


DEFAULTS: list[tuple[str, str]] = [
    ("- `query` (default `news`)", "news"),
    ("- `query` (optional, defaults to `news`)", "news"),
    ('- `search_text` (text, default: "news")', "news"),
    ("**Configuration**: `limit` (number), `query` (default `news`), `x` (boolean)", "news"),
    ("The parameter `query` (default 20) restricts what is listed.", "20"),
    ("The `query` parameter defaults to 20.", "20"),
    ("The `query` query parameter is `news` by default.", "news"),
    ("- `query` (10 by default), and more", "10"),
    ("- `query` (boolean, default false)", "false"),
    ("- `query` (default 20, at most 100)", "20"),
    ("- `query` (at most `100`, default `20`)", "20"),
    ("- `query` (rows per page, default and maximum `100`)", "100"),
    ("- `query` (maximum and default: 100)", "100"),
    ("The parameter `query` selects the topic (default: `news`).", "news"),
    ("`query` is the number of rows per page, by default `20`.", "20"),
    ("`search_text` decides which topic is read, which defaults to `news`.", "news"),
    ("- `query`: what is searched for, default `news`", "news"),
    ("- `query`: what is searched for (default `news`)", "news"),
    ("What is searched for is `search_text`, which defaults to `news`.", "news"),
    ("By default `limit` is sent as it is; `query` is `news` by default.", "news"),
]
NO_DEFAULT = [
    "- `query` (required, default `news`)",
    "- `query` (no default)",
    "- `query` (default `today`)",
    "- `query` (default 30 days)",
    "- `query` (maximum `100`)",
    "- `query` (default and maximum differ: 20, 100)",
    "`query` is sent with the size (default 20).",
    "`query` selects the topic in the zone (default `utc`).",
    "`query` selects the topic of `region` (default `eu`).",
    "- `query` (default `a` or `b`)",
    "- `query` (default `a`, `b`)",
    "- `query` (default `limit`)",
    "- `query` (default `{{ config['x'] }}`)",
    "- `query` (default as configured)",
    "- If `limit` is 5, `query` defaults to `news`.",
    "- In webhooks `query` defaults to `news`.",
    "- `query` (not by default `news`)",
    "- `limit` (default 20), `query`",
    "- `query` was `news` by default",
    "### Users\n\n- `query` (default `news`)",
    "# Fields\n\n- `query` (default `news`)",
]


@pytest.mark.parametrize(("prose", "default"), DEFAULTS)
def test_a_default_is_sent_where_nothing_is_set(desk: Desk, prose: str, default: str) -> None:
    written = desk.new(orders(PARAMS, prose=f"# Settings\n\n{prose}\n"))
    expression = f"{{{{ config.get('search_text', '{default}') }}}}"
    assert written.endpoint()["params"]["query"] == expression
    purpose = written.to_be_set["SOURCES__SHOP__SEARCH_TEXT"]
    assert purpose.startswith("optional; ")
    assert purpose.endswith(f"; {default} by default")


@pytest.mark.parametrize("prose", NO_DEFAULT)
def test_another_value_is_to_be_set(desk: Desk, prose: str) -> None:
    listing = f'{{"name": "orders", "endpoint": {{"path": "/orders", {PARAMS}}}}}'
    written = desk.new(shop(listing, USERS, prose=f"# Settings\n\n{prose}\n"))
    assert written.endpoint()["params"]["query"] == "{settings.search_text}"


def test_several_defaults_are_reported(desk: Desk) -> None:
    prose = "# Settings\n\n- `query` (default `a`)\n\n# Notes\n\n`query` defaults to `b`."
    written = desk.new(orders(PARAMS, prose=prose))
    assert written.endpoint()["params"]["query"] == "{settings.search_text}"
    assert "the prose gives query several defaults: a, b" in written.assumed


def test_the_default_of_a_secret_is_not_written(desk: Desk) -> None:
    params = '"headers": {"x": dlt.config["x_password"]}'
    written = desk.new(orders(params, prose="- `x_password` (default `hunter2`)"))
    assert "hunter2" not in written.text + written.report


@pytest.mark.parametrize(
    ("default", "sent"), [("20", 20), ("true", True), ("`true`", True), ("`news`", "news")]
)
def test_a_default_is_sent(
    desk: Desk, api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, default: str, sent: Any
) -> None:
    bodies: list[Any] = []
    queries: list[Any] = []

    def answer(asked: Asked) -> list[dict[str, Any]]:
        bodies.append(asked.json)
        queries.append(asked.query)
        return [{"id": 1, "updated_at": "2026-01-05T00:00:00Z"}]

    body, params = POST % "dlt.config['sizes']", '"params": {"size": dlt.config["sizes"]}'
    prose = f"- `sizes` (default {default})"
    written = desk.new(orders(f"{body}, {params}", prose=prose))
    api.on("/orders", answer)
    monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
    monkeypatch.setenv("SOURCES__SHOP__API_TOKEN", "abcdefgh")
    extract(written.declaration)
    assert bodies == [{"filter": {"x": sent}}]
    assert queries == [{"size": default.strip("`")}]


EACH = [
    "- `orders`: requested once for each configured `region`",
    "`orders` is read by one request per listed `region`.",
    "- `orders`: one request for each configured region; it is sent as `region`",
    "- `orders`: requested once for each of the configured regions",
    "- `orders`: one request per region in `regions`",
    "- `orders`: it is read for every code of `regions`",
    "- `orders`: one path for each configured region",
    "- `orders`: for each configured region, one request is sent",
    "- `orders`: every configured region is requested on its own",
    "- `orders`: one request per region",
]
NOT_EACH = [
    "- `orders`: requested once for the configured `region`",
    "- `users`: requested once for each configured `region`",
    "- `orders`: may be requested once for each configured `region`",
    "- `orders`: requested once for each `region` of the API",
    "- `orders`: one request for all configured regions, which are sent as `region`",
    "- `orders`: one request per configured region, the codes of which are joined by commas",
    "- `orders`: one request per configured region; its codes are sent together",
    "- `orders`: one request for each 50 configured regions",
    "- `orders`: one request for each configured customer",
    "- `orders`: one row for each configured region",
    "- `orders`: one request per day",
]
OPEN = ["`region` of", "; its codes", "customer"]
REGION = '"params": {"region": dlt.config["regions"]}'


@pytest.mark.parametrize("prose", EACH)
def test_a_resource_is_requested_for_each_value_of_a_setting(desk: Desk, prose: str) -> None:
    listing = f'{{"name": "orders", "endpoint": {{"path": "/orders", {REGION}}}}}'
    written = desk.new(shop(listing, USERS, prose=f"# Resources\n\n{prose}\n"))
    each = {"type": "each", "values": "{settings.regions}"}
    assert written.endpoint()["params"] == {"region": each}
    assert any("separated by commas" in line for line in written.assumed)


def test_the_values_of_a_setting_in_a_path_are_requested_one_by_one(desk: Desk) -> None:
    listing = """{"name": "orders", "endpoint": {"path": f"/r/{dlt.config['regions']}/orders"}}"""
    prose = "# Resources\n\n- `orders`: one request for each configured region\n"
    endpoint = desk.new(shop(listing, prose=prose)).endpoint()
    each = {"type": "each", "values": "{settings.regions}"}
    assert endpoint == {"path": "/r/{regions}/orders", "params": {"regions": each}}


@pytest.mark.parametrize("prose", NOT_EACH)
def test_a_resource_is_requested_with_one_value_otherwise(desk: Desk, prose: str) -> None:
    listing = f'{{"name": "orders", "endpoint": {{"path": "/orders", {REGION}}}}}'
    written = desk.new(shop(listing, USERS, prose=f"# Resources\n\n{prose}\n"))
    assert written.endpoint()["params"] == {"region": "{settings.regions}"}
    is_said = any("text speaks of a request for each" in line for line in written.assumed)
    assert is_said == any(words in prose for words in OPEN)


def test_a_setting_that_is_a_list_says_how_it_is_written(desk: Desk) -> None:
    params = '"params": {"region": dlt.config["regions"], "ids": dlt.config["ids"]}'
    body = '"json": {"sizes": dlt.config["sizes"], "units": dlt.config["units"]}'
    listing = f'{{"name": "orders", "endpoint": {{"path": "/orders", {params}, {body}}}}}'
    prose = (
        "# Resources\n\n- `orders`: one request for each configured region\n\nSettings:\n\n"
        "- `sizes`: list of sizes\n- `ids`: a list of numbers\n- `units`: the unit of a list\n"
    )
    places = desk.new(shop(listing, prose=prose)).to_be_set
    forms = {
        name: places[f"SOURCES__SHOP__{name}"].partition("orders")[2]
        for name in ("REGIONS", "SIZES", "IDS", "UNITS")
    }
    assert forms == {
        "REGIONS": "; a list, separated by commas",
        "SIZES": '; a list, written as JSON: ["a", "b"]',
        "IDS": "; a list, sent as it is written",
        "UNITS": "",
    }
