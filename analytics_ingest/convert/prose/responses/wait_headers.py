"""Reads from which headers of responses a document takes the wait between tries.

The waiting time is taken from the rate limit response header      is one without a name
"""

import re

from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.prose.text.sentences import MOST_CHARACTERS, is_statement

_WAIT = re.compile(r"\b(?:wait\w*|delays?|pauses?|back-?off)\b", re.IGNORECASE)
_FROM_HEADER = re.compile(
    r"\b(?:from|in|by|with|of|follows?|uses?|honou?rs?|respects?) (?:the |an? |its )?[^.;:]{0,60}?"
    r"\bheaders?\b"
    r"|\bheaders?\b[^.;:]{0,40}\b(?:holds?|says?|tells?|gives?|contains?|states?|determines?)\b",
    re.IGNORECASE,
)
_OF_REQUEST = re.compile(
    r"\brequest headers?\b|\bheaders? of (?:the |each )?requests?\b", re.IGNORECASE
)
_USUAL = re.compile(
    r"(?:retry-after|(?:x-)?rate-?limit-(?:reset(?:-after)?|remaining))", re.IGNORECASE
)
_NAME = re.compile(r"`([A-Za-z][\w-]*)`")


def read_wait_headers(document: Document) -> list[str]:
    """List the headers that clauses take waits from, but the usual ones; empty for one unnamed."""
    clauses = [c for line in document.lines if not line.is_heading for c in line.clauses]
    meant = [clause for clause in clauses if _takes_wait(clause)]
    named = [_NAME.findall(clause) or [""] for clause in meant]
    usual = [bool(_USUAL.search(clause)) for clause in meant]
    names = [name for each, known in zip(named, usual, strict=True) if not known for name in each]
    return list(dict.fromkeys(names))


def _takes_wait(clause: str) -> bool:
    if len(clause) > MOST_CHARACTERS or _OF_REQUEST.search(clause):
        return False
    takes = _WAIT.search(clause) and _FROM_HEADER.search(clause)
    return takes is not None and is_statement(clause)
