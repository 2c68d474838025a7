"""Reads what sections on authentication say of logins besides the one that is configured.

Custom (HMAC signature), simplified here to `api_key`
`user_id` and `secret_key` are required by the API
The key is only needed for pro users.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from analytics_ingest.convert.markdown import Document, Line
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.requests.connections import is_on_auth

_CREDENTIAL = re.compile(
    r"(?!access_token$)(?:\w*_)?(?:(?:user|client|account|key|app|tenant)_?id|key|secret|token"
    r"|password|passphrase|user_?name|email|pin)"
)
"""A name of one, in snake case; an access token may be what the API answers."""
_NAME = re.compile(r"`([A-Za-z][\w-]*)`")
_CHOICE = re.compile(
    r"\b(?:alternativ\w*|instead|either|methods?|ways?|optional\w*|no|not|without|returns?|respon\w*"
    r"|answers?)\b|n['\u2019]t\b",
    re.IGNORECASE,
)
"""What is around names that are those of another way, of none, or of what the API sends."""
_SIGNED = re.compile(
    r"\bhmac\b|\b(?:requests?|calls?) (?:\w+ ){0,3}signed\b|\bsigned (?:api )?requests?\b"
    r"|\bsignature of (?:the|each|every) request"
    r"|\bsign(?:s|ing) (?:the|each|every|all) requests?\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:no|not|never|without|webhooks?|callbacks?)\b|n['\u2019]t\b", re.IGNORECASE)
_SIMPLIFIED = re.compile(r"\b(?:simplified|abbreviated|reduced|abstracted)\b", re.IGNORECASE)
_LOGIN = re.compile(
    r"\b(?:keys?|tokens?|credentials?|authentication|authorization|log-?in)\b|`\w*(?:key|token)`",
    re.I,
)
_REFERS = re.compile(r"\W*(?:it|this|they|these)\b", re.IGNORECASE)
_OPTIONAL = re.compile(
    r"(?:\b(?:is|are)(?: \w+)?|`:|\*:?) optional\b|\bonly (?:needed|required|necessary)\b"
    r"|\bnot (?:strictly |always |generally )?(?:needed|required|necessary|mandatory)\b"
    r"|\b(?:can|may) be (?:omitted|left\s+out)\b|\bdoes not (?:need|require)\b"
    r"|\bno (?:\w+ )?(?:keys?|tokens?|credentials?|authentication) (?:is|are)"
    r" (?:needed|required)\b",
    re.IGNORECASE,
)
_OF_A_PART = re.compile(
    r"\b(?:refresh\w*|csrf|page|prefix|scopes?|passwords?|expir\w*|encod\w*"
    r"|log-?in (?:requests?|calls?|endpoint)|headers? (?:is|are))\b",
    re.IGNORECASE,
)
"""What else may be optional."""


def list_credentials(document: Document) -> list[str]:
    """List the names of credentials that sections on authentication use, but not for a choice."""
    return [
        name
        for line in _iterate_lines(document)
        if not (_CHOICE.search(line.above) or _CHOICE.search(line.text))
        for name in _NAME.findall(line.text)
        if _CREDENTIAL.fullmatch(to_valid_name(name))
    ]


def says_signed(document: Document) -> bool:
    """Return whether the API has signed requests, or may have."""
    return any(
        _SIGNED.search(sentence) and not _NOT.search(sentence)
        for line in _iterate_lines(document)
        for sentence in line.sentences
    )


def says_simplified(document: Document) -> bool:
    """Return whether the login of the document is not the whole one of the API."""
    return any(_SIMPLIFIED.search(line.text) for line in _iterate_lines(document))


def says_optional(document: Document) -> bool:
    """Return whether not all users, or not all requests, need the login."""
    return any(
        _OPTIONAL.search(sentence) and not _OF_A_PART.search(sentence)
        for line in _iterate_lines(document)
        for before, sentence in pairwise(["", *line.sentences])
        if _LOGIN.search(sentence) or (_REFERS.match(sentence) and _LOGIN.search(before))
    )


def _iterate_lines(document: Document) -> Iterator[Line]:
    yield from (line for line in document.lines if is_on_auth(line) and not line.is_heading)
