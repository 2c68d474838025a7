"""What an API says in a refusal is quoted: cut, without secrets, control characters spelled out."""

import json
from typing import Any

import pytest

from analytics_ingest_tests.support.loads import declare, failure, resource
from analytics_ingest_tests.support.pages import row, rows
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

REASON = "_size must be <= 1000"

BODIES: list[Any] = [
    {"message": REASON},
    {"Message": REASON},
    {"error": REASON, "status": 400},
    {"error": {"code": 7, "message": REASON}},
    {"errors": [REASON]},
    {"errors": [{"field": "_size", "message": REASON}]},
    {"errors": {"_size": [REASON]}},
    {"errors": [{"title": "Invalid", "detail": REASON, "source": {"parameter": "_size"}}]},
    {"detail": REASON},
    {"detail": [{"loc": ["query", "_size"], "msg": REASON, "input": "5000"}]},
    {"title": REASON, "type": "about:blank"},
    {"title": "Bad Request", "detail": REASON},
    {"message": "Validation Failed", "errors": [{"message": REASON}]},
    {"error_description": REASON, "error": "invalid_request"},
    {"errorMessage": REASON},
    [{"errorCode": "BAD", "message": REASON}],
    {"fault": "x", "error": [[{"message": REASON}]]},
    REASON,
    REASON.encode(),
    f"  {REASON}\n".encode(),
    json.dumps({"message": REASON}).encode("utf-16"),
]


def said(api: ScriptedApi, body: Any, status: int = 400, **client: Any) -> str:
    """The message of a load whose request is refused."""
    api.always("/items", Reply(body, status))
    return str(failure(declare(resource(), client=client or None)))


@pytest.mark.parametrize("body", BODIES, ids=str)
def test_the_reason_is_quoted(api: ScriptedApi, body: Any) -> None:
    assert REASON in said(api, body)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 406, 409, 410, 415, 422, 451])
def test_every_refusal_has_its_reason(api: ScriptedApi, status: int) -> None:
    message = said(api, {"error": REASON}, status)
    assert f"the API answered {status} " in message
    assert f"'{REASON}'" in message


@pytest.mark.parametrize("status", [200, 302, 500, 503])
def test_only_refusals_are_quoted(api: ScriptedApi, status: int) -> None:
    api.always("/items", Reply({"error": "canary"}, status))
    handler = {"max_retries": 0}
    assert "canary" not in str(failure(declare(resource(error_handler=handler))))


@pytest.mark.parametrize(
    "body",
    [
        {"data": rows(1), "message": "canary"},
        {"name": "canary", "email": "canary@example.com"},
        {"data": "canary"},
        {"error": {"input": {"deep": {"er": {"and": {"deeper": "canary"}}}}}},
        b"<html><title>canary</title></html>",
        b"<canary/>",
        b"canary " * 200,
        b"[1, 2, canary",
        b"\xff\xfe\x00canary",
        {"message": {}},
        {"message": 17, "error": True, "errors": None},
        [],
        17,
        b"",
        b"[" * 100_000,
    ],
    ids=lambda body: str(body)[:30],
)
def test_what_is_not_meant_for_people_is_not_quoted(api: ScriptedApi, body: Any) -> None:
    message = said(api, body)
    assert message == "demo.items: GET /items: the API answered 400 Bad Request"


def test_a_long_reason_is_cut(api: ScriptedApi) -> None:
    message = said(api, {"message": "x" * 5000})
    assert message.count("x") == 199
    assert "x…'" in message


def test_control_characters_are_spelled_out(api: ScriptedApi) -> None:
    message = said(api, {"message": "a\x1b[2K\x07b\u202ec\nd\te\x00"})
    assert "'a\\x1b[2K\\x07b\\u202ec d e\\x00'" in message
    assert message.isprintable()


AUTHS: dict[str, dict[str, Any]] = {
    "key in a header": {"type": "api_key", "name": "X-API-Key"},
    "key in the query": {"type": "api_key", "name": "token", "location": "query"},
    "bearer": {"type": "bearer"},
    "basic": {"type": "basic"},
    "oauth2": {"type": "oauth2", "access_token_url": "token"},
}


@pytest.mark.parametrize("auth", AUTHS.values(), ids=list(AUTHS))
@pytest.mark.parametrize("status", [400, 401, 403])
def test_no_secret_and_no_setting_is_quoted(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch, auth: dict[str, Any], status: int
) -> None:
    """The API repeats all that it was sent."""
    names = ("API_KEY", "API_TOKEN", "USERNAME", "PASSWORD", "CLIENT_ID", "CLIENT_SECRET")
    for name in (*names, "TENANT"):
        monkeypatch.setenv(
            f"SOURCES__DEMO__{name}", f"canary/{name} é" if name == "TENANT" else f"canary-{name}"
        )

    def echo(asked: Asked) -> Reply:
        sent = [
            asked.headers.get("authorization", ""),
            *asked.query.values(),
            *asked.headers.values(),
        ]
        return Reply({"errors": [f"{asked.path} {' '.join(sent)}", "canary/TENANT é"]}, status)

    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", f"{api.url}/")
    api.always("/token", {"access_token": "canary-token", "expires_in": 3600})
    api.on("/items", echo)
    declared = resource(params={"tenant": "{settings.tenant}"})
    message = str(failure(declare(declared, client={"auth": auth})))
    assert "'/items ***" in message or "'/items" in message
    assert "canary" not in message
    assert "Y2FuYXJ5" not in message


def test_no_id_of_a_parent_is_quoted(api: ScriptedApi) -> None:
    api.always("/parents", {"data": [row("canary-id"), row("other")]})
    api.always("/parents/other/items", {"data": []})
    api.always("/parents/canary-id/items", Reply({"error": "canary-id has no items"}, 400))
    child = resource(path="/parents/{resources.parents.id}/items")
    message = str(failure(declare(resource("parents"), child), "items"))
    assert "'*** has no items'" in message
    assert "canary" not in message


def test_a_short_secret_is_not_quoted(api: ScriptedApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCES__DEMO__API_TOKEN", "k7")
    message = said(api, {"message": "k7 is no key, but k77 is"}, auth={"type": "bearer"})
    assert "'*** is no key, but k77 is'" in message


def test_half_a_secret_is_not_quoted(api: ScriptedApi, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "canary" + "y" * 90
    monkeypatch.setenv("SOURCES__DEMO__API_TOKEN", key)
    message = said(api, {"message": "-" * 150 + key}, auth={"type": "bearer"})
    assert "canary" not in message


def test_a_password_in_the_base_url_is_not_quoted(
    api: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_password = api.url.replace("http://", "http://canary-user:canary-password@")
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", with_password)
    assert "canary" not in said(api, {"message": "canary-user has canary-password"})
