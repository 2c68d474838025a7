"""Reads decoders that a document nests, lists or names in its own words → ours.

    {type: zip, inner: {type: gzip, inner: {type: jsonl}}}
    {parser: {type: GzipParser, inner_parser: {type: JsonLineParser}}}
    [zip, gzip, jsonl]      gzip_csv      {compression: gzip, format: csv}

The outer one comes first, as in `compression`; where the format does, they are read backwards.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.normalize.similar_words import spell
from analytics_ingest.declaration.models.decoder import Decoder

_FORMATS = {
    "jsonl": r"json_?l(?:ines?)?|nd_?json|(?:new_?)?line_(?:delimited|separated)_json",
    "csv": r"csv|comma_separated(?:_values)?",
    "tsv": r"tsv|tab_separated(?:_values)?",
    "xml": "xml",
    "json": "json",
    "lines": "(?:text_?)?lines?|iterable",
}
_COMPRESSIONS = {"gzip": r"gzip(?:ped)?|gz|gunzip", "zip": r"(?:un)?zip(?:ped)?(?:_?file)?"}
_KNOWN = {**_FORMATS, **_COMPRESSIONS}
_NOUNS = r"(?:_?(?:decoder|parser|reader|files?|archive|format|decompress(?:ion|or)|compressed))*"
_WORD = "|".join(rf"(?P<{name}>{pattern})" for name, pattern in _KNOWN.items())
_LAYER = re.compile(rf"(?:{_WORD}){_NOUNS}(?:_|$)")
_AROUND = re.compile(
    r"(?:(?:composite|nested|chain(?:ed)?|compressed|response)(?:_?raw)?)?" + _NOUNS
)
"""A decoder of no format of its own."""
_OF_AIRBYTE = re.compile(r"Csv(?:Decoder|Parser)")
"""Keeps empty texts, unless others are named."""

_TITLES = ("type", "class_name", "class", "kind", "name")
_COMPRESSION_KEY = re.compile(r"(?:de)?compress\w*")
_SETTINGS = set(Decoder.model_fields) - {"type", "compression"}
_OTHER_NAMES = {
    **dict.fromkeys(("separator", "sep", "field_delimiter"), "delimiter"),
    **dict.fromkeys(("quote_char", "quotechar"), "quote"),
    **dict.fromkeys(("null_values", "set_values_to_none"), "nulls"),
    "charset": "encoding",
    "has_header": "header",
}
_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


class _Layers(NamedTuple):
    """The compressions and the format of a body, in the order in which they are written."""

    words: tuple[str, ...] = ()
    settings: Mapping[str, Any] = MappingProxyType({})


def read_decoder_in_own_words(raw: Any) -> Json | None:
    """Read a decoder; None where it is not understood as a whole."""
    layers = _read(raw)
    if layers is None or not (layers.words or _SETTINGS & layers.settings.keys()):
        return None
    words = list(layers.words or ("json",))
    if words[0] in _FORMATS:
        words.reverse()
    *compressions, kind = words
    if kind not in _FORMATS or any(word in _FORMATS for word in compressions):
        return None
    settings = dict(layers.settings)
    if kind == "tsv":
        kind, settings = "csv", {"delimiter": "\t", **settings}
    if isinstance(given := settings.get("delimiter"), str):
        settings["delimiter"] = _DELIMITERS.get(given.lower(), given)
    if compressions:
        settings["compression"] = compressions if compressions[1:] else compressions[0]
    return {"type": kind, **settings}


def _read(raw: Any) -> _Layers | None:
    if isinstance(raw, str):
        return _read_text(raw)
    if isinstance(raw, list):
        return _join([_read(item) for item in raw]) if raw else None
    if not isinstance(raw, Mapping):
        return None
    return _read_block({_OTHER_NAMES.get(str(key), str(key)): raw[key] for key in raw})


def _read_text(text: str) -> _Layers | None:
    """Read the names in a text: `gzip_csv`, `ZipfileDecoder`, `jsonl.gz`."""
    plain, words, at = spell(text), list[str](), 0
    while match := _LAYER.match(plain, at):
        words.append(str(match.lastgroup))
        at = match.end()
    if not words or at < len(plain):
        return None
    return _Layers(tuple(words), {"nulls": []} if _OF_AIRBYTE.fullmatch(text) else {})


def _read_compression(value: Any) -> _Layers | None:
    """Read what a body is compressed by, and nothing else."""
    read = _read(value)
    return read if read and read.words and not read.settings and _is_packed(read) else None


def _is_packed(layers: _Layers) -> bool:
    return all(word in _COMPRESSIONS for word in layers.words)


def _join(parts: list[_Layers | None]) -> _Layers | None:
    """Put layers into each other; None where one of them is not understood."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    settings = {key: value for part in known for key, value in part.settings.items()}
    return _Layers(tuple(word for part in known for word in part.words), settings)


def _read_block(block: Json) -> _Layers | None:
    """Read an object: what it is compressed by, what it names itself, and what it holds."""
    title = next((key for key in _TITLES if isinstance(block.get(key), str)), "")
    own = _read_title(block[title]) if title else _Layers()
    rest = {key: value for key, value in block.items() if key != title}
    around = [_take_compression(rest, key) for key in list(rest)]
    packed = _join([part for part in around if part])
    if own is None or packed is None or (packed.words and own.words and _is_packed(own)):
        return None  # Which of two compressions is the outer one is not said.
    inner = [key for key in rest if _is_inner(key, rest[key], own)]
    if len(inner) > 1:
        return None
    held = [_read(rest.pop(key)) for key in inner]
    return _join([packed, own, *held, _Layers((), rest)])


def _read_title(text: str) -> _Layers | None:
    return _Layers() if _AROUND.fullmatch(spell(text)) else _read_text(text)


def _take_compression(block: Json, key: str) -> _Layers | None:
    """Take a key that says how a body is compressed; one that is not understood stays.

    Of `zip: {type: csv}` the key is the compression, and the value stays: it is within.
    """
    value = block[key]
    if not _COMPRESSION_KEY.fullmatch(spell(key)):
        named = _read_compression(key) if value else None
        if named and value is True:
            del block[key]
        return named
    read = _read_compression(value) if value and value != "none" else _Layers()
    if read is not None:
        del block[key]
    return read


def _is_inner(key: str, value: Any, own: _Layers) -> bool:
    """Return whether a value is the decoder within, not a setting."""
    if key in _SETTINGS:
        return False
    if isinstance(value, str | list):
        return not set(own.words) & _FORMATS.keys() and _read(value) is not None
    return isinstance(value, Mapping)
