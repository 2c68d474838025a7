"""Reads rows of tables that describe a field, or several that share what the row says.

| Field | Type |     | `net`, `tax` | number |     | orders | net | number |
"""

import re
from collections.abc import Mapping

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.fields.field_lists import MARKED_NAME, read_names
from analytics_ingest.convert.prose.text.line_subjects import OF_RESOURCES, to_plain
from analytics_ingest.convert.prose.words.field_types import is_key

_NAMES = re.compile(r"\s*,\s*(?:and\s+)?|(?<=`)\s*(?:/|and)\s*(?=`)")
"""What is between the names of a cell."""
_NAME_COLUMN = re.compile(r"(?:field|name|column|attribute)s?|propert(?:y|ies)", re.IGNORECASE)
_LIST_COLUMN = re.compile(
    r"(?:(?:main|important|common|known|selected|some|all|its|row) )?"
    r"(?:fields|columns|attributes|properties|schema)(?: \([^()]*\))?",
    re.IGNORECASE,
)
_TYPE_COLUMNS = ("type", "data type", "datatype")


def read_row(line: Line) -> list[tuple[str, str]]:
    """Read the fields of a row, each with its description; empty for a row of another table."""
    header, cells = line.titles, line.cells
    first = int(bool(header) and OF_RESOURCES.fullmatch(to_plain(header[0])) is not None)
    header, cells = header[first:], cells[first:]
    if len(header) != len(cells) or not cells or not _NAME_COLUMN.fullmatch(to_plain(header[0])):
        return []
    row = {to_plain(name).lower(): to_plain(cell) for name, cell in zip(header, cells, strict=True)}
    is_nullable, is_required = _find_cell(row, ("nullable", "null")), _find_cell(row, ("required",))
    is_certain = is_nullable.lower() in ("no", "false", "n")
    is_certain = is_certain or is_required.lower() in ("yes", "true", "y")
    description = _find_cell(row, _TYPE_COLUMNS) + (" required" if is_certain else "")
    rest = " ".join(value for key, value in row.items() if key in ("description", "notes", "key"))
    description = f"{description}; primary key" if is_key(rest) else description
    return [(name, description) for name in _read_names(cells[0])]


def read_name_cells(line: Line) -> list[str]:
    """Read the names that the cell of a column on fields lists without types: `id`, `net`."""
    cells = line.cells[1:] if len(line.titles) == len(line.cells) else ()
    titles = map(to_plain, line.titles[1:])
    listed = [
        cell for title, cell in zip(titles, cells, strict=False) if _LIST_COLUMN.fullmatch(title)
    ]
    return [name for cell in listed for name in read_names(cell)]


def _read_names(cell: str) -> list[str]:
    """Read the field that a row is of, or those; empty for another text."""
    names = _NAMES.split(cell.strip())
    forms = [MARKED_NAME if name.startswith("`") else r"[A-Za-z_]\w*" for name in names]
    plain = [to_plain(name) for name in names]
    return plain if all(map(re.fullmatch, forms, plain)) else []


def _find_cell(row: Mapping[str, str], columns: tuple[str, ...]) -> str:
    """Find the first of some columns of a row."""
    return next((row[column] for column in columns if row.get(column)), "")
