"""OAuth2 servers that give a new refresh token with each token, and the old one is dead."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.support.apart import begin_apart
from analytics_ingest_tests.support.loads import declare, extract, load, read, resource, table
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

AUTH = {"type": "oauth2", "token_url": "token", "grant_type": "refresh_token"}


class TokenServer:
    """Gives a token and the next refresh token for the newest refresh token alone."""

    def __init__(self, api: ScriptedApi, lifetime: float = 1800) -> None:
        self.number = 0
        self.lifetime = lifetime
        self.refused = 0
        api.on("/token", self.give)
        api.on("/items", self.list_items)

    def give(self, asked: Asked) -> Any:
        if f"refresh_token=r{self.number}" not in asked.body.decode().split("&"):
            self.refused += 1
            return Reply({"error": "invalid_grant"}, 400)
        self.number += 1
        return {
            "access_token": f"a{self.number}",
            "expires_in": self.lifetime,
            "refresh_token": f"r{self.number}",
        }

    def list_items(self, asked: Asked) -> Any:
        is_newest = asked.headers.get("authorization") == f"Bearer a{self.number}"
        return {"data": [row(1)]} if is_newest else Reply({"error": "expired"}, 401)


@pytest.fixture
def api(api: ScriptedApi, monkeypatch: pytest.MonkeyPatch) -> ScriptedApi:
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", f"{api.url}/")
    monkeypatch.setenv("SOURCES__DEMO__CLIENT_ID", "id")
    monkeypatch.setenv("SOURCES__DEMO__CLIENT_SECRET", "secret")
    monkeypatch.setenv("SOURCES__DEMO__REFRESH_TOKEN", "r0")
    return api


def kept() -> Iterator[Path]:
    return Path("data/tokens").glob("*.json")


@pytest.mark.parametrize("lifetime", [1800, 0.001], ids=["valid still", "expired"])
def test_the_next_load_begins_with_the_newest_token(api: ScriptedApi, lifetime: float) -> None:
    server = TokenServer(api, lifetime)
    for _ in range(3):
        load(declare(resource(), client={"auth": AUTH}))
    assert table("items") == [1]
    assert server.refused == 0


def test_the_token_is_shared_while_it_is_valid(api: ScriptedApi) -> None:
    TokenServer(api)
    for _ in range(3):
        extract(declare(resource(), client={"auth": AUTH}))
    assert len(api.requests_of("/token")) == 1


def test_only_the_owner_can_read_it(api: ScriptedApi) -> None:
    TokenServer(api)
    extract(declare(resource(), client={"auth": AUTH}))
    (path,) = kept()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert json.loads(path.read_text())["refresh_token"] == "r1"


def read_one_row() -> None:
    """Read the listing in a process of its own."""
    assert len(read(declare(resource(), client={"auth": AUTH}))) == 1


@pytest.mark.parametrize("lifetime", [1800, 0.001], ids=["valid still", "expired"])
def test_loads_at_the_same_time_share_it(api: ScriptedApi, lifetime: float) -> None:
    server = TokenServer(api, lifetime)
    api.always("/items", {"data": [row(1)]})
    processes = [begin_apart(read_one_row) for _ in range(3)]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert server.refused == 0


def test_another_refresh_token_in_the_settings_begins_anew(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = TokenServer(api)
    extract(declare(resource(), client={"auth": AUTH}))
    server.number = 7
    monkeypatch.setenv("SOURCES__DEMO__REFRESH_TOKEN", "r7")
    extract(declare(resource(), client={"auth": AUTH}))
    assert (server.number, server.refused) == (8, 0)


def test_a_server_that_rotates_nothing_has_no_file(api: ScriptedApi) -> None:
    api.always("/token", {"access_token": "a", "expires_in": 1800})
    api.always("/items", {"data": [row(1)]})
    extract(declare(resource(), client={"auth": AUTH}))
    assert list(kept()) == []


def test_no_error_shows_a_token(api: ScriptedApi) -> None:
    TokenServer(api)
    extract(declare(resource(), client={"auth": AUTH}))
    api.always("/items", Reply({"error": "no a1 and r1"}, 403))
    with pytest.raises(ApiError) as caught:
        extract(declare(resource(), client={"auth": AUTH}))
    assert "a1" not in str(caught.value)
    assert "r1" not in str(caught.value)
