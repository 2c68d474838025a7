"""Finds what a table says of a resource in one of its columns."""

import re
from collections.abc import Container, Sequence

from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.lines import to_plain


def find_cell(
    titles: Sequence[str], cells: Sequence[str], title: re.Pattern[str], resources: Container[str]
) -> tuple[str, str] | None:
    """Find the resource of a row, which its first cell names, and its cell in a column.

    Args:
        titles: The first row of the table.
        title: Of the column; with several such columns none is meant.
    """
    columns = [number for number, text in enumerate(titles) if title.fullmatch(to_plain(text))]
    name = to_valid_name(to_plain(cells[0]))
    is_row = len(cells) == len(titles) and titles != cells
    return (name, cells[columns[0]]) if is_row and len(columns) == 1 and name in resources else None
