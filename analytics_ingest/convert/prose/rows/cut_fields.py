"""Reads a field that is the beginning of another one: `day` is the first ten characters of `at`.

`day` is added from `at`, up to the first `T`     `day` is the part of `at` before the first `T`
`at` is copied from `time.at`, without the fraction of a second
"""

import re
from dataclasses import replace

from analytics_ingest.convert.prose.rows.row_changes import RowChange, write_path
from analytics_ingest.convert.prose.text.marked_clauses import MarkedClause

_WORDS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_MARKS = {
    "dot": ".",
    "point": ".",
    "full stop": ".",
    "period": ".",
    "space": " ",
    "blank": " ",
    "comma": ",",
    "colon": ":",
    "hyphen": "-",
    "dash": "-",
    "underscore": "_",
    "slash": "/",
    "plus": "+",
}
_FIRST = rf"the first (?:#(?P<mark>\d+)|(?P<word>{'|'.join(_MARKS)})\b)"
_PART = r"(?:everything|all|the (?:part|text|characters)|what (?:is|comes)|only the part)"
_BEFORE = r"(?:before|up to|until|in front of|preceding)"
_FIELD = (
    r"(?:the )?(?:field |column )?#(?P<field>\d+)"
    r" (?:is|holds|contains|consists of|gets|receives)"
    r"(?: (?:set to|filled with|taken from|made of|cut to|added (?:as|from|with)))?"
)
_OF = r"(?:of|in|from) (?:the )?(?:field |column )?#(?P<path>\d+)"
_CUT = re.compile(
    rf"{_FIELD} the first (?P<count>\d{{1,3}}|{'|'.join(_WORDS)})"
    rf" (?:characters?|letters|digits) {_OF}"
)
_PART_OF = re.compile(
    rf"{_FIELD} {_PART} (?:{_OF} )?(?:that is )?{_BEFORE} {_FIRST}"
    rf"(?: {_OF.replace('path', 'other')})?"
)
_CUT_AT = re.compile(
    rf",? \(?(?:{_PART} {_BEFORE}|up to|until|cut(?: off)? (?:at|before|from)) {_FIRST}\)?"
)
_FRACTION = re.compile(
    r",? \(?(?:but )?without (?:the |its |any )?(?:fractions? of (?:a |the )?seconds?"
    r"|fractional (?:part|seconds?)|(?:milli|micro)seconds|sub-?seconds)\)?"
)
_EXAMPLE = re.compile(r",? \(?(?:e\.g\.?|for example|for instance|such as)(?: #\d+)?\)?$")
_NAME = re.compile(r"[A-Za-z_]\w*")


def read_cut_field(clause: MarkedClause) -> tuple[RowChange, str] | None:
    """Read the field and what it is cut from, and the text without both."""
    match = _CUT.search(clause.text) or _PART_OF.search(clause.text)
    if not match:
        return None
    groups = match.groupdict()
    number = groups["path"] or groups.get("other")
    name, paths = clause.marks[int(match["field"])], clause.list_paths(f"#{number}")
    cut = _write_first(groups["count"]) if "count" in groups else _write_split(clause, match)
    if not paths or not cut or not _NAME.fullmatch(name):
        return None
    rest = f"{clause.text[: match.start()]}{clause.text[match.end() :]}"
    return RowChange(copied={name: _change(write_path(paths[0]), cut)}), rest


def part_cut(clause: MarkedClause) -> tuple[MarkedClause, str]:
    """Part what a clause says of the end that a copied value loses, as an expression.

    An empty one where it says nothing of that, or nothing that is read.
    """
    text = _EXAMPLE.sub("", clause.text)
    match = _CUT_AT.search(text)
    cut = _write_split(clause, match) if match else ""
    text = _CUT_AT.sub("", text, count=1) if cut else text
    if cut:
        text = _FRACTION.sub("", text) if cut == ".split('.')[0]" else text
    elif _FRACTION.search(text):
        cut, text = " | regex_replace('[.,][0-9]+', '')", _FRACTION.sub("", text, count=1)
    return (replace(clause, text=text), cut) if cut else (clause, "")


def cut_copies(change: RowChange, cut: str) -> RowChange | None:
    """Return a change whose only copied value loses its end; None for another change."""
    if len(change.copied) != 1 or len(change.fields) != 1:
        return None
    ((name, value),) = change.copied.items()
    return replace(change, copied={name: _change(value, cut)})


def _change(value: str, cut: str) -> str:
    """Write what is left of a value; a null stays one."""
    path = value.strip("{ }")
    if cut.startswith(" |"):
        return f"{{{{ ({path}{cut}) if {path} else none }}}}"
    return f"{{{{ {path}{cut} }}}}"


def _write_first(count: str) -> str:
    length = int(count) if count.isdecimal() else _WORDS.index(count) + 1
    return f"[:{length}]" if length else ""


def _write_split(clause: MarkedClause, match: re.Match[str]) -> str:
    """Write what ends a value before a mark; empty where that may be a field."""
    number = match["mark"]
    mark = clause.marks[int(number)] if number else _MARKS[match["word"]]
    is_mark = len(mark) == 1 and mark not in "'\"\\{}"
    return f".split('{mark}')[0]" if is_mark else ""
