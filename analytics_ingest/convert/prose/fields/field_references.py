"""Reads whose fields a list in a section on fields adds to, and whose a list below a sentence is.

- **posts**: as `pages`, plus `title` (string)     The performance report has these columns:
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from analytics_ingest.convert.markdown import split_clauses
from analytics_ingest.convert.prose.text.line_subjects import list_resources
from analytics_ingest.convert.prose.text.mentions import find_mentions
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement

_FIELDS = r"(?:fields|columns|properties|attributes|schema)"
_LIKE = re.compile(
    rf"\W*(?:has |have )?(?:(?:all )?(?:the )?(?:same )?(?:{_FIELDS} )?(?:as|like)"
    rf"(?: (?:for|in|of))?|(?:all )?(?:the )?{_FIELDS} of) (?:the )?(?P<name>[`*]*\w+[`*]*)"
    rf"(?: (?:resource|records|rows))?(?:\W*|,? (?:plus|and|with|as well as|in addition(?: to)?)"
    rf"(?: the)?(?: {_FIELDS})?:? ?(?P<rest>`.+))",
    re.IGNORECASE,
)
_WHAT = r"(?:the |each |every |an? )?(?P<what>[^.;:,]{1,60}?)"
_OWNER = (
    re.compile(
        rf"\W*{_WHAT} (?:has|have|holds?|contains?|consists? of) (?:the |these |following |only )"
        rf"{{1,3}}{_FIELDS}\W*",
        re.IGNORECASE,
    ),
    re.compile(rf"\W*(?:the )?{_FIELDS} (?:of|for|in) {_WHAT}\W*", re.IGNORECASE),
)
_OTHER = re.compile(
    r"\b(?:respon\w+|answers?|requests?|pages?|body|errors?|headers?|param\w+|objects?|tokens?)\b",
    re.IGNORECASE,
)
"""What has fields that are not those of rows."""


class FieldReference(NamedTuple):
    """A resource whose fields another one has too."""

    resource: str
    rest: str
    """The list of the fields beside them; may be empty."""


def read_reference(text: str, resource: str, resources: Collection[str]) -> FieldReference | None:
    """Read of which other resource a text gives a resource the fields; None for another text."""
    match = _LIKE.fullmatch(text)
    named = list_resources(match["name"], resources) if match else []
    if match is None or len(named) != 1 or named[0] == resource:
        return None
    return FieldReference(named[0], match["rest"] or "")


def find_owner(above: str, resources: Collection[str]) -> str | None:
    """Find the one resource of which a line says that the list below it names the fields.

    It may be called by the last word of its name: the performance report.
    """
    clause = split_clauses(above)[-1]
    match = next(filter(None, (pattern.fullmatch(clause) for pattern in _OWNER)), None)
    if match is None or not is_statement(clause) or is_conditional(clause):
        return None
    names = {mention.names for mention in find_mentions(match["what"], resources) if mention.names}
    is_one = len(names) == 1 and len(*names) == 1
    return next(iter(names))[0] if is_one and not _OTHER.search(match["what"]) else None
