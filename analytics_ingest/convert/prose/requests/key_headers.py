"""Reads what a document's prose says of the header of the key: its name and its prefix."""

import re
from collections.abc import Iterator

from analytics_ingest.convert.markdown import Document, Line
from analytics_ingest.convert.prose.text.sentences import is_statement

_SECTION = re.compile(r"auth|credential|security", re.IGNORECASE)
_HEADER = re.compile(r"\bheaders?\b[^.]{0,80}?[`'\"](?P<name>[A-Za-z][\w-]*)[`'\"]", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"\b(?:header(?:'s)?(?: name)?|name(?: of the (?:header|key))?) (?:used |given |shown )?"
    r"(?:`[^`]+` )?(?:in|from) [^.]{0,60}?\b(?:config\w*|examples?|code|snippet)\b[^.]{0,60}?"
    r"\b(?:placeholder|dummy|(?:only|just|merely) an example)\b",
    re.IGNORECASE,
)
_OF_A_VALUE = re.compile(r"\b(?:values?|secrets?|url|host|user|not|never)\b|n't\b", re.IGNORECASE)
_QUOTED = re.compile(r"`([^`]+)`")
_WORD = r"(?P<prefix>[A-Za-z][\w-]*)"
_BLANK = r"(?:<[^<>`]+>|\{[^`]+\}|\[[^\[\]`]+\]|\$\w+|[A-Z][A-Z_]{2,}|\u2026|\.\.\.)"
_PREFIXES = (
    re.compile(
        rf"\bvalue\b[^.`]{{0,80}}`{_WORD}\s*`[^.`]{{0,80}}\bfollowed by\b[^.]{{0,80}}"
        r"\b(?:key|token)\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:[Vv]alue|as|is|has|sent|sends?|[Ff]orm(?:at)?)\b[^.`]{{0,80}}`{_WORD} {_BLANK}`"
    ),
    re.compile(rf"`(?:Authorization:\s*)?(?P<prefix>[A-Za-z][\w-]* [A-Za-z_][\w-]*=){_BLANK}`"),
    re.compile(
        r"\b(?:prefix(?:ed)?|preceded)(?: (?:with|by|of|is))?(?: the (?:word|text))?[\s:]*"
        r"`(?P<prefix>[A-Za-z][A-Za-z-]*)\s*`",
        re.IGNORECASE,
    ),
)
_NO_PREFIX = re.compile(
    r"\b(?:or|respon\w*|answer\w*|return\w*|webhooks?|callbacks?|log ?in|signature|console"
    r"|dashboard|keys? (?:is|are) (?:prefixed|preceded))\b",
    re.IGNORECASE,
)


def is_in_auth_section(line: Line) -> bool:
    """Return whether a line is in a section on authentication."""
    return any(_SECTION.search(heading) for heading in line.headings)


def read_key_headers(document: Document) -> list[str]:
    """List the headers that sections on authentication name for the key, in order."""
    names = []
    for line in document.lines:
        match = _HEADER.search(line.text) if is_in_auth_section(line) else None
        if match and "key" in line.text.lower():
            names.append(match["name"])
    return list(dict.fromkeys(names))


def is_called_placeholder(document: Document, header: str) -> bool:
    """Return whether a sentence says that the configuration's name of a header is a placeholder."""
    for sentence in _iterate_sentences(document, header):
        if _PLACEHOLDER.search(sentence) and not _OF_A_VALUE.search(sentence):
            quoted = _QUOTED.findall(sentence)
            if not quoted or header in quoted:
                return True
    return False


def read_prefixes(document: Document, header: str) -> list[str]:
    """List the words that the prose puts before the key in a header."""
    whole = re.compile(rf"`{re.escape(header)}:\s*{_WORD} {_BLANK}`")
    prefixes: list[str] = []
    for sentence in _iterate_sentences(document, header):
        matches = [pattern.search(sentence) for pattern in (whole, *_PREFIXES)]
        if match := next(filter(None, matches), None):
            is_clear = is_statement(sentence) and not _NO_PREFIX.search(sentence)
            prefixes += [match["prefix"]] if is_clear else []
    return list(dict.fromkeys(prefixes))


def _iterate_sentences(document: Document, header: str) -> Iterator[str]:
    """Yield the sentences of sections on authentication, and those that name a header."""
    named = re.compile(rf"`{re.escape(header)}\b", re.IGNORECASE)
    for line in document.lines:
        if not line.is_heading and (is_in_auth_section(line) or named.search(line.text)):
            yield from line.sentences
