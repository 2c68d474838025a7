"""`.netrc` is never read, whoever sends: an API may not be spoken to in somebody else's name."""

from pathlib import Path
from typing import Any

import pytest

from analytics_ingest_tests.support.loads import declare, read_ids, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.raw_server import http, sending
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

TOKEN_HEADER = {"headers": {"Authorization": "Token {settings.tok}"}}
OAUTH2 = {
    "auth": {
        "type": "oauth2_client_credentials",
        "access_token_url": "{settings.base_url}/token",
    }
}
LOGIN = {
    "auth": {
        "type": "session_token",
        "login_url": "login",
        "session_token_response_key": "id",
        "header": "X-Session",
    }
}
BEARER = {"auth": {"type": "bearer"}}
SENT: dict[str, tuple[dict[str, Any], dict[str, list[str | None]]]] = {
    "a declared header": (TOKEN_HEADER, {"/items": ["Token canary"]}),
    "no auth": ({}, {"/items": [None]}),
    "a token request": (OAUTH2, {"/token": [None], "/items": ["Bearer issued"]}),
    "a login": (LOGIN, {"/login": [None], "/items": [None]}),
    "a bearer token": (BEARER, {"/items": ["Bearer canary"]}),
}
"""What is declared → the Authorization header of each request, by path."""


@pytest.fixture(autouse=True)
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "netrc"
    path.write_text("machine 127.0.0.1 login nosy password other\ndefault login x password y\n")
    monkeypatch.setenv("NETRC", str(path))
    for name in ("TOK", "API_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD"):
        monkeypatch.setenv(f"SOURCES__DEMO__{name}", "canary")


def serve(api: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)]})
    api.always("/token", {"access_token": "issued"})
    api.always("/login", {"id": "issued"})


@pytest.mark.parametrize(("client", "sent"), SENT.values(), ids=list(SENT))
def test_no_sender_reads_it(
    api: ScriptedApi, client: dict[str, Any], sent: dict[str, list[str | None]]
) -> None:
    serve(api)
    assert read_ids(declare(resource(), client=client)) == [1]
    seen = {path: [a.headers.get("authorization") for a in api.requests_of(path)] for path in sent}
    assert seen == sent


def test_nor_is_it_read_for_a_redirect(api: ScriptedApi) -> None:
    api.always("/items", Reply(status=301, headers={"Location": f"{api.url}/items/"}))
    api.always("/items/", {"data": [row(1)]})
    assert read_ids(declare(resource(), client=BEARER)) == [1]
    assert [asked.headers["authorization"] for asked in api.asked] == ["Bearer canary"] * 2


def test_nor_by_try(api: ScriptedApi) -> None:
    serve(api)
    try_(resource())
    assert {asked.headers.get("authorization") for asked in api.asked} == {None}


def test_a_proxy_of_the_environment_is_still_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", "http://api.test")
    with sending([http(b'{"data": [{"id": 1}]}')]) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert read_ids(declare(resource(), client={"allow_http": True})) == [1]
    assert proxy.answered == 1
