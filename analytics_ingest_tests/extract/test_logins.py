"""Logins of any shape: what they send, where the token stands, how it is sent and for how long."""

import traceback
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest

from analytics_ingest.common.errors import ApiError, SettingError
from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest_tests.support.loads import (
    declare,
    extract,
    failure,
    load,
    read_ids,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import by_offset, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

SECRET = "canary-password"
BODY = {"email": "{settings.email}", "password": "{settings.password}", "strategy": "local"}
PAGED = {"type": "offset", "limit": 2}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__DEMO__EMAIL", "user@shop.test")
    monkeypatch.setenv("SOURCES__DEMO__PASSWORD", SECRET)


def login(api: ScriptedApi, **keys: Any) -> dict[str, Any]:
    """An auth block that logs in at /login; JSON is sent unless another part is given."""
    body = {} if {"login_params", "login_data"} & set(keys) else {"login_json": BODY}
    url = f"{api.url}/login"
    return {"type": "login", "login_url": url, "token_path": "data.token", **body, **keys}


def declaration(auth: dict[str, Any], *names: str) -> Any:
    resources = [resource(name, paginator=PAGED) for name in names or ["items"]]
    return declare(*resources, client={"auth": auth}, concurrency=4)


def token(value: Any) -> dict[str, Any]:
    return {"data": {"token": value}}


def give(tokens: list[str]) -> Callable[[Asked], dict[str, Any]]:
    """Give a new token to each login, and keep it."""

    def script(_: Asked) -> dict[str, Any]:
        tokens.append(f"token-{len(tokens) + 1}")
        return token(tokens[-1])

    return script


def read(api: ScriptedApi, **keys: Any) -> Asked:
    """Read an API whose login is declared so; what the login has sent."""
    api.always("/login", token("token-1"))
    api.on("/items", by_offset(rows(3)))
    assert sorted(read_ids(declaration(login(api, **keys)))) == [1, 2, 3]
    (asked,) = api.requests_of("/login")
    return asked


def test_one_login_gives_the_token_of_all_requests(api: ScriptedApi) -> None:
    api.always("/login", Reply(token("token-1"), delay=0.1))
    for name in "abcd":
        api.on(f"/{name}", by_offset(rows(3)))
    extract(declaration(login(api), *"abcd"))
    (asked,) = api.requests_of("/login")
    assert asked.method == "POST"
    assert asked.json == {"email": "user@shop.test", "password": SECRET, "strategy": "local"}
    assert "authorization" not in asked.headers
    others = [asked for asked in api.asked if asked.path != "/login"]
    assert {asked.headers["authorization"] for asked in others} == {"token-1"}


def test_a_login_sends_a_form(api: ScriptedApi) -> None:
    asked = read(api, login_data={"key": "{settings.password}", "grant_type": "client"})
    assert dict(parse_qsl(asked.body.decode())) == {"key": SECRET, "grant_type": "client"}
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"


def test_a_login_sends_query_parameters(api: ScriptedApi) -> None:
    asked = read(api, login_method="GET", login_params={"user": "{settings.email}", "days": 3})
    assert (asked.method, asked.body) == ("GET", b"")
    assert dict(asked.query) == {"user": "user@shop.test", "days": "3"}


def test_a_login_sends_headers_that_expressions_make_of_settings(api: ScriptedApi) -> None:
    basic = "Basic {{ (config['email'] ~ ':' ~ config['password']) | base64encode }}"
    asked = read(
        api, login_headers={"Authorization": basic, "Accept-Language": "en"}, login_json={}
    )
    encoded = b64encode(f"user@shop.test:{SECRET}".encode()).decode()
    assert asked.headers["authorization"] == f"Basic {encoded}"
    assert asked.headers["accept-language"] == "en"
    assert asked.body == b""


def test_what_an_expression_leaves_empty_is_not_sent(api: ScriptedApi) -> None:
    body = {**BODY, "scope": "{{ config.get('scope') }}"}
    assert read(api, login_json=body).json == {
        **BODY,
        "email": "user@shop.test",
        "password": SECRET,
    }


@pytest.mark.parametrize(
    ("keys", "sent"),
    [
        ({"token_format": "Bearer {token}"}, {"authorization": "Bearer token-1"}),
        ({"name": "X-Session"}, {"x-session": "token-1"}),
        ({"name": "X-Session", "token_format": "id={token}"}, {"x-session": "id=token-1"}),
    ],
)
def test_the_token_is_sent_as_declared(
    api: ScriptedApi, keys: dict[str, Any], sent: dict[str, str]
) -> None:
    read(api, **keys)
    asked = api.requests_of("/items")[0]
    assert sent.items() <= asked.headers.items()


def test_the_token_is_sent_in_the_query(api: ScriptedApi) -> None:
    read(api, name="session", location="query")
    asked = api.requests_of("/items")
    assert {request.query["session"] for request in asked} == {"token-1"}
    assert all("authorization" not in request.headers for request in asked)


def test_a_token_may_be_a_number(api: ScriptedApi) -> None:
    api.always("/login", token(123456))
    api.on("/items", by_offset(rows(1)))
    extract(declaration(login(api)))
    assert api.requests_of("/items")[0].headers["authorization"] == "123456"


def test_a_login_goes_to_a_server_of_its_own_and_the_token_to_the_api(
    api: ScriptedApi, elsewhere: ScriptedApi
) -> None:
    elsewhere.always("/login", token("token-1"))
    api.on("/items", by_offset(rows(3)))
    extract(declaration(login(elsewhere)))
    assert elsewhere.paths == ["/login"]
    assert {asked.headers["authorization"] for asked in api.asked} == {"token-1"}


def test_a_login_is_not_redirected_to_another_server(
    api: ScriptedApi, elsewhere: ScriptedApi
) -> None:
    api.always("/login", Reply({}, 307, headers={"Location": f"{elsewhere.url}/login"}))
    error = failure(declaration(login(api)))
    assert f"the server that gives tokens redirects to {elsewhere.url.rpartition('/')[0]}" in str(
        error
    )
    assert str(error).endswith("; correct access_token_url or login_url in auth")
    assert elsewhere.asked == []


def test_a_login_whose_redirect_would_make_it_a_get_names_the_login(api: ScriptedApi) -> None:
    api.always("/login", Reply({}, 302, headers={"Location": "/welcome"}))
    error = str(failure(declaration(login(api))))
    assert "the server that gives tokens redirects a POST, which would become a GET" in error
    assert error.endswith("; correct access_token_url or login_url in auth")
    assert api.paths == ["/login"]


@pytest.mark.parametrize("location", ["header", "query"])
def test_a_token_that_is_refused_is_renewed_once_for_all(api: ScriptedApi, location: str) -> None:
    tokens: list[str] = []
    api.on("/login", give(tokens))
    pages = by_offset(rows(5))

    def script(asked: Asked) -> Any:
        if asked.query["offset"] == "4" and len(tokens) == 1:
            tokens.append("ended")
        sent = asked.query.get("key") if location == "query" else asked.headers["key"]
        return Reply(pages(asked), delay=0.05) if sent == tokens[-1] else Reply({}, 401)

    for name in "abcd":
        api.on(f"/{name}", script)
    load(declaration(login(api, name="key", location=location), *"abcd"))
    assert len(api.requests_of("/login")) == 2
    assert [table(name) for name in "abcd"] == [[1, 2, 3, 4, 5]] * 4


def test_a_new_token_that_is_refused_as_well_ends_the_load(api: ScriptedApi) -> None:
    api.on("/login", give([]))
    api.always("/items", Reply({}, 401))
    assert "401" in str(failure(declaration(login(api))))
    assert api.paths == ["/login", "/items", "/login", "/items"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"token_lifetime": 1}, None),
        ({"token_lifetime_path": "data.seconds"}, "1"),
        ({"token_lifetime_path": "data.seconds", "token_lifetime": 600}, 1),
        ({"token_lifetime_path": "data.seconds", "token_lifetime": 1}, "soon"),
    ],
    ids=["declared", "said", "said otherwise than declared", "not said"],
)
def test_a_token_that_has_expired_is_renewed_before_it_is_sent(
    api: ScriptedApi, keys: dict[str, Any], said: Any
) -> None:
    pages, tokens = by_offset(rows(5)), list[str]()
    give_next = give(tokens)
    api.on("/login", lambda asked: {"data": {**give_next(asked)["data"], "seconds": said}})
    api.on("/items", lambda asked: Reply(pages(asked), delay=0.6))
    extract(declaration(login(api, **keys)))
    sent = [asked.headers["authorization"] for asked in api.requests_of("/items")]
    assert sent == ["token-1", "token-1", "token-2"]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Reply({"error": "canary-answer"}, 401), id="401"),
        pytest.param(Reply(b"<html>canary-answer</html>"), id="no JSON"),
        pytest.param({"token": "canary-answer"}, id="no token in it"),
        pytest.param(token(None), id="a null token"),
        pytest.param(token(True), id="a boolean"),
        pytest.param(token({"a": "canary-answer"}), id="an object"),
    ],
)
def test_a_failing_login_names_its_settings_and_no_secret(api: ScriptedApi, answer: Any) -> None:
    api.always("/login", answer)
    error = failure(declaration(login(api)))
    assert isinstance(error, ApiError)
    assert "login" in str(error)
    assert "sources.demo.email, sources.demo.password" in str(error)
    assert "canary" not in "".join(traceback.format_exception(error))
    assert api.requests_of("/items") == []


def test_what_an_api_says_of_a_token_is_redacted(api: ScriptedApi) -> None:
    api.always("/login", token("canary-token"))
    api.always("/items", Reply({"error": f"no rights: canary-token, {SECRET}"}, 403))
    error = failure(declaration(login(api, token_format="Bearer {token}")))
    assert "no rights" in str(error)
    assert "canary" not in "".join(traceback.format_exception(error))


def test_missing_settings_of_a_login_are_reported_together(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("EMAIL", "PASSWORD"):
        monkeypatch.delenv(f"SOURCES__DEMO__{name}")
    error = failure(declaration(login(api)))
    assert isinstance(error, SettingError)
    assert "sources.demo.email, sources.demo.password are not set" in str(error)
    assert api.asked == []


def test_a_login_in_the_clear_is_refused(api: ScriptedApi) -> None:
    error = failure(declaration({**login(api), "login_url": "http://tokens.shop.test/login"}))
    assert isinstance(error, SettingError)
    assert "auth.login_url is plain http" in str(error)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"login_url": None}, "login_url: is required; declare where the login is sent"),
        ({"token_path": None}, "token_path: is required; declare where the response"),
        (
            {"login_data": {"a": "b"}, "login_json": BODY},
            "login_data: cannot be combined with login_json",
        ),
        ({"token_format": "Bearer"}, "token_format: does not hold {token}"),
        ({"token_lifetime": 0}, "token_lifetime: is not above 0"),
        ({"name": "a b"}, "name: 'a b' is not the name of a header"),
        ({"login_headers": {"a b": "c"}}, "login_headers.a b: 'a b' is not the name of a header"),
        (
            {"login_headers": {"Authorization": f"Basic {SECRET}"}},
            "login_headers.Authorization: holds a literal secret",
        ),
        (
            {"login_json": {"at": "{{ stream_interval['start_time'] | upper }}"}},
            "login_json: an expression here reads settings only",
        ),
    ],
)
def test_a_login_that_cannot_work_is_refused(
    api: ScriptedApi, keys: dict[str, Any], message: str
) -> None:
    auth = {key: value for key, value in {**login(api), **keys}.items() if value is not None}
    with pytest.raises(DeclarationError) as caught:
        declare(resource(), client={"auth": auth})
    assert str(caught.value).startswith(f"demo: client.auth.{message}")
    assert SECRET not in str(caught.value)
