"""Addresses of logins: a path stands below the base URL for every type, as that of a resource."""

from typing import Any

import pytest

from analytics_ingest.common.errors import SettingError
from analytics_ingest_tests.support.loads import declare, extract, failure, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import ScriptedApi

TYPES: dict[str, tuple[str, dict[str, Any]]] = {
    "login": ("login_url", {"token_path": "token", "login_json": {"key": "{settings.password}"}}),
    "session_token": ("login_url", {"session_token_response_key": "token"}),
    "oauth2": ("access_token_url", {"access_token_path": "token"}),
    "oauth2_jwt_bearer": ("access_token_url", {"access_token_path": "token", "algorithm": "HS256"}),
}
EACH_TYPE = pytest.mark.parametrize("kind", TYPES)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("USERNAME", "PASSWORD", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"SOURCES__DEMO__{name}", "canary-password")
    monkeypatch.setenv("SOURCES__DEMO__SECRET_KEY", "canary-" + "k" * 40)


def declaration(kind: str, url: str) -> Any:
    key, keys = TYPES[kind]
    return declare(resource(), client={"auth": {"type": kind, key: url, **keys}})


@EACH_TYPE
@pytest.mark.parametrize("slash", ["", "/"], ids=["no slash", "slash"])
@pytest.mark.parametrize("path", ["in/token", "/in/token"])
def test_a_path_is_below_the_base_url(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, kind: str, slash: str, path: str
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", api.url + slash)
    api.always("/in/token", {"token": "given"})
    api.always("/items", {"data": rows(1)})
    extract(declaration(kind, path))
    assert api.paths == ["/in/token", "/items"]


@EACH_TYPE
def test_a_path_may_hold_an_address_in_its_query(api: ScriptedApi, kind: str) -> None:
    api.always("/token", {"token": "given"})
    api.always("/items", {"data": rows(1)})
    extract(declaration(kind, "/token?for=https://shop.test"))
    assert api.paths == ["/token", "/items"]


@EACH_TYPE
def test_two_slashes_may_be_a_host_or_a_path_and_are_refused(
    api: ScriptedApi, elsewhere: ScriptedApi, kind: str
) -> None:
    error = failure(declaration(kind, elsewhere.url.removeprefix("http:")))
    assert isinstance(error, SettingError)
    assert f"demo: auth.{TYPES[kind][0]} begins with '//'" in str(error)
    assert (api.asked, elsewhere.asked) == ([], [])
