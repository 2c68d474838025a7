"""Reads which field a clause adds to rows: with another field's value, or one of the parent.

a field `id` with the value of `item.id` is added to every record of `items`
the `key` of the parent project is added to each flag as `project_key`
the field `order_id` is added to the notes
"""

import re

from analytics_ingest.convert.prose.marked_clauses import MarkedClause
from analytics_ingest.convert.prose.mentions import find_mentions
from analytics_ingest.convert.prose.row_changes import RowChange, write_path
from analytics_ingest.convert.prose.row_subjects import Surroundings, list_other_runs

_OF_PARENT = re.compile(
    r"(?:with |from )?(?:the )?(?:value of )?(?:the )?(?:field )?"
    r"(?<!and )(?<!, )(?:(?P<run>#\d+)|id|identifier) of (?:the|its|their|each) "
    r"(?P<of>(?:parent )?[a-z]+(?: [a-z]+)?|#\d+)"
)
_PARENTS = re.compile(
    r"(?:with |from )?(?:the |its |their )(?P<of>(?:parent )?[a-z]+)(?:['\u2019]s|(?<=parent)) "
    r"(?:(?P<run>#\d+)|id\b|identifier)"
)
_OF_REQUEST = re.compile(r" (?:of|from|in) the (?:request|path|url)\b")
_VALUE = re.compile(
    r"(?:\b(?:with|from|has|holds?|holding|containing|contains|is|equal to)|\(|=) ?"
    r"(?P<cue>(?:the )?(?:same )?(?:value )?(?:of |in )?(?:the )?(?:nested )?(?:field )?)"
    r"(?P<run>#\d+)(?! is #)\)?"
)
_THIS_VALUE = re.compile(
    r"\b(?:with|holding|containing) (?:(?:this|that|the same) value"
    r"|(?:this|it) as (?:its )?value)\b"
)
_TO_ROWS = re.compile(r"\b(?:to|gets?|receives?|given|carry|carries)\b")
_NAME = re.compile(r"[A-Za-z_]\w*")


def read_added(
    clause: MarkedClause, subjects: list[re.Match[str]], around: Surroundings
) -> tuple[RowChange, str] | None:
    """Read the field that a clause adds, and the text without what gives its value."""
    if not _TO_ROWS.search(clause.text):
        return None
    for read in (_read_parent, _read_this_value, _read_value):
        reading = read(clause, subjects, around)
        if reading:
            break
    else:
        reading = (None, _OF_REQUEST.sub("", clause.text))
    value, rest = reading
    runs = list_other_runs(rest, subjects)
    marks = clause.list_marks(runs[0][0]) if len(runs) == 1 else []
    if len(marks) != 1 or value == "" or not _NAME.fullmatch(marks[0]):
        return None
    if isinstance(value, tuple):
        return RowChange(from_parents={marks[0]: value}), rest
    return (
        RowChange(copied={marks[0]: value}) if value else RowChange(added={marks[0]: None})
    ), rest


def _read_parent(
    clause: MarkedClause, subjects: list[re.Match[str]], around: Surroundings
) -> tuple[tuple[str, str], str] | None:
    """Read the parent, which may have no name, and its field; without one it is the key."""
    match = _OF_PARENT.search(clause.text) or _PARENTS.search(clause.text)
    if match is None:
        return None
    words = next(iter(find_mentions(match["of"], around.resources)), None)
    if words is None and match["of"].split(" ")[0] == "parent":
        names, length = ("",), len("parent")
    elif words and match["of"][: words.start] in ("", "parent "):
        names, length = words.names, words.end
    else:
        return None
    end = match.end() if match.re is _PARENTS else match.start("of") + length
    field = clause.list_marks(match["run"])[0] if match["run"] else ""
    rest = f"{clause.text[: match.start()]}{clause.text[end:]}"
    return ((names[0], field), rest) if len(names) == 1 else None


def _read_this_value(
    clause: MarkedClause, _: list[re.Match[str]], around: Surroundings
) -> tuple[str, str] | None:
    """Read the value that the sentence before names, where it names one path."""
    if not (match := _THIS_VALUE.search(clause.text)):
        return None
    paths = [mark for mark in around.marks_before if re.fullmatch(r"\w+(?:\.\w+)+", mark)]
    return write_path(paths[0]) if len(paths) == 1 else "", clause.text.replace(match[0], "")


def _read_value(
    clause: MarkedClause, subjects: list[re.Match[str]], _: Surroundings
) -> tuple[str, str] | None:
    """Read the field whose value is taken; a name without a cue may be a constant."""
    known = {run.start() for run in subjects}
    match = next((m for m in _VALUE.finditer(clause.text) if m.start("run") not in known), None)
    if match is None:
        return None
    (path,) = clause.list_marks(match["run"])
    is_field = "field" in match["cue"] or "." in path
    is_sure = is_field and re.fullmatch(r"[A-Za-z_]\w*(?:\.\w+)*", path)
    rest = f"{clause.text[: match.start()]}{clause.text[match.end() :]}"
    return write_path(path) if is_sure else "", rest
