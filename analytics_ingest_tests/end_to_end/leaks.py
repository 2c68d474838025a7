"""Finds values in everything that runs have left: printed text, files, databases."""

import base64
import html
import json
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

CONTEXT = 200
"""Bytes shown on each side of what was found."""

DATABASES = (".db", ".sqlite")


def leaks(values: list[str], printed: str, folder: Path, spared: Path) -> list[str]:
    """Where values were found, in any spelling.

    Args:
        spared: A file that may hold them.
    """
    spellings = {spelling for value in values for spelling in _spellings(value)}
    left = [("what was printed", printed.encode()), *_left(folder, spared)]
    return [_shown(place, c, s) for place, c in left for s in spellings if s in c]


def _shown(place: str, content: bytes, found: bytes) -> str:
    at = content.index(found)
    return f"{place}: {content[max(0, at - CONTEXT) : at + CONTEXT].decode(errors='replace')}"


def _left(folder: Path, spared: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file() and path != spared:
            name = str(path.relative_to(folder))
            yield name, path.read_bytes()
            if path.suffix in DATABASES:
                yield from ((name, content) for content in _compressed(path))


def _compressed(path: Path) -> Iterator[bytes]:
    """The compressed values of a database, decompressed."""
    with sqlite3.connect(path) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            for row in database.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    if isinstance(value, bytes) and value[:1] == b"\x78":
                        yield zlib.decompress(value)


def _spellings(value: str) -> Iterator[bytes]:
    for text in (
        *(value, quote(value), quote(value, safe=""), quote_plus(value), html.escape(value)),
        *(json.dumps(value)[1:-1], json.dumps(json.dumps(value))[3:-3], repr(value)[1:-1]),
    ):
        yield text.encode()
        yield text.lower().encode()
    raw = value.encode()
    yield raw.hex().encode()
    yield raw[::-1]
    for shift in range(3):
        # Inside a longer text the first and the last characters depend on the neighbours.
        yield base64.b64encode(b"\0" * shift + raw)[4:-4]
