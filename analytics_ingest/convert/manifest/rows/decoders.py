"""The decoder of a retriever → ours. Airbyte nests decoders; here the outer ones are `compression`.

Airbyte applies the path of the rows to each line or record, so it follows a `*` here.
"""

from typing import Any

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError

_TYPES = {
    "CsvDecoder": "csv",
    "IterableDecoder": "lines",
    "JsonDecoder": "json",
    "JsonItemsDecoder": "json",
    "JsonlDecoder": "jsonl",
    "XmlDecoder": "xml",
}
_COMPRESSIONS = {"GzipDecoder": "gzip", "ZipfileDecoder": "zip"}
_UTF8 = ("utf-8", "utf8", "utf-8-sig")
"""A byte-order mark is skipped anyway."""


def read_decoder(decoder: Component | None, selector: str) -> Json:
    """Read a decoder, as the keys `decoder` and `data_selector` of an endpoint.

    Args:
        selector: The path of the rows in what Airbyte's decoder yields.

    Raises:
        UnsupportedError: It has no counterpart.
    """
    if decoder is None:
        return {"data_selector": selector}
    compressions: list[str] = []
    while decoder.kind in _COMPRESSIONS:
        compressions.append(_COMPRESSIONS[decoder.kind])
        inner = decoder.read_child("decoder")
        if inner is None:
            raise UnsupportedError(f"{decoder.kind} names no decoder")
        decoder = inner
    if decoder.kind not in _TYPES:
        raise UnsupportedError(f"the decoder {decoder.kind} has no counterpart")
    block: Json = {"type": _TYPES[decoder.kind], **_convert_encoding(decoder)}
    if compressions:
        block["compression"] = compressions[0] if len(compressions) == 1 else compressions
    if block["type"] == "csv":
        block |= _convert_csv(decoder)
    if decoder.kind == "JsonItemsDecoder":
        items = str(decoder.take("items_path") or "")
        selector = items if selector == "$" else f"{items}.*.{selector}"
    return write_decoder(block, selector)


def write_decoder(block: Json, selector: str) -> Json:
    """Return the keys of an endpoint with a decoder, whose rows are at a path in what it yields."""
    is_list = block["type"] not in ("json", "xml") or "zip" in _list_compressions(block)
    if is_list and selector != "$":
        selector = f"*.{selector}"
    keys = {} if block == {"type": "json"} else {"decoder": _shorten(block)}
    return {**keys, "data_selector": selector}


def _list_compressions(block: Json) -> list[Any]:
    compression = block.get("compression") or []
    return compression if isinstance(compression, list) else [compression]


def _convert_encoding(decoder: Component) -> Json:
    encoding = decoder.take_text("encoding")
    return {} if encoding is None or encoding.lower() in _UTF8 else {"encoding": encoding}


def _convert_csv(decoder: Component) -> Json:
    delimiter = decoder.take_text("delimiter") or ","
    if delimiter.startswith("\\"):
        delimiter = delimiter.encode().decode("unicode_escape")
    # Airbyte keeps an empty text unless the manifest lists it.
    nulls = decoder.take("set_values_to_none", [])
    return {**({} if delimiter == "," else {"delimiter": delimiter}), "nulls": nulls or []}


def _shorten(block: Json) -> Json | str:
    return block["type"] if set(block) == {"type"} else block
