"""Decoders of a manifest: which become ours, how they nest, and where the rows are."""

import gzip
from typing import Any

import pytest

from analytics_ingest_tests.convert.manifests import manifest, stream
from analytics_ingest_tests.convert.writing import API, DEFS, Desk, Written
from analytics_ingest_tests.support.loads import load
from analytics_ingest_tests.support.projects import table
from analytics_ingest_tests.support.scripted_api import Reply, serving

FILE = "manifest.yaml"
JSONL = {"type": "JsonlDecoder"}
CSV = {"type": "CsvDecoder"}
READ: dict[str, tuple[dict[str, Any], Any]] = {
    "json": ({"type": "JsonDecoder"}, None),
    "jsonl": (JSONL, "jsonl"),
    "lines": ({"type": "IterableDecoder"}, "lines"),
    "xml": ({"type": "XmlDecoder"}, "xml"),
    "csv": (CSV, {"type": "csv", "nulls": []}),
    "csv with all its keys": (
        {**CSV, "delimiter": "\\t", "encoding": "latin-1", "set_values_to_none": ["", "-"]},
        {"type": "csv", "encoding": "latin-1", "delimiter": "\t", "nulls": ["", "-"]},
    ),
    "csv with a byte-order mark": ({**CSV, "encoding": "utf-8-sig"}, {"type": "csv", "nulls": []}),
    "gzip": ({"type": "GzipDecoder", "decoder": JSONL}, {"type": "jsonl", "compression": "gzip"}),
    "json in zip": (
        {"type": "ZipfileDecoder", "decoder": {"type": "JsonDecoder"}},
        {"type": "json", "compression": "zip"},
    ),
    "gzip in zip": (
        {"type": "ZipfileDecoder", "decoder": {"type": "GzipDecoder", "decoder": JSONL}},
        {"type": "jsonl", "compression": ["zip", "gzip"]},
    ),
    "items of json": ({"type": "JsonItemsDecoder", "items_path": "data.users"}, None),
}


def endpoint_of(desk: Desk, decoder: dict[str, Any], *path: str) -> dict[str, Any]:
    """The endpoint that a stream with a decoder becomes."""
    extractor = {"type": "DpathExtractor", "field_path": list(path)}
    selector = {"type": "RecordSelector", "extractor": extractor}
    text = manifest(stream(decoder=decoder, record_selector=selector))
    return desk.new(text, file=FILE).resource("orders")["endpoint"]


@pytest.mark.parametrize(("decoder", "written"), READ.values(), ids=list(READ))
def test_a_decoder_becomes_ours(desk: Desk, decoder: dict[str, Any], written: Any) -> None:
    assert endpoint_of(desk, decoder).get("decoder") == written


@pytest.mark.parametrize(
    ("decoder", "selector"),
    [
        ({"type": "XmlDecoder"}, "shop.orders"),
        ({"type": "GzipDecoder", "decoder": {"type": "JsonDecoder"}}, "shop.orders"),
        ({"type": "ZipfileDecoder", "decoder": {"type": "JsonDecoder"}}, "*.shop.orders"),
        ({"type": "ZipfileDecoder", "decoder": {"type": "XmlDecoder"}}, "*.shop.orders"),
        (JSONL, "*.shop.orders"),
        ({"type": "JsonItemsDecoder", "items_path": "a.b"}, "a.b.*.shop.orders"),
    ],
)
def test_the_path_of_the_rows_begins_where_airbyte_applies_it(
    desk: Desk, decoder: dict[str, Any], selector: str
) -> None:
    assert endpoint_of(desk, decoder, "shop", "orders")["data_selector"] == selector


@pytest.mark.parametrize(
    ("decoder", "reason"),
    [
        ({"type": "CustomDecoder", "class_name": "a.b.Mine"}, "needs Python of its own: Mine"),
        (
            {"type": "GzipDecoder", "decoder": {"type": "OtherDecoder"}},
            "the decoder OtherDecoder has no counterpart",
        ),
    ],
)
def test_a_decoder_without_a_counterpart_skips_its_stream(
    desk: Desk, decoder: dict[str, Any], reason: str
) -> None:
    text = manifest(stream("odd", decoder=decoder), stream())
    status, printed, _ = desk.run(text, file=FILE, api=API)
    assert (status, printed.partition("Skipped:\n")[2].strip()) == (3, f"odd: {reason}")
    assert [r["name"] for r in Written(DEFS / API, printed).attributes["resources"]] == ["orders"]


def test_a_path_that_cannot_be_read_from_xml_skips_its_stream(desk: Desk) -> None:
    extractor = {"type": "DpathExtractor", "field_path": ["shop", "*", "order"]}
    selector = {"type": "RecordSelector", "extractor": extractor}
    odd = stream("odd", decoder={"type": "XmlDecoder"}, record_selector=selector)
    status, printed, _ = desk.run(manifest(odd, stream()), file=FILE, api=API)
    assert status == 3
    assert "cannot be read from xml" in printed.partition("Skipped:\n")[2]


def test_a_cursor_in_a_body_that_is_rows_only_skips_its_stream(desk: Desk) -> None:
    paginator = {
        "type": "DefaultPaginator",
        "pagination_strategy": {"type": "CursorPagination", "cursor_value": "{{ response.next }}"},
        "page_token_option": {
            "type": "RequestOption",
            "inject_into": "request_parameter",
            "field_name": "at",
        },
    }
    text = manifest(stream("odd", decoder=CSV, paginator=paginator), stream())
    status, printed, _ = desk.run(text, file=FILE, api=API)
    assert status == 3
    assert "a body of csv is rows only" in printed.partition("Skipped:\n")[2]


def test_what_decoders_of_a_manifest_read_is_loaded(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = desk.new(
        manifest(
            stream("orders", decoder={"type": "GzipDecoder", "decoder": CSV}),
            stream("items", decoder=JSONL),
        ),
        file=FILE,
    )
    with serving() as hub:
        api = hub.new_api()
        api.always("/orders", Reply(gzip.compress(b"id,note\r\no1,\r\no2,b\r\n")))
        api.always("/items", Reply(b'{"id": 1}\n{"id": 2}\n'))
        monkeypatch.setenv("SOURCES__SHOP__API_KEY", "s3cret-key")
        monkeypatch.setenv("SOURCES__SHOP__BASE_URL", api.url)
        load(written.declaration)
    assert sorted((r["id"], r["note"]) for r in table("shop.orders")) == [("o1", ""), ("o2", "b")]
    assert sorted(r["id"] for r in table("shop.items")) == [1, 2]


def test_a_decoder_of_all_streams_is_written_once(desk: Desk) -> None:
    written = desk.new(manifest(stream(decoder=CSV), stream("items", decoder=CSV)), file=FILE)
    defaults = written.attributes["resource_defaults"]["endpoint"]
    assert defaults["decoder"] == {"type": "csv", "nulls": []}
    assert "decoder" not in written.resource("orders")["endpoint"]
