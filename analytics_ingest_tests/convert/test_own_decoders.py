"""Decoders that a document nests, lists or names in its own words."""

from typing import Any

import pytest

from analytics_ingest.convert.normalize.decoders import read_decoder_in_own_words
from analytics_ingest_tests.convert.writing import Desk, shop

ZIPPED = {"type": "jsonl", "compression": ["zip", "gzip"]}
PACKED = {"type": "csv", "compression": "gzip"}
TABBED = {**PACKED, "delimiter": "\t"}
AIRBYTE = {**PACKED, "nulls": []}
READ: list[tuple[Any, Any]] = [
    ({"type": "zip", "inner": {"type": "gzip", "inner": {"type": "jsonl"}}}, ZIPPED),
    ({"type": "zip", "inner_decoder": {"type": "gzip", "format": "ndjson"}}, ZIPPED),
    ({"parser": {"type": "ZipfileDecoder", "parser": {"type": "GzipParser"}}}, None),
    ({"type": "Zipfile", "parser": {"type": "GzipParser", "to": "JsonLineParser"}}, ZIPPED),
    ({"decoders": ["unzip", "gunzip", "json_lines"]}, ZIPPED),
    ([{"type": "zip"}, {"type": "gzip"}, {"type": "jsonl"}], ZIPPED),
    (["jsonl", "gzip", "zip"], ZIPPED),
    ({"zip": {"gzip": "jsonl"}}, ZIPPED),
    ({"type": "gzip", "decoder": {"type": "csv", "delimiter": "\t"}}, TABBED),
    ({"type": "gzip", "decoder": {"type": "csv", "separator": "\\t"}}, TABBED),
    ({"type": "gzip", "decoder": "tsv"}, TABBED),
    ({"type": "CompositeRawDecoder", "parser": {"type": "GzipParser", "p": "CsvParser"}}, AIRBYTE),
    ({"type": "csv", "compression": "gzip"}, PACKED),
    ({"format": "csv", "compression": {"type": "gzip"}}, PACKED),
    ({"type": "csv", "gzip": True}, PACKED),
    ("gzip_csv", PACKED),
    ("csv.gz", PACKED),
    ("GzipCsvDecoder", PACKED),
    ("JsonLinesDecoder", {"type": "jsonl"}),
    ({"type": "csv", "options": {"has_header": False}}, {"type": "csv", "header": False}),
    ({"type": "csv", "columns": ["json", "xml"]}, {"type": "csv", "columns": ["json", "xml"]}),
    ({"type": "csv", "compression": None}, {"type": "csv"}),
    ({"encoding": "latin-1"}, {"type": "json", "encoding": "latin-1"}),
    # What is not understood of a decoder that is: the model leaves it out, and it is reported.
    ({"type": "csv", "dates": ["a"]}, {"type": "csv", "dates": ["a"]}),
    ({"type": "csv", "compression": "brotli"}, {"type": "csv", "compression": "brotli"}),
    # Nothing else is guessed.
    *(
        (other, None)
        for other in (
            *("gzip", "parquet", "json_or_csv", [], {}, 5, {"pages": 1}, {"type": "gzip"}),
            {"type": "gzip", "inner": {"type": "xlsx"}},
            {"type": "brotli", "inner": {"type": "csv"}},
            {"type": "json", "inner": {"type": "csv"}},
            {"type": "zip", "compression": "gzip", "format": "csv"},
            {"type": "gzip", "inner": {"type": "csv"}, "outer": {"type": "zip"}},
        )
    ),
]


@pytest.mark.parametrize(("written", "decoder"), READ)
def test_a_decoder_is_known_however_it_is_spelled(written: Any, decoder: Any) -> None:
    assert read_decoder_in_own_words(written) == decoder


def test_decoders_are_converted_and_none_is_empty(desk: Desk) -> None:
    keys = {
        "zipped": '"decoder": {"type": "zip", "inner": {"type": "gzip", "inner": "jsonl"}}',
        "packed": '"decoder": {"type": "gzip", "inner": "jsonl"}, "data_selector": "event"',
        "listed": '"decoder": "gzip_jsonl", "data_selector": "*.event"',
        "odd": '"decoder": {"type": "zip", "inner": {"type": "parquet"}}, "data_selector": "a"',
    }
    resources = [f'{{"name": "{n}", "endpoint": {{"path": "/{n}", {k}}}}}' for n, k in keys.items()]
    prose = "\n# Resources\n\n### odd\n\nThe response is CSV.\n"
    written = desk.new(shop(*resources, prose=prose))
    read = {name: written.endpoint(name) for name in keys}
    assert read["zipped"]["decoder"] == ZIPPED
    assert "data_selector" not in read["zipped"]
    for name in ("packed", "listed"):
        assert read[name]["decoder"] == {"type": "jsonl", "compression": "gzip"}
        assert read[name]["data_selector"] == "*.event"
    assert "decoder" not in read["odd"]
    assert (
        "odd: endpoint.decoder is left out: it is not understood; declare type and compression"
        in written.assumed
    )
