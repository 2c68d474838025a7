"""Reads which field of a parent a clause stores with the rows of its children.

each record is stored with the `code` of its group
the ticket of the thread is stored as `ticket_id`
`id` and `name` of the group are added to each record
"""

import re
from collections.abc import Collection

from analytics_ingest.common.plurals import list_singulars
from analytics_ingest.convert.prose.rows.row_changes import RowChange
from analytics_ingest.convert.prose.text.marked_clauses import RUN, MarkedClause, is_path
from analytics_ingest.convert.prose.text.mentions import Mention, find_mentions

_STORED = r"(?:stored|kept|saved)"
_WORDS = r"[a-z]+(?: [a-z]+){0,2}"
_WITH = re.compile(
    rf"\b{_STORED} (?:together )?with the (?:field )?#(?P<field>\d+)"
    rf" of (?:the|its|their) (?P<of>{_WORDS})$"
)
_BEGIN = r"(?:^|(?<=; ))"
_ADDED = re.compile(
    rf"{_BEGIN}(?:the )?(?:fields? )?(?P<fields>{RUN.pattern}) of (?:the|its|their|each)"
    rf" (?P<of>{_WORDS}) (?:is|are) (?:also )?(?:added|copied)"
    r" (?P<rows>to (?:the|each|every|all) [a-z ]+)$"
)
_ID = rf"(?:(?:the )?(?:#(?P<field>\d+)|id|identifier) of )?(?:the|its|their) (?P<of>{_WORDS})"
_IN_ROWS = r"(?: (?:in|with) (?P<rows>(?:the|each|every|all) (?:records?|rows?)))?"
_AS = re.compile(
    rf"{_BEGIN}{_ID} is (?:also )?{_STORED}{_IN_ROWS} as (?:the field )?#(?P<name>\d+)$"
)
_OF_CHILD = re.compile(
    rf"{_BEGIN}the (?P<child>[a-z]+(?: [a-z]+)?)['\u2019]s (?P<of>{_WORDS}) is (?:also )?{_STORED}"
    rf"{_IN_ROWS} as (?:the field )?#(?P<name>\d+)$"
)


def read_stored_parent(
    clause: MarkedClause, resources: Collection[str]
) -> tuple[RowChange, str] | None:
    """Read the parent's fields that rows hold, and the text without them."""
    if match := _WITH.search(clause.text):
        parent = _find_parent(match["of"], resources)
        field = clause.marks[int(match["field"])]
        if parent is None or not is_path(field):
            return None
        return RowChange(included=((parent.names[0], field),)), clause.text[: match.start()]
    if match := _ADDED.search(clause.text):
        parent, fields = _find_parent(match["of"], resources), clause.list_paths(match["fields"])
        if parent is None or fields is None:
            return None
        rest = f"{clause.text[: match.start()]}{match['rows']}"
        return RowChange(included=tuple((parent.names[0], f) for f in fields)), rest
    match = _AS.search(clause.text) or _OF_CHILD.search(clause.text)
    parent = _find_parent(match["of"], resources) if match else None
    if match is None or parent is None:
        return None
    groups = match.groupdict()
    name, number = clause.marks[int(match["name"])], groups.get("field")
    field = clause.marks[int(number)] if number else ""
    is_id = field or name in {f"{word}_id" for word in list_singulars(parent.names[0])}
    child = groups.get("child")
    of_child = f"of the {child}" if child else ""
    rest = f"{clause.text[: match.start()]}{of_child} {match['rows'] or ''}".strip()
    return (RowChange(from_parents={name: (parent.names[0], field)}), rest) if is_id else None


def _find_parent(words: str, resources: Collection[str]) -> Mention | None:
    """Find the resource that words name as a whole, perhaps as the parent of that name."""
    name = words.removeprefix("parent ")
    mentions = find_mentions(name, resources)
    is_whole = len(mentions) == 1 and (mentions[0].start, mentions[0].end) == (0, len(name))
    return mentions[0] if is_whole and len(mentions[0].names) == 1 else None
