"""Decompresses a body: gzip, zip, or one within the other.

A body that does not begin as gzip is read as it is, as in Airbyte: what an API sends as gzip, the
connection has often decompressed. A zip file has no such double life.
"""

import gzip
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import IO

from analytics_ingest.common.spool import Budget, Spool
from analytics_ingest.declaration.models.decoder import Compression
from analytics_ingest.extract.decoders.errors import DecodingError

_GZIP = b"\x1f\x8b"
_CHUNK = 262_144
_BROKEN = "the response is cut off, or not what decoder.compression says"


def decompress(source: Spool, kinds: Sequence[Compression], budget: Budget) -> Iterator[Spool]:
    """Yield what is in a body: of a zip file each member, else one.

    Args:
        kinds: What it is compressed by, the outer one first.
        budget: Limits all that is decompressed.

    Raises:
        DecodingError: It is broken.
        SpoolError: It is more than the budget allows, or than the disk holds.
    """
    if not kinds:
        yield source
        return
    opened = _gunzip(source, budget) if kinds[0] == "gzip" else _unzip(source, budget)
    for inner in opened:
        yield from decompress(inner, kinds[1:], budget)


def _gunzip(source: Spool, budget: Budget) -> Iterator[Spool]:
    if source.read(0, len(_GZIP)) != _GZIP:
        yield source
        return
    try:
        with source.open() as file, gzip.GzipFile(fileobj=file) as content:
            yield _copy(content, budget)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise DecodingError("its gzip is broken", _BROKEN) from None


def _unzip(source: Spool, budget: Budget) -> Iterator[Spool]:
    try:
        with zipfile.ZipFile(source.open()) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            for member in members:
                with archive.open(member) as content:
                    copy = _copy(content, budget)
                yield copy
    except (EOFError, zipfile.BadZipFile, zlib.error):
        raise DecodingError("it is not a whole zip file", _BROKEN) from None
    except (NotImplementedError, RuntimeError):
        problem = "its zip file is encrypted, or compressed by an unknown method"
        raise DecodingError(problem, is_retryable=False) from None


def _copy(content: IO[bytes] | gzip.GzipFile, budget: Budget) -> Spool:
    copy = Spool(budget)
    while chunk := content.read(_CHUNK):
        copy.write(chunk)
    return copy
