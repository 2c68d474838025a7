"""Reads how sections on authentication say that an access token of OAuth2 is obtained, and where.

`client_id` and `refresh_token` are used to obtain the access token     Token URL: `https://…/token`
"""

import re
from collections.abc import Iterator

from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.prose.requests.connections import is_of_all_requests
from analytics_ingest.convert.prose.text.sentences import is_statement

_GRANTS = {
    "refresh_token": re.compile(r"\brefresh[ _-]?tokens?\b", re.IGNORECASE),
    "client_credentials": re.compile(r"\bclient[ _-]credentials\b", re.IGNORECASE),
}
_OTHER = re.compile(
    r"\b(?:either|or|can|respon[sd]\w*|answers?|returns?|returned|expir\w*|revoked?|rotat\w*"
    r"|lasts?|valid|by hand|manual\w*|webhooks?|console|dashboard)\b",
    re.IGNORECASE,
)
"""What is in a sentence that offers a choice, or says what becomes of a refresh token."""
_LABEL = re.compile(r"^\W*[\w ]{1,40}\*\*:?|^\W*[\w ]{1,40}:")
"""What begins a line: **Secrets or Config Values**: …"""
_LOCATION = r"`?(?:POST )?(?P<url>https?://[^\s`<>|?]*[\w/]|(?<=[`\s])/[\w./-]*\w)`?"
_URL = (
    re.compile(
        r"\btoken[ _-](?:refresh[ _-])?(?:url|uri|endpoint|address|server)\b[^.`/]{0,40}?"
        rf"{_LOCATION}",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:access )?tokens?\b[^.`/]{0,80}?\b(?:obtained|fetched|requested|renewed|refreshed"
        rf"|retrieved|issued|exchanged)\b[^.`/]{{0,40}}?\b(?:at|from|by|via|with|through)\b"
        rf"[^.`/]{{0,30}}?{_LOCATION}",
        re.IGNORECASE,
    ),
    re.compile(rf"`?POST {_LOCATION}[^.`]{{0,60}}?\b(?:access )?token\b", re.IGNORECASE),
)
_OTHER_URL = re.compile(
    r"\b(?:sandbox|test\w*|staging|revo\w+|docs?|documentation|former\w*|deprecated|either|or|can"
    r"|console|dashboard|browser|portal|ui|users?|pages?|apps?)\b",
    re.IGNORECASE,
)


def read_grants(document: Document) -> set[str]:
    """Read the grants that sentences name."""
    return {
        grant
        for sentence in _iterate_sentences(document)
        if not _OTHER.search(_LABEL.sub("", sentence))
        for grant, pattern in _GRANTS.items()
        if pattern.search(sentence)
    }


def read_token_urls(document: Document) -> list[str]:
    """List the URLs, or paths below the address of the API, at which tokens are given."""
    urls = []
    for sentence in _iterate_sentences(document):
        match = next(filter(None, (pattern.search(sentence) for pattern in _URL)), None)
        if match and not _OTHER_URL.search(sentence[: match.start("url")]):
            urls.append(match["url"])
    return list(dict.fromkeys(urls))


def _iterate_sentences(document: Document) -> Iterator[str]:
    for line in document.lines:
        is_taken = is_of_all_requests(line) and not line.is_heading
        for sentence in line.sentences if is_taken else ():
            if is_statement(sentence):
                yield sentence
