"""Finds the field in which each element of a response, which is a list, holds its record.

The record is in the field `item` of each response element.     Every entry of the array has its
row under `item`.     **Data selector**: `item` of each element of the response
"""

import re

from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement

_LIST = r"(?:response|answer|body|array|list|returned|top-level|root|JSON)"
_ELEMENT = (
    rf"(?:each|every) (?:{_LIST} )?(?:element|item|entry|object|member)"
    rf"(?: (?:of|in) the (?:{_LIST} ){{0,3}}(?:response|answer|body|array|list)"
    r"(?: of the response)?)?(?! (?:of|in|under|below|at|from)\b)"
)
_ROW = r"\b(?:records?|rows?|data)\b"
_KIND = r"(?:field|key|property|attribute|object)"
_PLACE = rf"(?:in|under|at|below|from|by) (?:the |its )?(?:{_KIND} )?"
_NAME = rf"`(?P<name>\w+(?:\.\w+)*)`(?: {_KIND})?"
_LABEL = r"^\W*(?:data|record|response) (?:selector|path)s?\W*?[:=]"
_STATED = (
    re.compile(rf"{_ROW}[^`.;]{{0,40}}\b{_PLACE}{_NAME} (?:of|in|within|on) {_ELEMENT}", re.I),
    re.compile(rf"{_ELEMENT},?[^`.;]{{0,40}}{_ROW}[^`.;]{{0,40}}\b{_PLACE}{_NAME}", re.I),
    re.compile(rf"{_LABEL}\W*?{_NAME} (?:of|in) {_ELEMENT}", re.IGNORECASE),
)


def find_element_field(clause: str) -> str | None:
    """Find the field of each element of a list that holds a record; None for another clause."""
    if not is_statement(clause) or is_conditional(clause):
        return None
    match = next(filter(None, (pattern.search(clause) for pattern in _STATED)), None)
    return match["name"] if match else None
