"""OAuth2: one token for all requests, by either grant, and clear errors without the secret."""

import traceback
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

import pytest

from analytics_ingest.common.errors import ApiError, SettingError
from analytics_ingest_tests.support.loads import declare, extract, failure, read_ids, resource
from analytics_ingest_tests.support.pages import by_offset, row, rows
from analytics_ingest_tests.support.raw_server import closed_port
from analytics_ingest_tests.support.scripted_api import Asked, Gate, Reply, Script, ScriptedApi

OAUTH2 = {
    "type": "oauth2",
    "access_token_url": "token",
    "access_token_request_data": {"scope": "r"},
}
TOKEN = {"access_token": "tok-1", "expires_in": 3600, "token_type": "Bearer"}
SHORT = 0.001
"""Seconds: a token is over before the next request."""


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__DEMO__CLIENT_ID", "canary-id")
    monkeypatch.setenv("SOURCES__DEMO__CLIENT_SECRET", "canary-secret")


@pytest.fixture
def api(api: ScriptedApi, monkeypatch: pytest.MonkeyPatch) -> ScriptedApi:
    """The API with a slash at the end of its base URL: `token` is relative to it."""
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", f"{api.url}/")
    return api


def four(**auth: Any) -> Any:
    """Four resources, whose first requests are in flight together."""
    return declare(
        *(resource(name, paginator={"type": "offset", "limit": 2}) for name in "abcd"),
        client={"auth": {**OAUTH2, **auth}},
        concurrency=4,
    )


def test_the_token_is_sent_in_the_declared_format(api: ScriptedApi) -> None:
    api.always("/token", TOKEN)
    api.always("/items", {"data": []})
    auth = {**OAUTH2, "token_format": "Shop-token {token}"}
    extract(declare(resource(), client={"auth": auth}))
    (asked,) = api.requests_of("/items")
    assert asked.headers["authorization"] == "Shop-token tok-1"


def test_the_token_is_fetched_once_for_parallel_requests(api: ScriptedApi) -> None:
    api.always("/token", Reply(TOKEN, delay=0.1))
    for name in "abcd":
        api.on(f"/{name}", by_offset(rows(3)))
    extract(four())
    (asked,) = api.requests_of("/token")
    assert asked.method == "POST"
    assert dict(pair.split("=") for pair in asked.body.decode().split("&")) == {
        "client_id": "canary-id",
        "client_secret": "canary-secret",
        "grant_type": "client_credentials",
        "scope": "r",
    }
    listed = [asked for asked in api.asked if asked.path != "/token"]
    assert len(listed) == 8
    assert {asked.headers["authorization"] for asked in listed} == {"Bearer tok-1"}


def form(asked: Asked) -> dict[str, str]:
    """The fields that a token request sent."""
    return dict(parse_qsl(asked.body.decode()))


@pytest.mark.parametrize("key", ["access_token_url", "token_url"])
@pytest.mark.parametrize("scope", ["read write", ["read", "write"]], ids=["text", "list"])
def test_the_token_is_asked_for_as_documents_write_it(
    api: ScriptedApi, key: str, scope: Any
) -> None:
    api.always("/token", TOKEN)
    api.always("/items", {"data": [row(1)]})
    auth = {"type": "oauth2", key: "token", "scope": scope, "grant_type": "client_credentials"}
    ids = sorted(read_ids(declare(resource(), client={"auth": auth})))
    assert form(api.requests_of("/token")[0]) == {
        "client_id": "canary-id",
        "client_secret": "canary-secret",
        "grant_type": "client_credentials",
        "scope": "read write",
    }
    assert ids == [1]


def test_a_token_request_may_hold_settings(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__PLACE", "token")
    monkeypatch.setenv("SOURCES__DEMO__TENANT", "t1")
    api.always("/token", TOKEN)
    api.always("/a", {"data": []})
    fields = {"audience": "https://{{ config['tenant'] }}.example.org", "n": 1}
    extract(four(access_token_url="{settings.place}", access_token_request_data=fields), "a")
    asked = form(api.requests_of("/token")[0])
    assert (asked["audience"], asked["n"]) == ("https://t1.example.org", "1")


@pytest.mark.parametrize(
    "keys",
    [{"grant_type": "refresh_token"}, {"refresh_token": "sources.demo.refresh_token"}],
    ids=["by its grant", "by its key"],
)
def test_a_refresh_token_gives_the_token(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, keys: dict[str, str]
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__REFRESH_TOKEN", "r1")
    api.always("/token", TOKEN)
    api.always("/items", {"data": [row(1)]})
    ids = sorted(
        read_ids(
            declare(resource(), client={"auth": {"type": "oauth2", "token_url": "token", **keys}})
        )
    )
    assert form(api.requests_of("/token")[0]) == {
        "client_id": "canary-id",
        "client_secret": "canary-secret",
        "grant_type": "refresh_token",
        "refresh_token": "r1",
    }
    assert api.requests_of("/items")[0].headers["authorization"] == "Bearer tok-1"
    assert ids == [1]


def test_a_refresh_token_that_is_rotated_is_used_for_the_rest_of_the_load(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__REFRESH_TOKEN", "r1")
    over = {"access_token": "t", "expires_in": SHORT}
    api.in_turn("/token", [{**over, "refresh_token": "r2"}, over, {**over, "refresh_token": ""}])
    api.on("/a", by_offset(rows(5)))
    extract(four(grant_type="refresh_token"), "a")
    assert [form(asked)["refresh_token"] for asked in api.requests_of("/token")] == [
        "r1",
        "r2",
        "r2",
    ]


def test_a_missing_refresh_token_is_reported(api: ScriptedApi) -> None:
    error = failure(four(grant_type="refresh_token"), "a")
    assert isinstance(error, SettingError)
    assert "SOURCES__DEMO__REFRESH_TOKEN" in str(error)
    assert api.asked == []


def test_a_token_that_is_over_is_fetched_anew(api: ScriptedApi) -> None:
    api.in_turn("/token", [{"access_token": "t1", "expires_in": SHORT}, {"access_token": "t2"}])
    api.on("/a", by_offset(rows(3)))
    extract(four(), "a")
    sent = [asked.headers["authorization"] for asked in api.requests_of("/a")]
    assert sent == ["Bearer t1", "Bearer t2"]


LIFETIMES = [3600, 3600.5, "3600", "3600.0", "", None, 0, "0", -1, "-1", 0.0, True, False]
"""What is not positive says nothing, so that a token is used for the declared time."""


@pytest.mark.parametrize("lifetime", LIFETIMES)
def test_a_lifetime_may_be_written_in_several_ways(api: ScriptedApi, lifetime: Any) -> None:
    api.always("/token", {**TOKEN, "expires_in": lifetime})
    api.on("/a", by_offset(rows(3)))
    assert extract(four(), "a")["a"].rows_loaded == 3
    assert len(api.requests_of("/token")) == 1


def test_the_token_may_come_from_another_server(api: ScriptedApi, elsewhere: ScriptedApi) -> None:
    elsewhere.always("/oauth/token", TOKEN)
    api.always("/a", {"data": []})
    extract(four(access_token_url=f"{elsewhere.url}/oauth/token"), "a")
    assert len(elsewhere.asked) == 1
    assert api.asked[0].headers["authorization"] == "Bearer tok-1"


def test_a_token_server_that_would_get_the_secret_in_the_clear_is_refused(api: ScriptedApi) -> None:
    error = failure(four(access_token_url="http://tokens.test/oauth/token"), "a")
    assert isinstance(error, SettingError)
    assert str(error) == (
        "demo: auth.access_token_url is plain http, so the client's secret would be sent in the "
        "clear; write an https address, or declare client.allow_http: true"
    )
    assert api.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Reply({"error": "canary-answer"}, 400), id="400"),
        pytest.param(Reply({"error": "canary-answer"}, 401), id="401"),
        pytest.param(Reply(b"<html>canary-answer</html>"), id="no JSON"),
        pytest.param({"token": "canary-answer"}, id="no token in it"),
        pytest.param({"access_token": None}, id="a null token"),
        pytest.param(["canary-answer"], id="a list"),
        pytest.param({"access_token": "tok", "expires_in": "canary-answer"}, id="no expiry"),
    ],
)
def test_a_failing_token_request_is_reported_without_the_secret(
    api: ScriptedApi, answer: Any
) -> None:
    api.always("/token", answer)
    api.always("/a", {"data": []})
    error = failure(four(), "a")
    assert isinstance(error, ApiError)
    assert "demo" in str(error)
    assert "token" in str(error)
    if isinstance(answer, Reply) and answer.status != 200:
        assert str(answer.status) in str(error)
    assert "canary" not in "".join(traceback.format_exception(error))
    assert api.requests_of("/a") == []


@pytest.mark.timeout(5)
def test_a_token_server_that_cannot_be_reached_is_reported_soon(api: ScriptedApi) -> None:
    handler = {"retry_on_status_codes": [], "max_retries": 1, "backoff_factor": 0}
    auth = {**OAUTH2, "access_token_url": f"{closed_port()}/canary"}
    error = failure(declare(resource(error_handler=handler), client={"auth": auth}))
    assert isinstance(error, ApiError)
    assert "demo" in str(error)
    assert "canary" not in str(error)


@pytest.mark.timeout(5)
@pytest.mark.parametrize(("listed", "asked"), [(503, 2), (429, 1)], ids=["listed", "not listed"])
def test_a_token_request_is_retried_as_the_endpoint_declares(
    api: ScriptedApi, listed: int, asked: int
) -> None:
    api.always("/token", Reply(status=503))
    handler = {"retry_on_status_codes": [listed], "max_retries": 1, "backoff_factor": 0}
    error = failure(declare(resource(error_handler=handler), client={"auth": OAUTH2}))
    assert isinstance(error, ApiError)
    assert "503" in str(error)
    assert len(api.requests_of("/token")) == asked


def test_a_missing_token_url_is_reported(api: ScriptedApi) -> None:
    with pytest.raises((SettingError, ValueError), match=r"demo.*access_token_url"):
        extract(declare(resource(), client={"auth": "oauth2"}))


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_token_that_cannot_be_renewed_does_not_end_a_listing(
    api: ScriptedApi, status: int
) -> None:
    # The first page is shorter than its limit: a 400 for the second page would end the listing.
    api.in_turn("/token", [{**TOKEN, "expires_in": SHORT}, Reply({}, status)])
    api.always("/items", {"data": rows(2)})
    paged = resource(paginator={"type": "offset", "limit": 4})
    error = failure(declare(paged, client={"auth": OAUTH2}))
    assert f"the token request was answered {status}" in str(error)


def test_a_token_server_that_answers_404_does_not_mean_that_a_parent_has_no_children(
    api: ScriptedApi,
) -> None:
    api.in_turn("/token", [{**TOKEN, "expires_in": SHORT}, Reply({}, 404)])
    api.always("/parents", {"data": [row(1)]})
    parents = resource("parents")
    bound = {"parent": {"type": "resolve", "resource": "parents", "field": "id"}}
    child = resource(path="/parents/{parent}/items", params=bound)
    error = failure(declare(parents, child, client={"auth": OAUTH2}))
    assert "demo.items" in str(error)
    assert "the token request was answered 404" in str(error)


def expiring(uses: int) -> Script:
    """Serve twelve rows; each token is accepted some times."""
    pages, used = by_offset(rows(12)), Counter[str]()

    def script(asked: Asked) -> Any:
        token = asked.headers["authorization"]
        used[token] += 1
        return pages(asked) if used[token] <= uses else Reply({}, 401)

    return script


def numbered_tokens(api: ScriptedApi) -> None:
    numbers = count(1)
    api.on("/token", lambda _: {**TOKEN, "access_token": f"t{next(numbers)}"})


@pytest.mark.parametrize("concurrency", [1, 4, 10])
@pytest.mark.parametrize("limit", [1, 2])
def test_a_token_that_ends_early_is_renewed_and_its_request_repeated(
    api: ScriptedApi, concurrency: int, limit: int
) -> None:
    numbered_tokens(api)
    api.on("/items", expiring(3))
    paged = resource(paginator={"type": "offset", "limit": limit})
    assert read_ids(declare(paged, client={"auth": OAUTH2}, concurrency=concurrency)) == list(
        range(1, 13)
    )


def test_a_token_that_others_have_used_up_before_their_responses_come_is_renewed(
    api: ScriptedApi,
) -> None:
    numbered_tokens(api)
    pages = by_offset(rows(2))
    has_arrived = defaultdict(Gate)  # of a path, an offset and a token
    # The second page of /b uses up t2, and its response comes after /a was refused with t2.
    waits_for = {"a0t1": "b1t1", "b1t1": "a1t1", "a1t2": "b1t2", "b1t2": "a1t2"}
    refused = {"a1t1", "b1t1", "a1t2"}

    def script(asked: Asked) -> Any:
        token = asked.headers["authorization"].removeprefix("Bearer ")
        name = f"{asked.path[1:]}{asked.query['offset']}{token}"
        has_arrived[name].open()
        gate = has_arrived[waits_for[name]] if name in waits_for else None
        reply = Reply({}, 401) if name in refused else Reply(pages(asked))
        return replace(reply, gate=gate, delay=0.5 if name == "b1t2" else 0)

    two = [resource(name, paginator={"type": "offset", "limit": 1}) for name in "ab"]
    for name in "ab":
        api.on(f"/{name}", script)
    assert sorted(read_ids(declare(*two, client={"auth": OAUTH2}, concurrency=2))) == [1, 1, 2, 2]
    assert len(api.requests_of("/token")) == 3


def test_concurrent_requests_share_one_renewal(api: ScriptedApi) -> None:
    numbered_tokens(api)
    for name in "abcd":
        pages = by_offset(rows(3))

        def script(asked: Asked, pages: Script = pages) -> Any:
            is_over = asked.headers["authorization"] == "Bearer t1" and asked.query["offset"] != "0"
            return Reply({}, 401, delay=0.2) if is_over else Reply(pages(asked), delay=0.05)

        api.on(f"/{name}", script)
    extract(four())
    assert len(api.requests_of("/token")) == 2


@pytest.mark.parametrize("accepted", [0, 2])
def test_a_key_that_is_always_refused_ends_after_one_more_try(
    api: ScriptedApi, accepted: int
) -> None:
    numbered_tokens(api)
    pages = by_offset(rows(12))
    api.on(
        "/items",
        lambda a: pages(a) if len(api.requests_of("/items")) <= accepted else Reply({}, 401),
    )
    paged = resource(paginator={"type": "offset", "limit": 2})
    error = failure(declare(paged, client={"auth": OAUTH2}, concurrency=1))
    assert "401 Unauthorized" in str(error)
    assert len(api.requests_of("/items")) == accepted + 2
    assert len(api.requests_of("/token")) == 2


def test_a_path_that_is_always_refused_does_not_renew_the_key_of_the_others_again_and_again(
    api: ScriptedApi,
) -> None:
    numbered_tokens(api)
    api.on("/a", by_offset(rows(9)))
    api.always("/b", Reply({}, 401))
    assert "demo.b: " in str(failure(four(), "a", "b"))
    assert len(api.requests_of("/b")) == 2
    assert len(api.requests_of("/token")) == 2
