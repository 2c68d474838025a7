"""A key in the body of requests: where the configuration or the prose puts it, it is sent there."""

import pytest

from analytics_ingest_tests.convert.writing import DEFAULTS, Desk, build_client, shop, source

SENT = {"apiKey": "{settings.api_key}"}
POST = '{"name": "orders", "endpoint": {"path": "/orders", "method": "POST"}}'
NO_PLACE = build_client('{"type": "api_key", "name": "apiKey", "api_key": dlt.secrets["k"]}')
NOT_SENT = (
    "orders: no key is sent, for the document puts it in the body, and this is not a POST of an "
    "object; declare endpoint.method or endpoint.auth"
)
JSON_WORDS = ["body", "request_body", "body_json", "json", "JSON body", "payload"]
FORM_WORDS = ["form", "body_data", "form-data"]
PROSE = [
    "The API key is included in the request body as `apiKey`.",
    "- **Location**: The API key is included in the request body as `apiKey`.",
    "- **Location**: request body, field `apiKey`",
    "- **Location**: `body`, as `apiKey`",
    "- **Type**: API key in the JSON body\n- **Field name**: `apiKey`",
    "| Setting | Value |\n|---|---|\n| Location | request body |\n| Field | `apiKey` |",
    "The key is sent as `apiKey` in the body of each request.",
    "The token is passed as the body field `apiKey`.",
    "The body of every request contains the API key as `apiKey`.",
    "`apiKey` is the key in the request body.",
    "Every request has the key in its JSON payload, under `apiKey`.",
]
NOT_PROSE = [
    "The API key is not sent in the request body.",
    "The API key is sent as a header, not in the request body.",
    "The key can be sent in the request body as `apiKey`.",
    "The key is sent in the header `X-Key`, the filters in the request body.",
    "The login sends the key in the request body as `apiKey`.",
    "The response body contains the key as `apiKey`.",
    "Webhooks carry the key in the request body as `apiKey`.",
    "The primary key is sent in the request body.",
    "The page token is sent in the request body.",
    "The key signs the request body.",
    "The key is sent in the header `X-Key`.\n\nThe key is in the request body as `apiKey`.",
    "The page is in the request body, under the key `apiKey`.",
]


def _auth(place: str) -> str:
    return build_client(
        f'{{"type": "api_key", "name": "apiKey", "api_key": dlt.secrets["k"], {place}}}'
    )


@pytest.mark.parametrize(
    ("words", "block"), [*((w, "json") for w in JSON_WORDS), *((w, "data") for w in FORM_WORDS)]
)
def test_the_words_for_the_place_of_a_key(desk: Desk, words: str, block: str) -> None:
    written = desk.new(shop(POST, client=_auth(f'"location": "{words}"')))
    assert "auth" not in written.client
    assert written.endpoint()[block] == SENT
    assert written.to_be_set["SOURCES__SHOP__API_KEY"] == "the key, sent in the body as apiKey"
    assert "auth api_key, body apiKey" in written.listed("As written in the document")
    assert not any("auth" in line for line in written.assumed)


@pytest.mark.parametrize(
    ("option", "block"),
    [
        ('"location": {"body": "apiKey"}', "json"),
        ('"inject_into": {"inject_into": "body_data", "field_name": "apiKey"}', "data"),
    ],
)
def test_a_place_may_name_the_field(desk: Desk, option: str, block: str) -> None:
    written = desk.new(shop(POST, client=_auth(option).replace('"name": "apiKey", ', "")))
    assert written.endpoint()[block] == SENT


def test_the_word_before_a_key_is_in_its_purpose(desk: Desk) -> None:
    client = _auth('"in": "body"').replace('dlt.secrets["k"]', "f\"Key {dlt.secrets['k']}\"")
    purpose = desk.new(shop(POST, client=client)).to_be_set["SOURCES__SHOP__API_KEY"]
    assert purpose == "the key, sent in the body as apiKey, in the form Key \u2026"


@pytest.mark.parametrize("text", PROSE)
def test_the_prose_puts_the_key_in_the_body(desk: Desk, text: str) -> None:
    prose = f"\n# Authentication\n\n{text}\n"
    written = desk.new(shop(POST, client=NO_PLACE, prose=prose))
    assert written.endpoint()["json"] == SENT
    assert "the key is sent in the body of requests, as the prose says" in written.assumed
    configured = source(DEFAULTS, f'"resources": [{POST}]')
    bare = desk.new(f"{configured}\n{prose}", "--force")
    assert bare.endpoint()["json"] == SENT
    assert "auth is api_key, body apiKey, as the prose says" in bare.assumed


@pytest.mark.parametrize("text", NOT_PROSE)
def test_other_sentences_do_not_put_the_key_in_the_body(desk: Desk, text: str) -> None:
    prose = f"\n# Authentication\n\n{text}\n"
    written = desk.new(shop(POST, client=NO_PLACE, prose=prose))
    assert written.client["auth"]["location"] == "header"
    assert "json" not in written.endpoint()


def test_a_key_is_sent_in_the_posts_only_and_beside_what_they_hold(desk: Desk) -> None:
    """A GET has no body: that it has no key is reported."""
    items = '{"name": "items", "endpoint": {"path": "/i", "method": "POST", "json": {"a": 1}}}'
    tags = (
        '{"name": "tags", "endpoint": {"path": "/t", "method": "POST", "data": '
        '{"apiKey": dlt.secrets["other"]}}}'
    )
    get = '{"name": "orders", "endpoint": {"path": "/orders"}}'
    written = desk.new(shop(get, items, tags, client=_auth('"send_in": "body"')))
    endpoints = [resource["endpoint"] for resource in written.attributes["resources"]]
    assert "json" not in endpoints[0]
    assert endpoints[1]["json"] == {"a": 1, **SENT}
    assert endpoints[2]["data"] == {"apiKey": "{settings.other}"}
    assert NOT_SENT in written.assumed


def test_posts_share_the_key(desk: Desk) -> None:
    items = POST.replace("orders", "items")
    written = desk.new(shop(POST, items, client=_auth('"in": "body"')))
    assert written.attributes["resource_defaults"]["endpoint"]["json"] == SENT


def test_a_key_that_nothing_sends_is_not_to_be_set(desk: Desk) -> None:
    written = desk.new(shop(client=_auth('"in": "body"')))
    assert NOT_SENT in written.assumed
    assert "SOURCES__SHOP__API_KEY" not in written.to_be_set


def test_the_place_of_the_configuration_wins(desk: Desk) -> None:
    prose = f"\n# Authentication\n\n{PROSE[0]}\n"
    written = desk.new(shop(POST, client=_auth('"location": "header"'), prose=prose))
    assert written.client["auth"]["location"] == "header"
    assert any(line.startswith("the key is sent where the conf") for line in written.assumed)


@pytest.mark.parametrize(("name", "sent"), [('"name": "own", ', "own"), ("", "apiKey")])
def test_the_name_of_the_configuration_wins(desk: Desk, name: str, sent: str) -> None:
    client = build_client(f'{{"type": "api_key", {name}"api_key": dlt.secrets["k"], "in": "body"}}')
    written = desk.new(shop(POST, client=client, prose=f"\n# Auth\n\n{PROSE[0]}\n"))
    assert written.endpoint()["json"] == {sent: "{settings.api_key}"}
    nameless = desk.new(shop(POST, client=client), "--force")
    assert ("json" in nameless.endpoint()) == bool(name)


def test_the_key_of_an_endpoint_is_its_own(desk: Desk) -> None:
    own = '"auth": {"type": "api_key", "name": "k", "api_key": dlt.secrets["b"], "in": "body"}'
    resource = POST.replace('"method"', f'{own}, "method"')
    written = desk.new(shop(resource, client=_auth('"in": "header"')))
    assert written.endpoint()["json"] == {"k": "{settings.b}"}
    assert "auth" not in written.endpoint()
