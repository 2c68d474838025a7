"""Auth in a document's own words."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import Desk, build_client, fenced, shop

LOGINS: list[tuple[str, dict[str, Any]]] = [
    (
        '"type": "custom_session", "login_request": {"url": "https://shop.test/login", "method": '
        '"POST", "json": {"email": dlt.secrets["email"]}}, "token_path": "t", '
        '"inject_as": "bearer"',
        {
            "login_url": "https://shop.test/login",
            "login_method": "POST",
            "login_json": {"email": "{settings.email}"},
            "token_path": "t",
            "token_format": "Bearer {token}",
        },
    ),
    (
        '"type": "session_token", "login_url": "/login", "login_body": {"pass": '
        'dlt.secrets["password"]}, "session_token_path": "a.b", "name": "X-Session"',
        {
            "login_url": "/login",
            "login_json": {"pass": "{settings.password}"},
            "token_path": "a.b",
            "name": "X-Session",
        },
    ),
    (
        '"type": "oauth2", "token_url": "https://shop.test/t", "client_id": dlt.secrets["a"], '
        '"client_secret": dlt.secrets["b"], "refresh_token": dlt.secrets["c"], '
        '"header_name": "x-access-token"',
        {
            "login_url": "https://shop.test/t",
            "login_data": {
                "grant_type": "refresh_token",
                "client_id": "{settings.client_id}",
                "client_secret": "{settings.client_secret}",
                "refresh_token": "{settings.refresh_token}",
            },
            "token_path": "access_token",
            "token_lifetime_path": "expires_in",
            "name": "x-access-token",
        },
    ),
    (
        '"type": "session_token", "login_url": "/l", "username_field": "email", "password_field": '
        '"pass", "username": dlt.secrets["u"], "password": dlt.secrets["p"], '
        '"session_token_response_key": "token", "header": "X-Session"',
        {
            "login_url": "/l",
            "login_json": {"email": "{settings.u}", "pass": "{settings.p}"},
            "token_path": "token",
            "name": "X-Session",
        },
    ),
    (
        '"type": "session_token", "login_requester": {"type": "HttpRequester", "url_base": '
        '"https://shop.test/auth/", "path": "/token", "http_method": "POST", "authenticator": '
        '{"type": "http_basic", "username": dlt.secrets["c"], "password": dlt.secrets["s"]}, '
        '"request_body_json": {"user": dlt.secrets["u"]}}, "session_token_path": ["data", "token"],'
        '"expiration_duration": "PT1H", "request_authentication": {"type": "bearer"}',
        {
            "login_url": "https://shop.test/auth/token",
            "login_method": "POST",
            "login_json": {"user": "{settings.u}"},
            "login_headers": {
                "Authorization": "Basic {{ (settings.c ~ ':' ~ settings.s) | base64encode }}"
            },
            "token_path": "data.token",
            "token_lifetime": 3600,
            "token_format": "Bearer {token}",
        },
    ),
    (
        '"type": "SessionTokenAuthenticator", "login_requester": {"url": "/l", "request_body_data":'
        ' {"user": dlt.secrets["u"]}}, "session_token_path": ["id"], "request_authentication": '
        '{"type": "ApiKey", "inject_into": {"type": "RequestOption", "inject_into": "header", '
        '"field_name": "X-Session"}}',
        {
            "login_url": "/l",
            "login_data": {"user": "{settings.u}"},
            "token_path": "id",
            "name": "X-Session",
        },
    ),
    (
        '"type": "session_token", "login_requester": {"url": "/l", "http_method": "GET"}, '
        '"session_token_path": "id", "request_authentication": {"type": "api_key", "inject_into": '
        '"request_parameter", "field_name": "sid"}',
        {
            "login_url": "/l",
            "login_method": "GET",
            "token_path": "id",
            "name": "sid",
            "location": "query",
        },
    ),
    (
        '"type": "oauth2_password", "token_url": "/t", "username": dlt.secrets["u"], '
        '"password": dlt.secrets["p"]',
        {
            "login_url": "/t",
            "login_data": {
                "grant_type": "password",
                "username": "{settings.username}",
                "password": "{settings.password}",
            },
            "token_path": "access_token",
            "token_lifetime_path": "expires_in",
            "token_format": "Bearer {token}",
        },
    ),
]


@pytest.mark.parametrize(("auth", "expected"), LOGINS)
def test_a_login_in_other_words_is_one(desk: Desk, auth: str, expected: dict[str, Any]) -> None:
    written = desk.new(shop(client=build_client(f"{{{auth}}}")))
    assert written.client["auth"] == {"type": "login", **expected}
    assert written.declaration


LOGIN = '"type": "session_token", "login": {"url": "https://shop.test/l"}, "token_path": "t"'
USES: list[tuple[str, dict[str, str], bool]] = [
    ('"bearer"', {"token_format": "Bearer {token}"}, False),
    ('{"type": "Bearer"}', {"token_format": "Bearer {token}"}, False),
    ('{"type": "api_key", "header": "X-Session"}', {"name": "X-Session"}, False),
    ('"api_key", "header_name": "X-Session"', {"name": "X-Session"}, False),
    ('"mutual"', {"token_format": "Bearer {token}"}, True),
]


@pytest.mark.parametrize(("use", "expected", "is_left_out"), USES)
def test_a_login_says_how_requests_carry_the_token(
    desk: Desk, use: str, expected: dict[str, str], is_left_out: bool
) -> None:
    auth = f'{{{LOGIN}, "request_authentication": {use}}}'
    written = desk.new(shop(client=build_client(auth)))
    login = {"type": "login", "login_url": "https://shop.test/l", "token_path": "t"}
    assert written.client["auth"] == {**login, **expected}
    assert any("request_authentication" in line for line in written.assumed) is is_left_out


@pytest.mark.parametrize("kind", ["oauth2_refresh", "OAuth2"])
def test_oauth_is_known_by_other_names(desk: Desk, kind: str) -> None:
    auth = f'{{"type": "{kind}", "refresh_url": "/t", "refresh_token": dlt.secrets["r"]}}'
    written = desk.new(shop(client=build_client(auth)))
    assert written.client["auth"]["type"] == "oauth2_client_credentials"
    assert written.client["auth"]["grant_type"] == "refresh_token"


def test_the_slash_that_ends_the_address_of_tokens_stays(desk: Desk) -> None:
    client = (
        '"client": {"base_url": "https://api.example.com", "auth": {"type": '
        '"oauth2_client_credentials", "access_token_url": "https://api.example.com/login/", '
        '"client_id": dlt.secrets["a"], "client_secret": dlt.secrets["b"]}}'
    )
    assert desk.new(shop(client=client)).client["auth"]["access_token_url"] == "login/"


KEYS: list[tuple[str, dict[str, Any]]] = [
    (
        '"type": "api_key", "name": "X-Key", "api_key": dlt.secrets["k"], "prefix": "Token"',
        {"X-Key": "Token {settings.k}"},
    ),
    (
        '"type": "api_key", "name": "X-Key", "api_key": dlt.secrets["k"], "format": '
        '"Token token={api_key}"',
        {"X-Key": "Token token={settings.k}"},
    ),
    (
        '"type": "bearer", "token": dlt.secrets["k"], "token_prefix": "Token"',
        {"Authorization": "Token {settings.k}"},
    ),
    (
        '"type": "custom_header", "name": "X-Key", "value": f"Key {dlt.secrets[\'k\']}"',
        {"X-Key": "Key {settings.k}"},
    ),
]


@pytest.mark.parametrize(("auth", "headers"), KEYS)
def test_the_word_before_a_key_may_be_beside_it(
    desk: Desk, auth: str, headers: dict[str, Any]
) -> None:
    written = desk.new(shop(client=build_client(f"{{{auth}}}")))
    assert written.client["headers"] == headers
    assert "auth" not in written.client


def test_bearer_before_a_key_is_a_bearer_token(desk: Desk) -> None:
    auth = (
        '{"type": "api_key", "name": "Authorization", "api_key": dlt.secrets["k"], '
        '"prefix": "Bearer"}'
    )
    written = desk.new(shop(client=build_client(auth)))
    assert written.client["auth"] == {"type": "bearer"}


@pytest.mark.parametrize(
    "lifetime",
    [
        '"expires_in": 60',
        '"expiration": "PT1M"',
        '"token_expiration": "PT60S"',
        '"expirationDuration": "PT1M"',
        '"session_token_ttl_seconds": 60',
    ],
)
def test_a_login_may_send_its_secrets_in_the_query(desk: Desk, lifetime: str) -> None:
    auth = (
        '{"type": "session_token", "login_url": "/login", "params": {"email": dlt.secrets["email"]}'
        f', "token_path": "token", {lifetime}}}'
    )
    written = desk.new(shop(client=build_client(auth)))
    assert written.client["auth"] == {
        "type": "login",
        "login_url": "/login",
        "login_params": {"email": "{settings.email}"},
        "token_path": "token",
        "token_lifetime": 60,
        "token_format": "Bearer {token}",
    }


LASTS = [
    ("The token expires after 8 hours.", 28_800),
    ("- **Token lifetime**: 1 hour", 3600),
    ("- **Token**: `t` of the response, valid for one day, sent as a bearer token", 86_400),
    ("A session lasts 30 minutes.", 1800),
]
NOT_LASTS = [
    "The refresh token is valid for 60 days.",
    "The code expires after 10 minutes.",
    "A signed JWT, valid for one hour, is exchanged.",
    "API keys expire after 90 days.",
    "A token expires if it is idle for one hour.",
    "Tokens are valid for up to 8 hours.",
    "The token never expires after one day.",
    "The lifetime of the token is in `expires_in`.",
]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [*LASTS, (" ".join(NOT_LASTS), None), ("It is valid for 1 hour. Tokens last 2 hours.", None)],
)
def test_the_prose_says_how_long_the_token_of_a_login_lasts(
    desk: Desk, text: str, seconds: int | None
) -> None:
    login = build_client('{"type": "session_token", "login_url": "/l", "token_path": "t"}')
    oauth = build_client('{"type": "oauth2_client_credentials", "access_token_url": "/t"}')
    prose = f"\n# Authentication\n\n{text}\n"
    for client, key in ((login, "token_lifetime"), (oauth, "default_token_expiration")):
        written = desk.new(shop(client=client, prose=prose), "--force")
        assert written.client["auth"].get(key) == seconds
        is_reported = f"auth.{key} is {seconds} s, as the prose says" in written.assumed
        assert is_reported is (seconds is not None)


TOKENS = [
    ("The token request is sent as JSON to `https://shop.test/t`.", "json", None),
    ("The login is a POST with a JSON body of `client_id` and `client_secret`.", "json", None),
    ("`client_id` and the secret are sent with HTTP Basic.", None, "basic"),
    ("The token endpoint does not take a JSON body.", None, None),
    ("Rows are answered as a JSON body.", None, None),
]


@pytest.mark.parametrize(("sentence", "body", "client"), TOKENS)
def test_the_prose_says_how_a_token_is_requested(
    desk: Desk, sentence: str, body: str | None, client: str | None
) -> None:
    auth = '{"type": "oauth2", "token_url": "/t", "client_id": dlt.secrets["a"]}'
    written = desk.new(
        shop(
            client=build_client(auth),
            prose=f"\n# Authentication\n\n{sentence}\n",
        )
    ).client["auth"]
    assert (written.get("token_request_format"), written.get("client_authentication")) == (
        body,
        client,
    )


@pytest.mark.parametrize(
    ("auth", "sentence", "reason"),
    [
        (
            '{"type": "bearer"}',
            "**Obtaining a token**: `POST https://shop.test/token` with a JSON body.",
            "the token is a setting; the prose says how it is obtained",
        ),
        (
            '{"type": "session_token", "login_url": "/l", "session_token_response_key": "t"}',
            "The login is `POST /l` with HTTP Basic and no body.",
            "the login sends user and password as JSON; the prose says HTTP Basic",
        ),
    ],
)
def test_a_login_in_the_prose_that_auth_does_not_do_is_named(
    desk: Desk, auth: str, sentence: str, reason: str
) -> None:
    prose = f"\n# Authentication\n\n{sentence}\n"
    written = desk.new(shop(client=build_client(auth), prose=prose))
    assert any(line.startswith(reason) for line in written.assumed)
    plain = desk.new(shop(client=build_client(auth)), api="plain")
    assert not any(line.startswith(reason) for line in plain.assumed)


@pytest.mark.parametrize(
    "place",
    [
        '"inject_into": {"header": "X-Token"}',
        '"location": {"inject_into": "header", "field_name": "X-Token"}',
        '"location": "header", "name": "X-Token"',
    ],
)
def test_a_login_may_send_its_token_in_a_header(desk: Desk, place: str) -> None:
    auth = (
        f'{{"type": "session_token", "login_url": "/login", "login_json": {{"user": '
        f'dlt.secrets["user"]}}, "session_token_path": "token", {place}}}'
    )
    written = desk.new(shop(client=build_client(auth)))
    assert (written.client["auth"]["location"], written.client["auth"]["name"]) == (
        "header",
        "X-Token",
    )
    assert "token_format" not in written.client["auth"]


def test_a_login_may_be_authenticated_by_other_settings(desk: Desk) -> None:
    auth = (
        '{"type": "session_token", "login_url": "/login", "login_auth": {"type": "http_basic", '
        '"username": dlt.secrets["client_id"], "password": dlt.secrets["client_secret"]}, '
        '"login_json": {"user": dlt.secrets["user"]}, "session_token_path": "token"}'
    )
    written = desk.new(shop(client=build_client(auth))).client["auth"]
    text = "(settings.client_id ~ ':' ~ settings.client_secret) | base64encode"
    assert written["login_headers"] == {"Authorization": f"Basic {{{{ {text} }}}}"}


SCOPES = [
    ("The token endpoint gets `grant_type` and `scope=a.read offline`.", "a.read offline"),
    ("The login sends `scope: read` beside the client id.", "read"),
    ("A token request with the scope `read` is sent hourly.", "read"),
    ("The token endpoint gets `scope=read` for reports and `scope=write` for imports.", None),
    ("The token endpoint does not take `scope=read`.", None),
    ("The user consents to `scope=read` in the console.", None),
]


@pytest.mark.parametrize(("sentence", "scope"), SCOPES)
def test_the_prose_says_what_a_token_is_asked_for(
    desk: Desk, sentence: str, scope: str | None
) -> None:
    auth = '{"type": "oauth2", "token_url": "/t", "client_id": dlt.secrets["a"]}'
    prose = f"\n# Authentication\n\n{sentence}\n"
    written = desk.new(shop(client=build_client(auth), prose=prose))
    assert written.client["auth"].get("scope") == scope


def test_a_configured_scope_wins_over_the_prose(desk: Desk) -> None:
    auth = '{"type": "oauth2", "token_url": "/t", "client_id": dlt.secrets["a"], "scope": "all"}'
    prose = "\n# Authentication\n\nThe token endpoint gets `scope=read`.\n"
    written = desk.new(shop(client=build_client(auth), prose=prose))
    assert written.client["auth"]["scope"] == "all"


LITERALS = [
    '"type": "session_token", "login_url": "/l", "login_json": {"pwd": "abcdefgh", "k": "abcdefgh"}'
    ', "token_path": "t"',
    '"type": "custom_session", "login_request": {"url": "/l", "params": {"key": "abcdefgh"}}, '
    '"token_path": "t"',
    '"type": "api_key", "name": "X", "api_key": dlt.secrets["k"], "prefix": "Token abcdefgh1="',
    '"type": "custom_header", "name": "X", "value": f"Key abcdefgh1 {dlt.secrets[\'k\']}"',
    '"type": "api_key", "name": "X", "api_key": dlt.secrets["k"], "format": "abcdefgh1 {key}"',
]


@pytest.mark.parametrize("auth", LITERALS)
def test_a_literal_secret_of_a_login_is_not_written(desk: Desk, auth: str) -> None:
    written = desk.new(shop(client=build_client(f"{{{auth}}}")))
    assert "abcdefgh" not in written.text + written.report


def test_what_a_login_has_no_place_for_is_reported(desk: Desk) -> None:
    auth = (
        '{"type": "session_token", "login_request": {"url": "/l", "json": {"a": dlt.secrets["a"]}, '
        '"timeout": 5}, "token_path": "t", "refresh_before": 60}'
    )
    written = desk.new(shop(client=build_client(auth)))
    assert any("auth.refresh_before is left out" in line for line in written.assumed)
    assert any("auth.timeout of its login is left out" in line for line in written.assumed)


def test_the_name_of_an_oauth_block_is_not_a_header(desk: Desk) -> None:
    auth = (
        '{"type": "oauth2", "name": "hubspot", "token_url": "/t", "client_id": dlt.secrets["a"], '
        '"client_secret": dlt.secrets["b"]}'
    )
    written = desk.new(shop(client=build_client(auth)))
    assert written.client["auth"]["type"] == "oauth2_client_credentials"
    assert any("auth.name is left out" in line for line in written.assumed)


def test_the_body_of_a_login_may_have_a_shorter_name(desk: Desk) -> None:
    auth = (
        '{"type": "session_token", "login_requester": {"url": "/l", "body_json": {"id": '
        '"{{ config[\'client_id\'] }}"}}, "session_token_path": "t", '
        '"request_authentication": "bearer"}'
    )
    login = desk.new(shop(client=build_client(auth))).client["auth"]
    assert login["login_json"] == {"id": "{settings.client_id}"}
    assert login["token_format"] == "Bearer {token}"


def test_another_use_of_the_token_is_reported(desk: Desk) -> None:
    auth = (
        '{"type": "session_token", "login_requester": {"url": "/l"}, "session_token_path": ["id"], '
        '"request_authentication": {"type": "ApiKey", "api_token": "{{ session_token ~ now() }}"}}'
    )
    written = desk.new(shop(client=build_client(auth)))
    assert any("auth.request_authentication is left out" in line for line in written.assumed)


@pytest.mark.parametrize("form", ["${{secrets.{}}}", "${{config.{}}}", "${{env.{}}}", "${{{}}}"])
@pytest.mark.parametrize("key", ["grant_type", "scope", "client_id", "client_secret", "api_key"])
def test_a_login_in_yaml_names_its_settings(desk: Desk, form: str, key: str) -> None:
    data = f"{{{key}: '{form.format(key)}'}}"
    auth = f"{{type: session_token, login_url: /l, token_path: t, data: {data}}}"
    resources = "resources: [{name: orders, endpoint: {path: /orders}}]"
    code = f"client:\n  base_url: https://shop.test\n  auth: {auth}\n{resources}"
    written = desk.new(fenced(code, "yaml"))
    assert written.client["auth"]["login_data"] == {key: f"{{settings.{key}}}"}
    assert f"SOURCES__SHOP__{key.upper()}" in written.to_be_set


HEADERS = [
    ("User-Agent", "*", "*"),
    ("user-agent", "shop/1.0", "shop/1.0"),
    ("Accept-Language", "en", "en"),
    ("X-Signature", "abc", "{settings.x_signature}"),
    ("X-User", "me", "{settings.x_user}"),
]


@pytest.mark.parametrize(("name", "text", "sent"), HEADERS)
def test_a_header_of_a_login_that_is_not_a_secret_stays(
    desk: Desk, name: str, text: str, sent: str
) -> None:
    auth = '{"type": "session_token", "login_url": "/l", "token_path": "t", '
    auth += f'"headers": {{"{name}": "{text}"}}, "data": {{"user": dlt.secrets["user"]}}}}'
    written = desk.new(shop(client=build_client(auth)))
    assert written.client["auth"]["login_headers"] == {name: sent}


@pytest.mark.parametrize("place", ["{api_key}", "${api_key}", "<api_key>", "{}"])
def test_a_place_for_the_key_within_its_text_is_filled(desk: Desk, place: str) -> None:
    auth = f'{{"type": "api_key", "name": "X-Key", "api_key": "Token token={place}"}}'
    written = desk.new(shop(client=build_client(auth)))
    assert written.client["headers"] == {"X-Key": "Token token={settings.api_key}"}
    assert "SOURCES__SHOP__API_KEY" in written.to_be_set


def test_the_auth_of_an_endpoint_may_have_a_secret_of_its_own(desk: Desk) -> None:
    auth = '{{"type": "api_key", "name": "{}", "api_key": dlt.secrets["{}"], "location": "header"}}'
    listings = [
        f'{{"name": "{name}", "endpoint": {{"path": "/{name}", "auth": {auth.format(*own)}}}}}'
        for name, own in {"orders": ("X-Key", "server"), "users": ("X-Account", "account")}.items()
    ]
    written = desk.new(shop(*listings, client=build_client(auth.format("X-Key", "server"))))
    assert "api_key" not in written.endpoint("orders")["auth"]
    assert written.endpoint("users")["auth"]["api_key"] == "sources.shop.account"
    assert {"SOURCES__SHOP__API_KEY", "SOURCES__SHOP__ACCOUNT"} <= {*written.to_be_set}


BODIES: list[tuple[str, dict[str, Any]]] = [
    (
        "- A POST request is sent to `/l` with the following JSON body:\n  ```json\n  "
        '{"email": "<username>", "password": "<password>", "strategy": "local"}\n  ```',
        {"email": "{settings.u}", "password": "{settings.p}", "strategy": "local"},
    ),
    (
        'The login sends the body `{"user": {"name": "x"}}`.\n\nThe payload of the login is:\n\n'
        '```\n{"login": "{{ config[\'u\'] }}", "pwd": "abcdefgh1", "v": 2}\n```',
        {},
    ),
    (
        "The payload of the login is:\n\n```\n"
        '{"login": "${u}", "pwd": "abcdefgh1", "app": "abcdefgh1", "pin": "...", "v": 2}\n```',
        {
            "login": "{settings.u}",
            "pwd": "{settings.p}",
            "app": "{settings.app}",
            "pin": "{settings.pin}",
            "v": 2,
        },
    ),
    (
        'Log in by POST with a JSON body, `{"id": "your_u", "password": 12345}`.',
        {"id": "{settings.u}", "password": "{settings.p}"},
    ),
    (
        "The body of the login holds `email` and `passwd`.",
        {"email": "{settings.u}", "passwd": "{settings.p}"},
    ),
]
NO_BODIES = [
    ("The login is sent once.", False),
    ('The login returns the JSON body:\n\n```json\n{"email": "a", "password": "b"}\n```', False),
    ("The login may send a body with `email` and `password`.", False),
    ('The body of the login:\n\n```json\n{"email": "<u>"}\n```', True),
    ('The body of the login:\n\n```json\n{"data": {"email": "<u>", "password": "<p>"}}\n```', True),
    ("The body of the login holds `code` and `pin`.", True),
]
SESSION = (
    '{"type": "session_token", "login_url": "/l", "username": dlt.secrets["u"], '
    '"password": dlt.secrets["p"], "token_path": "t"}'
)


@pytest.mark.parametrize(("text", "body"), BODIES)
def test_the_prose_says_what_a_login_sends(desk: Desk, text: str, body: dict[str, Any]) -> None:
    prose = f"\n# Authentication\n\n{text}\n"
    written = desk.new(shop(client=build_client(SESSION), prose=prose))
    assumed = {"username": "{settings.u}", "password": "{settings.p}"}
    assert written.client["auth"]["login_json"] == (body or assumed)
    assert any("as JSON, as the prose says" in line for line in written.assumed) == bool(body)
    assert "abcdefgh1" not in written.text + written.report


@pytest.mark.parametrize(("text", "is_shown"), NO_BODIES)
def test_the_body_of_a_login_is_said_to_be_assumed(desk: Desk, text: str, is_shown: bool) -> None:
    prose = f"\n# Authentication\n\n{text}\n"
    written = desk.new(shop(client=build_client(SESSION), prose=prose))
    assumed = {"username": "{settings.u}", "password": "{settings.p}"}
    assert written.client["auth"]["login_json"] == assumed
    said = "that the login sends username, password as JSON is assumed"
    (line,) = [line for line in written.assumed if line.startswith(said)]
    assert ("the text shows another body" in line) == is_shown


TOKEN = '"token": dlt.secrets["access_token"]'
IDS = '"client_id": dlt.secrets["a"], "client_secret": dlt.secrets["b"]'
USED = "`client_id`, `client_secret` and `refresh_token` are used to obtain the access token."
URL = "- **Token URL**: `https://shop.test/t`"
OAUTH2 = "oauth2_client_credentials"
BEARER = {"type": "bearer"}
REFRESHED = {"type": OAUTH2, "grant_type": "refresh_token"}
STATED = {"access_token_url": "https://shop.test/t"}
OPEN = {"access_token_url": "{settings.access_token_url}"}
GRANTS: list[tuple[str, str, dict[str, Any]]] = [
    # A given token, and no URL.
    (TOKEN, "", BEARER),
    (TOKEN, USED, BEARER),
    (TOKEN, URL, BEARER),
    (f"{TOKEN}, {IDS}", USED, BEARER),
    (f'{TOKEN}, "grant_type": "authorization_code"', "", BEARER),
    # The text names a URL, and by what a token is obtained there.
    (TOKEN, f"{USED}\n{URL}", {**REFRESHED, **STATED}),
    (TOKEN, f"- **Secrets or Config Values**: {USED}\n{URL}", {**REFRESHED, **STATED}),
    (TOKEN, f"The grant is client credentials.\n\n{URL}", {"type": OAUTH2, **STATED}),
    (f"{TOKEN}, {IDS}", URL, {"type": OAUTH2, **STATED}),
    (IDS, f"{USED}\n\nTokens are requested from `https://shop.test/t`.", {**REFRESHED, **STATED}),
    (IDS, "`POST /o/t` answers with a token.", {"type": OAUTH2, "access_token_url": "/o/t"}),
    (IDS, "- Token endpoint: `/t`", {"type": OAUTH2, "access_token_url": "/t"}),
    # No token, and no URL.
    (IDS, USED, {**REFRESHED, **OPEN}),
    (IDS, "- **Type**: OAuth 2.0 with a refresh token", {**REFRESHED, **OPEN}),
    # The configuration names the URL, or the grant.
    (f'{IDS}, "token_url": "https://shop.test/t"', USED, {**REFRESHED, **STATED}),
    (f'{IDS}, "token_url": "https://shop.test/t"', "", {"type": OAUTH2, **STATED}),
    (f'{IDS}, "grant_type": "client_credentials"', f"{USED}\n{URL}", {"type": OAUTH2, **STATED}),
    (f'{IDS}, "refresh_token": dlt.secrets["c"]', "", {**REFRESHED, **OPEN}),
    (f'{TOKEN}, "refresh_token": dlt.secrets["c"]', URL, {**REFRESHED, **STATED}),
]
NO_GRANTS = [
    "A refresh token is not needed.",
    "The response holds a `refresh_token`.",
    "Either a refresh token or client credentials are sent.",
    "The refresh token expires after 60 days.",
    "Client credentials and a refresh token are stored.",
    "Tokens are issued in the console at `https://shop.test/console`.",
    "- **Token URL** (sandbox): `https://sandbox.shop.test/t`",
    "The access token is sent to `https://shop.test/v1`.",
    f"{URL}\n- **Token URL**: `https://eu.shop.test/t`",
]


@pytest.mark.parametrize(("auth", "text", "expected"), GRANTS)
def test_how_a_token_of_oauth2_is_obtained(
    desk: Desk, auth: str, text: str, expected: dict[str, Any]
) -> None:
    client = build_client(f'{{"type": "oauth2", {auth}}}')
    written = desk.new(shop(client=client, prose=f"\n# Authentication\n\n{text}\n"))
    own = {"grant_type": "client_credentials"} if '"client_credentials"' in auth else {}
    assert written.client["auth"] == {**expected, **own}
    is_refreshed = "grant_type" in expected
    assert ("SOURCES__SHOP__REFRESH_TOKEN" in written.to_be_set) == is_refreshed
    is_told = any(line.startswith("the given token is sent as it is") for line in written.assumed)
    assert is_told == (expected == BEARER)
    is_dropped = TOKEN in auth and expected != BEARER
    assert any(line.startswith("auth.token is left out") for line in written.assumed) == is_dropped


@pytest.mark.parametrize("text", NO_GRANTS)
def test_other_sentences_name_no_grant(desk: Desk, text: str) -> None:
    client = build_client(f'{{"type": "oauth2", {IDS}}}')
    written = desk.new(shop(client=client, prose=f"\n# Authentication\n\n{text}\n"))
    assert written.client["auth"] == {"type": OAUTH2, **OPEN}
