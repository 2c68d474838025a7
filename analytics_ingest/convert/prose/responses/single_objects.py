"""Finds out which resources are not lists: the whole response is their one row.

- `account`: `GET /account`, a single object      | account | /account | root (one object) |
"""

import re
from collections.abc import Collection, Sequence

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.fields.fields import is_in_field_section
from analytics_ingest.convert.prose.text.line_subjects import OF_RESOURCES, to_plain
from analytics_ingest.convert.prose.text.mentions import Mention, replace_mentions
from analytics_ingest.convert.prose.text.passages import Clause
from analytics_ingest.convert.prose.text.sentences import is_statement

_ONE = r"(?:an? single|one(?: single)?|single) (?:json )?(?:object|record)"
_OBJECT = re.compile(
    r"[\W_]*(?:the )?(?:x[\W_]*)?"
    r"(?:(?:is|are|returns?|gives?) |[^.,;:()]{1,60}, (?:(?:it )?(?:is|are|returns?) )?"
    r"|[^.,;:()]{0,60}(?:/|\bget\b)[^.,;:()]{0,60} \()?"
    rf"(?:(?:only|just) )?(?:{_ONE}(?:\W*$|\)?, | (?:that|which) (?:describes|represents|sums up) )"
    r"|an? single-(?:object|record) response(?:\W*$|, )).*",
    re.IGNORECASE,
)
"""What says that a resource is not a list; `x` stands for its name."""
_RECORD = r"the (?:only |single |one )?(?:record|row)"
_WHICH = rf"(?:,? (?:which|that) is {_RECORD})?"
_RESPONSE = re.compile(
    r"(?:[\W_]*[A-Z][\w ]{1,30}[\W_]*:[\W_]*(?:(?:none|no|single page|not paginated), )?)?"
    r"\W*(?:the |each |its )?(?:whole |entire |full )?(?:response|body|endpoint|request)(?: body)?"
    r"(?: itself| as a whole)?(?: is (?:called|requested|read) (?:once|one)[^.;:`]{1,40}? and)?"
    rf"(?: is|[\W_]*:| holds| returns| gives) (?:{_ONE}{_WHICH}|{_RECORD})"
    r"(?P<what>, (?:the|an?|its) [^.;:,`]{1,60})?\W*"
    rf"|\W*{_RECORD} is (?:the )?(?:whole |entire |full )?(?:response|body)"
    r"(?: body| itself)?\W*",
    re.IGNORECASE,
)
"""The same of the response of what it is about."""
_LABEL = re.compile(r"[\W_]*?:[\W_]*")
_OF_SEVERAL = re.compile(r"\b(?:records|rows|lists?|arrays?|each|every|per|pages?|data)\b", re.I)
"""What says of one record that it is one of several, or around them."""
_CELL = re.compile(
    rf"\W*(?:(?:the )?(?:root|(?:whole |entire )?(?:response|body)))?[\s,:(]*(?:returns )?{_ONE}\W*"
    r"|\W*(?:the )?root object\W*|\W*an? single-object response\W*",
    re.IGNORECASE,
)
_IN_LIST = re.compile(
    r"\b(?:per|each|every|respon\w+|row|page|parent|nested|field)\b", re.IGNORECASE
)
_SINGLE_RESPONSE = re.compile(r"\bsingle-(?:object|record) response\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[\W_]*(?:(?:the|and|both) )?[\W_]*", re.IGNORECASE)
_KEY = re.compile(r"\bkey(?: is|:)? $", re.IGNORECASE)
_FIRST_COLUMN = re.compile(rf"{OF_RESOURCES.pattern}|name", re.IGNORECASE)
_OTHER_COLUMN = re.compile(r"\b(?:types?|fields?|params?|parameters?|body|examples?)\b", re.I)
"""Titles of columns that are not on responses."""


def find_objects(clause: Clause) -> Sequence[str]:
    """Find the resources of which a clause says nothing but that each is a single object."""
    fields = [mention for mention in clause.mentions if not mention.resource]
    is_plain = all(_KEY.search(clause.text[: mention.start]) for mention in fields)
    text = replace_mentions(clause.text, clause.mentions, "x")
    is_one = is_plain and _OBJECT.fullmatch(text) is not None
    if not is_one or _IN_LIST.search(_SINGLE_RESPONSE.sub("", text)):
        return ()
    named = [mention for mention in clause.mentions if mention.resource]
    return _list_first(clause.text, named) if named else clause.subjects


def _list_first(text: str, named: Sequence[Mention]) -> list[str]:
    """List the resources that a clause begins with; the others may be their parents."""
    names: list[str] = []
    end = 0
    for mention in named:
        if not _BETWEEN.fullmatch(text[end : mention.start]):
            break
        names.append(mention.name)
        end = mention.end
    return names


def has_object_response(clause: Clause) -> bool:
    """Return whether a clause says that a response, of what it is about, is a single object."""
    text = _remove_subject(clause)
    match = _RESPONSE.fullmatch(text)
    if match is None or "`" in text or _OF_SEVERAL.search(match["what"] or ""):
        return False
    return is_statement(_strip_label(text))


def _remove_subject(clause: Clause) -> str:
    """Remove the resources that a clause begins with: `genres`: the response is …."""
    label = next(
        (_LABEL.match(clause.text, m.end) for m in clause.mentions[:1] if m.resource), None
    )
    is_first = label is not None and not re.search(r"\w", clause.text[: clause.mentions[0].start])
    return clause.text[label.end() :] if label and is_first else clause.text


def _strip_label(text: str) -> str:
    """Remove what a label says of paging: `Pagination: none, the response is …`."""
    return text.rpartition(":")[2].rpartition(",")[2]


def find_object_row(line: Line, resources: Collection[str]) -> str | None:
    """Find the resource of a row of a table that has a cell which says that it is one object."""
    if not line.titles or is_in_field_section(line):
        return None
    first, name = to_plain(line.titles[0]), to_valid_name(to_plain(line.cells[0]))
    is_of_resource = name in resources and _FIRST_COLUMN.fullmatch(first) is not None
    cells = zip(line.titles[1:], line.cells[1:], strict=False)
    is_one = any(_CELL.fullmatch(cell) and not _OTHER_COLUMN.search(t) for t, cell in cells)
    return name if is_of_resource and is_one else None
