"""Bodies that are not plain JSON: each is read as its decoder says, or fails by name."""

import gzip
import io
import zipfile
import zlib
from typing import Any

import pytest

from analytics_ingest_tests.support.loads import (
    column_types,
    day,
    declare,
    failure,
    load,
    read,
    resource,
    table,
)
from analytics_ingest_tests.support.previews import try_
from analytics_ingest_tests.support.raw_server import sending
from analytics_ingest_tests.support.scripted_api import Asked, Reply, ScriptedApi

TEXT = {"Content-Type": "text/plain; charset=utf-8"}
CSV = {"Content-Type": "text/csv"}


def zipped(*members: bytes, folder: str = "") -> bytes:
    """A zip file with some members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        if folder:
            archive.writestr(folder, b"")
        for number, member in enumerate(members):
            archive.writestr(f"{folder}{number}.txt", member)
    return packed.getvalue()


def snapshot(decoder: Any, **endpoint: Any) -> dict[str, Any]:
    """A resource without a cursor, whose rows are the body."""
    keys = {"data_selector": None, "incremental": None, "error_handler": {"max_retries": 0}}
    return resource(decoder=decoder, **{**keys, **endpoint})


def csv_of(**keys: Any) -> dict[str, Any]:
    return {"type": "csv", **keys}


ONE_TWO = [{"id": "1", "n": "a"}, {"id": "2", "n": "b"}]
NUMBERS = [{"id": 1, "n": "a"}, {"id": 2, "n": "b"}]
PLAIN = b"id,n\n1,a\n2,b\n"
LINES = b'{"id": 1, "n": "a"}\n{"id": 2, "n": "b"}\n'
ACCENTS = [{"id": "1", "n": "é€"}]

READ: dict[str, tuple[Any, bytes, list[Any]]] = {
    "csv": ("csv", PLAIN, ONE_TWO),
    "csv without a last line feed": ("csv", PLAIN[:-1], ONE_TWO),
    "csv with CRLF": ("csv", PLAIN.replace(b"\n", b"\r\n"), ONE_TWO),
    "csv with blank lines": ("csv", b"\nid,n\n\n1,a\n2,b\n\n\n", ONE_TWO),
    "csv with a byte-order mark": ("csv", b"\xef\xbb\xbf" + PLAIN, ONE_TWO),
    "csv in UTF-16": ("csv", PLAIN.decode().encode("utf-16"), ONE_TWO),
    "csv in another encoding": (
        csv_of(encoding="cp1252"),
        "id,n\n1,é€\n".encode("cp1252"),
        ACCENTS,
    ),
    "a delimiter": (csv_of(delimiter=";"), b'id;n\n1;"a,;"\n', [{"id": "1", "n": "a,;"}]),
    "a tab": (csv_of(delimiter="\t"), b"id\tn\n1\ta b\n", [{"id": "1", "n": "a b"}]),
    "quotes": ("csv", b'id,n\n1,"a ""b""\nc\r\nd"\n', [{"id": "1", "n": 'a "b"\nc\r\nd'}]),
    "another quote": (csv_of(quote="'"), b"id,n\n1,'a,\"b'\n", [{"id": "1", "n": 'a,"b'}]),
    "no quotes": (
        csv_of(quote=""),
        b'id,n\n1,"a\n2,b"\n',
        [
            {"id": "1", "n": '"a'},
            {"id": "2", "n": 'b"'},
        ],
    ),
    "no header": (csv_of(header=False, columns=["id", "n"]), b"1,a\n2,b\n", ONE_TWO),
    "other names": (csv_of(columns=["id", "n"]), b"key,key\n1,a\n2,b\n", ONE_TWO),
    "empty values": ("csv", b"id,n\n1,\n", [{"id": "1", "n": None}]),
    "empty values that are kept": (csv_of(nulls=[]), b"id,n\n1,\n", [{"id": "1", "n": ""}]),
    "other nulls": (csv_of(nulls=["", "--"]), b"id,n\n1,--\n", [{"id": "1", "n": None}]),
    "a long value": ("csv", b"id,n\n1," + b"x" * 200_000, [{"id": "1", "n": "x" * 200_000}]),
    "a header alone": ("csv", b"id,n\n", []),
    "jsonl": ("jsonl", LINES, NUMBERS),
    "jsonl without a last line feed": ("jsonl", LINES[:-1], NUMBERS),
    "jsonl with CRLF and blank lines": ("jsonl", LINES.replace(b"\n", b"\r\n\r\n"), NUMBERS),
    "jsonl with a byte-order mark": ("jsonl", b"\xef\xbb\xbf" + LINES, NUMBERS),
    "no lines": ("jsonl", b"", []),
    "blank lines alone": ("jsonl", b"\n\n", []),
    "jsonl in latin-1": (
        {"type": "jsonl", "encoding": "latin-1"},
        '{"id": "1", "n": "é"}'.encode("latin-1"),
        [{"id": "1", "n": "é"}],
    ),
    "gzip": ({"type": "jsonl", "compression": "gzip"}, gzip.compress(LINES), NUMBERS),
    "gzip of nothing": ({"type": "jsonl", "compression": "gzip"}, gzip.compress(b""), []),
    "gzip in two parts": (
        {"type": "jsonl", "compression": "gzip"},
        gzip.compress(LINES[:19]) + gzip.compress(LINES[19:]),
        NUMBERS,
    ),
    "gzip that has been decompressed": ({"type": "jsonl", "compression": "gzip"}, LINES, NUMBERS),
    "zip": (csv_of(compression="zip"), zipped(PLAIN), ONE_TWO),
    "zip with members of other columns": (
        csv_of(compression="zip"),
        zipped(b"id,n\n1,a\n", b"n,id\nb,2\n", folder="of/"),
        ONE_TWO,
    ),
    "an empty zip": (csv_of(compression="zip"), zipped(), []),
    "gzip in zip": (
        {"type": "jsonl", "compression": ["zip", "gzip"]},
        zipped(gzip.compress(LINES[:20]), gzip.compress(LINES[20:])),
        NUMBERS,
    ),
    "json in zip": ({"compression": "zip"}, zipped(b'[{"id": 1}]'), [{"id": 1}]),
    "json in a zip of several": (
        {"compression": "zip"},
        zipped(b'[{"id": 1}]', b"[]", b'[{"id": 2}]'),
        [{"id": 1}, {"id": 2}],
    ),
    "json in gzip": ({"compression": "gzip"}, gzip.compress(b'[{"id": 1}]'), [{"id": 1}]),
    "json in another encoding": (
        {"encoding": "cp1252"},
        '[{"id": "€"}]'.encode("cp1252"),
        [{"id": "€"}],
    ),
}


@pytest.mark.parametrize(("decoder", "body", "rows"), READ.values(), ids=list(READ))
def test_a_body_is_read_as_its_decoder_says(
    api: ScriptedApi, decoder: Any, body: bytes, rows: list[Any]
) -> None:
    api.always("/items", Reply(body))
    assert read(declare(snapshot(decoder))) == rows


def test_a_row_is_a_line(api: ScriptedApi) -> None:
    api.always("/items", Reply(b"a\r\nb c\n\nd"))
    declared = {**snapshot("lines"), "primary_key": "record"}
    assert [row["record"] for row in read(declare(declared))] == ["a", "b c", "", "d"]


XML = "CSV: it is XML; check the path, the headers"
SAY = "demo.items: GET /items: the response is not "
BROKEN: dict[str, tuple[Any, bytes, str]] = {
    "too many values": ("csv", b"id,n\n1,a\n2,b,c\n", "CSV: line 3 has 3 values, but the header"),
    "too few values": ("csv", b"id,n\n1,a\n2", "CSV: line 3 has 1 values, but the header names 2"),
    "the line where a record begins": ("csv", b'id,n\n1,"a\nb"\n2\n', "CSV: line 4 has 1 values"),
    "fewer columns than declared": (
        csv_of(columns=["id", "n", "m"]),
        PLAIN,
        "CSV: line 1 has 2 values, but decoder.columns names 3",
    ),
    "names that come twice": (
        "csv",
        b"id,n,id\n",
        "CSV: columns 1 and 3 of the header have the same name; declare decoder.columns",
    ),
    "a column without a name": ("csv", b"id,n,\n", "CSV: column 3 of the header has no name"),
    "a quote that does not end": (
        "csv",
        b'id,n\n1,a\n2,"b\n',
        "CSV: line 3 is not a record (unexpected end of data)",
    ),
    "a text behind a quote": ("csv", b'id,n\n1,"a"b\n', "CSV: line 2 is not a record ("),
    "a carriage return alone": ("csv", b"id,n\r1,a\r", "CSV: line 1 is not a record ("),
    "a byte that is not UTF-8": (
        "csv",
        b"id,n\n1,a\n2,\xff\n",
        "CSV: line 3 holds a byte that is not utf-8; declare decoder.encoding",
    ),
    "HTML in place of CSV": ("csv", b"\n<!DOCTYPE html><html></html>", "CSV: it is HTML; check"),
    "XML in place of CSV": ("csv", b"<?xml version='1.0'?><error/>", "CSV: it is XML; check"),
    "JSON in place of CSV": ("csv", b'{"error": "wait", "in": 5}', "CSV: it is JSON; check"),
    "JSON in place of lines": ("lines", b'{"error": "wait"}', "lines: it is JSON; check"),
    "names in another order": (
        csv_of(columns=["n", "id"]),
        PLAIN,
        "CSV: the header has the names of decoder.columns in another order",
    ),
    "a header within": (
        {"type": "csv", "compression": "gzip"},
        gzip.compress(PLAIN) + gzip.compress(PLAIN),
        "CSV: line 4 is the header again; it seems to be several tables",
    ),
    "a header of one name within": (
        {"type": "csv", "compression": "gzip"},
        gzip.compress(b"id\n1\n") + gzip.compress(b"id\n2\n"),
        "CSV: line 3 is the header again",
    ),
    "a member without the header of the first": (
        csv_of(compression="zip", columns=["id", "n"]),
        zipped(b"key,note\n1,a\n", b"2,b\n3,c\n"),
        "CSV: member 2: its header differs from that of the first member",
    ),
    "XML without a declaration in place of CSV": ("csv", b"<Error><Code>a</Code></Error>", XML),
    "null in place of CSV": ("csv", b"null", "CSV: it is JSON; check"),
    "a comment of HTML in place of CSV": ("csv", b"<!-- a -->\n<html>\n", "CSV: it is HTML"),
    "the head of HTML in place of lines": ("lines", b"<head>\n</head>", "lines: it is HTML"),
    "the body of HTML in place of lines": ("lines", b"<BODY>", "lines: it is HTML; check"),
    "XML in place of lines": ("lines", b"<?xml version='1.0'?><r/>", "lines: it is XML; check"),
    "no header": ("csv", b"\r\n\n", "CSV: it has no header; declare decoder.header: false"),
    "a line of JSON that is cut off": (
        "jsonl",
        LINES[:-8],
        "JSON Lines: line 2 is not a JSON value; the response may be cut off",
    ),
    "a line that is not JSON": (
        "jsonl",
        LINES[:20] + b"wait\n" + LINES[20:],
        "JSON Lines: line 2 is not a JSON value; check the path, and decoder.type",
    ),
    "two values on a line": ("jsonl", b'{"id": 1}{"id": 2}\n', "JSON Lines: line 1 is not"),
    "indented JSON": ("jsonl", b'[\n  {"id": 1}\n]\n', "JSON Lines: line 1 is not a JSON value"),
    "HTML in place of JSON Lines": ("jsonl", b"<html></html>", "JSON Lines: it is HTML; check"),
    "a gzip that is cut off": (
        {"type": "jsonl", "compression": "gzip"},
        gzip.compress(LINES)[:-9],
        "JSON Lines: its gzip is broken; the response is cut off",
    ),
    "a gzip of other content": (
        {"type": "jsonl", "compression": "gzip"},
        gzip.compress(LINES)[:-8] + bytes(8),
        "JSON Lines: its gzip is broken",
    ),
    "a zip that is cut off": (
        csv_of(compression="zip"),
        zipped(PLAIN)[:-30],
        "CSV: it is not a whole zip file",
    ),
    "no zip": (csv_of(compression="zip"), PLAIN, "CSV: it is not a whole zip file"),
    "a member that is broken": (
        csv_of(compression="zip"),
        zipped(PLAIN, b"id,n\n1\n"),
        "CSV: member 2: line 2 has 1 values",
    ),
    "JSON that is cut off": ({"compression": "gzip"}, b'[{"id": 1}', "JSON: it cannot be parsed"),
}


@pytest.mark.parametrize(("decoder", "body", "problem"), BROKEN.values(), ids=list(BROKEN))
def test_a_body_that_is_something_else_fails_by_name(
    api: ScriptedApi, decoder: Any, body: bytes, problem: str
) -> None:
    api.always("/items", Reply(body))
    assert str(failure(declare(snapshot(decoder)))).startswith(SAY + problem)


def test_a_body_that_may_be_whole_the_next_time_is_requested_again(api: ScriptedApi) -> None:
    handler = {"max_retries": 1, "backoff_factor": 0}
    api.in_turn("/items", [Reply(LINES[:-8]), Reply(LINES)])
    assert read(declare(snapshot("jsonl", error_handler=handler))) == NUMBERS


def test_a_header_that_cannot_be_used_is_not_requested_again(api: ScriptedApi) -> None:
    api.always("/items", Reply(b"id,id\n"))
    handler = {"max_retries": 3, "backoff_factor": 0}
    failure(declare(snapshot("csv", error_handler=handler)))
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    "decoder", ["csv", {"compression": "gzip"}, {"type": "jsonl", "compression": "zip"}]
)
def test_an_empty_body_is_an_empty_listing_only_where_it_is_declared(
    api: ScriptedApi, decoder: Any
) -> None:
    api.always("/items", Reply(b""))
    assert "the response has no body; if that means an empty listing, declare" in str(
        failure(declare(snapshot(decoder)))
    )
    action = {"status_code": 200, "empty": True, "action": "ignore"}
    assert read(declare(snapshot(decoder, response_actions=[action]))) == []


WAIT = b"Too many requests, try again"
COLUMNS = csv_of(columns=["id", "n"])
UNKNOWN = {"Content-Type": "application/octet-stream"}
VENDOR = {"Content-Type": "application/vnd.api+json"}
KEYLESS = {"primary_key": None, "write_disposition": "replace"}
RENAMED = {"processing_steps": [{"add": {"id": "{{ record.key }}"}}]}
ONE_LINE: dict[str, tuple[Any, bytes, dict[str, str], dict[str, Any], bool]] = {
    "a message as text": ("csv", WAIT, TEXT, {}, False),
    "a message as JSON": ("csv", WAIT, {}, {}, False),
    "a message as CSV": ("csv", WAIT, CSV, {}, False),
    "a message as a file": ("csv", WAIT, UNKNOWN, {}, False),
    "a message without a key": ("csv", WAIT, UNKNOWN, KEYLESS, False),
    "a text of JSON": ("csv", b'"Rate limited"', VENDOR, {}, False),
    "a message in place of columns": (COLUMNS, WAIT, TEXT, {}, False),
    "a header with the key": ("csv", b"n,ID\n", UNKNOWN, {}, True),
    "a header without the key": ("csv", b"n,key\n", CSV, {}, False),
    "a header from which steps make the key": ("csv", b"n,key\n", CSV, RENAMED, True),
    "a header of no key": ("csv", b"n,key\n", CSV, KEYLESS, True),
    "a header that columns replace": (COLUMNS, b"key,note\n", CSV, {}, True),
    "a header with the names of the columns": (COLUMNS, b"id,n\n", UNKNOWN, {}, True),
}


@pytest.mark.parametrize(
    ("decoder", "body", "headers", "own", "is_page"), ONE_LINE.values(), ids=list(ONE_LINE)
)
def test_one_line_of_text_passes_for_a_header_only_where_it_can_be_one(
    api: ScriptedApi,
    decoder: Any,
    body: bytes,
    headers: dict[str, str],
    own: dict[str, Any],
    is_page: bool,
) -> None:
    api.always("/items", Reply(body, headers=headers))
    declaration = declare({**snapshot(decoder), **own})
    if is_page:
        assert read(declaration) == []
    else:
        assert "may be a message; check the path and the key" in str(failure(declaration))


@pytest.mark.parametrize("last", [b"2,b\n3,c\n", WAIT])
def test_a_later_page_has_the_header_of_the_first(api: ScriptedApi, last: bytes) -> None:
    api.on("/items", lambda asked: Reply(last if "page=1" in asked.raw_query else PLAIN))
    paginator = {"type": "page_number", "total_path": None}
    declared = snapshot(csv_of(columns=["key", "note"]), paginator=paginator)
    problem = "the first line differs from the header of the first page"
    assert problem in str(failure(declare({**declared, "primary_key": "key"})))


def test_the_charset_of_the_header_counts_where_the_body_is_not_utf8(api: ScriptedApi) -> None:
    latin = {"Content-Type": "text/csv; charset=iso-8859-1"}
    for encoding in ("latin-1", "utf-8"):
        api.always("/items", Reply("id,n\n1,é\n".encode(encoding), headers=latin))
        assert read(declare(snapshot("csv"))) == [{"id": "1", "n": "é"}]


@pytest.mark.parametrize("charset", ["iso-2022-jp", "utf-7", "utf-16", "utf-16le", "hz"])
def test_a_charset_that_passes_for_utf8_counts_first(api: ScriptedApi, charset: str) -> None:
    headers = {"Content-Type": f"text/csv; charset={charset}"}
    api.always("/items", Reply("id,n\n1,\u4e2d\n".encode(charset), headers=headers))
    assert read(declare(snapshot("csv"))) == [{"id": "1", "n": "\u4e2d"}]


def test_utf8_is_read_under_a_charset_that_it_cannot_be(api: ScriptedApi) -> None:
    headers = {"Content-Type": "text/csv; charset=utf-7"}
    api.always("/items", Reply("id,n\n1,é\n".encode(), headers=headers))
    assert read(declare(snapshot("csv"))) == [{"id": "1", "n": "é"}]


@pytest.mark.parametrize("charset", ["hex", "rot13", "undefined", "utf-9"])
def test_a_charset_of_no_text_is_passed_over(api: ScriptedApi, charset: str) -> None:
    headers = {"Content-Type": f"text/csv; charset={charset}"}
    api.always("/items", Reply("id,n\n1,é\n".encode("latin-1"), headers=headers))
    assert "line 2 holds a byte that is not utf-8" in str(failure(declare(snapshot("csv"))))


ONE_MEMBER = zipped(b'{"data": [{"id": 1}]}')
TWO_MEMBERS = zipped(b'{"data": [{"id": 1}]}', b'{"data": [{"id": 2}]}')


@pytest.mark.parametrize(
    ("body", "ids"), [(ONE_MEMBER, [1]), (TWO_MEMBERS, [1, 2])], ids=["one", "two"]
)
def test_the_documents_of_a_zip_file_are_a_list(
    api: ScriptedApi, body: bytes, ids: list[int]
) -> None:
    api.always("/items", Reply(body))
    declared = snapshot({"compression": "zip"}, data_selector="*.data")
    assert [row["id"] for row in read(declare(declared))] == ids


PENDING = b'{"status": "pending", "message": "not ready", "data": []}'


@pytest.mark.parametrize(
    "condition",
    [
        {"content": "pending"},
        {"message": "not ready"},
        {"predicate": "{{ response.status == 'pending' }}"},
    ],
)
@pytest.mark.parametrize(
    ("compression", "body"),
    [("gzip", gzip.compress(PENDING)), ("zip", zipped(PENDING))],
    ids=["gzip", "zip"],  # The bodies hold the time, so they are different in each process.
)
def test_actions_see_what_is_compressed(
    api: ScriptedApi, compression: str, body: bytes, condition: dict[str, str]
) -> None:
    api.always("/items", Reply(body))
    action = {**condition, "action": "fail"}
    declared = snapshot({"compression": compression}, response_actions=[action])
    assert "response_actions declare 'fail'" in str(failure(declare(declared)))


def test_what_the_connection_compresses_is_decompressed_once(api: ScriptedApi) -> None:
    decoder = {"type": "jsonl", "compression": "gzip"}
    encoded = {"Content-Encoding": "gzip"}
    for body in (gzip.compress(LINES), gzip.compress(gzip.compress(LINES))):
        api.always("/items", Reply(body, headers=encoded))
        assert read(declare(snapshot(decoder))) == NUMBERS


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("decoder", ["csv", "jsonl", "lines"])
def test_a_body_that_is_cut_off_is_asked_for_again_and_fails(
    api: ScriptedApi, decoder: str, encoding: str
) -> None:
    text = b"".join(b'{"id": %d}\n' % number for number in range(3_000))
    whole = gzip.compress(text) if encoding == "gzip" else zlib.compress(text)
    encoded = {"Content-Encoding": encoding}
    for body in (whole[:-2], whole[:-500], whole[: len(whole) // 2]):
        api.always("/items", Reply(body, headers=encoded))
        keys = {"primary_key": "record"} if decoder == "lines" else {}
        handler = {"max_retries": 1, "backoff_factor": 0}
        error = failure(declare({**snapshot(decoder, error_handler=handler), **keys}))
        assert "the compressed response is cut off or damaged after 2 requests" in str(error)


@pytest.mark.parametrize("decoder", ["csv", "jsonl", "lines"])
def test_a_compressed_body_in_chunks_that_is_cut_off_fails(
    monkeypatch: pytest.MonkeyPatch, decoder: str
) -> None:
    cut = gzip.compress(b"".join(b'{"id": %d}\n' % number for number in range(3_000)))[:-200]
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    handler = {"max_retries": 1, "backoff_factor": 0}
    keys = {"primary_key": "record"} if decoder == "lines" else {}
    with sending([head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(cut), cut)]) as server:
        monkeypatch.setenv("SOURCES__DEMO__BASE_URL", server.url)
        error = failure(declare({**snapshot(decoder, error_handler=handler), **keys}))
    assert "the compressed response is cut off or damaged after 2 requests" in str(error)


PARTS: dict[str, tuple[str, str]] = {
    "the beginning": ("bytes 0-19/40", "it has the bytes 0-19 of 40"),
    "the end": ("bytes 20-39/40", "it has the bytes 20-39 of 40"),
    "of an unknown length": ("bytes 0-29/*", "it has the bytes 0-29 of unknown"),
    "the end of an unknown length": ("bytes 20-39/*", "it has the bytes 20-39 of unknown"),
    "another spelling": ("Bytes=0-19/40", "it has the bytes 0-19 of 40"),
}


@pytest.mark.parametrize(("value", "problem"), PARTS.values(), ids=list(PARTS))
@pytest.mark.parametrize("status", [200, 206])
@pytest.mark.parametrize("decoder", ["csv", "jsonl", "lines"])
def test_a_range_of_bytes_that_is_not_the_whole_file_is_asked_for_again_and_fails(
    api: ScriptedApi, value: str, problem: str, status: int, decoder: str
) -> None:
    api.always("/items", Reply(LINES[:20], status, {"Content-Range": value}))
    keys = {"primary_key": "record"} if decoder == "lines" else {}
    handler = {"max_retries": 1, "backoff_factor": 0}
    error = failure(declare({**snapshot(decoder, error_handler=handler), **keys}))
    assert f"demo.items: GET /items: the response is cut off: {problem}" in str(error)
    assert len(api.asked) == 2


@pytest.mark.parametrize("value", ["bytes 0-39/40", "", "odd", "0-1/2", "bytes */40"])
def test_a_range_of_the_whole_file_is_all_of_it(api: ScriptedApi, value: str) -> None:
    api.always("/items", Reply(LINES, 206, {"Content-Range": value}))
    assert read(declare(snapshot("jsonl"))) == NUMBERS


def test_a_range_of_unknown_total_is_the_whole_file_only_with_status_200(api: ScriptedApi) -> None:
    headers = {"Content-Range": f"bytes 0-{len(LINES) - 1}/*"}
    api.always("/items", Reply(LINES, 200, headers))
    assert read(declare(snapshot("jsonl"))) == NUMBERS
    packed = gzip.compress(LINES)
    headers = {"Content-Range": f"bytes 0-{len(packed) - 1}/*", "Content-Encoding": "gzip"}
    api.always("/items", Reply(packed, 200, headers))
    assert read(declare(snapshot("jsonl"))) == NUMBERS
    api.always("/items", Reply(LINES, 206, {"Content-Range": f"bytes 0-{len(LINES) - 1}/*"}))
    handler = {"max_retries": 0}
    error = failure(declare(snapshot("jsonl", error_handler=handler)))
    assert f"it has the bytes 0-{len(LINES) - 1} of unknown" in str(error)


def test_a_redirect_is_followed_to_the_body(api: ScriptedApi) -> None:
    api.always("/items", Reply(b"", 302, headers={"Location": f"{api.url}/files/1"}))
    api.always("/files/1", Reply(PLAIN))
    assert read(declare(snapshot("csv"))) == ONE_TWO


def test_texts_become_what_the_schema_declares(api: ScriptedApi) -> None:
    api.always("/items", Reply(b"id,updated_at,n,free\n1,2026-01-02,7,8\n2,2026-01-03,,9\n"))
    cursor = {"lookback": "1d"}
    declaration = declare(
        resource(
            decoder="csv",
            data_selector=None,
            incremental=cursor,
            own={"fields": {"id": "integer", "n": "integer"}},
        )
    )
    load(declaration, window=day(2))
    assert table("items", "id", "n", "free") == [(1, 7, "8")]
    assert column_types("items")["updated_at"].startswith("TIMESTAMP")


def test_pages_are_counted_by_their_rows(api: ScriptedApi) -> None:
    def page(asked: Asked) -> Reply:
        first = int(asked.query.get("offset", 0))
        return Reply(b"id\n" + b"".join(b"%d\n" % n for n in range(first, min(first + 2, 5))))

    api.on("/items", page)
    paginator = {"type": "offset", "limit": 2}
    rows = read(declare(snapshot("csv", paginator=paginator)))
    assert [row["id"] for row in rows] == ["0", "1", "2", "3", "4"]


def test_a_cursor_may_be_in_a_header_or_in_the_last_row(api: ScriptedApi) -> None:
    def page(asked: Asked) -> Reply:
        number = int(asked.query.get("cursor", 0)) + 1
        headers = {"x-next": str(number)} if number < 3 else {}
        return Reply(b'{"id": %d}\n' % number if number < 4 else b"", headers=headers)

    api.on("/items", page)
    for path, ids in (("headers.x-next", [1, 2, 3]), ("last_record.id", [1, 2, 3])):
        paginator = {"type": "cursor", "cursor_path": path, "stop_after_empty_page": True}
        rows = read(declare(snapshot("jsonl", paginator=paginator)))
        assert [row["id"] for row in rows] == ids


def test_an_error_is_known_by_its_text(api: ScriptedApi) -> None:
    api.in_turn("/items", [Reply(b"busy: later"), Reply(PLAIN)])
    action = {"content": "busy", "action": "retry"}
    handler = {"max_retries": 1, "backoff_factor": 0}
    declared = snapshot("csv", response_actions=[action], error_handler=handler)
    assert read(declare(declared)) == ONE_TWO


def test_children_are_read_for_each_row(api: ScriptedApi) -> None:
    api.always("/items", Reply(PLAIN))
    for key in "12":
        api.always(f"/items/{key}/parts", Reply(b'{"id": "p%b"}' % key.encode()))
    child = resource("parts", path="/items/{resources.items.id}/parts", decoder="jsonl")
    child["endpoint"] |= {"data_selector": None, "incremental": None}
    rows = read(declare(snapshot("csv"), child), "parts")
    assert sorted(row["id"] for row in rows) == ["p1", "p2"]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a cursor in the body": (
        {"decoder": "csv", "paginator": {"type": "cursor", "cursor_path": "next"}},
        "endpoint.paginator.cursor_path: 'next' is not there, because a body of csv is rows only",
    ),
    "the usual cursor": (
        {"decoder": "jsonl", "paginator": "cursor"},
        "endpoint.paginator: reads the body for the next page, but a body of jsonl is rows only",
    ),
    "a link in the body": (
        {"decoder": "lines", "paginator": "json_link"},
        "endpoint.paginator: reads the body for the next page",
    ),
    "a total in the body": (
        {"decoder": "csv", "paginator": {"type": "offset", "limit": 2, "total_path": "meta.n"}},
        "endpoint.paginator.total_path: 'meta.n' is not there",
    ),
    "an expression over the body": (
        {"decoder": "csv", "paginator": {"type": "cursor", "cursor_value": "response.next"}},
        "endpoint.paginator.cursor_value: reads response, but",
    ),
    "xml without a selector": (
        {"decoder": "xml", "data_selector": None},
        "endpoint.data_selector: is missing; with decoder: xml name the elements",
    ),
    "a selector of one member": (
        {"decoder": {"compression": "zip"}, "data_selector": "data"},
        "endpoint.data_selector: 'data' skips the list of a zip file's members; write *. before",
    ),
    "a cursor in a member": (
        {
            "decoder": {"compression": "zip"},
            "paginator": {"type": "cursor", "cursor_path": "next"},
        },
        "'next' is not there, because a zip file holds several bodies, or none",
    ),
    "a delimiter of jsonl": (
        {"decoder": {"type": "jsonl", "delimiter": ";"}},
        "delimiter has no effect with type: jsonl; remove it",
    ),
    "a long delimiter": ({"decoder": csv_of(delimiter="::")}, "delimiter is not one character"),
    "a quote that delimits": ({"decoder": csv_of(quote=",")}, "quote is not one character other"),
    "no names": ({"decoder": csv_of(header=False)}, "header: false needs columns"),
    "a name twice": ({"decoder": csv_of(columns=["a", "a"])}, "columns holds an empty name, or"),
    "an unknown encoding": ({"decoder": csv_of(encoding="utf-9")}, "encoding 'utf-9' is unknown"),
    "an encoding of no text": ({"decoder": csv_of(encoding="rot13")}, "encoding 'rot13' is unk"),
}


@pytest.mark.parametrize(("endpoint", "problem"), REFUSED.values(), ids=list(REFUSED))
def test_what_a_decoder_cannot_give_is_refused_by_its_key(
    endpoint: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - of the model, or of the declaration
        declare(resource(**{"data_selector": None, **endpoint}))
    assert problem in str(refused.value)


def test_try_shows_the_rows_of_a_body(api: ScriptedApi) -> None:
    api.always("/items", Reply(PLAIN))
    run = try_(snapshot("csv"))
    assert run.status == 0
    assert "items: id string, n string Nothing looks wrong." in run.words
