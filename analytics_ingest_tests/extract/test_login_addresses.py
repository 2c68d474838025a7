"""Addresses of logins: a path is relative to the base URL for every type, as that of a resource."""

from typing import Any

import pytest

from analytics_ingest.common.errors import SettingError
from analytics_ingest_tests.extract.login_types import EACH_TYPE, TYPES, auth_of, set_credentials
from analytics_ingest_tests.support.loads import declare, extract, failure, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import ScriptedApi


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    set_credentials(monkeypatch)


def declaration(kind: str, url: str) -> Any:
    return declare(resource(), client={"auth": auth_of(kind, url)})


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
