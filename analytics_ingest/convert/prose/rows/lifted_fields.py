"""Reads which fields of an object a clause copies or moves to the top level of rows.

the fields `net` and `tax` of the nested object `amounts` are copied to the top level
all fields of `details` are moved to the top level
"""

import re
from dataclasses import replace

from analytics_ingest.convert.prose.rows.row_changes import RowChange, write_path
from analytics_ingest.convert.prose.rows.row_subjects import Surroundings, list_other_runs
from analytics_ingest.convert.prose.text.marked_clauses import MarkedClause, is_path

_TOP = re.compile(
    r"\btop[ -]level\b|\b(?:to|into) (?:the |each |every |their )?(?:root|records?|rows?)\b"
    r"|\b(?:out )?(?:of|from) the nested\b"
    r"|\b(?:moved|pulled|raised|lifted|brought) up\b"
    r"|\b(?:hoisted|promoted|lifted|unpacked|flattened) (?:out of|from)\b"
)
_WHOLE = re.compile(
    r"\b(?:fields|contents?|attributes|properties|members|keys|values) (?:of|in|inside|within|from)"
    r" (?:the )?(?:nested |inner )?(?:object |field )?(?P<run>#\d+)(?! and | ?, ?#|#)"
)
_NAMES_AND_OBJECT = 2
FROM_OBJECT = r"(?:the |its |their )?(?:nested |inner |embedded |original )?(?:object |field )?"
_OF_OBJECT = re.compile(rf"\b(?:(?:of|from|in|inside|within) {FROM_OBJECT}|object )$")
_STEP = re.compile(r"\['(\w+)'\]")


def read_lifted(
    clause: MarkedClause, subjects: list[re.Match[str]], _: Surroundings
) -> tuple[RowChange, str] | None:
    """Read the fields that a clause lifts, and its text."""
    runs = list_other_runs(clause.text, subjects)
    if not (_TOP.search(clause.text) and 1 <= len(runs) <= _NAMES_AND_OBJECT):
        return None
    change = _read_whole(clause, runs) or _read_fields(clause, runs)
    return (change, clause.text) if change else None


def lose_object(change: RowChange, marks: list[str]) -> RowChange | None:
    """Return a change that removes the object too; None where that is another one.

    Args:
        marks: The object, if it is marked again.
    """
    origins = list(change.flattened) or ([change.origin] if change.origin else [])
    if not origins or marks not in ([], origins):
        return None
    if change.flattened:
        return replace(change, flattened=dict.fromkeys(origins, True))
    return replace(change, removed=tuple(origins))


def lose_fields(change: RowChange, marks: list[str]) -> RowChange | None:
    """Return a change that removes fields from the object that they are copied from.

    Args:
        marks: The object, if it is marked again.
    """
    paths = [_STEP.findall(value) for value in change.copied.values()]
    holders = {".".join(steps[:-1]) for steps in paths}
    if len(holders) != 1 or "" in holders or marks not in ([], [*holders]):
        return None
    return replace(change, removed=tuple(map(".".join, paths)))


def _read_whole(clause: MarkedClause, runs: list[re.Match[str]]) -> RowChange | None:
    """Read the object of which all fields are lifted."""
    whole = _WHOLE.search(clause.text)
    if len(runs) > 1 or whole is None or whole["run"] != runs[0][0]:
        return None
    (origin,) = clause.list_marks(whole["run"])
    return RowChange(flattened={origin: False}) if is_path(origin) else None


def _read_fields(clause: MarkedClause, runs: list[re.Match[str]]) -> RowChange | None:
    """Read the fields that a clause names, and the object that they come from."""
    objects = [run for run in runs if _OF_OBJECT.search(clause.text[: run.start()])]
    names = [run for run in runs if run not in objects]
    paths = clause.list_paths(names[0][0]) if len(names) == 1 else None
    origins = [path for run in objects for path in clause.list_paths(run[0]) or ("", "")]
    if paths is None or len(origins) > 1 or any(("." in path) == bool(origins) for path in paths):
        return None
    if len(paths) == 1 and origins and not _says_object(clause.text, origins[0]):
        is_field = "." in origins[0]
        return RowChange(copied={paths[0]: write_path(origins[0])}) if is_field else None
    copied = {path.rpartition(".")[2]: write_path(".".join([*origins, path])) for path in paths}
    origin = origins[0] if origins else None
    return RowChange(copied=copied, origin=origin) if len(copied) == len(paths) else None


def _says_object(text: str, origin: str) -> bool:
    """Return whether a field is one of an object, not the field that the path leads to."""
    pattern = r"\bobject\b" if "." in origin else r"\b(?:object|nested|top[ -]level)\b"
    return re.search(pattern, text) is not None
