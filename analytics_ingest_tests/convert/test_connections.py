"""The address and auth that only the prose names: which sentences are taken, and which are not."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import DEFAULTS, ORDERS, Desk, source

NO_AUTH = (
    "requests are sent without auth, though the document has a section on authentication; declare "
    "client.auth"
)


def bare(prose: str, client: str = "") -> str:
    """A document whose configuration has no address and no auth, or such a client."""
    clients = [f'"client": {{{client}}}'] if client else []
    configured = source(*clients, DEFAULTS, f'"resources": [{ORDERS}]')
    return f"{configured}\n{prose}\n"


def section(text: str) -> str:
    """A section on authentication."""
    return f"# Authentication\n\n{text}"


ADDRESSES = [
    "Base URL `https://shop.test/v1`, API key in the header `X-Key`.",
    "- `base_url`: `https://shop.test/v1`",
    "- **Base URL**: https://shop.test/v1.",
    "The base URL is https://shop.test/v1.",
    "| Setting | Value |\n|---|---|\n| Base URL | `https://shop.test/v1` |",
    "All paths are relative to `https://shop.test/v1`.",
    "API URL: <https://shop.test/v1>",
]
NO_ADDRESSES = [
    "The documentation is at https://shop.test/v1.",
    "Sandbox base URL: `https://shop.test/v1`",
    "Base URL of the token server: `https://shop.test/v1`",
    "The old base URL was `https://shop.test/v1`.",
    "The base URL is not `https://shop.test/v1`.",
    "Webhooks are sent to the base URL `https://shop.test/v1`.",
    "Base URL: `https://shop.test/v1` (sandbox)",
    "Base URL: `https://user:word@shop.test/v1`",
    "A record holds its `url`, such as `https://shop.test/v1`.",
    "Base URL: `https://shop.test/v1`\n\nBase URL: `https://eu.shop.test/v1`",
]


@pytest.mark.parametrize("text", ADDRESSES)
def test_the_address_of_the_prose_is_taken_where_there_is_no_other(desk: Desk, text: str) -> None:
    written = desk.new(bare(f"# Connection\n\n{text}"))
    assert written.client["base_url"] == "https://shop.test/v1"
    assert "client.base_url is taken from the prose" in written.assumed
    assert "SOURCES__SHOP__BASE_URL" not in written.to_be_set


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_other_addresses_are_not_that_of_the_api(desk: Desk, text: str) -> None:
    written = desk.new(bare(f"# Connection\n\n{text}"))
    assert written.client["base_url"] == "https://api.example.com"
    assert "SOURCES__SHOP__BASE_URL" in written.to_be_set


@pytest.mark.parametrize(
    ("address", "is_reported"),
    [("https://b.test", True), ("https://shop.test/v2", False), ("https://shop.test", False)],
)
def test_the_address_of_the_configuration_wins(desk: Desk, address: str, is_reported: bool) -> None:
    text = f"# Connection\n\nBase URL: `{address}`"
    written = desk.new(bare(text, client='"base_url": "https://shop.test"'))
    assert written.client["base_url"] == "https://shop.test"
    reason = f"client.base_url is as configured; the prose names {address}"
    assert (reason in written.assumed) == is_reported


def test_an_address_that_is_a_setting_stays_one(desk: Desk) -> None:
    text = "# Connection\n\nBase URL: `https://shop.test`"
    written = desk.new(bare(text, client='"base_url": dlt.config["base_url"]'))
    assert written.client["base_url"] == "https://api.example.com"


HEADER = {"type": "api_key", "name": "X-Key", "location": "header"}
QUERY = {"type": "api_key", "name": "api-key", "location": "query"}
LOGINS: list[tuple[str, dict[str, Any]]] = [
    (section("The API key is sent in the header `X-Key`."), HEADER),
    (section("- API key in the request header `X-Key`"), HEADER),
    (section("The header `X-Key` carries the key."), HEADER),
    (section("The key is sent as the query parameter `api-key`."), QUERY),
    (section("`api-key` in the query string."), QUERY),
    ('- `auth`: `api_key` in the query, parameter `api-key`, secret `dlt.secrets["k"]`', QUERY),
    (section("- **Type**: Bearer"), {"type": "bearer"}),
    (section("`Authorization: Bearer <token>`"), {"type": "bearer"}),
    ("Authentication: bearer token", {"type": "bearer"}),
    (section("HTTP Basic: user and password."), {"type": "http_basic"}),
    (section("- Type: Basic"), {"type": "http_basic"}),
]
NO_LOGINS = [
    section("Either an API key in the header `X-Key`, or a bearer token."),
    section("The API key is sent in the header `X-Key`.\n\nBearer tokens are for apps."),
    section("Bearer tokens are deprecated."),
    section("The key must not be sent in the header `X-Key`."),
    section("OAuth2 client credentials; the access token is a bearer token."),
    section("`POST /login` answers with a token. Requests send it as a bearer token."),
    section("The key signs each request; the signature is sent in the header `X-Key`."),
    section("Requests are signed (HMAC).\n\nThe key is sent in the header `X-Key`."),
    section("The basic plan allows 10 requests a second."),
    "# Webhooks\n\n## Deliveries\n\nThe API key is sent in the header `X-Key`.",
    section("Webhooks carry the key in the header `X-Key`."),
    "# Rows\n\n## Orders\n\nThe primary key of a row is repeated in the header `X-Key`.",
    "The bearer of a card is its `owner`.",
]


@pytest.mark.parametrize(("text", "auth"), LOGINS)
def test_auth_of_the_prose_is_taken_where_there_is_no_other(
    desk: Desk, text: str, auth: dict[str, Any]
) -> None:
    written = desk.new(bare(text))
    own = {key: value for key, value in written.client["auth"].items() if key != "password"}
    assert own == auth
    assert any(line.endswith("as the prose says") for line in written.assumed)
    assert written.to_be_set
    assert NO_AUTH not in written.assumed


@pytest.mark.parametrize("text", NO_LOGINS)
def test_other_sentences_are_not_auth_and_its_lack_is_reported(desk: Desk, text: str) -> None:
    written = desk.new(bare(text))
    assert "auth" not in written.client
    assert (NO_AUTH in written.assumed) == text.startswith("# Authentication")


@pytest.mark.parametrize(
    "client",
    [
        '"auth": {"type": "http_basic"}',
        '"headers": {"X-Token": dlt.secrets["k"]}',
        '"headers": {"Shop-Auth": dlt.secrets["k"]}',
        '"auth": {"type": "api_key", "name": "X-Own", "api_key": f"Token {dlt.secrets[\'k\']}"}',
    ],
)
def test_auth_of_the_configuration_wins(desk: Desk, client: str) -> None:
    written = desk.new(bare(section("The API key is sent in the header `X-Key`."), client))
    assert written.client.get("auth", {}).get("name") != "X-Key"
    assert NO_AUTH not in written.assumed


def test_auth_that_the_configuration_denies_is_not_taken(desk: Desk) -> None:
    written = desk.new(bare(section("A bearer token."), '"auth": None'))
    assert written.client.get("auth") is None
    assert NO_AUTH in written.assumed


@pytest.mark.parametrize(
    "text", ["None.", "No authentication is needed.", "The API is public.", "No key is required."]
)
def test_a_section_that_says_that_there_is_no_auth_is_not_reported(desk: Desk, text: str) -> None:
    assert NO_AUTH not in desk.new(bare(section(text))).assumed


def test_auth_that_has_no_counterpart_is_reported(desk: Desk) -> None:
    written = desk.new(bare(section("Two keys."), '"auth": {"type": "two_keys"}'))
    assert NO_AUTH in written.assumed


KEY = '"auth": {"type": "api_key", "name": "X-Own", "api_key": dlt.secrets["own_key"]}'
SIGNED = "the text speaks of signed requests, and client.auth, api_key, signs none"
NOT_ALWAYS = "the text says that the login is not always needed"
REMARKS = {
    "Custom (HMAC signature), simplified here to `api_key`": [SIGNED],
    "Each request is signed with the key.": [SIGNED],
    "The platform can require signed requests. This is not part of the example.": [SIGNED],
    "OAuth 2.0, simplified to an API key.": ["the text calls its login simplified"],
    "The key is only needed for pro users.": [NOT_ALWAYS],
    "The key is a query parameter. It is only required for private data.": [NOT_ALWAYS],
    "- `own_key`: optional, but without it requests are limited": [NOT_ALWAYS],
    "`userId`, `access_key_id`, `secret_key` and `own_key` are required by the API.": [
        "the text names userId, access_key_id, secret_key of a login, and client.auth, api_key, "
        "does not use them"
    ],
    "The key is sent in `X-Own`, the `own_key` or `api_key` of the account.": [],
    "Requests are not signed. The webhooks have an HMAC signature.": [],
    "As an alternative, a `client_id` and a `refresh_token` are accepted.": [],
    "The prefix of the key is not required.": [],
    "No authentication is required for the login request. `start_date` is optional.": [],
    "A POST returns the `session_token`. The `sort_order` is not needed.": [],
}


@pytest.mark.parametrize(("text", "expected"), REMARKS.items())
def test_what_a_text_says_of_logins_and_requests_do_not_do_is_reported(
    desk: Desk, text: str, expected: list[str]
) -> None:
    address = '"base_url": "https://shop.test"'
    written = desk.new(bare(section(text), f"{address}, {KEY}"))
    said = [line for line in written.assumed if "login" in line or "client.auth" in line]
    assert len(said) == len(expected)
    assert all(map(str.startswith, said, expected))
