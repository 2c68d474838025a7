"""The header of a table of CSV that comes in several pages, files or members of a zip file."""

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.declaration.models.decoder import Decoder


def find_difference(decoder: Decoder, first: list[str], header: list[str]) -> str | None:
    """Find how a header differs from the first one of a listing; None if both may be of a table.

    Pages may leave out empty columns, so one in common is enough: a row or a message has none. But
    names that `decoder.columns` replaces say nothing, so there the headers are the same.
    """
    if decoder.columns:
        return None if header == first else "differs from"
    names = set(map(to_snake_case, first))
    return "shares no column with" if names.isdisjoint(map(to_snake_case, header)) else None
