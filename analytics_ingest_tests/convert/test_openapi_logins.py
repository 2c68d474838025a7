"""How requests are signed, by the security schemes of an OpenAPI document."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.openapi_documents import (
    Json,
    converted,
    document,
    listing,
    merged,
)


def flow(name: str, **more: Any) -> Json:
    """A scheme of OAuth 2 with one flow."""
    return {"type": "oauth2", "flows": {name: {"tokenUrl": "/token", "scopes": {}, **more}}}


OAUTH: Json = {"type": "oauth2_client_credentials", "access_token_url": "/token"}
LOGINS: dict[str, tuple[Json, Json, set[str]]] = {
    "a key in a header": (
        {"type": "apiKey", "in": "header", "name": "X-Key"},
        {"type": "api_key", "name": "X-Key", "location": "header"},
        {"api_key"},
    ),
    "a key in the query": (
        {"type": "apiKey", "in": "query", "name": "key"},
        {"type": "api_key", "name": "key", "location": "query"},
        {"api_key"},
    ),
    "a bearer token": ({"type": "http", "scheme": "Bearer"}, {"type": "bearer"}, {"api_token"}),
    "a user": (
        {"type": "http", "scheme": "basic"},
        {"type": "http_basic"},
        {"username", "password"},
    ),
    "a user, of 2": ({"type": "basic"}, {"type": "http_basic"}, {"username", "password"}),
    "client credentials": (flow("clientCredentials"), OAUTH, {"client_id", "client_secret"}),
    "client credentials, of 2": (
        {"type": "oauth2", "flow": "application", "tokenUrl": "/token"},
        OAUTH,
        {"client_id", "client_secret"},
    ),
    "a code": (
        flow("authorizationCode", refreshUrl="/refresh"),
        {**OAUTH, "access_token_url": "/refresh", "grant_type": "refresh_token"},
        {"client_id", "client_secret", "refresh_token"},
    ),
    "an implicit token": (flow("implicit"), {"type": "bearer"}, {"api_token"}),
}


@pytest.mark.parametrize(("scheme", "auth", "settings"), LOGINS.values(), ids=list(LOGINS))
def test_requests_are_signed_as_the_document_says(
    scheme: Json, auth: Json, settings: set[str]
) -> None:
    more: Json = {"security": [{"main": []}], "components": {"securitySchemes": {"main": scheme}}}
    value = document({"/orders": listing()}, **more)
    declaration = converted(value)
    assert declaration.attributes["client"]["auth"] == auth
    assert set(declaration.log.settings) == settings


def test_a_login_that_nothing_requires_is_assumed_with_a_line() -> None:
    schemes = {
        "page": {"type": "apiKey", "in": "cookie", "name": "session"},
        "basic": {"type": "http", "scheme": "basic"},
        "token": {"type": "http", "scheme": "bearer"},
    }
    known: Json = {"components": {"securitySchemes": schemes}}
    declaration = converted(document({"/orders": listing()}, **known))
    assert declaration.attributes["client"]["auth"] == {"type": "bearer"}
    assert (
        None,
        "requests use token, though the document does not say what requires it; "
        "also possible: basic",
    ) in declaration.log.assumptions
    for stated in (
        document({"/orders": listing(security=[])}, **known),
        document({"/orders": listing()}, security=[], **known),
    ):
        assert "auth" not in converted(stated).attributes["client"]


def test_each_operation_is_signed_by_what_it_requires() -> None:
    schemes = {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "appKey": {"type": "apiKey", "in": "header", "name": "X-App"},
        "token": {"type": "http", "scheme": "bearer"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
    }
    declaration = converted(
        document(
            {
                "/a": listing(),
                "/b": listing(security=[{"token": []}, {"key": [], "appKey": []}]),
                "/c": listing(security=[{"token": []}]),
                "/d": listing(security=[{"cookie": []}]),
                "/e": listing(security=[]),
            },
            security=[{"cookie": []}, {"key": [], "appKey": []}],
            components={"securitySchemes": schemes},
        )
    )
    client, found = declaration.attributes["client"], merged(declaration)
    assert client["auth"]["name"] == "X-Key"
    assert client["headers"] == {"X-App": "{settings.app_key}"}
    own = {name: r["endpoint"]["auth"] for name, r in found.items() if "auth" in r["endpoint"]}
    assert own == {"c": {"type": "bearer"}}
