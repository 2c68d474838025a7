"""Finds the resources of an item that are single objects, as a sentence behind their names says.

- **sales**, **ratings**: `GET /reports/…`. Each returns one aggregated object, which is the record.
- `account` and `plan`: not paginated. Both are single objects.
"""

import re

from analytics_ingest.convert.prose.text.passages import Passage
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement

_EACH = (
    r"(?:(?:each|both|all|every one)(?: of (?:them|(?:the |these )(?:[a-z-]+ )?[a-z]+))?"
    r"|they(?: all| both)?|each (?:endpoint|resource|report))"
)
_VERB = r"(?:is|are|returns?|gives?|yields?|(?:answers?|responds?) with) (?:only |just |always )?"
_IS_RECORD = (
    r", (?:and )?(?:which|that|this|it) (?:itself )?(?:is|forms|becomes)"
    r" (?:the|its|their|one|an?) (?:only |single |one |whole )?(?:record|row)"
)
_OBJECT = (
    r"(?:(?:(?:an? |one )?single|one) (?:json )?(?:objects?|records?)"
    rf"|(?:one|an?) (?:[a-z-]+ ){{0,2}}object(?={_IS_RECORD}))"
)
_GROUP = re.compile(rf"\W*{_EACH} {_VERB}{_OBJECT}(?:{_IS_RECORD})?\W*", re.IGNORECASE)
_ONE = re.compile(rf"\W*(?:it )?{_VERB}{_OBJECT}{_IS_RECORD}\W*", re.IGNORECASE)
"""The same of one resource."""
_IN_FIELD = re.compile(
    r"\b(?:records?|rows|items|elements|entries|list|array)\b[^`.;]{0,40}"
    r"\b(?:in|is|are|below|under|at|from|of)\b[^`.;]{0,20}`",
    re.IGNORECASE,
)
"""What says that the rows are in the object, not the object itself."""


def find_grouped_objects(passage: Passage) -> list[str]:
    """Find the resources of a line of which a clause says that each of them is one object."""
    names: list[str] = []
    for clause in passage.clauses:
        pattern = _GROUP if len(clause.subjects) > 1 else _ONE
        is_stated = pattern.fullmatch(clause.text) and is_statement(clause.text)
        if is_stated and not is_conditional(clause.text):
            names += clause.subjects
    return [] if names and _IN_FIELD.search(passage.line.text) else names
