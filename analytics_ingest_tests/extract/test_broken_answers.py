"""Answers that never arrive, or arrive in pieces, are asked for again; then they are an error."""

import time
from typing import Any

import pytest

from analytics_ingest.common.errors import ApiError, PartialLoadError
from analytics_ingest.declaration.resolved import ApiDeclaration
from analytics_ingest_tests.support.loads import (
    declare,
    extract,
    failure,
    load,
    read,
    read_ids,
    resource,
    table,
)
from analytics_ingest_tests.support.pages import by_offset, row, rows
from analytics_ingest_tests.support.raw_server import closed_port, http, sending
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

GOOD = {"data": rows(1)}
GOODS = resource()
"""The resource that is served what is good."""
GOOD_BYTES = http(b'{"data": [{"id": 1, "updated_at": "2026-01-05T10:00:00Z"}]}')
NO_STATUS = {"retry_on_status_codes": [], "max_retries": 2, "backoff_factor": 0}

TRUNCATED = http(b'{"data": [{"id": 1, "name": "canary', length=4000)
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"20\r\n" + b'{"data": [{"id": 1, "n": "canary'
)
FAULTS = pytest.mark.parametrize(
    "fault",
    [
        pytest.param(b"", id="the connection is closed"),
        pytest.param(b"HTTP/1.1 200", id="half a head"),
        pytest.param(TRUNCATED, id="a truncated body"),
        pytest.param(CHUNKED, id="a truncated chunk"),
        pytest.param(http(b"<html>canary: please log in</html>"), id="no JSON"),
        pytest.param(http(b'{"data": [{"id": 1, "n": "canary'), id="half a JSON"),
        pytest.param(http(b'{"data": "\xff\xfe canary"}'), id="no UTF-8"),
        pytest.param(
            http(b"canary, no gzip").replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n"),
            id="no gzip",
        ),
        pytest.param(b"canary is no HTTP\r\n\r\n", id="no HTTP"),
    ],
)


def base_url(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("SOURCES__DEMO__BASE_URL", url)


@FAULTS
def test_a_broken_answer_is_asked_for_again(monkeypatch: pytest.MonkeyPatch, fault: bytes) -> None:
    with sending([fault, fault, GOOD_BYTES]) as server:
        base_url(monkeypatch, server.url)
        stats = extract(declare(resource(error_handler=NO_STATUS)))["items"]
    assert (stats.requests, stats.retries, stats.rows_loaded) == (3, 2, 1)


@FAULTS
def test_an_answer_that_stays_broken_is_an_error_that_shows_none_of_it(
    monkeypatch: pytest.MonkeyPatch, fault: bytes
) -> None:
    with sending([fault]) as server:
        base_url(monkeypatch, server.url)
        error = failure(declare(resource(error_handler=NO_STATUS)))
    assert server.answered == 3
    assert isinstance(error, ApiError)
    assert "demo.items" in str(error)
    assert "3 requests" in str(error)
    assert "canary" not in str(error)


def test_a_body_that_is_not_compressed_as_it_says_is_named_with_a_way(api: ScriptedApi) -> None:
    def script(asked: Asked) -> Reply:
        is_lying = "gzip" in asked.headers["accept-encoding"]
        return Reply({"data": [row(1)]}, headers={"Content-Encoding": "gzip"} if is_lying else {})

    api.on("/items", script)
    error = failure(declare(resource(error_handler=NO_STATUS)))
    assert "not compressed as its Content-Encoding says" in str(error)
    assert "headers: {Accept-Encoding: identity}" in str(error)
    declared = declare(resource(), client={"headers": {"Accept-Encoding": "identity"}})
    assert read_ids(declared) == [1]


@pytest.mark.parametrize("decoder", ["json", "csv", "jsonl"])
@pytest.mark.parametrize("encoding", ["br", "compress"])
def test_a_compression_that_nothing_here_reads_is_named_after_one_request(
    api: ScriptedApi, encoding: str, decoder: str
) -> None:
    api.always("/items", Reply(b"\x0b\x02canary", headers={"Content-Encoding": encoding}))
    declared = {} if decoder == "json" else {"decoder": decoder, "data_selector": None}
    error = failure(declare(resource(incremental=None, error_handler=NO_STATUS, **declared)))
    assert str(error) == (
        f"demo.items: GET /items: the body of the response is compressed as {encoding}, says its "
        "Content-Encoding, which is not read here; declare headers: {Accept-Encoding: identity}"
    )
    assert len(api.asked) == 1


@pytest.mark.parametrize("encoding", ["br", "utf-8", "canary"])
def test_a_header_that_names_a_compression_is_ignored_where_the_body_is_plain_json(
    api: ScriptedApi, encoding: str
) -> None:
    api.always("/items", Reply({"data": [row(1)]}, headers={"Content-Encoding": encoding}))
    assert read_ids(declare(resource())) == [1]


def test_values_nested_however_deeply_are_kept_or_fail_their_resource_alone(
    api: ScriptedApi,
) -> None:
    deep = {depth: b"[" * depth + b"]" * depth for depth in (300, 960, 2_000, 100_000)}
    for depth, value in deep.items():
        api.always(f"/deep_{depth}", Reply(b'{"data": [{"id": 1, "v": %s}]}' % value))
    api.always("/items", GOOD)
    names = [f"deep_{depth}" for depth in deep]
    problems = errors_of(declare(*(resource(n, error_handler=NO_STATUS) for n in names), GOODS))
    assert table("items") == [1]
    assert "deep_300" not in problems
    for (depth, value), name in zip(deep.items(), names, strict=True):
        if name in problems:
            assert f"demo.{name}: " in problems[name]
            assert "nested too deeply" in problems[name]
            assert len(api.requests_of(f"/{name}")) == 1
        else:
            assert (depth, table(name, "v__v_text")) == (depth, [value.decode()])


BY_LINK = {"paginator": {"type": "json_link", "next_url_path": "next"}}
BY_CURSOR = {"paginator": {"type": "cursor", "cursor_path": "next"}}
IN_BODY = {
    "paginator": {"type": "cursor", "cursor_path": "next", "cursor_body_path": "cursor"},
    "method": "POST",
    "json": {},
}
GUESSED = {"paginator": None, "data_selector": None}


ODD: dict[str, tuple[dict[str, Any], bytes]] = {
    "half a surrogate": (BY_CURSOR, rb'{"data": [], "next": "\ud800"}'),
    "a list as a cursor": (BY_CURSOR, rb'{"data": [], "next": ["\ud800"]}'),
    "half a surrogate in a link": (BY_LINK, rb'{"data": [], "next": "?\ud800"}'),
    "no link": (BY_LINK, rb'{"data": [], "next": "http://[bad"}'),
    "a cursor that is not in json": (IN_BODY, rb'{"data": [], "next": 1e999}'),
    "a quotation mark in a name": (GUESSED, rb'{"a\"b": [{"id": 1}]}'),
    "a backslash in a name": (GUESSED, rb'{"a\\": [{"id": 1}]}'),
}


def test_what_no_request_can_be_made_of_fails_its_resource_alone(api: ScriptedApi) -> None:
    names = {case.replace(" ", "_"): one for case, one in ODD.items()}
    for name, (_, body) in names.items():
        api.always(f"/{name}", Reply(body))
    api.always("/items", GOOD)
    problems = errors_of(declare(*(resource(n, **keys) for n, (keys, _) in names.items()), GOODS))
    assert table("items") == [1]
    assert set(problems) == set(names)
    for name, problem in problems.items():
        assert f"demo.{name}: " in problem
        assert "ud800" not in problem


@pytest.mark.parametrize("depth", [450, 900])
def test_a_cursor_nested_too_deeply_fails_its_own_resource(api: ScriptedApi, depth: int) -> None:
    cursor = b"[" * depth + b"]" * depth
    api.always("/odd", Reply(b'{"data": [{"id": 1}], "next": %s}' % cursor, delay=0.1))
    pages = by_offset(rows(100))
    api.on("/items", lambda asked: Reply(pages(asked), delay=0.03))
    by_ten = {"type": "offset", "limit": 10}
    problem = error_of(declare(resource(paginator=by_ten), resource("odd", **BY_CURSOR)))
    assert len(table("items")) == 100
    assert problem is not None
    assert "demo.odd: " in problem
    assert "demo.items" not in problem


def test_a_binding_nested_too_deeply_fails_no_other_resource(api: ScriptedApi) -> None:
    deep = b"[" * 980 + b"]" * 980
    api.always("/epics", Reply(b'{"data": [{"id": 1, "u": %s}]}' % deep, delay=0.1))
    pages = by_offset(rows(100))
    api.on("/items", lambda asked: Reply(pages(asked), delay=0.03))
    binding = {"u": {"type": "resolve", "resource": "epics", "field": "u"}}
    by_ten = {"type": "offset", "limit": 10}
    problem = error_of(
        declare(
            resource(paginator=by_ten),
            resource("epics"),
            resource("stories", path="/epics/{u}/stories", params=binding),
        )
    )
    assert len(table("items")) == 100
    assert problem is not None
    assert "demo.epics: " in problem
    assert "demo.items" not in problem


def test_an_endless_redirect_fails_its_resource_alone(api: ScriptedApi) -> None:
    api.on("/odd", lambda _: Reply(status=302, headers={"Location": f"{api.url}/odd"}))
    api.always("/items", GOOD)
    problem = error_of(declare(resource("odd"), resource()))
    assert table("items") == [1]
    assert problem == (
        "demo.odd: GET /odd: could not complete the request (TooManyRedirects); check the "
        "endpoint's path and params"
    )


def test_rows_too_deep_to_be_stored_hold_up_nobody(api: ScriptedApi) -> None:
    """What had been read of their resources, ahead of need, waits for nobody to draw it."""
    pages = by_offset(rows(2_000))
    deep = b'{"id": 1, "v": %s}' % (b"[" * 974 + b"]" * 974)
    too_deep = Reply(b'{"data": [%s]}' % b",".join([deep] * 10))

    def script(asked: Asked) -> Reply:
        offset = int(asked.query["offset"])
        if offset == 410:
            return too_deep
        return Reply(pages(asked), delay=0.1 if offset % 100 == 0 else 0)

    names = [f"odd_{number}" for number in range(8)]
    for name in names:
        api.on(f"/{name}", script)
    api.on("/items", by_offset(rows(1_000)))
    by_ten = {"type": "offset", "limit": 10}
    error = failure(declare(*(resource(name, paginator=by_ten) for name in ["items", *names])))
    assert isinstance(error, PartialLoadError)
    assert set(error.failures) == set(names)


def errors_of(declaration: ApiDeclaration) -> dict[str, str]:
    """What a load tells of the resources, some of many, that it could not read."""
    with pytest.raises(PartialLoadError) as caught:
        load(declaration)
    return {name: str(error) for name, error in caught.value.failures.items()}


def error_of(declaration: ApiDeclaration) -> str | None:
    """What a load tells of a resource that it could not read, None where there is none."""
    try:
        load(declaration)
    except (ApiError, PartialLoadError) as error:
        return str(error)
    return None


def test_a_refused_connection_is_retried_and_then_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = closed_port()
    base_url(monkeypatch, url)
    error = failure(declare(resource(error_handler=NO_STATUS)))
    assert isinstance(error, ApiError)
    assert "demo.items" in str(error)
    assert url in str(error)
    assert "3 requests" in str(error)


@pytest.mark.parametrize("tries", [1, 2])
def test_an_answer_later_than_the_declared_read_time_out_is_given_up(
    api: ScriptedApi, tries: int
) -> None:
    api.always("/items", Reply(GOOD, delay=0.6))
    handler = {**NO_STATUS, "max_retries": tries - 1}
    declaration = declare(resource(error_handler=handler), timeouts={"connect": 5, "read": 0.15})
    began = time.monotonic()
    error = failure(declaration)
    assert time.monotonic() - began < 1.5
    assert isinstance(error, ApiError)
    assert "demo.items" in str(error)
    assert "silent for 0.15 s" in str(error)
    assert len(api.asked) == tries


def test_a_time_out_is_retried(api: ScriptedApi) -> None:
    api.in_turn("/items", [Reply(GOOD, delay=0.6), GOOD])
    declaration = declare(resource(error_handler=NO_STATUS), timeouts={"read": 0.15})
    assert extract(declaration)["items"].retries == 1


def test_a_status_that_is_not_listed_is_not_retried_for_its_broken_body(api: ScriptedApi) -> None:
    api.always("/items", Reply(b"<html>no</html>", status=500))
    failure(declare(resource(error_handler=NO_STATUS)))
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('{"data": [{"id": 1, "name": "Žižka ☂"}]}'.encode("utf-8-sig"), id="BOM"),
        pytest.param('{"data": [{"id": 1, "name": "Žižka ☂"}]}'.encode(), id="UTF-8"),
        pytest.param(b'{"data": [{"id": 1, "name": "\\u017di\\u017eka \\u2602"}]}', id="escapes"),
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "text/html; charset=latin-1"])
def test_json_is_utf_8_with_or_without_a_byte_order_mark(
    api: ScriptedApi, body: bytes, kind: str
) -> None:
    api.always("/items", Reply(body, headers={"Content-Type": kind}))
    found: list[Any] = read(declare(resource(error_handler=NO_STATUS)))
    assert [row["name"] for row in found] == ["Žižka ☂"]
