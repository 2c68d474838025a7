"""Reads which fields a clause removes, lifts out of an object, adds to rows, sets or renames.

the field `author.email` is removed from the records of `posts` and `comments`
the fields of `details` are moved to the top level, and `details` itself is removed
the field `order_id` is added to the notes
"""

import re
from dataclasses import replace

from analytics_ingest.convert.prose.rows.added_fields import read_added, write_out_parent
from analytics_ingest.convert.prose.rows.generated_fields import read_generated
from analytics_ingest.convert.prose.rows.lifted_fields import (
    FROM_OBJECT,
    lose_fields,
    lose_object,
    read_lifted,
)
from analytics_ingest.convert.prose.rows.renamed_fields import read_renamed
from analytics_ingest.convert.prose.rows.row_changes import RowChange
from analytics_ingest.convert.prose.rows.row_subjects import (
    Surroundings,
    find_marked_subjects,
    find_subjects,
    is_doubtful,
    list_other_runs,
    names_nothing,
)
from analytics_ingest.convert.prose.rows.set_fields import read_set_fields
from analytics_ingest.convert.prose.rows.stored_parents import read_stored_parent
from analytics_ingest.convert.prose.text.marked_clauses import (
    RUN,
    MarkedClause,
    is_path,
    is_plain_statement,
    remove_notes,
)
from analytics_ingest.convert.prose.text.mentions import mask_resources
from analytics_ingest.convert.prose.words.row_words import ADD, LIFT, REMOVE, has_other_words

_REMOVES = re.compile(rf"\b{REMOVE}(?!\w)|\b(?:loaded|stored|read|kept|imported) without\b")
_LIFTS = re.compile(rf"\b{LIFT}(?!\w)")
_ADDS = re.compile(rf"\b{ADD}(?!\w)")
_THEN = r"(?:then |afterwards |also |itself )?(?:removed|dropped|deleted|discarded)"
_THEN_REMOVED = re.compile(
    r"[,;]? and (?:then |afterwards )?(?:(?P<run>#\d+)|(?:the |this )(?:nested |original |whole )?"
    rf"(?:object|field)|it)(?: itself)? is {_THEN}(?! from)"
    rf"|,? and (?:(?:then |afterwards )?(?:it |they )?(?:is |are ))?{_THEN}"
    rf" (?:from (?:{FROM_OBJECT}(?P<object>#\d+)|it\b)|there)"
)
_TAKEN_FROM = re.compile(
    r",? (?:(?:which|that) is )?(?:copied|taken|extracted|lifted|read) from (?=#\d)"
)
_ON_ROWS = re.compile(
    r"\b(?:records?|rows?)\b|\bbefore (?:loading|storing|they are (?:loaded|stored))\b"
    r"|\b(?:removes?|drops?|strips?|discards?|omits?)\b|\bwithout\b"
    r"|\b(?:of|from|in) (?:each|every|all(?: the)?) @"
)
_BARE = re.compile(
    r"(?:[a-z]+ ){0,3}(?:fields?|columns?|attributes?|properties|arrays?|objects?|series) "
    rf"{RUN.pattern}(?: (?:is|are) deprecated and)? (?:is|are) "
    r"(?:also |always )?(?:removed|dropped|discarded|omitted)"
)
"""What is said below the name of a resource: the field `tags` is removed."""
_OF_SOME = re.compile(r"(?:\b(?:records?|rows?|ones)|@|#\d+) with(?:out)? (?:[a-z]+ ){0,3}#")
"""Rows that have a field, or do not: they are what is removed."""
_FRONT = re.compile(rf"^for {RUN.pattern}; ")
_SETS_ROWS = re.compile(r"\b(?:records?|rows?|top[ -]level)\b|\b(?:has|have) (?:its|their|the) ")
_OF_OTHERS = re.compile(r" of all (?:the )?(?:others|other (?:records|rows))\b")
_FROM_FIELD = re.compile(r"\b(?:from|in) (?:the )?(?:object|field)\b")
_FROM_OBJECT = re.compile(rf" from {FROM_OBJECT}(?P<object>#\d+)(?! ?(?:,|and|or) #)")
_FROM = re.compile(
    r"\b(?:from|in) (?:the |each |every |all |both |these |its |their )*(?:[#@]|\w+ @)"
)


def read_field_change(
    clause: MarkedClause, around: Surroundings
) -> tuple[list[str], RowChange] | None:
    """Read the resources and their changed fields; None where a clause states none plainly."""
    return _read_set(clause, around) or _read_moved(clause, around)


def _read_set(clause: MarkedClause, around: Surroundings) -> tuple[list[str], RowChange] | None:
    """Read the fields that a clause sets or renames."""
    if around.follows_filter:
        clause = replace(clause, text=_OF_OTHERS.sub("", clause.text))
    renamed = read_renamed(clause, around.resources)
    reading = (
        renamed
        or read_stored_parent(clause, around.resources)
        or read_generated(clause, around.resources, is_on_changes=around.is_on_changes)
        or read_set_fields(clause, around.resources)
    )
    if reading is None:
        return None
    change, rest = reading
    body = replace(clause, text=rest)
    subjects = find_marked_subjects(body, around.resources, may_begin=True)
    is_named = any(not rest[run.end() :].startswith(";") for run in subjects)
    is_on_rows = around.is_on_changes or is_named or _SETS_ROWS.search(clause.text)
    is_unclear = (renamed or change.copied) and not is_on_rows and not _is_joined(change)
    is_more = list_other_runs(rest, subjects) or _REMOVES.search(rest) or _LIFTS.search(rest)
    plain = mask_resources(rest, around.resources)
    if is_unclear or is_more or has_other_words(plain, is_on_fields=True):
        return None
    if not is_plain_statement(rest):
        return None
    return _find_rows(body, rest, subjects, around, change)


def _is_joined(change: RowChange) -> bool:
    return any("join(" in value for value in change.copied.values())


def _read_moved(clause: MarkedClause, around: Surroundings) -> tuple[list[str], RowChange] | None:
    """Read the fields that a clause removes, lifts or adds."""
    then = _THEN_REMOVED.search(clause.text)
    body = replace(clause, text=_THEN_REMOVED.sub("", clause.text))
    if _ADDS.search(body.text):
        body = replace(body, text=_TAKEN_FROM.sub(" with the value of ", body.text))
        body = write_out_parent(body, around.resources)
    kinds = [pattern.search(body.text) is not None for pattern in (_REMOVES, _LIFTS, _ADDS)]
    if sum(kinds) != 1 or (then and not kinds[1]):
        return None
    subjects = find_marked_subjects(body, around.resources)
    read = (_read_removed, read_lifted, read_added)[kinds.index(True)]
    others = list_other_runs(body.text, subjects)
    if any(is_doubtful(body, run, around.resources) for run in others):
        return None
    reading = read(body, subjects, around)
    if reading is None:
        return None
    change, rest = reading
    if then and not (change := _lose(change, clause, then)):
        return None
    rest = re.sub(r"\bwithout\b", "with", rest)
    plain = mask_resources(rest, around.resources)
    if has_other_words(plain, is_on_fields=True) or not is_plain_statement(rest):
        return None
    return _find_rows(body, rest, subjects, around, change)


def _lose(change: RowChange, clause: MarkedClause, then: re.Match[str]) -> RowChange | None:
    """Return a change that removes what was copied where it was, or the object that held it."""
    marks = clause.list_marks(then["object"] or then["run"] or "")
    is_in_object = then["object"] or then[0].endswith((" it", " there"))
    return lose_fields(change, marks) if is_in_object else lose_object(change, marks)


def _find_rows(
    clause: MarkedClause,
    rest: str,
    subjects: list[re.Match[str]],
    around: Surroundings,
    change: RowChange,
) -> tuple[list[str], RowChange] | None:
    """Find the resources whose rows change; none where requests show which child is meant."""
    if names_nothing(clause, rest, subjects, around):
        if change.from_parents:
            return [], change
        if around.is_on_changes_of_all:
            # Not all of them need have the object: those without it keep their own fields.
            return [*around.resources], replace(change, may_be_own=bool(change.copied))
    names = find_subjects(clause, rest, subjects, around)
    return (names, change) if names else None


def _write_out_object(clause: MarkedClause, subjects: list[re.Match[str]]) -> MarkedClause:
    """Return a clause that removes fields from an object with their paths: from the records."""
    match = _FROM_OBJECT.search(clause.text)
    runs = list_other_runs(clause.text, subjects)
    if match is None or [run[0] for run in runs[1:]] != [match["object"]]:
        return clause
    (holder,), fields = clause.list_marks(match["object"]), clause.list_paths(runs[0][0])
    if fields is None or not is_path(holder):
        return clause
    numbers = set(map(int, re.findall(r"#(\d+)", runs[0][0])))
    paths = (f"{holder}.{mark}" if n in numbers else mark for n, mark in enumerate(clause.marks))
    text = f"{clause.text[: match.start()]} from the records{clause.text[match.end() :]}"
    return replace(clause, text=text, marks=tuple(paths))


def _read_removed(
    clause: MarkedClause, subjects: list[re.Match[str]], around: Surroundings
) -> tuple[RowChange, str] | None:
    """Read the fields that a clause removes from rows, or from an object of theirs."""
    clause = _write_out_object(clause, subjects)
    runs = list_other_runs(clause.text, subjects)
    paths = clause.list_paths(runs[0][0]) if len(runs) == 1 else None
    if paths and _FROM_OBJECT.search(clause.text[: runs[0].end()]):
        return None  # What is removed from it has no name.
    if _OF_SOME.search(mask_resources(clause.text, around.resources)):
        return None
    plain = mask_resources(clause.text, around.resources)
    text = remove_notes(clause.text)
    is_of_resource = bool(around.named or around.group or subjects) and not clause.lead
    if is_of_resource and _BARE.fullmatch(_FRONT.sub("", text)):
        return (RowChange(removed=tuple(paths)), _FRONT.sub("", text)) if paths else None
    is_of_rows = around.is_on_changes or _FROM.search(plain)
    is_on_rows = _ON_ROWS.search(plain) or (is_of_rows and not _FROM_FIELD.search(plain))
    rest = text if around.is_on_changes else clause.text
    return (RowChange(removed=tuple(paths)), rest) if paths and is_on_rows else None
