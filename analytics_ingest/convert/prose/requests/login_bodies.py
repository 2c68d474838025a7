"""Reads which JSON body a document's prose gives a login: a block, or names in a sentence.

A POST request is sent to `/login` with the JSON body:     The body holds `email` and `password`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.convert.markdown import Block, Document, Line
from analytics_ingest.convert.prose.requests.key_headers import is_in_auth_section
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement

_BODY = re.compile(r"\b(?:body|payload|JSON)\b", re.IGNORECASE)
_LOGIN = re.compile(
    r"\b(?:log(?:s|ged)?[ -]?in|login|sign[ -]?in|authenticat\w*|session|POST)\b", re.IGNORECASE
)
_OTHER = re.compile(
    r"\b(?:respon\w*|answer\w*|returns?|returned|repl(?:y|ies)|headers?|query|webhooks?|errors?"
    r"|form|each request|every request|all requests)\b",
    re.IGNORECASE,
)
"""What a body is of that is not that of a login."""
_NAMED = re.compile(
    r"\b(?:body|payload)\b[^`.;]{0,40}?(?P<names>`\w+`(?:(?:,|,? and) `\w+`)+)(?!\w)", re.IGNORECASE
)
_INLINE = re.compile(r"`(\{[^`]+\})`")


def read_login_bodies(document: Document) -> list[dict[str, Any]]:
    """List the bodies of logins that the prose shows, each once; of names the values are None."""
    bodies: list[dict[str, Any]] = []
    above: Line | None = None
    for part in document.parts:
        read = _read_block(part, above) if isinstance(part, Block) else _read_line(part)
        bodies += [body for body in read if body not in bodies]
        above = part if isinstance(part, Line) else None
    return bodies


def _read_block(block: Block, above: Line | None) -> Iterator[dict[str, Any]]:
    """Read the block of code behind a line that speaks of the body of a login."""
    last = above.clauses[-1] if above and above.clauses else ""
    if above and isinstance(block.data, Mapping) and _is_on_login(above, last):
        yield {str(key): value for key, value in block.data.items()}


def _read_line(line: Line) -> Iterator[dict[str, Any]]:
    for clause in line.clauses:
        if not _is_on_login(line, clause):
            continue
        for text in _INLINE.findall(clause):
            try:
                body = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if isinstance(body, dict):
                yield body
        if named := _NAMED.search(clause):
            yield dict.fromkeys(re.findall(r"`(\w+)`", named["names"]))


def _is_on_login(line: Line, clause: str) -> bool:
    text = re.sub(r"`[^`]*`", "``", clause)
    is_on_body = _BODY.search(text) and _LOGIN.search(text) and not _OTHER.search(text)
    is_stated = is_statement(clause) and not is_conditional(clause)
    return bool(is_in_auth_section(line) and is_on_body and is_stated)
