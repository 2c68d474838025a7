"""Reads where the API is and how requests are authenticated, where a document's prose is clear.

A sentence that denies something, offers a choice, or speaks of tests, logins or webhooks counts for
nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analytics_ingest.convert.markdown import Document, Line
from analytics_ingest.convert.prose.requests.key_headers import is_in_auth_section
from analytics_ingest.convert.prose.text.sentences import is_statement

_LABEL = r"\b(?:(?:base|root|api|service)[ _-]?(?:url|uri|address)|url[ _]base|base[ _]address)\b"
_URL = (
    r"(?:`(?P<quoted>https?://[^`@?]+)`"
    r"|(?<!`)(?P<plain>https?://[\w.:/%~+-]*[\w/])(?=[\s,;>)|\"']|\.(?:\s|$)|$))"
)
_ADDRESS = re.compile(rf"{_LABEL}[^.]{{0,40}}?{_URL}(?P<rest>[^.;]*)", re.IGNORECASE)
_BELOW = re.compile(
    rf"\ball (?:paths|endpoints|resources|requests)\b[^.]{{0,80}}?\b(?:below|under|relative to)\b"
    rf"[^.]{{0,20}}?{_URL}(?P<rest>[^.;]*)",
    re.IGNORECASE,
)
_OTHER_ADDRESS = re.compile(
    r"\b(?:sandbox|test\w*|staging|demo|tokens?|log ?in|oauth\w*|auth|webhooks?|docs?|"
    r"documentation|images?|files?|assets?|downloads?|uploads?|cdn|dashboard|console|website|web"
    r"|old|deprecated|former\w*|previous\w*|not|never|or|instead)\b|n't\b",
    re.IGNORECASE,
)
_NAME = r"`(?P<name>[A-Za-z][\w-]*)`"
_KEY = r"\bkeys?\b"
_HEADERS = (
    re.compile(rf"{_KEY}[^.`]{{0,80}}?\bheaders?\b[^.`]{{0,80}}?{_NAME}", re.IGNORECASE),
    re.compile(
        rf"\bheader {_NAME}[^.`]{{0,80}}?\b(?:carries|holds|contains)\b[^.`]{{0,80}}?{_KEY}", re.I
    ),
)
_QUERIES = (
    re.compile(
        rf"{_KEY}[^.`]{{0,80}}?\b(?:query|request)[ -]parameter\b[^.`]{{0,80}}?{_NAME}", re.I
    ),
    re.compile(
        rf"{_KEY}\W[^.`]{{0,80}}?\bin the query\b[^.`]{{0,80}}?\b(?:parameter|as)\b\W*{_NAME}",
        re.IGNORECASE,
    ),
)
_BARE_QUERY = re.compile(
    rf"^\W*{_NAME}\W+(?:is )?(?:sent |passed )?(?:in|as a) (?:the )?query\b", re.IGNORECASE
)
_IS_AUTH = re.compile(r"^\W*auth(?:entication|orization)?\b[^:]{0,20}:", re.IGNORECASE)
_BEARER = re.compile(r"\bbearer\b", re.IGNORECASE)
_BASIC = re.compile(r"\bhttp[ -]basic\b|\bbasic[ _-]auth\w*|^\W*type\W+basic\b", re.IGNORECASE)
_UNCLEAR = re.compile(
    r"\b(?:either|or|can|only|webhooks?|callbacks?|respon\w*|answers?|answered|returns?|returned|"
    r"sandbox|signature|hmac|signs?|signed|public|idempoten\w*|limits?|rates?|quota\w*|customers?|"
    r"users? (?:is|are)|visitors?|dashboard|console|browser|shop)\b",
    re.IGNORECASE,
)
_EXCHANGE = re.compile(
    r"\b(?:oauth\w*|client[ _]credentials|refresh[ _]token|access[ _]token|token (?:url|endpoint|"
    r"server)|log ?in|session|jwt|signature|hmac|two keys|both keys)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:no|without|not? require\w*|does not (?:need|require))\b[^.]*"
    r"\b(?:auth\w*|keys?|tokens?|credentials?)\b|\bpublic\b|^\W*none\W*(?:[.;]|$)|\bunauthenticated\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Login:
    """How the prose says that requests are authenticated."""

    kind: str
    name: str = ""
    """The header or parameter of a key."""
    location: str = ""

    def describe(self) -> str:
        """Describe it in a few words."""
        return f"{self.kind}, {self.location} {self.name}" if self.name else self.kind


def read_addresses(document: Document) -> list[str]:
    """List the base URLs that sentences name."""
    addresses = []
    for line in document.lines:
        for sentence in [line.text] if line.cells else line.sentences:
            match = _ADDRESS.search(sentence) or _BELOW.search(sentence)
            if match is None:
                continue
            near = sentence[: match.start("quoted" if match["quoted"] else "plain")]
            after = re.split(r"[,(]|\band\b", match["rest"].strip(" (`"))[0]
            if not _OTHER_ADDRESS.search(near) and not _OTHER_ADDRESS.search(after):
                addresses.append((match["quoted"] or match["plain"]).strip())
    return list(dict.fromkeys(addresses))


def read_logins(document: Document) -> list[Login]:
    """List the ways to authenticate that sentences state; each once."""
    logins = [
        login
        for line in document.lines
        if not line.is_heading and is_of_all_requests(line)
        for sentence in line.sentences
        if is_clear_login(sentence)
        for login in _read_sentence(sentence, is_on_auth=is_on_auth(line))
    ]
    return list(dict.fromkeys(logins))


def exchanges_tokens(document: Document) -> bool:
    """Return whether a section on authentication speaks of logins, OAuth or signatures."""
    return any(_EXCHANGE.search(line.text) for line in document.lines if is_on_auth(line))


def has_auth_section(document: Document) -> bool:
    """Return whether a section is on authentication, and does not say that there is none."""
    lines = [line for line in document.lines if is_in_auth_section(line) and not line.is_heading]
    return bool(lines) and not any(_OPEN.search(line.text) for line in lines)


def is_clear_login(sentence: str) -> bool:
    """Return whether a sentence offers no choice, and speaks neither of logins nor of answers."""
    is_unclear = _UNCLEAR.search(sentence) or _EXCHANGE.search(sentence)
    return is_statement(sentence) and not is_unclear


def is_on_auth(line: Line) -> bool:
    """Return whether a line is on authentication."""
    return is_in_auth_section(line) or _IS_AUTH.match(line.text) is not None


def is_of_all_requests(line: Line) -> bool:
    """Return whether a line is on authentication, or below no more than the title of a document."""
    return is_on_auth(line) or len(line.headings) < 2


def _read_sentence(sentence: str, *, is_on_auth: bool) -> Iterator[Login]:
    plain = re.sub(r"`(?:api_?)?key`", "key", sentence, flags=re.IGNORECASE)
    for patterns, location in ((_HEADERS, "header"), (_QUERIES, "query")):
        match = next(filter(None, (pattern.search(plain) for pattern in patterns)), None)
        if match:
            yield Login("api_key", match["name"], location)
    if not is_on_auth:
        return
    if match := _BARE_QUERY.search(sentence):
        yield Login("api_key", match["name"], "query")
    if _BEARER.search(sentence):
        yield Login("bearer")
    if _BASIC.search(sentence):
        yield Login("http_basic")
