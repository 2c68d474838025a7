"""The text of a body, as UTF-8 without a byte-order mark: decoders look for line ends in bytes."""

import codecs
import json
from typing import TypeGuard

from analytics_ingest.common.spool import Budget, Spool
from analytics_ingest.extract.decoders.errors import DecodingError

_CHUNK = 1_000_000
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Byte-order marks → encodings; those of UTF-32 begin like those of UTF-16, and come first."""

_LIKE_UTF8 = ("iso2022", "hz", "utf_7", "utf_16", "utf_32")

_HINT = "declare decoder.encoding"
_LONGEST_MESSAGE = 100_000
"""Bytes of a body that may be a message in another form."""


def to_utf8(source: Spool, declared: str | None, charset: str | None, budget: Budget) -> Spool:
    """Return the text of a body in UTF-8; the body itself where it is that.

    Args:
        declared: The encoding of the declaration.
        charset: The one that a header names. Servers name wrong ones, so UTF-8 is tried first.
        budget: Where copies are written.

    Raises:
        DecodingError: It is in neither.
    """
    start = source.read(0, 4)
    marked = next((name for mark, name in _MARKS.items() if start.startswith(mark)), None)
    if marked or declared:
        return _convert(source, marked or declared or "", budget)
    known = charset if is_known(charset) else "utf-8"
    first, second = (known, "utf-8") if passes_for_utf8(known) else ("utf-8", known)
    try:
        return _convert(source, first, budget)
    except DecodingError:
        if second == first:
            raise
        return _convert(source, second, budget)


def _convert(source: Spool, encoding: str, budget: Budget) -> Spool:
    """Decode all of a body, and copy it where its bytes change."""
    is_utf8 = codecs.lookup(encoding).name == "utf-8"
    converted = source if is_utf8 else Spool(budget)
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    with source.open() as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                lines += error.object[: error.start].count(b"\n")
                problem = f"line {lines} holds a byte that is not {encoding}"
                raise DecodingError(problem, _HINT, is_retryable=False) from None
            if not is_utf8:
                converted.write(text.encode("utf-8", "surrogatepass"))
            if not chunk:
                return converted
            lines += text.count("\n")


def is_known(charset: str | None) -> TypeGuard[str]:
    """Return whether a charset that a header names is an encoding of text."""
    try:
        "".encode(charset or "")
    except (LookupError, UnicodeError):
        return False
    return True


def passes_for_utf8(encoding: str) -> bool:
    """Return whether texts in a known encoding may be UTF-8 by their bytes and differ from it."""
    return codecs.lookup(encoding).name.replace("-", "_").startswith(_LIKE_UTF8)


def is_utf8(content: bytes) -> bool:
    """Return whether bytes are UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def check_form(
    text: Spool, *, may_be_json: bool = False, may_be_xml: bool = False, is_table: bool = False
) -> None:
    """Check that a body is not plainly of another form: most often an error, or a login page.

    Args:
        is_table: Whether it should be CSV: then no line of it begins as XML.

    Raises:
        DecodingError: It is.
    """
    start = text.read(0, _LONGEST_MESSAGE).lstrip(b"\xef\xbb\xbf \t\r\n")
    head = start[:15].lower()
    if head.startswith((b"<!doctype html", b"<html")):
        raise DecodingError("it is HTML", "check the path and the key")
    if not may_be_xml and head.startswith((b"<!--", b"<head", b"<body")):
        raise DecodingError("it is HTML", "check the path and the key")
    if not may_be_xml and head.startswith(b"<" if is_table else b"<?xml"):
        raise DecodingError("it is XML", "check the path, the headers and decoder.type")
    if not may_be_json and text.size <= _LONGEST_MESSAGE and _is_json(start):
        raise DecodingError("it is JSON", "check the path, the headers and decoder.type")


def _is_json(content: bytes) -> bool:
    if not content.startswith((b"{", b"[", b"null", b"true", b"false")):
        return False
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True
