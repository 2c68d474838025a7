"""Session tokens: one login for all requests, another where the session ended, clear errors."""

import traceback
from typing import Any

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
from analytics_ingest_tests.support.scripted_api import Asked, Reply, Script, ScriptedApi

AUTH = {
    "type": "session_token",
    "login_url": "/session",
    "session_token_response_key": "data.id",
    "header": "X-Session",
}
PAGED = {"type": "offset", "limit": 2}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__DEMO__USERNAME", "user")
    monkeypatch.setenv("SOURCES__DEMO__PASSWORD", "canary-password")


def declaration(*names: str, **auth: Any) -> Any:
    resources = [resource(name, paginator=PAGED) for name in names or ["items"]]
    return declare(*resources, client={"auth": {**AUTH, **auth}}, concurrency=4)


def token(value: Any) -> dict[str, Any]:
    return {"data": {"id": value}}


def only_for(tokens: list[str], script: Script) -> Script:
    """Answer as a script does, to the last of some tokens."""
    return lambda asked: (
        script(asked) if asked.headers.get("x-session") == tokens[-1] else Reply({}, 401)
    )


def giving(tokens: list[str]) -> Script:
    """Give a new token to each login, and keep it."""

    def script(asked: Asked) -> dict[str, Any]:
        tokens.append(f"t{len(tokens) + 1}")
        return token(tokens[-1])

    return script


def test_one_login_gives_the_token_of_parallel_requests(api: ScriptedApi) -> None:
    api.always("/session", Reply(token("t1"), delay=0.1))
    for name in "abcd":
        api.on(f"/{name}", only_for(["t1"], by_offset(rows(3))))
    load(declaration(*"abcd"))
    (asked,) = api.requests_of("/session")
    assert asked.method == "POST"
    assert asked.json == {"username": "user", "password": "canary-password"}
    assert "x-session" not in asked.headers
    assert [table(name) for name in "abcd"] == [[1, 2, 3]] * 4


@pytest.mark.parametrize("absolute", [True, False], ids=["absolute", "relative"])
def test_the_address_of_the_login_may_be_absolute(api: ScriptedApi, absolute: bool) -> None:
    api.always("/in/session", token("t1"))
    api.on("/items", by_offset(rows(1)))
    extract(declaration(login_url=f"{api.url}/in/session" if absolute else "in/session"))
    assert api.paths == ["/in/session", "/items", "/items"]


def test_where_the_session_ends_another_login_is_made_once(api: ScriptedApi) -> None:
    """Four requests that are refused together lead to one login."""
    tokens: list[str] = []
    api.on("/session", giving(tokens))
    pages = by_offset(rows(5))

    def script(asked: Asked) -> Reply:
        if asked.query["offset"] == "4" and len(tokens) == 1:
            tokens.append("ended")
        found = only_for(tokens, pages)(asked)
        return found if isinstance(found, Reply) else Reply(found, delay=0.05)

    for name in "abcd":
        api.on(f"/{name}", script)
    load(declaration(*"abcd"))
    assert len(api.requests_of("/session")) == 2
    assert [table(name) for name in "abcd"] == [[1, 2, 3, 4, 5]] * 4


def test_a_new_token_that_is_refused_as_well_ends_the_load(api: ScriptedApi) -> None:
    api.on("/session", giving([]))
    api.always("/items", Reply({}, 401))
    error = failure(declaration())
    assert isinstance(error, ApiError)
    assert "401" in str(error)
    assert api.paths == ["/session", "/items", "/session", "/items"]


@pytest.mark.parametrize("valid", [True, False], ids=["accepted", "refused"])
def test_a_token_that_was_given_before_is_used_while_it_is_accepted(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, valid: bool
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__SESSION_TOKEN", "old")
    tokens = ["old"] if valid else []
    api.on("/session", giving(tokens))
    api.on("/me", lambda asked: {} if asked.headers["x-session"] in tokens else Reply({}, 401))
    api.on("/items", only_for(tokens, by_offset(rows(3))))
    ids = sorted(read_ids(declaration(validate_session_url="/me")))
    assert api.paths == ["/me", *([] if valid else ["/session"]), "/items", "/items"]
    assert ids == [1, 2, 3]


def test_the_token_is_sent_in_a_header_that_need_not_be_named(api: ScriptedApi) -> None:
    api.always("/session", token("t1"))
    api.always("/items", {"data": []})
    auth = {key: value for key, value in AUTH.items() if key != "header"}
    extract(declare(resource(), client={"auth": auth}))
    assert api.asked[-1].headers["x-session-token"] == "t1"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Reply({"error": "canary-answer"}, 401), id="401"),
        pytest.param(Reply(b"<html>canary-answer</html>"), id="no JSON"),
        pytest.param({"token": "canary-answer"}, id="no token in it"),
        pytest.param(token(None), id="a null token"),
        pytest.param(token({"a": "canary-answer"}), id="an object"),
        pytest.param(["canary-answer"], id="a list"),
    ],
)
def test_a_failing_login_is_reported_without_the_password(api: ScriptedApi, answer: Any) -> None:
    api.always("/session", answer)
    error = failure(declaration())
    assert isinstance(error, ApiError)
    assert "login" in str(error)
    assert "canary" not in "".join(traceback.format_exception(error))
    assert api.requests_of("/items") == []


@pytest.mark.parametrize("key", ["login_url", "validate_session_url"])
def test_the_password_goes_to_the_apis_own_host_only(
    api: ScriptedApi, elsewhere: ScriptedApi, key: str
) -> None:
    error = failure(declaration(**{key: f"{elsewhere.url}/session"}))
    assert isinstance(error, SettingError)
    assert f"auth.{key} leads to another host than the base URL" in str(error)
    assert elsewhere.asked == []


def test_a_login_is_retried_as_the_endpoint_declares(api: ScriptedApi) -> None:
    api.in_turn("/session", [Reply(status=503), token("t1")])
    api.on("/items", by_offset(rows(1)))
    handler = {"retry_on_status_codes": [503], "max_retries": 1, "backoff_factor": 0}
    extract(declare(resource(error_handler=handler), client={"auth": AUTH}))
    assert api.paths == ["/session", "/session", "/items"]


@pytest.mark.parametrize("key", ["login_url", "session_token_response_key"])
def test_what_a_login_needs_must_be_declared(key: str) -> None:
    auth = {name: value for name, value in AUTH.items() if name != key}
    with pytest.raises(DeclarationError, match=rf"demo: client\.auth\.{key}: is required"):
        declare(resource(), client={"auth": auth})
