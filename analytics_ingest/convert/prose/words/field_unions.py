"""Reads unions, the types of fields that may hold several: string or object, `number | string`.

A column of texts holds each value as JSON writes it, so a union with texts is such a column.
"""

import re

from analytics_ingest.convert.prose.words.type_words import TYPES

_OF_ITEMS = rf"(?:(?:\s+of\s+|<)(?:{'|'.join(TYPES.values())})s?>?(?:\s+or\s+\w+)*)*"
"""What an array holds, which is not what the field may be besides."""
_TERMS = {
    kind: re.compile(rf"(?:{words})s?\b{_OF_ITEMS if kind == 'array' else ''}", re.IGNORECASE)
    for kind, words in {**TYPES, "null": r"null|none"}.items()
}
_BEGIN = re.compile(
    r"\W*(?:(?:nullable|optional|required|either|mixed|(?:one|any) of|an?)\b\W*)*", re.IGNORECASE
)
_BETWEEN = re.compile(r"\s*[|/]\s*|(?:\s*,)?\s+or\s+(?:an?\s+)?|\s*,\s*", re.IGNORECASE)
_NUMBERS = {"integer", "number"}
_TEXTS = {"string", "timestamp", "date"}
_IN_JSON = {"array", "object"}


def read_union(text: str) -> set[str]:
    """Read the types that a field may have; empty where that is one, or not said at once.

    A text in a certain format, string or date, is one type.
    """
    text = text.replace("`", "")
    begin = _BEGIN.match(text)
    place, between, has_comma = begin.end() if begin else 0, "", False
    kinds = set[str]()
    while term := _match_term(text, place):
        has_comma |= "," in between
        kinds.add(term[0])
        separator = _BETWEEN.match(text, term[1])
        if separator is None or _match_term(text, separator.end()) is None:
            break
        between, place = separator[0], separator.end()
    kinds -= {"null"}
    is_list = not has_comma or "or" in between.lower()
    return kinds if is_list and len(kinds) > 1 and not kinds <= _TEXTS else set()


def choose_column(kinds: set[str]) -> str | None:
    """Choose the type of the column that holds all values of a union; None where none does."""
    if "string" in kinds:
        return "string"
    if kinds <= _NUMBERS:
        return "number"
    return "array" if kinds <= _IN_JSON else None


def _match_term(text: str, place: int) -> tuple[str, int] | None:
    """Return the type that a place names, and where it ends."""
    matches = ((kind, pattern.match(text, place)) for kind, pattern in _TERMS.items())
    return next(((kind, match.end()) for kind, match in matches if match), None)
