"""Each way to sign requests and to give the address, from a socket to a table."""

from base64 import b64encode
from typing import Any
from urllib.parse import parse_qsl

import pytest

from analytics_ingest_tests.extract.cases import ALL, ROWS, Case, asked_with, only
from analytics_ingest_tests.support.loads import declare, load, resource, table
from analytics_ingest_tests.support.scripted_api import Reply, Script, ScriptedApi

CLIENT = {"client_id": "i", "client_secret": "s"}
USER = {"username": "u", "password": "p"}


def signed(header: str, value: str) -> Script:
    """Answer requests with this header."""
    return only(lambda asked: asked.headers.get(header) == value)


def basic(user: str, password: str) -> Script:
    """Answer requests of a user."""
    return signed("authorization", f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}")


def token_for(**form: str) -> Script:
    """Give the token `t` for a form that holds just this."""
    token = {"access_token": "t", "expires_in": 60}
    return only(lambda asked: dict(parse_qsl(asked.body.decode())) == form, token)


def auth(kind: str, **keys: Any) -> dict[str, Any]:
    return {"auth": {"type": kind, **keys}}


CASES = {
    "an api key in a header": Case(
        client=auth("api_key", name="X-Key", location="header"),
        settings={"api_key": "k"},
        serve={"/items": signed("x-key", "k")},
    ),
    "an api key in the query": Case(
        client=auth("api_key", name="key", location="query"),
        settings={"api_key": "k"},
        serve={"/items": asked_with({"key": "k"})},
    ),
    "bearer": Case(
        client=auth("bearer"),
        settings={"api_token": "t"},
        serve={"/items": signed("authorization", "Bearer t")},
    ),
    "basic": Case(client=auth("basic"), settings=USER, serve={"/items": basic("u", "p")}),
    "basic without a password": Case(
        client=auth("basic", password=""),
        settings={"username": "u"},
        serve={"/items": basic("u", "")},
    ),
    "oauth2 by client credentials, with a setting in the token request": Case(
        client=auth(
            "oauth2",
            token_url="{settings.tokens}",
            grant_type="client_credentials",
            scope="read",
            access_token_request_data={"audience": "{settings.team}"},
        ),
        settings={**CLIENT, "team": "a b"},
        serve={
            "/token": token_for(
                grant_type="client_credentials", scope="read", audience="a b", **CLIENT
            ),
            "/items": signed("authorization", "Bearer t"),
        },
    ),
    "oauth2 by a refresh token": Case(
        client=auth("oauth2", token_url="{settings.tokens}", grant_type="refresh_token"),
        settings={**CLIENT, "refresh_token": "r"},
        serve={
            "/token": token_for(grant_type="refresh_token", refresh_token="r", **CLIENT),
            "/items": signed("authorization", "Bearer t"),
        },
    ),
    "session_token after one that has ended": Case(
        client=auth(
            "session_token",
            login_url="/session",
            header="X-Session",
            session_token_response_key="id",
            validate_session_url="/session/current",
        ),
        settings={**USER, "session_token": "ended"},
        serve={
            "/session/current": Reply({}, 401),
            "/session": only(lambda asked: asked.json == USER, {"id": "t"}),
            "/items": signed("x-session", "t"),
        },
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_signed_is_loaded(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    CASES[name].check(api, monkeypatch)


def test_a_host_with_a_path_and_a_placeholder_is_loaded(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCES__DEMO__BASE_URL")
    monkeypatch.setenv("SOURCES__DEMO__SUBDOMAIN", api.url.removeprefix("http://"))
    api.always("/v1/items", ALL)
    load(declare(resource(), client={"base_url": "http://{subdomain}/v1"}))
    assert table("items") == [row["id"] for row in ROWS]
