"""Reads a field that is the beginning of another one: `day` is the first ten characters of `at`."""

import re

from analytics_ingest.convert.prose.marked_clauses import MarkedClause
from analytics_ingest.convert.prose.row_changes import RowChange, write_path

_WORDS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_CUT = re.compile(
    r"(?:the )?(?:field |column )?#(?P<field>\d+)"
    r" (?:is|holds|contains|consists of|gets|receives)"
    r"(?: (?:set to|filled with|taken from|made of|cut to|added (?:as|from|with)))?"
    rf" the first (?P<count>\d{{1,3}}|{'|'.join(_WORDS)}) (?:characters?|letters|digits)"
    r" of (?:the )?(?:field |column )?#(?P<path>\d+)"
)
_NAME = re.compile(r"[A-Za-z_]\w*")


def read_cut_field(clause: MarkedClause) -> tuple[RowChange, str] | None:
    """Read the field and what it is cut from, and the text without both."""
    if not (match := _CUT.search(clause.text)):
        return None
    name, paths = clause.marks[int(match["field"])], clause.list_paths(f"#{match['path']}")
    count = match["count"]
    length = int(count) if count.isdecimal() else _WORDS.index(count) + 1
    if not paths or not _NAME.fullmatch(name) or not length:
        return None
    value = write_path(paths[0]).replace(" }}", f"[:{length}] }}}}")
    rest = f"{clause.text[: match.start()]}{clause.text[match.end() :]}"
    return RowChange(copied={name: value}), rest
