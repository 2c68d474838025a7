"""Reads which field a clause sets: to a constant, to other fields joined, or to one of each.

a field `origin` with the constant value `web` is added
the field `phone` is replaced with the text `hidden`
a field `name` is added that consists of `person.first` and `person.last`, separated by a space
`id` and `at` are added at the top level, from `item.key` and `item.time`
`day` is the first ten characters of `at`
"""

import re
from collections.abc import Collection
from dataclasses import replace

from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.rows.computed_fields import read_computed
from analytics_ingest.convert.prose.rows.cut_fields import cut_copies, part_cut, read_cut_field
from analytics_ingest.convert.prose.rows.present_fields import read_present_field
from analytics_ingest.convert.prose.rows.row_changes import RowChange, write_path
from analytics_ingest.convert.prose.rows.row_subjects import find_marked_subjects, list_other_runs
from analytics_ingest.convert.prose.text.marked_clauses import RUN, MarkedClause

Reading = tuple[RowChange, str]
"""A change, and the text without what gives its values."""

_CUE = r"(?:(?:constant|fixed|static|literal)(?: (?:value|text|string))?|text|string)"
_ADDED_VALUE = re.compile(
    r"(?:with|holding|containing|(?:that|which) (?:always )?(?:holds|has|contains))"
    rf" (?:the |a )?{_CUE} (?:of )?#(?P<value>\d+)"
)
_SET_VALUE = re.compile(
    r"(?:is|are) (?:always )?(?:masked and )?(?:set to|(?:replaced|overwritten|masked)"
    rf" (?:with|by)) (?:the |a )?{_CUE} (?:of )?#(?P<value>\d+)"
)
_SET_IN_ALL = re.compile(
    r"(?:is (?:always )?set to #(?P<value>\d+)(?= (?:on|in|for) (?:each|every|all) (?:record|row))"
    r"|is always set to #(?P<always>\d+))"
)
_ADDS = re.compile(r"\b(?:added|adds?|gets?|receives?)\b")
_TEXT = re.compile(r"[A-Za-z*(\[][\w .:/@+*()\[\]-]{0,59}")
_LITERAL = re.compile(r"true|false|null|none|yes|no", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_]\w*")
_KEY_PATH = re.compile(r"[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*")
_SEPARATORS = {
    "space": " ",
    "blank": " ",
    "comma": ",",
    "hyphen": "-",
    "dash": "-",
    "underscore": "_",
    "slash": "/",
    "colon": ":",
}
_BETWEEN = (
    r"(?: separated| joined| connected)? (?:by|with) (?:an? |one )?(?:single )?"
    rf"(?P<separator>{'|'.join(_SEPARATORS)})(?: between them)?"
)
_JOINED = re.compile(
    r"#(?P<field>\d+),?(?P<added> is added(?: to (?:each|every|all|the) [a-z]+(?: [a-z]+)?)?,?)?"
    r"(?: that| which| and)? (?:consists of"
    r"|(?:is )?(?:composed|made up|made|built|formed) (?:of|from)"
    r"|joins|combines)"
    rf" (?P<parts>{RUN.pattern}),?{_BETWEEN}"
)
_JOINED_AS = re.compile(
    rf"(?P<parts>{RUN.pattern}) are (?:joined|combined|concatenated){_BETWEEN}"
    r" (?:into|as|to) (?:the |a )?(?:new )?(?:field |column )?#(?P<field>\d+)"
)
_ELLIPSIS = re.compile(r"(#\d+) is added from (#\d+)(?:,? and|,) (#\d+) from (#\d+)")
_PAIRED = re.compile(
    rf"(?P<names>{RUN.pattern}) (?:is|are) (?:also |then )?(?P<verb>added|filled|copied|taken)"
    r"(?P<where>(?: (?:at|to|on|in) (?:the |each |every |all )?[a-z]+(?:[ -][a-z]+)?)?),?"
    rf" from (?:the )?(?:fields? )?(?P<paths>{RUN.pattern})(?:,? respectively)?"
)
_OF_PARENT = re.compile(
    r"(?P<names>#\d+(?:(?:, and |, | and )#\d+){0,9}) (?:is|are) (?:also |then )?"
    rf"(?:added|copied|taken)(?P<where>(?: to (?:{RUN.pattern}|(?:each|every|all|the) [a-z]+))?)"
    r"(?:,? each)? from (?:the|its|their) parent(?: (?:record|row|resource))?(?![\w'\u2019]| #)"
)


def read_set_fields(clause: MarkedClause, resources: Collection[str]) -> Reading | None:
    """Read the fields that a clause sets."""
    if reading := read_cut_field(clause):
        return reading
    clause, cut = part_cut(clause)
    reading = _read_set(clause, resources)
    if reading is None or not cut:
        return reading
    change = cut_copies(reading[0], cut)
    return (change, reading[1]) if change else None


def _read_set(clause: MarkedClause, resources: Collection[str]) -> Reading | None:
    readers = (
        _read_joined,
        read_computed,
        read_present_field,
        _read_constant,
        _read_of_parent,
        _read_paired,
    )
    return next(filter(None, (read(clause, resources) for read in readers)), None)


def _read_constant(clause: MarkedClause, resources: Collection[str]) -> Reading | None:
    for pattern in (_SET_VALUE, _SET_IN_ALL, _ADDED_VALUE):
        match = pattern.search(clause.text)
        if not match:
            continue
        groups = match.groupdict()
        value = clause.marks[int(groups["value"] or groups["always"])]
        rest = f"{clause.text[: match.start()].rstrip()}{clause.text[match.end() :]}"
        fields, rest = _take_fields(replace(clause, text=rest), resources)
        is_text = _TEXT.fullmatch(value) and not _LITERAL.fullmatch(value)
        is_added = pattern is not _ADDED_VALUE or _ADDS.search(rest)
        if not (fields and is_text and is_added):
            return None
        unsure = (value,) if pattern is _SET_IN_ALL else ()
        return RowChange(constants=dict.fromkeys(fields, value), unsure=unsure), rest
    return None


def _take_fields(clause: MarkedClause, resources: Collection[str]) -> tuple[list[str], str]:
    """Take the only run of names that are not resources out of a clause."""
    runs = list_other_runs(clause.text, find_marked_subjects(clause, resources))
    if len(runs) != 1:
        return [], clause.text
    names = clause.list_marks(runs[0][0])
    rest = f"{clause.text[: runs[0].start()]}{clause.text[runs[0].end() :]}"
    return names if all(map(_NAME.fullmatch, names)) else [], rest


def _read_joined(clause: MarkedClause, _: Collection[str]) -> Reading | None:
    match = _JOINED.search(clause.text) or _JOINED_AS.search(clause.text)
    if match is None:
        return None
    name, paths = clause.marks[int(match["field"])], clause.list_marks(match["parts"])
    if not _NAME.fullmatch(name) or not all(map(_KEY_PATH.fullmatch, paths)) or len(paths) < 2:
        return None
    items = ", ".join(write_path(path).strip("{ }") for path in paths)
    separator = _SEPARATORS[match["separator"]]
    added = match.groupdict().get("added") or ""
    rest = f"{clause.text[: match.start()]}{added}{clause.text[match.end() :]}"
    value = f"{{{{ [{items}] | select | join('{separator}') }}}}"
    return RowChange(copied={name: value}), rest


def _read_of_parent(clause: MarkedClause, _: Collection[str]) -> Reading | None:
    """Read the fields of a parent that rows get by their own names, or that of the parent."""
    if not (match := _OF_PARENT.search(clause.text)):
        return None
    names = clause.list_marks(match["names"])
    rest = f"{clause.text[: match.start()]}{match['where']}{clause.text[match.end() :]}"
    is_plain = all(map(_NAME.fullmatch, names))
    return (RowChange(added=dict.fromkeys(names)), rest) if is_plain else None


def _read_paired(clause: MarkedClause, resources: Collection[str]) -> Reading | None:
    """Read fields that are added from one other field each, in order."""
    text = _ELLIPSIS.sub(r"\1 and \3 are added from \2 and \4", clause.text)
    if not (match := _PAIRED.search(text)):
        return None
    names, paths = clause.list_marks(match["names"]), clause.list_paths(match["paths"]) or []
    is_plain = all(map(_NAME.fullmatch, names)) and len(set(names)) == len(names)
    is_one = match["verb"] in ("copied", "taken") and len(names) == 1  # It may be in an object.
    are_fields = not is_one and not {to_valid_name(path) for path in paths} & {*resources}
    if len(names) != len(paths) or not is_plain or not are_fields:
        return None
    rest = f"{text[: match.start()]}{match['where']}{text[match.end() :]}"
    return RowChange(copied=dict(zip(names, map(write_path, paths), strict=True))), rest
