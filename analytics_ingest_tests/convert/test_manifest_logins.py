"""Manifests that log in for a token: what is declared, and what a load sends."""

from base64 import b64encode
from typing import Any

import pytest

from analytics_ingest_tests.convert.manifests import manifest, requester, stream
from analytics_ingest_tests.convert.writing import API, Desk, Written
from analytics_ingest_tests.support.loads import load
from analytics_ingest_tests.support.projects import table
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi, serving

FILE = "manifest.yaml"
SPEC = {
    "type": "Spec",
    "connection_specification": {
        "required": ["user", "password"],
        "properties": {
            "user": {"type": "string", "description": "Who logs in."},
            "password": {"type": "string", "airbyte_secret": True},
            "scope": {"type": "string"},
        },
    },
}
BODY = {"user": "{{ config['user'] }}", "password": "{{ config['password'] }}"}
BASIC = {
    "type": "BasicHttpAuthenticator",
    "username": "{{ config['user'] }}",
    "password": '{{ config["password"] }}',
}
IN_HEADER = {"type": "RequestOption", "inject_into": "header", "field_name": "X-Session"}
LOGIN_AT = {"login_url": "https://login.test/v1/session", "token_path": "data.token"}


def login(sent_as: dict[str, Any] | None = None, **keys: Any) -> dict[str, Any]:
    """An authenticator with a login; keys of the login, or of the authenticator itself."""
    own = ("session_token_path", "expiration_duration", "decoder")
    outer = {name: keys.pop(name) for name in own if name in keys}
    asked = {"url_base": "https://login.test/v1", "path": "session", "http_method": "POST", **keys}
    return {
        "type": "SessionTokenAuthenticator",
        "login_requester": {"type": "HttpRequester", **asked},
        "session_token_path": ["data", "token"],
        "request_authentication": sent_as or {"type": "Bearer"},
        **outer,
    }


def text(authenticator: dict[str, Any]) -> str:
    return manifest(stream(requester=requester(authenticator=authenticator)), spec=SPEC)


def converted(desk: Desk, authenticator: dict[str, Any]) -> Written:
    return desk.new(text(authenticator), file=FILE)


@pytest.mark.parametrize(
    ("authenticator", "block"),
    [
        pytest.param(
            login(request_body_json=BODY, expiration_duration="PT1H"),
            {
                "login_json": {"user": "{settings.user}", "password": "{settings.password}"},
                "token_lifetime": 3600,
                "token_format": "Bearer {token}",
            },
            id="JSON, bearer",
        ),
        pytest.param(
            login({"type": "ApiKey", "inject_into": IN_HEADER}, request_body_data=BODY),
            {
                "login_data": {"user": "{settings.user}", "password": "{settings.password}"},
                "name": "X-Session",
            },
            id="a form, a header",
        ),
        pytest.param(
            login(
                {
                    "type": "ApiKey",
                    "inject_into": {"inject_into": "request_parameter", "field_name": "sid"},
                    "api_token": "id {{ session_token }}",
                },
                authenticator=BASIC,
                http_method="GET",
                request_parameters={"scope": "{{ config['scope'] }}"},
            ),
            {
                "login_method": "GET",
                "login_params": {"scope": "{{ config.get('scope') }}"},
                "login_headers": {
                    "Authorization": "Basic {{ (config['user'] ~ ':' ~ config['password'])"
                    " | base64encode }}"
                },
                "name": "sid",
                "location": "query",
                "token_format": "id {token}",
            },
            id="basic auth, the query",
        ),
    ],
)
def test_a_login_is_declared(
    desk: Desk, authenticator: dict[str, Any], block: dict[str, Any]
) -> None:
    written = converted(desk, authenticator)
    assert written.client["auth"] == {"type": "login", **LOGIN_AT, **block}
    assert written.to_be_set.keys() >= {
        f"SOURCES__{API}__{name}".upper() for name in ("user", "password")
    }


@pytest.mark.parametrize(
    ("authenticator", "reason"),
    [
        (
            login({"type": "ApiKey", "inject_into": {**IN_HEADER, "inject_into": "body_json"}}),
            "a token of a login that is sent in a body has no counterpart",
        ),
        (
            login(expiration_duration="soon"),
            "SessionTokenAuthenticator.expiration_duration is soon",
        ),
        (login(session_token_path=[]), "SessionTokenAuthenticator.session_token_path names no"),
        (login(decoder={"type": "XmlDecoder"}), "the decoder XmlDecoder of a login has no"),
        (
            login(authenticator={**BASIC, "username": "u", "password": "p"}),
            "the key is a literal in the manifest",
        ),
        (login(authenticator=login()), "SessionTokenAuthenticator has no counterpart in a login"),
        (
            login({"type": "ApiKey", "inject_into": IN_HEADER, "api_token": "{{ config['a'] }}"}),
            "request_authentication.api_token is more than the token in a text",
        ),
    ],
)
def test_a_login_that_cannot_be_declared_skips_its_streams(
    desk: Desk, authenticator: dict[str, Any], reason: str
) -> None:
    assert reason in desk.refusal(text(authenticator), file=FILE)


def test_a_login_is_described_and_sent_as_the_manifest_says(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def orders(asked: Asked) -> Any:
        is_signed = asked.headers.get("authorization") == "Bearer token-1"
        return [{"id": "a"}] if is_signed else Reply({}, 401)

    with serving() as hub:
        api, tokens = hub.new_api(), hub.new_api()
        written = converted(
            desk, login(request_body_json=BODY, authenticator=BASIC, url_base=f"{tokens.url}/v1")
        )
        tokens.always("/v1/session", {"data": {"token": "token-1"}})
        api.on("/orders", orders)
        give_settings(monkeypatch, api)
        load(written.declaration)
    assert [row["id"] for row in table("shop.orders")] == ["a"]
    (asked,) = tokens.asked
    assert asked.json == {"user": "u", "password": "s3cret-word"}
    encoded = b64encode(b"u:s3cret-word").decode()
    assert asked.headers["authorization"] == f"Basic {encoded}"


def give_settings(monkeypatch: pytest.MonkeyPatch, api: ScriptedApi) -> None:
    monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
    monkeypatch.setenv("SOURCES__SHOP__USER", "u")
    monkeypatch.setenv("SOURCES__SHOP__PASSWORD", "s3cret-word")


TOKEN = {
    "type": "JwtAuthenticator",
    "algorithm": "HS256",
    "secret_key": "{{ config['password'] }}",
}


@pytest.mark.parametrize(
    ("keys", "block"),
    [
        pytest.param({}, {}, id="a header"),
        pytest.param(
            {
                "header_prefix": "Bearer",
                "token_duration": 180,
                "base64_encode_secret_key": True,
                "jwt_headers": {"kid": "{{ config['user'] }}", "typ": "JWT"},
                "jwt_payload": {"iss": "{{ config['user'] }}"},
                "additional_jwt_payload": {"scope": "read", "n": 3},
                "passphrase": "{{ config['scope'] }}",
            },
            {
                "token_format": "Bearer {token}",
                "token_lifetime": 180,
                "base64_encode_secret_key": True,
                "jwt_headers": {"kid": "{settings.user}", "typ": "JWT"},
                "jwt_payload": {"iss": "{settings.user}", "scope": "read", "n": 3},
                "passphrase": f"sources.{API}.scope",
            },
            id="all keys",
        ),
        pytest.param(
            {
                "secret_key": "{{ json_loads(config['password'])['key'] }}",
                "token_duration": 1200,
                "request_option": {"inject_into": "request_parameter", "field_name": "jwt"},
            },
            {
                "secret_key": "{{ json_loads(config['password'])['key'] }}",
                "name": "jwt",
                "location": "query",
            },
            id="a key within a setting, the query",
        ),
    ],
)
def test_a_json_web_token_is_declared(
    desk: Desk, keys: dict[str, Any], block: dict[str, Any]
) -> None:
    own = {"secret_key": f"sources.{API}.password", "type": "jwt", "algorithm": "HS256"}
    assert converted(desk, {**TOKEN, **keys}).client["auth"] == {**own, **block}


def selecting(**logins: dict[str, Any]) -> dict[str, Any]:
    """An authenticator that is one of several."""
    return {
        "type": "SelectiveAuthenticator",
        "authenticator_selection_path": ["credentials", "kind"],
        "authenticators": logins,
    }


def alternative(kind: str, *names: str) -> dict[str, Any]:
    """The settings of one of several logins."""
    texts = {name: {"type": "string"} for name in names}
    return {"properties": {"kind": {"type": "string", "const": kind}, **texts}}


SELECTING = {
    "connection_specification": {
        "properties": {
            "credentials": {"oneOf": [alternative("key", "api_key"), alternative("user", "user")]}
        }
    }
}
KEY = {"type": "BearerAuthenticator", "api_token": "{{ config['credentials']['api_key'] }}"}
USER = {"type": "BasicHttpAuthenticator", "username": "{{ config['credentials']['user'] }}"}
CUSTOM = {"type": "CustomAuthenticator", "class_name": "components.Own"}


def selected(desk: Desk, **logins: dict[str, Any]) -> Written:
    asked = requester(authenticator=selecting(**logins))
    return desk.new(manifest(stream(requester=asked), spec=SELECTING), file=FILE)


def test_a_setting_selects_one_of_several_logins(desk: Desk) -> None:
    written = selected(desk, key=KEY, user=USER, none={"type": "NoAuth"}, own=CUSTOM)
    assert written.client["auth"] == {
        "type": "selected",
        "selected_by": "{settings.kind}",
        "options": {
            "key": {"type": "bearer", "token": f"sources.{API}.api_key"},
            "user": {"type": "http_basic", "username": f"sources.{API}.user", "password": ""},
            "none": None,
        },
    }
    assert written.to_be_set == {
        f"SOURCES__{API}__KIND".upper(): "kind (one of key, user)",
        f"SOURCES__{API}__API_KEY".upper(): "api_key (optional)",
        f"SOURCES__{API}__USER".upper(): "user (optional)",
    }
    assert "key, user, none; not own (needs Python of its own: Own)" in written.assumed[0]


def test_of_logins_of_which_one_has_a_counterpart_that_one_is_declared(desk: Desk) -> None:
    written = selected(desk, own=CUSTOM, key=KEY)
    assert written.client["auth"] == {"type": "bearer", "token": f"sources.{API}.api_key"}
    assert "key; not own (needs Python of its own: Own)" in written.assumed[0]


def test_a_selected_login_is_loaded_with_its_settings_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = selected(desk, key=KEY, user=USER)
    with serving() as hub:
        api = hub.new_api()
        api.always("/orders", [{"id": "a"}])
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        monkeypatch.setenv("SOURCES__SHOP__KIND", "user")
        monkeypatch.setenv("SOURCES__SHOP__USER", "u")
        load(written.declaration)
    expected = f"Basic {b64encode(b'u:').decode()}"
    assert {asked.headers["authorization"] for asked in api.asked} == {expected}


OAUTH = {
    "type": "OAuthAuthenticator",
    "token_refresh_endpoint": "https://login.test/token",
    "client_id": "{{ config['user'] }}",
    "client_secret": "{{ config['password'] }}",
    "grant_type": "client_credentials",
}
LASTING = {
    "token_path": "access_token",
    "token_lifetime_path": "expires_in",
    "token_lifetime": 3600,
    "token_format": "Bearer {token}",
}


@pytest.mark.parametrize(
    ("keys", "block"),
    [
        pytest.param(
            {"grant_type": "password", "refresh_request_body": {"username": "{{ config.user }}"}},
            {
                "login_data": {
                    "username": "{settings.user}",
                    "grant_type": "password",
                    "client_id": "{settings.user}",
                    "client_secret": "{settings.password}",
                },
                **LASTING,
            },
            id="another grant",
        ),
        pytest.param(
            {
                "grant_type": "refresh_token",
                "refresh_token": "{{ config['scope'] }}",
                "client_id_name": "app",
                "client_secret_name": "key",
                "refresh_token_name": "refresh",
                "grant_type_name": "grant",
                "scopes": ["a", "b"],
                "access_token_name": "token",
                "expires_in_name": "valid_for",
                "use_profile_assertion": False,
            },
            {
                "login_data": {
                    "grant": "refresh_token",
                    "app": "{settings.user}",
                    "key": "{settings.password}",
                    "refresh": "{settings.scope}",
                    "scope": "a b",
                },
                **LASTING,
                "token_path": "token",
                "token_lifetime_path": "valid_for",
            },
            id="other names",
        ),
        pytest.param(
            {
                "send_refresh_request_as_query_params": True,
                "refresh_request_headers": {"Authorization": "Key {{ config['password'] }}"},
            },
            {
                "login_headers": {"Authorization": "Key {settings.password}"},
                "login_params": {"grant_type": "client_credentials"},
                **LASTING,
            },
            id="headers, the query",
        ),
    ],
)
def test_an_unusual_token_request_is_a_login(
    desk: Desk, keys: dict[str, Any], block: dict[str, Any]
) -> None:
    auth = converted(desk, {**OAUTH, **keys}).client["auth"]
    assert auth == {"type": "login", "login_url": "https://login.test/token", **block}


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"client_id_name": "app", "refresh_token_updater": {"a": "b"}}, "that rotates"),
        ({"use_profile_assertion": True}, "profile_assertion is not a JwtAuthenticator"),
        (
            {"use_profile_assertion": True, "profile_assertion": TOKEN, "grant_type_name": "g"},
            "an assertion in an unusual token request has no counterpart",
        ),
        ({"refresh_request_body": "a"}, "refresh_request_body is one text"),
        ({"client_secret": "literal"}, "the key is a literal in the manifest"),
    ],
)
def test_a_token_request_that_cannot_be_declared_skips_its_streams(
    desk: Desk, keys: dict[str, Any], reason: str
) -> None:
    assert reason in desk.refusal(text({**OAUTH, **keys}), file=FILE)


def test_a_signed_token_is_exchanged(desk: Desk) -> None:
    oauth = {
        **OAUTH,
        "use_profile_assertion": True,
        "profile_assertion": {
            **TOKEN,
            "token_duration": 600,
            "jwt_payload": {"iss": "{{ config['user'] }}"},
        },
    }
    assert converted(desk, oauth).client["auth"] == {
        "type": "oauth2_jwt_bearer",
        "algorithm": "HS256",
        "secret_key": f"sources.{API}.password",
        "jwt_payload": {"iss": "{settings.user}"},
        "token_lifetime": 600,
        "access_token_url": "https://login.test/token",
    }
