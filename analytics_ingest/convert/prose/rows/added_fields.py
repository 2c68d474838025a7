"""Reads which field a clause adds to rows: with another field's value, or one of the parent.

a field `id` with the value of `item.id` is added to every record of `items`
the `key` of the parent project is added to each flag as `project_key`
the field `order_id` is added to the notes
"""

import re
from collections.abc import Collection
from dataclasses import replace

from analytics_ingest.common.plurals import list_singulars
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.rows.row_changes import RowChange, write_path
from analytics_ingest.convert.prose.rows.row_subjects import Surroundings, list_other_runs
from analytics_ingest.convert.prose.text.marked_clauses import MarkedClause, mark_clause
from analytics_ingest.convert.prose.text.mentions import find_by_name, find_mentions

_OF_PARENT = re.compile(
    r"(?:with |from )?(?:the )?(?:value of )?(?:the )?(?:field )?"
    r"(?<!and )(?<!, )(?:(?P<run>#\d+)|id|identifier) of (?:the|its|their|each) "
    r"(?P<of>(?:parent )?[a-z]+(?: [a-z]+)?|#\d+)"
)
_PARENTS = re.compile(
    r"(?:with |from )?(?:the |its |their )(?P<of>(?:parent )?[a-z]+)(?:['\u2019]s|(?<=parent)) "
    r"(?:(?P<run>#\d+)|id\b|identifier)"
)
_PARENT_ID = re.compile(
    r"(?:the |its |their )(?P<of>(?:parent )?[a-z]+) (?:id|identifier)\b(?! of)"
)
_ID_OF_MARKED = re.compile(
    r"(?P<id>#\d+|\bid\b|\bidentifier\b) of (?:the |its |their |each )?(?P<parent>parent )?"
    r"(?P<run>#\d+)"
)
_AS = re.compile(r"\bas (?:(?:the|a) (?:field|column) )?#\d+$")
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
    is_on_rows = _TO_ROWS.search(clause.text) is not None
    if not (is_on_rows or _AS.search(clause.text)) or _adds_several(clause, subjects):
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
    is_clear = is_on_rows or (isinstance(value, tuple) and _is_id(marks, value[0]))
    if len(marks) != 1 or value == "" or not is_clear or not _NAME.fullmatch(marks[0]):
        return None
    if isinstance(value, tuple):
        return RowChange(from_parents={marks[0]: value}), rest
    return (
        RowChange(copied={marks[0]: value}) if value else RowChange(added={marks[0]: None})
    ), rest


def _adds_several(clause: MarkedClause, subjects: list[re.Match[str]]) -> bool:
    """Return whether each of several groups of resources gets a field: to `a` `b`, to `c` `d`."""
    places = [run.start() for run in list_other_runs(clause.text, subjects)]
    first, last = (subjects[0].start(), subjects[-1].start()) if subjects else (0, 0)
    return any(first < place < last for place in places) and places[-1] > last


def _is_id(names: list[str], parent: str) -> bool:
    """Return whether a field is called like the id of a parent; a parameter may be called else."""
    ids = {to_valid_name(name) for name in names}
    known = {f"{word}_id" for word in list_singulars(parent)}
    return not ids.isdisjoint(known) or (not parent and all(re.fullmatch(r".+_id", n) for n in ids))


def write_out_parent(clause: MarkedClause, resources: Collection[str]) -> MarkedClause:
    """Return a clause with the parent in words of which it marks the name: the id of `orders`."""
    match = _ID_OF_MARKED.search(clause.text) if _AS.search(clause.text) else None
    if match is None:
        return clause
    names = find_by_name(clause.list_marks(match["run"])[0], resources)
    is_id = not match["id"].startswith("#") or clause.list_marks(match["id"])[0].lower() == "id"
    if len(names) != 1 or not is_id:
        return clause
    words = f"{match['id']} of the {match['parent'] or ''}{names[0].replace('_', ' ')}"
    text = f"{clause.text[: match.start()]}{words}{clause.text[match.end() :]}"
    return replace(clause, text=text)


def names_parent(clause: str, resources: Collection[str]) -> bool:
    """Return whether a clause speaks of the id of a parent, stored under another name."""
    marked = mark_clause(clause)
    return marked is not None and without_parent(marked, resources) != marked.text


def without_parent(clause: MarkedClause, resources: Collection[str]) -> str:
    """Return what a clause says besides the id of a parent, which its rows are not of."""
    if not _AS.search(clause.text):
        return clause.text
    text = write_out_parent(clause, resources).text
    for pattern in (_OF_PARENT, _PARENTS, _PARENT_ID):
        text = pattern.sub(" ", text)
    return text


def _read_parent(
    clause: MarkedClause, subjects: list[re.Match[str]], around: Surroundings
) -> tuple[tuple[str, str], str] | None:
    """Read the parent, which may have no name, and its field; without one it is the key."""
    matches = (p.search(clause.text) for p in (_OF_PARENT, _PARENTS, _PARENT_ID))
    match = next(filter(None, matches), None)
    if match is None:
        return None
    words = next(iter(find_mentions(match["of"], around.resources)), None)
    if words is None and match["of"].split(" ")[0] == "parent":
        names, length = ("",), len("parent")
    elif words and match["of"][: words.start] in ("", "parent "):
        names, length = words.names, words.end
    else:
        return None
    end = match.start("of") + length if match.re is _OF_PARENT else match.end()
    run = match.groupdict().get("run")
    field = clause.list_marks(run)[0] if run else ""
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
