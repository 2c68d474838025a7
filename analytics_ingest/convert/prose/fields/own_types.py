"""Writes types behind their fields in brackets, where prose has them before or after a name.

a string `id`     an object `owner`     a `fields` object with the values of the columns

A type with an article is that of one field alone, not of those that are listed before it.
"""

import re

from analytics_ingest.convert.prose.words.field_types import find_type
from analytics_ingest.convert.prose.words.type_words import TYPES

_BEFORE = re.compile(
    r"\ban? (?P<type>(?:nullable |unique )?[a-z-]+) (?P<name>`\w+`)(?= ?(?:$|[,.;]|and\b))",
    re.IGNORECASE,
)
"""A type before its field: a string `id`."""
_BEHIND = re.compile(
    rf"\b(?:an?|the) (?P<name>`\w+`) (?P<type>(?:nullable )?(?:{'|'.join(TYPES.values())}))"
    r"(?: (?:with|of|that|which|for|holding|containing)\b[^,;()`]*?)?"
    r"(?=\s*(?:$|[,;]|\.(?:\s|$)|and (?:(?:an?|the) )?`))",
    re.IGNORECASE,
)
"""A type behind its field, which has an article: a `fields` object."""
_OF_SEVERAL = re.compile(
    rf"\bthe (?P<type>{'|'.join(TYPES.values())})s (?P<names>`\w+`(?:(?:,|,? and) `\w+`)+)",
    re.IGNORECASE,
)
"""A type in the plural before its fields: the objects `a`, `b`."""
_ARTICLE = re.compile(r"(?:an?|the|one) (?=[a-z])", re.IGNORECASE)
_PLURAL = re.compile(rf"(?:nullable )?(?:{'|'.join(TYPES.values())})s\b", re.IGNORECASE)


def put_types_behind(text: str) -> str:
    """Write types behind their fields: a string `id` as `id` (a string)."""
    text = _BEFORE.sub(_write, text)
    text = _OF_SEVERAL.sub(lambda m: f"{m['names']} ({m['type']}s)", text)
    return _BEHIND.sub(_write, text)


def _write(match: re.Match[str]) -> str:
    return f"{match['name']} (a {match['type']})" if find_type(match["type"]) else match[0]


def cut_article(words: str) -> tuple[str, bool]:
    """Return a type without its article, and whether it has one."""
    rest = _ARTICLE.sub("", words, count=1) if _ARTICLE.match(words) else words
    return rest, rest != words


def is_plural(words: str) -> bool:
    """Return whether a type is written as that of several fields: objects."""
    return _PLURAL.match(words) is not None
