"""What token servers want and give: the place of the client's secret, the format, the token."""

import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest

from analytics_ingest.common.errors import LoadError
from analytics_ingest_tests.support.loads import declare, extract, read_ids, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

BASIC = f"Basic {b64encode(b'id:secret').decode()}"
FIELDS = {"client_id": "id", "client_secret": "secret"}


def form(asked: Asked) -> dict[str, str]:
    return dict(parse_qsl(asked.body.decode()))


def parsed(asked: Asked) -> dict[str, str]:
    return json.loads(asked.body) if asked.body.startswith(b"{") else {}


SERVERS: dict[str, tuple[dict[str, str], Callable[[Asked], bool], Any]] = {
    "a Basic header": (
        {"client_authentication": "basic"},
        lambda asked: asked.headers.get("authorization") == BASIC,
        {"access_token": "t"},
    ),
    "a Basic header and nothing in the body": (
        {"client_authentication": "basic"},
        lambda asked: (
            asked.headers.get("authorization") == BASIC and not FIELDS.keys() & form(asked).keys()
        ),
        {"access_token": "t"},
    ),
    "fields of a form and no header": (
        {},
        lambda asked: (
            "authorization" not in asked.headers and FIELDS.items() <= form(asked).items()
        ),
        {"access_token": "t"},
    ),
    "JSON": (
        {"token_request_format": "json"},
        lambda asked: FIELDS.items() <= parsed(asked).items(),
        {"access_token": "t"},
    ),
    "JSON and a Basic header": (
        {"token_request_format": "json", "client_authentication": "basic"},
        lambda asked: (
            asked.headers.get("authorization") == BASIC
            and parsed(asked) == {"grant_type": "client_credentials"}
        ),
        {"access_token": "t"},
    ),
    "another name": ({"access_token_path": "accessToken"}, lambda _: True, {"accessToken": "t"}),
    "Airbyte's key": ({"access_token_name": "token"}, lambda _: True, {"token": "t"}),
    "a place below": (
        {"access_token_path": "data.access_token"},
        lambda _: True,
        {"data": {"access_token": "t", "expires_in": "60"}},
    ),
}


@pytest.fixture(autouse=True)
def settings(api: ScriptedApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", f"{api.url}/")
    monkeypatch.setenv("SOURCES__DEMO__CLIENT_ID", "id")
    monkeypatch.setenv("SOURCES__DEMO__CLIENT_SECRET", "secret")


@pytest.mark.parametrize("name", SERVERS)
def test_each_can_be_declared(api: ScriptedApi, name: str) -> None:
    keys, is_right, answer = SERVERS[name]
    api.on("/token", lambda asked: answer if is_right(asked) else Reply({"error": "x"}, 401))
    api.on(
        "/items",
        lambda asked: (
            {"data": [row(1)]}
            if asked.headers.get("authorization") == "Bearer t"
            else Reply(status=401)
        ),
    )
    assert read_ids(
        declare(resource(), client={"auth": {"type": "oauth2", "token_url": "token", **keys}})
    ) == [1]


def test_a_lifetime_beside_the_token_is_read(api: ScriptedApi) -> None:
    api.always("/token", {"data": {"accessToken": "t", "expiresIn": 0.001}})
    api.always("/a", {"data": [row(1)]})
    api.always("/b", {"data": [row(1)]})
    keys = {"access_token_path": "data.accessToken"}
    auth = {"type": "oauth2", "token_url": "token", **keys}
    extract(declare(resource("a"), resource("b"), client={"auth": auth}, concurrency=1))
    assert len(api.requests_of("/token")) >= 2


@pytest.mark.parametrize("answer", [{}, {"data": "t"}, {"data": {"access_token": None}}, [], "t"])
def test_a_token_in_another_place_is_reported(api: ScriptedApi, answer: Any) -> None:
    api.always("/token", answer)
    auth = {"type": "oauth2", "token_url": "token", "access_token_path": "data.access_token"}
    with pytest.raises(LoadError, match=r"no usable data\.access_token"):
        extract(declare(resource(), client={"auth": auth}))


def test_a_path_that_is_not_a_jsonpath_is_refused(api: ScriptedApi) -> None:
    auth = {"type": "oauth2", "token_url": "token", "access_token_path": "a..[["}
    with pytest.raises(LoadError, match=r"demo: auth\.access_token_path"):
        extract(declare(resource(), client={"auth": auth}))
    assert api.asked == []
