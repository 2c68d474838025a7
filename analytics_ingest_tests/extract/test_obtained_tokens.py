"""Tokens that logins give: what is none, what no header carries, what is not shown, how long."""

import traceback
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError
from analytics_ingest_tests.extract.login_types import EACH_TYPE, auth_of, set_credentials
from analytics_ingest_tests.support.loads import declare, extract, failure, resource
from analytics_ingest_tests.support.pages import by_offset, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    set_credentials(monkeypatch)


def declaration(kind: str, **keys: Any) -> Any:
    return declare(resource(), client={"auth": auth_of(kind, **keys)})


@EACH_TYPE
@pytest.mark.parametrize(
    "token", [None, "", "  ", 0, "0", "null", "None", "undefined", "true", True, False, {}, []]
)
def test_what_servers_give_for_no_token_is_refused(api: ScriptedApi, kind: str, token: Any) -> None:
    api.always("/token", {"token": token})
    error = failure(declaration(kind))
    assert isinstance(error, ApiError)
    assert "no token at" in str(error) or "no usable token" in str(error)
    assert api.paths == ["/token"]


@EACH_TYPE
@pytest.mark.parametrize("token", ["canary\nb", "canary\n", " canary", "canary\x00", "canary-ä€"])
def test_a_token_that_no_header_can_carry_is_reported_by_its_key(
    api: ScriptedApi, kind: str, token: str
) -> None:
    api.always("/token", {"token": token})
    error = failure(declaration(kind))
    assert isinstance(error, ApiError)
    assert "holds a character that a header cannot carry; check" in str(error)
    key = {"login": "token_path", "session_token": "session_token_response_key"}
    assert key.get(kind, "access_token_path") in str(error)
    assert "canary" not in "".join(traceback.format_exception(error))
    assert api.paths == ["/token"]


@pytest.mark.parametrize("kind", ["login", "oauth2_jwt_bearer"])
def test_the_query_carries_any_token(api: ScriptedApi, kind: str) -> None:
    api.always("/token", {"token": "a\nb&c=ä"})
    api.always("/items", {"data": rows(1)})
    extract(declaration(kind, location="query", name="key", token_format="{token}"))
    assert api.sent("/items", "key") == ["a\nb&c=ä"]


@EACH_TYPE
def test_no_message_shows_a_token_that_has_been_replaced(api: ScriptedApi, kind: str) -> None:
    given: list[str] = []

    def give(_: Asked) -> Any:
        given.append(f"canary-token-{len(given) + 1}")
        return {"token": given[-1]}

    api.on("/token", give)
    refused = Reply({"message": "canary-token-1 was replaced by canary-token-2"}, 403)
    api.on("/items", lambda _: Reply({}, 401) if len(given) == 1 else refused)
    error = failure(declaration(kind))
    assert len(given) == 2
    assert "'*** was replaced by ***'" in str(error)
    assert "canary" not in "".join(traceback.format_exception(error))


def test_no_message_shows_a_signed_token_that_has_been_replaced(api: ScriptedApi) -> None:
    def refuse(asked: Asked) -> Any:
        first, last = api.asked[0].headers["authorization"], asked.headers["authorization"]
        if len(api.asked) == 1:
            return Reply({}, 401, delay=1.1)  # A token signed in the same second is the same one.
        return Reply({"message": f"{first == last}: {first} became {last}"}, 403)

    api.on("/items", refuse)
    auth = {"type": "jwt", "algorithm": "HS256", "token_format": "Bearer {token}"}
    error = failure(declare(resource(), client={"auth": auth}))
    assert "'False: Bearer *** became Bearer ***'" in str(error)


@pytest.mark.parametrize("kind", ["login", "oauth2", "oauth2_jwt_bearer"])
def test_a_token_is_renewed_shortly_before_it_expires(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("analytics_ingest.auth.token_auth._MARGIN_SHARE", 0.99)
    pages = by_offset(rows(3))
    api.always("/token", {"token": "given", "expires_in": 20})
    api.on("/items", lambda asked: Reply(pages(asked), delay=0.3))
    lifetime = {"token_lifetime_path": "expires_in"} if kind == "login" else {}
    paged = resource(paginator={"type": "offset", "limit": 2})
    extract(declare(paged, client={"auth": auth_of(kind, **lifetime)}))
    assert api.paths == ["/token", "/items", "/token", "/items"]
