"""Errors say where and what, and hold no key, no query and no row: neither text nor traceback."""

import traceback
from collections.abc import Callable
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError, LoadError, SettingError
from analytics_ingest_tests.support.loads import declare, failure, resource
from analytics_ingest_tests.support.pages import row
from analytics_ingest_tests.support.raw_server import closed_port, http, sending
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

KEY = "canary-key"
CANARY_BODY = {"data": [row("canary-row")], "message": f"canary-body {KEY}"}

AUTHS: dict[str, dict[str, Any]] = {
    "key in a header": {"type": "api_key", "name": "X-API-Key"},
    "key in the query": {"type": "api_key", "name": "token", "location": "query"},
    "bearer": {"type": "bearer"},
    "basic": {"type": "basic"},
}


@pytest.fixture(params=AUTHS.values(), ids=list(AUTHS))
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A client block for each way to send the key."""
    for name in ("API_KEY", "API_TOKEN", "USERNAME", "PASSWORD"):
        monkeypatch.setenv(f"SOURCES__DEMO__{name}", f"{KEY}-{name}")
    return {"auth": request.param, "headers": {"X-Team": "canary-header"}}


def shown(error: LoadError) -> str:
    """All that a run's log can show of an error."""
    return "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))


def quick(*statuses: int, **endpoint: Any) -> dict[str, Any]:
    handler = {"retry_on_status_codes": list(statuses), "max_retries": 1, "backoff_factor": 0}
    return resource(error_handler=handler, params={"q": "canary-query"}, **endpoint)


@pytest.mark.parametrize("status", [401, 429, 500])
def test_an_error_status_is_reported_without_what_was_sent_or_answered(
    api: ScriptedApi, client: dict[str, Any], status: int
) -> None:
    api.always("/items", Reply(CANARY_BODY, status))
    error = failure(declare(quick(429), client=client))
    assert isinstance(error, ApiError)
    assert "demo.items" in str(error)
    assert "GET /items" in str(error)
    assert str(status) in str(error)
    assert "canary" not in shown(error)


def test_a_reason_of_the_servers_own_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, client: dict[str, Any]
) -> None:
    with sending([http(b"{}", status="500 canary-key is wrong")]) as server:
        monkeypatch.setenv("SOURCES__DEMO__BASE_URL", server.url)
        error = failure(declare(quick(), client=client))
    assert "500" in str(error)
    assert "canary" not in shown(error)


PAGING: dict[str, Callable[[], dict[str, Any]]] = {
    "no total": lambda: quick(paginator={"type": "offset", "limit": 1, "total_path": "count"}),
    "no flag": lambda: quick(paginator={"type": "page_number", "has_more_path": "more"}),
    "a link that is no text": lambda: quick(
        paginator={"type": "json_link", "next_url_path": "data"}
    ),
    "the same page again": lambda: quick(paginator={"type": "page_number"}),
    "too many pages": lambda: quick(paginator={"type": "page_number"}, max_pages=1),
}


@pytest.mark.parametrize("written", PAGING.values(), ids=list(PAGING))
def test_a_paging_error_shows_no_row(
    api: ScriptedApi, written: Callable[[], dict[str, Any]]
) -> None:
    api.always("/items", CANARY_BODY)
    error = failure(declare(written()))
    assert isinstance(error, ApiError)
    assert "demo.items" in str(error)
    assert "canary" not in shown(error)


def test_no_json_shows_nothing_of_the_page(api: ScriptedApi, client: dict[str, Any]) -> None:
    api.always("/items", Reply(b"<html>canary-body</html>"))
    error = failure(declare(quick(), client=client))
    assert "JSON" in str(error)
    assert "canary" not in shown(error)


def test_a_refused_connection_shows_no_query(
    monkeypatch: pytest.MonkeyPatch, client: dict[str, Any]
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", f"{closed_port()}/canary-path")
    error = failure(declare(quick(), client=client))
    assert "demo.items" in str(error)
    assert "canary" not in shown(error)


def test_ids_of_parents_are_not_shown(api: ScriptedApi, client: dict[str, Any]) -> None:
    api.always("/parents", {"data": [row("canary-id")]})
    child = quick(path="/parents/{resources.parents.id}/items")
    error = failure(declare(resource("parents"), child, client=client), "items")
    assert "demo.items" in str(error)
    assert "404" in str(error)
    assert "canary" not in shown(error)


@pytest.mark.parametrize("key", [f"{KEY}\n", f"{KEY}\r\nX: y", f"{KEY}\u2019"], ids=repr)
def test_a_key_that_cannot_be_sent_is_reported_without_it(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    api.always("/items", CANARY_BODY)
    monkeypatch.setenv("SOURCES__DEMO__API_KEY", key)
    auth = {"type": "api_key", "name": "X-API-Key"}
    error = failure(declare(quick(), client={"auth": auth}))
    assert isinstance(error, SettingError)
    assert "sources.demo.api_key" in str(error)
    assert "canary" not in shown(error)
    assert api.asked == []


def test_a_base_url_with_a_password_is_not_shown(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.always("/items", Reply(status=404))
    with_password = api.url.replace("http://", "http://canary-user:canary-password@")
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", with_password)
    error = failure(declare(quick()))
    assert "404" in str(error)
    assert "canary" not in shown(error)
