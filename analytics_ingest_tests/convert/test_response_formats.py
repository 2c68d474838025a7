"""Decoders that only the prose names."""

from typing import Any

import pytest

from analytics_ingest_tests.convert.writing import Desk, shop

ORDERS = '{"name": "orders", "endpoint": {"path": "/2/export"}}'
USERS = '{"name": "users", "endpoint": {"path": "/users", "data_selector": "users"}}'
ON_ORDERS = "### Orders\n\n"
ZIPPED = {"type": "jsonl", "compression": ["zip", "gzip"]}


def read(desk: Desk, prose: str, *resources: str) -> tuple[Any, list[str]]:
    """Convert a document; return the decoder of `orders` and what is reported of decoders."""
    text = shop(*(resources or (ORDERS, USERS)), prose=f"\n# Resources\n\n{prose}\n")
    written = desk.new(text)
    assert "decoder" not in (written.endpoint("users") if not resources else {})
    lines = [line for line in written.assumed if "declare decoder" in line]
    return written.endpoint().get("decoder"), lines


STATED: list[tuple[str, Any]] = [
    (f"{ON_ORDERS}- **Response format**: a ZIP archive of gzipped JSON Lines files", ZIPPED),
    (
        f"{ON_ORDERS}- **Response format**: a ZIP archive of gzipped files with one JSON object "
        "per line",
        ZIPPED,
    ),
    (f"{ON_ORDERS}The response is a ZIP archive of gzipped JSON Lines files.", ZIPPED),
    (f"{ON_ORDERS}The response is gzipped JSONL in a zip archive.", ZIPPED),
    (f"{ON_ORDERS}The response is CSV.", "csv"),
    (f"{ON_ORDERS}- Responses are CSV", "csv"),
    (f"{ON_ORDERS}- **Format**: `CSV`", "csv"),
    (
        f"{ON_ORDERS}It returns a gzip-compressed CSV file with a header.",
        {"type": "csv", "compression": "gzip"},
    ),
    (f"{ON_ORDERS}It returns a gzipped CSV file.", {"type": "csv", "compression": "gzip"}),
    (f"{ON_ORDERS}The response is a TSV file.", {"type": "csv", "delimiter": "\t"}),
    ("The export endpoint returns newline-delimited JSON.", "jsonl"),
    ("`GET /2/export` returns NDJSON.", "jsonl"),
    ("- `orders`: `GET /2/export`, returns one JSON object per line", "jsonl"),
    ("`orders` returns CSV; `users` returns JSON.", "csv"),
    ("- **orders**: the response is CSV.", "csv"),
    ("| Resource | Path | Format |\n|---|---|---|\n| orders | `/2/export` | NDJSON |", "jsonl"),
    (
        "| Resource | Response format |\n|---|---|\n| orders | gzipped CSV |\n| users | JSON |",
        {"type": "csv", "compression": "gzip"},
    ),
    ("Responses are JSON. The export endpoint returns CSV.", "csv"),
]


@pytest.mark.parametrize(("prose", "decoder"), STATED)
def test_a_format_with_one_reading_is_declared(desk: Desk, prose: str, decoder: Any) -> None:
    assert read(desk, prose) == (decoder, [])


UNCLEAR = [
    f"{ON_ORDERS}The response is CSV or JSON.",
    f"{ON_ORDERS}The response is a CSV file with semicolons.",
    f"{ON_ORDERS}The response is compressed CSV.",
    f"{ON_ORDERS}The response is a CSV that lacks a header.",
    f"{ON_ORDERS}The response is XML.",
    f"{ON_ORDERS}The response is a zip file with gzipped and other CSV files.",
    f"{ON_ORDERS}The response is CSV. The response is XML.",
    f"{ON_ORDERS}The response is a ZIP archive of JSON files.",
    "The audit endpoint returns CSV.",
    "`GET /audit` returns CSV.",
    "The endpoint returns CSV.",
    "## Reports\n\nThe response is CSV.",
]


@pytest.mark.parametrize("prose", UNCLEAR)
def test_a_format_with_several_readings_is_reported(desk: Desk, prose: str) -> None:
    decoder, lines = read(desk, prose)
    assert decoder is None
    assert len(lines) == 1


OTHER = [
    f"{ON_ORDERS}The response is JSON.",
    f"{ON_ORDERS}The response may be CSV.",
    f"{ON_ORDERS}The response is not CSV.",
    f"{ON_ORDERS}If `csv` is set, the response is CSV.",
    f"{ON_ORDERS}- **Parameters**: `format` (csv or json)",
    f"{ON_ORDERS}Error responses are XML.",
    f"{ON_ORDERS}A CSV of all orders can be downloaded.",
    f"{ON_ORDERS}The field `memo` is XML.",
    "`memo` is XML.",
    "## Webhooks\n\nThe response is XML.",
    "## Legacy\n\n### Orders\n\nThe response is XML.",
    "# Authentication\n\nThe token endpoint returns XML.",
    "# Schema\n\n### Orders\n\n- `memo`: string\n\nIt is XML.",
    "| Resource | Notes |\n|---|---|\n| orders | CSV |",
]


@pytest.mark.parametrize("prose", OTHER)
def test_a_clause_on_something_else_declares_no_decoder(desk: Desk, prose: str) -> None:
    assert read(desk, prose) == (None, [])


@pytest.mark.parametrize(
    "sentence", ["All responses are CSV.", "The API returns CSV.", "Every endpoint returns CSV."]
)
def test_a_format_of_all_is_that_of_each_resource(desk: Desk, sentence: str) -> None:
    other = '{"name": "refunds", "endpoint": {"path": "/refunds"}}'
    prose = f"\n# Resources\n\n{sentence} `refunds` returns JSON.\n"
    written = desk.new(shop(ORDERS, USERS, other, prose=prose))
    assert written.endpoint().get("decoder") == "csv"
    assert "decoder" not in written.endpoint("users")
    assert "decoder" not in written.endpoint("refunds")
    # The rows of a CSV are not below a field.
    assert "users: the prose speaks of CSV responses: declare decoder" in written.assumed


def test_xml_needs_the_place_of_the_elements(desk: Desk) -> None:
    orders = '{"name": "orders", "endpoint": {"path": "/o", "data_selector": "shop.order"}}'
    assert read(desk, f"{ON_ORDERS}The response is XML.", orders) == ("xml", [])


@pytest.mark.parametrize(
    "keys",
    [
        '"data_selector": "data"',
        '"paginator": {"type": "cursor", "cursor_path": "next"}',
        '"paginator": {"type": "json_link", "next_url_path": "next"}',
        '"paginator": {"type": "offset", "limit": 9, "total_path": "total"}',
    ],
)
def test_a_format_that_other_keys_contradict_is_reported(desk: Desk, keys: str) -> None:
    orders = f'{{"name": "orders", "endpoint": {{"path": "/o", {keys}}}}}'
    decoder, lines = read(desk, f"{ON_ORDERS}The response is CSV.", orders)
    assert decoder is None
    assert [line.removeprefix("orders: ") for line in lines] == [
        "the prose speaks of CSV responses: declare decoder"
    ]


def test_the_decoder_of_the_configuration_stays(desk: Desk) -> None:
    orders = '{"name": "orders", "endpoint": {"path": "/o", "decoder": "lines"}}'
    assert read(desk, f"{ON_ORDERS}The response is CSV.", orders) == ("lines", [])
