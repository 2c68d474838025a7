"""What a response counts as: data, not yet, partial, nothing, refused or broken; one table."""

import json
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError, LoadError
from analytics_ingest_tests.support.loads import (
    day,
    declare,
    extract,
    failure,
    load,
    read,
    read_ids,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import UPDATED, by_offset, row, rows
from analytics_ingest_tests.support.scripted_api import Reply, ScriptedApi

QUICK: dict[str, Any] = {"retry_on_status_codes": [429], "max_retries": 2, "backoff_factor": 0}
GOOD = {"data": rows(1)}


def quick(*statuses: int, **endpoint: Any) -> dict[str, Any]:
    handler = {**QUICK, "retry_on_status_codes": [*statuses]}
    return resource(error_handler=handler, **endpoint)


@pytest.mark.parametrize("status", [200, 201, 203, 206, 207])
def test_a_success_with_rows_is_data(api: ScriptedApi, status: int) -> None:
    api.always("/items", Reply(GOOD, status))
    assert read_ids(declare(quick())) == [1]


@pytest.mark.parametrize("status", [204, 205])
def test_a_status_without_content_is_an_empty_page(api: ScriptedApi, status: int) -> None:
    api.always("/items", Reply(b"", status))
    assert read_ids(declare(quick())) == []
    assert len(api.asked) == 1


@pytest.mark.parametrize("status", [300, 301, 304, 305, 400, 401, 403, 404, 409, 410, 418, 451])
def test_any_other_status_is_refused_at_once(api: ScriptedApi, status: int) -> None:
    api.always("/items", Reply(b"" if status == 304 else json.dumps(GOOD).encode(), status))
    error = failure(declare(quick(429)))
    assert isinstance(error, ApiError)
    assert f"demo.items: GET /items: the API answered {status} " in f"{error} "
    assert len(api.asked) == 1


@pytest.mark.parametrize("status", [201, 202, 203, 204, 206, 304, 400, 404, 500])
def test_a_listed_status_is_retried_whatever_it_means(api: ScriptedApi, status: int) -> None:
    body = b"" if status in (204, 304) else json.dumps(GOOD).encode()
    api.in_turn("/items", [Reply(body, status), Reply(body, status), {"data": [row(7)]}])
    assert read_ids(declare(quick(status))) == [7]
    assert len(api.asked) == 3


@pytest.mark.parametrize("body", [{}, {"message": "Accepted"}, [], GOOD, b"", b"queued"], ids=str)
@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0.1"}], ids=["", "Retry-After"])
def test_202_is_not_yet(api: ScriptedApi, body: Any, headers: dict[str, str]) -> None:
    api.always("/items", Reply(body, 202, headers))
    error = failure(declare(quick(429)))
    assert "the API answered 202 Accepted: the data is not ready yet" in str(error)
    assert len(api.asked) == 3


def test_202_is_not_yet_without_an_error_handler(api: ScriptedApi) -> None:
    api.in_turn("/items", [Reply({}, 202), GOOD])
    assert read_ids(declare(resource())) == [1]


def test_202_with_a_retry_after_holds_up_nobody_else(api: ScriptedApi) -> None:
    api.in_turn("/slow", [Reply({}, 202, {"Retry-After": "3"}), GOOD])
    api.on("/items", by_offset(rows(8)))
    paged = resource(paginator={"type": "offset", "limit": 2})
    slow = {**quick(), "name": "slow", "endpoint": {**quick()["endpoint"], "path": "/slow"}}
    stats = extract(declare(slow, paged))
    assert stats["slow"].seconds_waited == 3
    first, *_, last = api.requests_of("/items")
    assert last.at - first.at < 2


def test_202_keeps_the_rows_of_a_snapshot(api: ScriptedApi) -> None:
    stats = quick(
        202,
        data_selector="$",
        incremental=None,
    )
    declaration = declare({**stats, "write_disposition": "replace"})
    api.in_turn(
        "/items",
        [
            [{"id": 1, "total": 3}],
            *[Reply({}, 202)] * 2,
            [{"id": 1, "total": 4}],
            *[Reply({}, 202)] * 3,
        ],
    )
    load(declaration)
    load(declaration)
    assert table("items", "id", "total") == [(1, 4)]
    with pytest.raises(LoadError, match="202"):
        load(declaration)
    assert table("items", "id", "total") == [(1, 4)]
    assert len(api.asked) == 7


def test_202_with_rows_is_data_where_that_is_declared(api: ScriptedApi) -> None:
    api.always("/items", Reply(GOOD, 202))
    assert "partial: allow" in str(failure(declare(quick())))
    assert read_ids(declare(quick(partial="allow"))) == [1]
    api.always("/items", Reply({"data": []}, 202))
    assert "not ready" in str(failure(declare(quick(partial="allow"))))


TEXT = '{"data": [{"id": 1, "updated_at": "2026-01-05T10:00:00Z", "name": "Žižka é"}]}'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(TEXT.encode(), "application/json", id="UTF-8"),
        pytest.param(TEXT.encode("utf-8-sig"), "application/json", id="BOM"),
        pytest.param(TEXT.encode("utf-16"), "application/json; charset=utf-16", id="UTF-16"),
        pytest.param(TEXT.encode("utf-16-le"), "application/json", id="UTF-16 without BOM"),
        pytest.param(TEXT.encode("utf-32"), "application/json", id="UTF-32"),
        pytest.param(TEXT.encode("iso8859-2"), "text/json; charset=ISO-8859-2", id="Latin-2"),
        pytest.param(TEXT.encode(), "application/json; charset=latin-1", id="UTF-8 all the same"),
        pytest.param(b"\r\n\t " + TEXT.encode() + b"\n\n", "text/html", id="blank lines"),
    ],
)
def test_json_is_read_in_its_encoding(api: ScriptedApi, body: bytes, kind: str) -> None:
    api.always("/items", Reply(body, headers={"Content-Type": kind}))
    assert [r["name"] for r in read(declare(quick()))] == ["Žižka é"]


@pytest.mark.parametrize(
    ("body", "kind", "part"),
    [
        pytest.param(b"", "application/json", "has no body", id="nothing"),
        pytest.param(b" \r\n", "application/json", "has no body", id="blanks"),
        pytest.param("\ufeff".encode(), "application/json", "has no body", id="only a BOM"),
        pytest.param(b"<!DOCTYPE html><p>canary", "text/html", "not JSON but HTML", id="HTML"),
        pytest.param(b"<html><p>canary", "application/json", "not JSON but HTML", id="html"),
        pytest.param(b"<?xml version='1.0'?><canary/>", "text/xml", "not JSON but XML", id="XML"),
        pytest.param(b"id,name\n1,canary", "text/csv", "is not JSON", id="CSV"),
        pytest.param(
            b'{"data": [{"id": 1, "n": "canary',
            "a/b",
            "is not JSON, though it begins as JSON",
            id="half",
        ),
        pytest.param('{"n": "é canary"}'.encode("latin-1"), "a/b", "is not JSON", id="Latin-1"),
        pytest.param(b'{"n": "\xe9"}', "a/b; charset=nonsense", "is not JSON", id="a bad charset"),
        pytest.param(b"\x89PNG\x00\x01", "image/png", "is not JSON", id="bytes"),
    ],
)
def test_a_body_that_is_not_json_is_broken_and_named(
    api: ScriptedApi, body: bytes, kind: str, part: str
) -> None:
    api.always("/items", Reply(body, headers={"Content-Type": kind}))
    error = failure(declare(quick()))
    assert isinstance(error, ApiError)
    assert part in str(error)
    assert "canary" not in str(error)
    assert len(api.asked) == 3


@pytest.mark.parametrize("body", [b'{"id":1}\n{"id":2,"n":"canary"}\n', b"[1]\r\n[2]\r\n"])
def test_a_body_of_one_json_document_a_line_names_its_decoder(
    api: ScriptedApi, body: bytes
) -> None:
    api.always("/items", Reply(body, headers={"Content-Type": "text/plain"}))
    error = str(failure(declare(quick())))
    assert "the response is not one JSON document, but one a line" in error
    assert "declare decoder: jsonl" in error
    assert "canary" not in error
    assert len(api.asked) == 1


def family(**child: Any) -> Any:
    path = "/parents/{resources.parents.id}/items"
    return declare(resource("parents"), quick(path=path, **child))


def test_an_empty_body_says_how_it_can_mean_an_empty_listing(api: ScriptedApi) -> None:
    api.always("/parents", {"data": rows(2)})
    api.always("/parents/1/items", Reply(b""))
    api.always("/parents/2/items", GOOD)
    action = "{status_code: 200, empty: true, action: ignore}"
    assert f"declare response_actions: [{action}]" in str(failure(family(), "items"))
    actions = [{"status_code": 200, "empty": True, "action": "ignore"}]
    assert read_ids(family(response_actions=actions), "items") == [1]


THROTTLED = {"data": None, "errors": [{"extensions": {"code": "THROTTLED"}}]}


@pytest.mark.parametrize(
    "reply",
    [THROTTLED, Reply(THROTTLED, 400), Reply({"error": "THROTTLED"}, 403), Reply(b"THROTTLED")],
    ids=["200", "400", "403", "text"],
)
def test_a_retry_by_content_can_be_declared(api: ScriptedApi, reply: Any) -> None:
    actions = [{"content": "THROTTLED", "action": "retry"}]
    api.in_turn("/items", [reply, reply, GOOD])
    assert read_ids(declare(quick(response_actions=actions))) == [1]
    api.always("/items", reply)
    assert "response_actions declare 'retry'" in str(
        failure(declare(quick(response_actions=actions)))
    )
    assert len(api.asked) == 6


def test_a_failure_by_content_can_be_declared_and_is_not_retried(api: ScriptedApi) -> None:
    actions = [{"content": "stale", "action": "fail"}]
    api.always("/items", {**GOOD, "note": "stale"})
    assert "response_actions declare 'fail'" in str(
        failure(declare(quick(200, response_actions=actions)))
    )
    assert len(api.asked) == 1


def test_the_first_action_that_fits_decides(api: ScriptedApi) -> None:
    api.always("/items", Reply({"error": "archived"}, 404))
    actions = [
        {"status_code": 404, "content": "archived", "action": "ignore"},
        {"status_code": 404, "action": "fail"},
    ]
    assert read_ids(declare(quick(response_actions=actions))) == []
    assert "'fail'" in str(failure(declare(quick(response_actions=actions[::-1]))))


EMPTY_IN_AN_OBJECT: list[dict[str, Any]] = [
    {"id": "16", "status": "FAILED"},
    {"id": "16", "status": "error", "message": "it broke"},
    {"code": "415"},
    {"status": "FAILED"},
    {"id": "8", "error": {"message": "x"}},
    {"uuid": "8", "errors": ["x"], "success": False},
    {"total": 0, "success": True, "error": None, "message": "ok"},
]


@pytest.mark.parametrize("beside", EMPTY_IN_AN_OBJECT, ids=str)
@pytest.mark.parametrize("key", ["id", None], ids=["keyed", "keyless"])
def test_an_empty_list_in_an_object_is_empty(
    api: ScriptedApi, beside: dict[str, Any], key: str | None
) -> None:
    api.always("/items", {**beside, "stages": []})
    own = {"primary_key": key, **({} if key else {"write_disposition": "replace"})}
    assert read(declare(quick(data_selector="stages") | own)) == []
    assert len(api.asked) == 1


def test_an_object_that_failed_without_stages_does_not_fail_its_listing(
    api: ScriptedApi,
) -> None:
    runs = [{"id": "15", "updated_at": UPDATED}, {"id": "16", "updated_at": UPDATED}]
    api.always("/runs", runs)
    stage = {"id": "5", "updated_at": UPDATED}
    api.always("/runs/15", {"id": "15", "status": "SUCCESS", "stages": [stage]})
    api.always("/runs/16", {"id": "16", "status": "FAILED", "stages": []})
    bound = {"r": {"type": "resolve", "resource": "runs", "field": "id"}}
    stages = resource("stages", path="/runs/{r}", data_selector="stages", params=bound)
    load(declare(resource("runs", data_selector="$"), stages))
    assert table("stages") == ["5"]


FAILED: list[dict[str, Any]] = [
    {"success": False},
    {"ok": False, "total": 0},
    {"success": "false"},
    {"error": "shard 3 timed out"},
    {"success": False, "error": "shard 3 timed out"},
    {"errors": [{"message": "Timeout"}]},
    {"errors": {"orders": "Timeout"}, "page": 1},
    {"status": "error", "message": "x"},
    {"request_id": "r-1", "error": "x"},
]


@pytest.mark.parametrize("beside", FAILED, ids=str)
@pytest.mark.parametrize("key", ["id", None], ids=["keyed", "keyless"])
def test_rows_beside_an_error_fail_unless_that_is_declared(
    api: ScriptedApi, beside: dict[str, Any], key: str | None
) -> None:
    own = {"primary_key": key, **({} if key else {"write_disposition": "replace"})}
    api.always("/items", {**beside, "data": []})
    assert "an error in place of rows" in str(failure(declare(quick(partial="allow") | own)))
    api.always("/items", {**beside, "data": rows(2)})
    error = failure(declare(quick() | own))
    assert "rows along with an error" in str(error)
    assert "declare partial: allow" in str(error)
    assert len(read(declare(quick(partial="allow") | own))) == 2


@pytest.mark.parametrize(
    ("selector", "body"),
    [
        ("data.orders.nodes", {"data": {"orders": {"nodes": rows(1)}}, "errors": [{"m": "x"}]}),
        ("data.order", {"data": {"order": row(1)}, "errors": [{"m": "x"}]}),
        ("result.items", {"result": {"success": False, "items": rows(1)}}),
        ("data[*]", {"data": rows(1), "error": "x"}),
        (["data", "*", "n"], {"data": [{"n": row(1)}], "error": "x"}),
        ("$.data", {"data": rows(1), "error": "x"}),
        (None, {"data": rows(1), "error": "x"}),
    ],
    ids=str,
)
def test_an_error_beside_rows_is_seen_wherever_they_are(
    api: ScriptedApi, selector: Any, body: Any
) -> None:
    api.always("/items", body)
    assert "rows along with an error" in str(failure(declare(quick(data_selector=selector))))
    assert read_ids(declare(quick(data_selector=selector, partial="allow"))) == [1]


@pytest.mark.parametrize(
    ("selector", "body"),
    [
        ("data", {"data": rows(1), "error": None, "errors": [], "success": True}),
        ("data", {"data": rows(1), "status": "failed"}),
        ("data", {"data": rows(1), "code": 404, "title": "Widgets"}),
        ("stages", {"id": 8, "error": {"message": "x"}, "success": False, "stages": rows(1)}),
        ("errors", {"errors": rows(1)}),
        (None, {"errors": rows(1)}),
        ("$", row(1, success=False, error="boom")),
        ("build.steps", {"build": {"status": "failed", "message": "x", "steps": rows(1)}}),
    ],
    ids=str,
)
def test_what_is_not_an_error_of_the_request_is_data(
    api: ScriptedApi, selector: Any, body: Any
) -> None:
    api.always("/items", body)
    assert read_ids(declare(quick(data_selector=selector))) == [1]


def test_a_single_row_of_a_list_of_codes_is_a_row(api: ScriptedApi) -> None:
    api.always("/items", {"data": [{"code": 404, "name": "Not found", "description": "x"}]})
    snapshot = {**quick(), "primary_key": None, "write_disposition": "replace"}
    assert [r["code"] for r in read(declare(snapshot))] == [404]


def test_a_window_that_is_not_ready_fails(api: ScriptedApi) -> None:
    api.always("/items", Reply({}, 202))
    incremental = {"start_param": "since"}
    error = failure(declare(quick(incremental=incremental)), window=day(5))
    assert "202" in str(error)


def test_an_ignored_response_costs_one_request(api: ScriptedApi) -> None:
    api.always("/items", Reply({}, 202))
    actions = [{"status_code": 202, "action": "ignore"}]
    stats = extract(declare(quick(response_actions=actions)))["items"]
    assert (stats.requests, stats.rows_loaded) == (1, 0)
