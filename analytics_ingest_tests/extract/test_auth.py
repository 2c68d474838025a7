"""Authentication: what is sent, from which setting, for which requests."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from dlt.common.runtime import run_context

from analytics_ingest_tests.support.loads import declare, extract, resource
from analytics_ingest_tests.support.pages import by_offset, row, rows
from analytics_ingest_tests.support.scripted_api import ScriptedApi


def basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def settings(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"SOURCES__DEMO__{name.upper()}", value)


@pytest.mark.parametrize(
    ("auth", "values", "header", "sent"),
    [
        pytest.param(
            {"type": "api_key", "name": "X-API-Key", "location": "header"},
            {"api_key": "k1"},
            "x-api-key",
            "k1",
            id="api key in a header",
        ),
        pytest.param(
            {"type": "api_key"}, {"api_key": "k1"}, "authorization", "k1", id="api key, no name"
        ),
        pytest.param(
            {"type": "bearer"}, {"api_token": "t1"}, "authorization", "Bearer t1", id="bearer"
        ),
        pytest.param("bearer", {"api_token": "t1"}, "authorization", "Bearer t1", id="shorthand"),
        pytest.param(
            {"type": "basic"},
            {"username": "u", "password": "p:ä"},
            "authorization",
            basic("u", "p:ä"),
            id="basic",
        ),
        pytest.param(
            {"type": "http_basic"},
            {"username": "u", "password": "p"},
            "authorization",
            basic("u", "p"),
            id="http_basic",
        ),
        pytest.param(
            {"type": "http_basic", "password": ""},
            {"username": "u", "password": "unused"},
            "authorization",
            basic("u", ""),
            id="basic without a password",
        ),
        pytest.param(
            {"type": "bearer", "token": "{{ config['pat'] }}"},
            {"api_token": "wrong", "pat": "own"},
            "authorization",
            "Bearer own",
            id="from a setting, as documents write it",
        ),
        pytest.param(
            {"type": "bearer", "token": "sources.shared.pat"},
            {"api_token": "wrong"},
            "authorization",
            "Bearer shared",
            id="from a key that the declaration names",
        ),
    ],
)
def test_the_credentials_are_sent_with_every_request(
    api: ScriptedApi,
    monkeypatch: pytest.MonkeyPatch,
    auth: Any,
    values: dict[str, str],
    header: str,
    sent: str,
) -> None:
    settings(monkeypatch, **values)
    monkeypatch.setenv("SOURCES__SHARED__PAT", "shared")
    api.on("/items", by_offset(rows(3)))
    paginator = {"type": "offset", "limit": 2}
    extract(declare(resource(paginator=paginator), client={"auth": auth}))
    assert [asked.headers.get(header) for asked in api.asked] == [sent, sent]


@pytest.mark.parametrize("location", ["query", "param"])
def test_an_api_key_can_be_sent_in_the_query(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    settings(monkeypatch, api_key="a&b=c d")
    api.on("/items", by_offset(rows(3)))
    auth = {"type": "api_key", "name": "key", "location": location}
    extract(declare(resource(paginator={"type": "offset", "limit": 2}), client={"auth": auth}))
    assert api.sent("/items", "key") == ["a&b=c d", "a&b=c d"]
    assert api.sent("/items", "offset") == ["0", "2"]


LOOKALIKES = ["123456", "00123", "1e5", "12.50", "true", "False", "null", "[1]", '{"a": 1}', "1_0"]


@pytest.mark.parametrize("key", LOOKALIKES)
def test_a_key_that_looks_like_something_else_is_sent_verbatim(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    settings(monkeypatch, api_key=key)
    api.always("/items", {"data": rows(1)})
    extract(declare(resource(), client={"auth": {"type": "api_key", "name": "X-Key"}}))
    assert api.asked[0].headers["x-key"] == key


@pytest.mark.parametrize("key", ["00123", "true", "1e5"])
def test_a_key_in_secrets_toml_is_sent_verbatim(api: ScriptedApi, project: Path, key: str) -> None:
    (project / ".dlt").mkdir()
    (project / ".dlt" / "secrets.toml").write_text(f"[sources.demo]\napi_key = '{key}'\n")
    run_context.active().reload()
    api.always("/items", {"data": rows(1)})
    extract(declare(resource(), client={"auth": {"type": "api_key", "name": "X-Key"}}))
    assert api.asked[0].headers["x-key"] == key


def test_the_environment_wins_over_secrets_toml(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    (project / ".dlt").mkdir()
    (project / ".dlt" / "secrets.toml").write_text("[sources.demo]\napi_token = 'file'\n")
    run_context.active().reload()
    settings(monkeypatch, api_token="environment")
    api.always("/items", {"data": rows(1)})
    extract(declare(resource(), client={"auth": "bearer"}))
    assert api.asked[0].headers["authorization"] == "Bearer environment"


def test_an_endpoint_may_have_its_own_authentication(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(monkeypatch, api_token="shared", api_key="own")
    api.always("/a", {"data": [row(1)]})
    api.always("/b", {"data": [row(1)]})
    own = {"type": "api_key", "name": "X-Key", "location": "header"}
    extract(declare(resource("a"), resource("b", auth=own), client={"auth": "bearer"}))
    (a,), (b,) = api.requests_of("/a"), api.requests_of("/b")
    assert a.headers["authorization"] == "Bearer shared"
    assert "x-key" not in a.headers
    assert b.headers["x-key"] == "own"
    assert "authorization" not in b.headers


def test_without_an_auth_block_nothing_is_sent(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(monkeypatch, api_key="unused", api_token="unused")
    api.always("/items", {"data": []})
    extract(declare(resource()))
    assert "authorization" not in api.asked[0].headers


def test_headers_of_the_client_and_of_an_endpoint_are_sent(api: ScriptedApi) -> None:
    api.always("/items", {"data": []})
    client = {"headers": {"X-Version": "2026-01", "X-Both": "client"}}
    extract(declare(resource(headers={"X-Both": "endpoint", "X-Own": "1"}), client=client))
    headers = api.asked[0].headers
    assert (headers["x-version"], headers["x-both"], headers["x-own"]) == (
        "2026-01",
        "endpoint",
        "1",
    )
