"""Reads clauses on the fields of all resources.

All resources have an `id` (string)     All resources have a string `id`     Common fields: `id`
(string)     Every `id` is a string.     The field `id` is a number and required in all resources.
"""

import re
from typing import NamedTuple

from analytics_ingest.convert.prose.fields.field_lists import NAME, FieldList, read_list
from analytics_ingest.convert.prose.fields.own_types import put_types_behind
from analytics_ingest.convert.prose.text.sentences import is_statement
from analytics_ingest.convert.prose.words.field_types import find_type

FIELDS = r"(?:fields|columns|attributes|properties)"
_ROWS = r"(?:resources?|records?|rows?|streams?|tables?)"
_TITLE = (
    rf"(?:the )?(?:common|shared) {FIELDS}(?: (?:of|in|for) (?:all|every|each) {_ROWS})?"
    rf"|(?:the )?{FIELDS} (?:(?:common|shared) (?:to|by)|(?:which|that) are in|of|in|for)"
    rf" (?:all|every|each) {_ROWS}"
    rf"|(?:all|every|each) {_ROWS} (?:have|has|share)"
)
_ABOVE = re.compile(rf"\W*(?:{_TITLE})\W*", re.IGNORECASE)
"""What is above fields of all resources."""
_COUNTS = {"both": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_COUNT = rf"(?P<count>{'|'.join(_COUNTS)}|\d{{1,3}})"
_ALL = (
    rf"(?:(?:all|every|each)(?: of)?(?: (?:the|these))?(?: {_COUNT})? {_ROWS}"
    rf"|(?:the )?(?P<of_all>{'|'.join(_COUNTS)}) {_ROWS}|(?:the )?{_ROWS} all)"
)
_SCHEMA = rf"(?:structure|schema|shape|layout|set of {FIELDS}|{FIELDS})"
_SHARED = re.compile(
    rf"\W*{_ALL} (?:share|have|has|uses?|follows?|returns?) (?:the same|a common|one|an identical)"
    rf" (?:[\w:/-]+ ){{0,2}}{_SCHEMA}(?:[:*_.\s]*$|: ?(?P<fields>`.+))",
    re.IGNORECASE,
)
"""What gives all resources the very same fields, and no others."""
_HAVE = (
    r"(?:(?:is|are) (?:defined|described|made up|composed) (?:with|by|of|as)|(?:is|are) as"
    r"|(?:is|are)|ha(?:s|ve)|shares?|includes?|contains?|holds?|returns?|consists? of|comprises?"
    r"|comes? with|follows?)"
)
_KIND = r"(?: (?:common|main|same))?"
_OF_EACH = (
    re.compile(
        rf"\W*(?:the )?{_SCHEMA} (?:of|for|in) {_ALL} {_HAVE}(?: at least)?(?: the| these)?"
        rf"(?: following| below)?{_KIND}(?: {FIELDS})?[:*_.\s]*",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\W*{_ALL} {_HAVE} (?:at least )?(?:the following|these|the){_KIND} {FIELDS}[:*_.\s]*",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\W*(?:the following|these) {FIELDS} (?:are|exist)(?: \w+)? (?:in|for|by|to|of|across)"
        rf" {_ALL}[:*_.\s]*",
        re.IGNORECASE,
    ),
)
"""What is above fields that each resource has, beside others of its own."""
_OF_ROWS = re.compile(
    rf"\W*(?:(?:all|every|each) {_ROWS} (?:have|has|share|contains?|(?:is|are) identified by)\b"
    rf"|(?:the )?(?:common|shared) {FIELDS}(?: (?:of|in|for|across) (?:all|every|each) {_ROWS})?"
    r"(?:\W*:| (?:include|are)\b))\W{0,3}?"
    r"(?:(?:the )?(?:common |same |shared )?(?:fields?|columns?) )?"
    r"(?P<fields>(?:(?:an?|the) (?:[a-z][a-z-]* ){0,2})?`.+)",
    re.IGNORECASE,
)
_OF_NAME = re.compile(
    rf"\W*(?:every|each|all) `(?P<name>\w+)`(?: (?:{FIELDS}|field|column|values?))? (?:is|are) "
    r"(?P<text>(?:an? )?(?:\w+ ){0,1}\w+)\W*",
    re.IGNORECASE,
)
_QUALITY = r"(?:required|mandatory|nullable|never null|not null|non-null)"
_IN_ROWS = (
    r"(?:everywhere|(?:in|of) (?:all|every|each|(?P<some>the (?:[a-z-]+ ){1,3}))(?: of)?(?: the)? ?"
    rf"{_ROWS})"
)
IS_TYPE = (
    rf"(?:the )?(?:{FIELDS} |field |column )?(?P<names>`\w+`(?:(?:,|,? and) `\w+`){{0,5}})"
    r" (?:is|are) (?:an? )?"
    r"(?P<type>(?:(?!the\b)[a-z-]+ ){0,2}?[a-z-]+(?: \([^()`]{1,30}\))?)"
    rf"(?P<quality>,? (?:and )?(?:is |are )?\(?{_QUALITY}\)?,?)?"
)
_STATED = (
    re.compile(rf"\W*{IS_TYPE} {_IN_ROWS}\W*", re.IGNORECASE),
    re.compile(rf"\W*{_IN_ROWS},? {IS_TYPE}\W*", re.IGNORECASE),
)
"""What says of a field which type it has, and in which resources."""
_ARTICLE = re.compile(r"\b(?:an?|the) (?=`)", re.IGNORECASE)
_NOTE = re.compile(r"\([^()]*\)")


def is_above_common(text: str) -> bool:
    """Return whether a line says that the fields below it are those of all resources."""
    return _ABOVE.fullmatch(text) is not None


def find_shared(text: str, number: int) -> str | None:
    """Find the fields that a text gives all resources alike; "" where they are below it.

    Args:
        number: How many resources there are; `both` may be some of more.
    """
    match = _SHARED.match(text)
    if match is None or not _is_of_all(match, number) or not is_statement(text):
        return None
    return match["fields"] or ""


def is_above_each(text: str, number: int) -> bool:
    """Return whether a line says that each resource has the fields below it.

    Args:
        number: How many resources there are; `both` may be some of more.
    """
    matches = filter(None, (pattern.fullmatch(text) for pattern in _OF_EACH))
    return is_statement(text) and any(_is_of_all(match, number) for match in matches)


def _is_of_all(match: re.Match[str], number: int) -> bool:
    """Return whether the resources that a text counts are all that there are."""
    count = match["count"] or match["of_all"]
    return count is None or _COUNTS.get(count.lower(), count) in (number, str(number))


def read_common(clause: str, *, least_sharing: int | None) -> FieldList | None:
    """Read the fields that a clause gives to all resources, or to all rows of one.

    Args:
        least_sharing: How many names before a type in brackets share it; None for no number.
    """
    if (stated := _read_stated(clause)) and not stated.is_of_some:
        return FieldList(stated.typed, [])
    match = _OF_ROWS.match(clause)
    notes = _NOTE.findall(clause)
    if match is None or any("`" in note for note in notes) or not _is_stated(clause):
        return None
    text = _ARTICLE.sub("", put_types_behind(match["fields"].strip().rstrip(":;")))
    listed = read_list(text, least_sharing=least_sharing, least=1)
    return listed if listed and (listed.names or NAME.match(text)) else None


def read_types_of_names(clause: str) -> dict[str, str]:
    """Read the types of all fields of a name: every `id` is a string.

    Of `id` is a string in the daily resources, only those without a type of their own are one.
    """
    if stated := _read_stated(clause):
        types = {name: find_type(f"{words}, nullable") for name, words in stated.typed}
        return {name: kind for name, kind in types.items() if kind and stated.is_of_some}
    match = _OF_NAME.fullmatch(clause)
    kind = find_type(match["text"]) if match and is_statement(clause) else None
    return {match["name"]: kind} if match and kind else {}


class _Stated(NamedTuple):
    """What a clause says of the type of fields."""

    typed: list[tuple[str, str]]
    """Fields, each with its description."""
    is_of_some: bool
    """Whether it is on some resources, and does not name them."""


def _read_stated(clause: str) -> _Stated | None:
    """Read the type of fields in all resources: `id` is a number and required in all resources."""
    match = next(filter(None, (pattern.fullmatch(clause) for pattern in _STATED)), None)
    if match is None:
        return None
    words, names = read_type_words(match), NAME.findall(match["names"])
    if words is None:
        return None
    return _Stated([(name, words) for name in names], match["some"] is not None)


def read_type_words(match: re.Match[str]) -> str | None:
    """Read the words for the type of which a sentence says that fields are; None for others."""
    kind, quality = match["type"], (match["quality"] or "").replace("never", "not")
    # The type is the last word: a number of rows is none.
    if find_type(_NOTE.sub("", kind).split()[-1]) is None or not is_statement(kind):
        return None
    return f"{kind}, {quality.strip(' ,()')}"


def _is_stated(clause: str) -> bool:
    return is_statement(_NOTE.sub("", clause))
