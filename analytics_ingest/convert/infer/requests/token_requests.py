"""Takes from the prose how a token is requested, and how long it lasts.

Only sentences of sections on authentication count, and only where the configuration is silent.
"""

import re
from collections.abc import Iterator

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.prose.requests.key_headers import is_in_auth_section
from analytics_ingest.convert.prose.requests.token_lifetimes import read_token_lifetime
from analytics_ingest.convert.prose.text.sentences import is_statement

_LIFETIMES = {
    "login": "token_lifetime",
    "oauth2_client_credentials": "default_token_expiration",
}
"""Type of auth → its key for the seconds that a token lasts."""
_ON_TOKENS = re.compile(
    r"\b(?:log ?in|token (?:request|endpoint|url)|grant_type|client_id|client id"
    r"|(?:obtain\w*|request\w*|fetch\w*|get\w*) an? (?:access )?token)\b",
    re.IGNORECASE,
)
_JSON = re.compile(
    r"\bJSON (?:body|payload|object)\b|\bbody\b.{0,20}\bJSON\b|\b(?:sent|posted|made) as JSON\b",
    re.I,
)
_OBTAINS = re.compile(r"\bPOST\b", re.IGNORECASE)
_BASIC = re.compile(r"\b(?:HTTP )?Basic auth\w*|\bHTTP Basic\b", re.IGNORECASE)
_SCOPE = re.compile(
    r"`\"?scope\"?(?:=|:\s?)\"?([^`&{}<>\"]+)\"?`|\bwith (?:the |a )?scope `([^`{}<>]+)`",
    re.IGNORECASE,
)


def infer_token_request(draft: Draft, document: Document) -> None:
    """Add how a token of OAuth2 is requested, where sentences say it."""
    auth = draft.client.get("auth")
    kind = auth.get("type") if isinstance(auth, dict) else None
    sentences = list(_iterate_sentences(document))
    _log_other_requests(draft, kind, sentences)
    if isinstance(auth, dict):
        _add_lifetime(draft, auth, document)
    sentences = list(filter(is_statement, sentences))
    if not isinstance(auth, dict) or kind != "oauth2_client_credentials":
        return
    for key, value, pattern in (
        ("token_request_format", "json", _JSON),
        ("client_authentication", "basic", _BASIC),
    ):
        if key not in auth and any(map(pattern.search, sentences)):
            auth[key] = value
            place = f"client.auth.{key}"
            reason = f"auth.{key} is {value}, as the prose says"
            draft.log.assume(None, reason, key=place, comment=FROM_TEXT)
    _add_scope(draft, auth, sentences)


def _log_other_requests(draft: Draft, kind: str | None, sentences: list[str]) -> None:
    """Log how the prose says that a token is obtained, where auth does not obtain it so."""
    if kind == "bearer" and any(map(_OBTAINS.search, sentences)):
        reason = "the token is a setting; the prose says how it is obtained"
        draft.log.assume(None, f"{reason}: declare auth of type login or oauth2 to renew it")
    elif kind == "session_token" and any(map(_BASIC.search, sentences)):
        reason = "the login sends user and password as JSON; the prose says HTTP Basic"
        draft.log.assume(None, f"{reason}: declare auth of type login")


def _add_lifetime(draft: Draft, auth: Json, document: Document) -> None:
    """Add how long a token lasts: of OAuth2 where the response does not say it."""
    key = _LIFETIMES.get(str(auth.get("type")))
    seconds = read_token_lifetime(document) if key else None
    if key and seconds and not {key, "token_lifetime_path"} & auth.keys():
        auth[key] = seconds
        reason = f"auth.{key} is {seconds} s, as the prose says"
        draft.log.assume(None, reason, key=f"client.auth.{key}", comment=FROM_TEXT)


def _add_scope(draft: Draft, auth: Json, sentences: list[str]) -> None:
    """Add the scope that a token is asked for, if the sentences name one."""
    if "scope" in auth or "scope" in (auth.get("access_token_request_data") or {}):
        return
    matches = [match for text in sentences for match in _SCOPE.finditer(text)]
    scopes = list(dict.fromkeys((match[1] or match[2]).strip() for match in matches))
    if len(scopes) == 1:
        (auth["scope"],) = scopes
        reason = f"auth.scope is {scopes[0]}, as the prose says"
        draft.log.assume(None, reason, key="client.auth.scope", comment=FROM_TEXT)
    elif scopes:
        reason = f"no scope is asked for; the prose names {', '.join(scopes)}: declare auth.scope"
        draft.log.assume(None, reason)


def _iterate_sentences(document: Document) -> Iterator[str]:
    for line in document.lines:
        for sentence in line.sentences if is_in_auth_section(line) else ():
            if _ON_TOKENS.search(sentence):
                yield sentence
