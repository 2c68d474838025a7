"""Settles the header that carries the key, where the prose says more than the configuration.

The name of the configuration stays unless the prose calls it a placeholder.
"""

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.normalize.credentials import describe_header_auth
from analytics_ingest.convert.prose.requests.key_headers import (
    is_called_placeholder,
    read_key_headers,
    read_prefixes,
)


def infer_key_header(draft: Draft, document: Document) -> None:
    """Take the name of the header and the word before the key from the prose."""
    auth = draft.client.get("auth")
    if not isinstance(auth, dict):
        return
    if auth.get("type") == "bearer":
        _compare_bearer(draft, document)
    elif auth.get("type") == "oauth2_client_credentials" and "token_format" not in auth:
        _settle_format(draft, auth, document)
    elif auth.get("type") == "api_key" and auth.get("location", "header") == "header":
        _settle_name(draft, auth, document)
        _settle_prefix(draft, auth, document)


def _compare_bearer(draft: Draft, document: Document) -> None:
    others = [p for p in read_prefixes(document, "Authorization") if p.lower() != "bearer"]
    if others:
        reason = f"the key is a bearer token, as configured; the prose says {others[0]}"
        draft.log.assume(None, reason)


def _settle_format(draft: Draft, auth: Json, document: Document) -> None:
    """Send an access token behind the word that the prose puts before it."""
    prefixes = read_prefixes(document, "Authorization")
    # Basic carries the keys of the client, in the request for a token.
    if len(prefixes) == 1 and prefixes[0].lower() not in ("bearer", "basic"):
        auth["token_format"] = f"{prefixes[0]} {{token}}"
        reason = f"the access token is sent behind '{prefixes[0]}', as the prose says"
        draft.log.assume(None, reason, key="client.auth.token_format", comment=FROM_TEXT)


def _settle_name(draft: Draft, auth: Json, document: Document) -> None:
    own = str(auth.get("name", ""))
    # A second key is a header of its own.
    sent = {name.lower() for name in (own, *(draft.client.get("headers") or {}))}
    others = [name for name in read_key_headers(document) if name.lower() not in sent]
    if not others:
        return
    if len(others) > 1 or not is_called_placeholder(document, own):
        draft.log.assume(None, f"the key is sent in {own}; the prose says {', '.join(others)}")
        return
    auth["name"] = others[0]
    draft.log.settings["api_key"] = f"the key, sent in the header {others[0]}"
    reason = f"the key is sent in {others[0]}: the prose calls the configured {own} a placeholder"
    draft.log.assume(None, reason)


def _settle_prefix(draft: Draft, auth: Json, document: Document) -> None:
    """Make a header of a key that the prose puts a word before, for auth sends it as it is."""
    name = str(auth.get("name", ""))
    prefixes = read_prefixes(document, name)
    if len(prefixes) > 1:
        words = ", ".join(prefixes)
        draft.log.assume(None, f"the key is sent as it is: the prose puts {words} before it")
    elif prefixes:
        del draft.client["auth"]
        headers = draft.client.get("headers") or {}
        before = prefixes[0] if prefixes[0].endswith("=") else f"{prefixes[0]} "
        draft.client["headers"] = {**headers, name: f"{before}{{settings.api_key}}"}
        purpose = f"the key alone, sent in the header {name} behind '{prefixes[0]}'"
        draft.log.settings["api_key"] = purpose
        draft.log.withdraw(None, describe_header_auth(name, "api_key"))
        reason = f"auth is the header {name}, which begins with '{prefixes[0]}', as the prose says"
        draft.log.assume(None, reason, key=f"client.headers.{name}", comment=FROM_TEXT)
