"""A login that is refused is not sent again: wrong passwords, repeated, lock an account."""

from typing import Any

import pytest

from analytics_ingest_tests.extract.login_types import EACH_TYPE, auth_of, set_credentials
from analytics_ingest_tests.support.loads import declare, failure, read_ids, resource
from analytics_ingest_tests.support.pages import rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

HANDLER = {"retry_on_status_codes": [400, 401, 403, 422, 503], "max_retries": 3}


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    set_credentials(monkeypatch)


def eight(kind: str) -> Any:
    handler = {**HANDLER, "backoff_factor": 0.01}
    resources = [resource(name, error_handler=handler) for name in "abcdefgh"]
    return declare(*resources, client={"auth": auth_of(kind)}, concurrency=8)


@EACH_TYPE
@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_a_refused_login_is_sent_once_for_all_resources_and_retries(
    api: ScriptedApi, kind: str, status: int
) -> None:
    api.always("/token", Reply({"error": "canary"}, status, delay=0.05))
    error = failure(eight(kind))
    assert str(error).count(f"was answered {status}; check") == 8
    assert "canary" not in str(error)
    assert api.paths == ["/token"]


@EACH_TYPE
@pytest.mark.parametrize(
    "reply", [Reply(status=503), Reply({}, 403, {"Retry-After": "1"})], ids=["503", "rate limit"]
)
def test_a_login_for_which_the_server_has_no_time_is_sent_again(
    api: ScriptedApi, kind: str, reply: Reply
) -> None:
    api.in_turn("/token", [reply, {"token": "given"}])
    api.always("/a", {"data": rows(1)})
    assert read_ids(eight(kind), "a") == [1]
    assert api.paths == ["/token", "/token", "/a"]


def test_a_renewal_that_is_refused_is_sent_once(api: ScriptedApi) -> None:
    def script(asked: Asked) -> Any:
        is_first = len(api.requests_of("/token")) == 1
        return {"token": "given"} if is_first else Reply({}, 401, delay=0.05)

    api.on("/token", script)
    api.otherwise(lambda _: Reply({}, 401, delay=0.05))
    assert "the login was answered 401" in str(failure(eight("login")))
    assert len(api.requests_of("/token")) == 2


def test_a_refused_token_from_before_does_not_refuse_the_login(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCES__DEMO__SESSION_TOKEN", "old")
    auth = auth_of("session_token", validate_session_url="me")
    api.always("/me", Reply({}, 401))
    api.always("/token", {"token": "given"})
    api.always("/items", {"data": rows(1)})
    assert read_ids(declare(resource(), client={"auth": auth})) == [1]


def test_a_row_that_is_always_refused_does_not_log_in_as_long_as_others_are_accepted(
    api: ScriptedApi,
) -> None:
    api.always("/token", {"token": "given"})
    api.always("/parents", {"data": rows(100)})
    api.otherwise(
        lambda asked: (
            Reply({}, 401, delay=0.1)
            if asked.path == "/parents/20/items"
            else Reply({"data": rows(1)}, delay=0.02)
        )
    )
    child = resource(path="/parents/{resources.parents.id}/items")
    children = declare(resource("parents"), child, client={"auth": auth_of("login")}, concurrency=4)
    assert "401 Unauthorized" in str(failure(children))
    assert len(api.requests_of("/parents/20/items")) <= 6
    assert len(api.requests_of("/token")) <= 6
