"""Settles how an access token of OAuth2 is obtained, where a configuration says little of it.

    {type: oauth2, token: dlt.secrets["access_token"]}     the token is given: it is sent as it is
    {type: oauth2, client_id, client_secret}               the prose may name a refresh token

A configuration that names a grant or a refresh token stays.
"""

import re
from collections.abc import Mapping
from typing import Any

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.normalize.aliases import rename
from analytics_ingest.convert.normalize.credentials import find_kind
from analytics_ingest.convert.prose.requests.token_grants import read_grants, read_token_urls

_OAUTH2 = "oauth2_client_credentials"
_TOKENS = ("token", "access_token", "api_token")
_LOGINS = ("header_name", "header", "name", "username", "password", "login_url", "token_header")
"""Keys of a login, see normalize/logins.py."""
_IDS = ("client_id", "client_secret")
_GRANTS = ("client_credentials", "refresh_token", "password")
_NOT_RENEWED = "the given token is sent as it is and is not renewed, for the document names no"
_RENEW = "to renew it, declare oauth2_client_credentials with access_token_url"


def settle_grant(draft: Draft, document: Document) -> None:
    """Settle the grant and the URL of the client's tokens, or that the given token is sent."""
    auth = draft.client.get("auth")
    if not isinstance(auth, Mapping):
        return
    given = rename("auth", auth)
    if find_kind(given) != _OAUTH2 or any(key in auth for key in _LOGINS):
        return
    urls = [] if given.get("access_token_url") else read_token_urls(document)
    grants = read_grants(document)
    token = next((key for key in _TOKENS if given.get(key) is not None), None)
    if len(urls) > 1:
        names = ", ".join(urls)
        draft.log.assume(None, f"auth.access_token_url is not taken: the prose names {names}")
    url = urls[0] if len(urls) == 1 else None
    can_fetch = bool(urls and (grants or {*_IDS} & given.keys()))
    is_open = not (_names_grant(given) or given.get("access_token_url"))
    if token and is_open and not can_fetch:
        _send(draft, given, token, grants, urls)
    else:
        _fetch(draft, auth, url, [] if _names_grant(given) else sorted(grants), token)


def _names_grant(given: Json) -> bool:
    """Return whether a block says by what a token is obtained."""
    kind = re.sub(r"[^a-z]", "", str(given.get("type")).lower())
    is_named = "refresh_token" in given or given.get("grant_type") in _GRANTS
    return is_named or "credentials" in kind or "refresh" in kind


def _send(draft: Draft, given: Json, token: str, grants: set[str], urls: list[str]) -> None:
    """Send the given token; what could obtain another one is named."""
    lacks = f"grant for {', '.join(urls)}" if urls else "URL that gives tokens"
    rest = f" and grant_type: {next(iter(grants))}" if len(grants) == 1 else ""
    draft.log.assume(None, f"{_NOT_RENEWED} {lacks}; {_RENEW}{rest}")
    unused = [key for key in _IDS if key in given]
    if unused:
        draft.log.leave_out(None, f"auth.{' and '.join(unused)}", "a bearer token needs none")
    kept = {key: value for key, value in given.items() if key not in (*_TOKENS, *_IDS, "type")}
    draft.client["auth"] = {**kept, "type": "bearer", "token": given[token]}


def _fetch(
    draft: Draft, auth: Mapping[str, Any], url: str | None, grants: list[str], token: str | None
) -> None:
    """Fetch tokens: by the grant that the prose names, at the URL that only it names."""
    added: dict[str, Any] = {"access_token_url": url} if url else {}
    if grants == ["refresh_token"]:
        added["grant_type"] = "refresh_token"
        draft.log.require("refresh_token", "the OAuth2 refresh token")
    elif len(grants) > 1:
        names = " and ".join(grants)
        reason = (
            f"the prose names {names}: the grant is client_credentials; declare auth.grant_type"
        )
        draft.log.assume(None, reason)
    for key, value in added.items():
        reason = f"auth.{key} is {value}, as the prose says"
        draft.log.assume(None, reason, key=f"client.auth.{key}", comment=FROM_TEXT)
    if token:
        draft.log.leave_out(None, f"auth.{token}", "tokens are fetched from access_token_url")
    draft.client["auth"] = {**auth, **added}
