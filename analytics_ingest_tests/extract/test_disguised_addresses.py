"""An address that urllib.parse reads as the API's own does not take the key to another host."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from analytics_ingest.common.errors import ApiError, SettingError
from analytics_ingest_tests.support.canary_key import AUTHS, IN_HEADER, KEY
from analytics_ingest_tests.support.loads import declare, failure, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.raw_server import answering, http
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

pytestmark = pytest.mark.usefixtures("canary_key")


LINK = {"type": "json_link", "next_url_path": "next"}


def disguised(api: ScriptedApi, elsewhere: ScriptedApi) -> str:
    """An address that urllib.parse reads as the API's, and that is asked of the other."""
    return f"http://{urlsplit(elsewhere.url).netloc}\\@{urlsplit(api.url).netloc}/items"


@pytest.mark.parametrize(
    "paginator",
    [
        pytest.param(LINK, id="json_link"),
        pytest.param("header_link", id="header_link"),
        pytest.param({"type": "cursor", "cursor_path": "next"}, id="a cursor"),
        pytest.param("auto", id="auto"),
    ],
)
@AUTHS
def test_a_link_that_is_disguised_as_the_apis_own_is_refused(
    api: ScriptedApi, elsewhere: ScriptedApi, auth: dict[str, Any], paginator: Any
) -> None:
    link = disguised(api, elsewhere)
    body = {"data": [row(1)], "next": link}
    api.always("/items", Reply(body, headers={"Link": f'<{link}>; rel="next"'}))
    error = failure(declare(resource(paginator=paginator), client={"auth": auth}))
    check_refusal(error, elsewhere)
    assert len(api.asked) == 1


def test_a_path_from_a_row_that_is_disguised_is_refused(
    api: ScriptedApi, elsewhere: ScriptedApi
) -> None:
    api.always("/parents", {"data": [row(1, url=disguised(api, elsewhere))]})
    declaration = declare(
        resource("parents", own={"selected": False}),
        resource(path="{resources.parents.url}"),
        client={"auth": IN_HEADER},
    )
    check_refusal(failure(declaration), elsewhere)


@AUTHS
def test_a_redirect_that_is_disguised_is_refused(
    api: ScriptedApi, elsewhere: ScriptedApi, auth: dict[str, Any]
) -> None:
    headers = {"Location": disguised(api, elsewhere)}
    api.always("/items", Reply(status=307, headers=headers))
    check_refusal(failure(declare(resource(), client={"auth": auth})), elsewhere)


def test_a_preview_refuses_a_disguised_link(api: ScriptedApi, elsewhere: ScriptedApi) -> None:
    api.always("/items", {"data": [row(1)], "next": disguised(api, elsewhere)})
    run = try_(resource(paginator=LINK), client={"auth": IN_HEADER})
    assert f"may lead to {host_of(elsewhere)}" in run.words
    assert run.cells("items")[3] == "1"
    assert elsewhere.asked == []


@pytest.mark.parametrize("place", ["/token", "/session"])
def test_a_login_is_not_redirected_to_a_disguised_address(
    api: ScriptedApi, elsewhere: ScriptedApi, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    for name in ("CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD"):
        monkeypatch.setenv(f"SOURCES__DEMO__{name}", KEY)
    api.always(place, Reply(status=307, headers={"Location": disguised(api, elsewhere)}))
    auth = {
        "/token": {"type": "oauth2", "access_token_url": f"{api.url}/token"},
        "/session": {
            "type": "session_token",
            "login_url": "/session",
            "session_token_response_key": "id",
        },
    }[place]
    check_refusal(failure(declare(resource(), client={"auth": auth})), elsewhere)
    assert api.paths == [place]


@pytest.mark.parametrize("key", ["login_url", "access_token_url"])
def test_a_disguised_address_of_a_login_is_refused_before_it_is_asked(
    api: ScriptedApi, elsewhere: ScriptedApi, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    for name in ("CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD"):
        monkeypatch.setenv(f"SOURCES__DEMO__{name}", KEY)
    types = {"login_url": "session_token", "access_token_url": "oauth2"}
    auth = {"type": types[key], key: disguised(api, elsewhere)}
    if key == "login_url":
        auth["session_token_response_key"] = "id"
    error = failure(declare(resource(), client={"auth": auth}))
    assert isinstance(error, SettingError)
    assert f"auth.{key}" in str(error)
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    "url", ["http://evil.test\\@127.0.0.1", "http://127.0.0.1:0", "http://127.0.0.1\t"]
)
def test_a_base_url_that_may_be_read_differently_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", url)
    error = failure(declare(resource()))
    assert isinstance(error, SettingError)
    assert "is not an http or https address" in str(error)


def test_requests_go_through_the_proxy_and_no_disguised_one_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def answer(target: str) -> bytes:
        asked.append(target)
        link = "/items?page=2" if len(asked) == 1 else "http://evil.test\\\\@api.test/items"
        return http(f'{{"data": [{{"id": {len(asked)}}}], "next": "{link}"}}'.encode())

    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", "http://api.test")
    with answering(answer) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        client = {"auth": IN_HEADER, "allow_http": True}
        error = failure(declare(resource(paginator=LINK), client=client))
    assert asked == ["http://api.test/items", "http://api.test/items?page=2"]
    assert "may lead to http://evil.test:80" in str(error)


def host_of(api: ScriptedApi) -> str:
    return f"http://{urlsplit(api.url).netloc}"


def check_refusal(error: Exception, elsewhere: ScriptedApi) -> None:
    """The error names the resource and the host that would have been asked, which was not."""
    assert isinstance(error, ApiError)
    assert "demo.items" in str(error)
    assert host_of(elsewhere) in str(error)
    assert "backslash" in str(error)
    assert KEY not in str(error)
    assert elsewhere.asked == []
