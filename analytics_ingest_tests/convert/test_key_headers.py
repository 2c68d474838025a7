"""The header of the key: which sentences name it, and which put a word before the key."""

import pytest

from analytics_ingest_tests.convert.writing import Desk, Written, orders

TITLE = "\n# Authentication\n\n"


def keyed(prose: str, name: str = "Authorization", key: str = 'dlt.secrets["api_key"]') -> str:
    """A document whose key is sent in a header, with a section on authentication."""
    auth = f'{{"type": "api_key", "name": "{name}", "api_key": {key}, "location": "header"}}'
    client = f'"client": {{"base_url": "https://shop.test", "auth": {auth}}}'
    return orders(client=client, prose=f"{TITLE}{prose}\n")


def read_header(written: Written, name: str = "Authorization") -> str | None:
    """What precedes and holds the key in a header, where that is not left to auth."""
    value: str | None = written.client.get("headers", {}).get(name)
    return value


PREFIXES = [
    "- **Header**: `Authorization`, whose value is `Apikey ` followed by the key",
    "- **Header**: `Authorization`, whose value is `Apikey` followed by a space and the key.",
    "The header `Authorization` has the value `Apikey <key>`.",
    "Requests send `Authorization: Apikey <your key>`.",
    "Requests send `Authorization: Apikey {api_key}`, as shown above.",
    "`Authorization: Apikey YOUR_KEY`",
    "The key is sent in `Authorization`, prefixed with `Apikey `.",
    "The key in the header is prefixed by the word `Apikey`.",
    "- **Location**: `Authorization` header, in the form `Apikey <key>`.",
]
NO_PREFIXES = [
    "The key is sent in the header `Authorization`.",
    "The header is `Authorization`, not `Authorization: Apikey <key>`.",
    "The key needs no prefix such as `Apikey`.",
    "The login answers with `Authorization: Apikey <token>`.",
    "Webhooks carry `Authorization: Apikey <key>`.",
    "Formerly `Authorization: Apikey <key>` was sent.",
    "The key is sent without a prefix: `Apikey <key>` is refused.",
    "For example `Authorization: 3f2a`.",
    "The token server takes `X-Other: Apikey <key>`.",
    "Optionally `Authorization: Apikey <key>`.",
]


@pytest.mark.parametrize("text", PREFIXES)
def test_the_word_that_the_prose_puts_before_the_key_is_sent(desk: Desk, text: str) -> None:
    written = desk.new(keyed(text))
    assert "auth" not in written.client
    assert read_header(written) == "Apikey {settings.api_key}"
    reason = "auth is the header Authorization, which begins with 'Apikey', as the prose says"
    assert reason in written.assumed
    purpose = "the key alone, sent in the header Authorization behind 'Apikey'"
    assert written.to_be_set["SOURCES__SHOP__API_KEY"] == purpose


@pytest.mark.parametrize("text", NO_PREFIXES)
def test_other_words_in_backticks_are_not_put_before_the_key(desk: Desk, text: str) -> None:
    written = desk.new(keyed(text))
    assert written.client["auth"] == {
        "type": "api_key",
        "name": "Authorization",
        "location": "header",
    }
    assert read_header(written) is None


def test_two_words_are_reported_and_not_put_before_the_key(desk: Desk) -> None:
    written = desk.new(
        keyed("Send `Authorization: Apikey <key>`.\n\nSend `Authorization: Token <key>`.")
    )
    assert written.client["auth"]["type"] == "api_key"
    assert "the key is sent as it is: the prose puts Apikey, Token before it" in written.assumed


def test_a_bearer_token_of_the_configuration_stays_one(desk: Desk) -> None:
    written = desk.new(orders(prose=f"{TITLE}`Authorization: Token <key>`\n"))
    assert written.client["auth"] == {"type": "bearer"}
    assert "the key is a bearer token, as configured; the prose says Token" in written.assumed


@pytest.mark.parametrize("place", ["client", "endpoint"])
@pytest.mark.parametrize("word", ["Basic", "Token"])
def test_a_word_before_the_key_of_the_configuration_is_kept(
    desk: Desk, place: str, word: str
) -> None:
    auth = (
        '"auth": {"type": "api_key", "name": "Authorization", '
        f'"api_key": "{word} " + dlt.secrets["k"], "location": "header"}}'
    )
    base = '"base_url": "https://shop.test"'
    if place == "client":
        written = desk.new(orders(client=f'"client": {{{base}, {auth}}}'))
        holder = written.client
    else:
        written = desk.new(orders(auth, client=f'"client": {{{base}}}'))
        holder = written.endpoint()
    assert holder["headers"] == {"Authorization": f"{word} {{settings.k}}"}
    assert "auth" not in holder


def test_a_key_with_bearer_before_it_is_a_bearer_token(desk: Desk) -> None:
    written = desk.new(keyed("", key='"Bearer " + dlt.secrets["k"]'))
    assert written.client["auth"] == {"type": "bearer"}


OTHER = "The API key is included in the request headers as `X-Shop-Key`. "
PLACEHOLDERS = [
    "(The name in the configuration example, `api_key`, is a placeholder.)",
    "The header name in the example is only an example.",
    "The name `api_key` in the code is a dummy.",
]
NO_PLACEHOLDERS = [
    "",
    "The value in the configuration example is a placeholder.",
    "The name of the shop in the configuration is a placeholder.",
    "The name in the configuration, `api_key`, is not a placeholder.",
    "The name `shop` in the configuration is a placeholder.",
    "The secret's name in the example is a placeholder.",
    "The configuration example holds a placeholder.",
]


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_the_header_of_the_prose_replaces_a_placeholder(desk: Desk, text: str) -> None:
    written = desk.new(keyed(OTHER + text, name="api_key"))
    assert written.client["auth"]["name"] == "X-Shop-Key"
    assert written.to_be_set["SOURCES__SHOP__API_KEY"] == "the key, sent in the header X-Shop-Key"
    reason = "the key is sent in X-Shop-Key: the prose calls the configured api_key a placeholder"
    assert reason in written.assumed


@pytest.mark.parametrize("text", NO_PLACEHOLDERS)
def test_another_header_of_the_prose_is_only_reported(desk: Desk, text: str) -> None:
    written = desk.new(keyed(OTHER + text, name="api_key"))
    assert written.client["auth"]["name"] == "api_key"
    assert "the key is sent in api_key; the prose says X-Shop-Key" in written.assumed


def test_of_two_other_headers_none_replaces_a_placeholder(desk: Desk) -> None:
    text = f"{OTHER}{PLACEHOLDERS[0]}\n\nThe public key is sent in the header `X-Public`."
    written = desk.new(keyed(text, name="api_key"))
    assert written.client["auth"]["name"] == "api_key"


def test_a_prefix_that_ends_with_an_equals_sign_is_taken(desk: Desk) -> None:
    document = keyed("- **Format**: `Token token=<token>`, where `<token>` is the key.")
    written = desk.new(document)
    assert written.client["headers"]["Authorization"] == "Token token={settings.api_key}"


OAUTH2 = """{"type": "oauth2_refresh_token", "token_url": "https://shop.test/token",
 "client_id": "a", "client_secret": "b", "refresh_token": "c"}"""


@pytest.mark.parametrize(
    ("text", "token_format"),
    [
        ("The access token is sent as `Authorization: Shop-token <access token>`.", "Shop-token"),
        ("Requests send `Authorization: Bearer <access token>`.", None),
        ("The login answers with `Authorization: Shop-token <token>`.", None),
        ("The token endpoint expects `Authorization: Basic <base64>`.", None),
    ],
)
def test_the_word_before_an_access_token_is_sent(
    desk: Desk, text: str, token_format: str | None
) -> None:
    client = f'"client": {{"base_url": "https://shop.test", "auth": {OAUTH2}}}'
    auth = desk.new(orders(client=client, prose=f"{TITLE}{text}\n")).client["auth"]
    assert auth.get("token_format") == (token_format and f"{token_format} {{token}}")


def test_the_header_of_a_second_key_is_not_another_name_of_the_first(desk: Desk) -> None:
    auth = '{"type": "api_key", "name": "X-Key", "api_key": dlt.secrets["k"], "location": "header"}'
    client = (
        f'"client": {{"base_url": "https://shop.test", "auth": {auth}, '
        '"headers": {"X-App-Key": dlt.secrets["app_key"]}}'
    )
    prose = f"{TITLE}- **Key**: header `X-Key`\n- **Second key**: header `X-App-Key`\n"
    written = desk.new(orders(client=client, prose=prose))
    assert not any("the prose says" in line for line in written.assumed)
