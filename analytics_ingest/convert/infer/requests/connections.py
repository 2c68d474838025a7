"""Takes the address of the API and its auth from the prose, where the configuration has none."""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.common.json_tree import walk
from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.infer.requests.body_keys import place_key
from analytics_ingest.convert.infer.requests.token_grants import settle_grant
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.normalize.secrets import holds_secret
from analytics_ingest.convert.prose.requests.body_keys import read_body_places
from analytics_ingest.convert.prose.requests.connections import (
    Login,
    exchanges_tokens,
    has_auth_section,
    read_addresses,
    read_logins,
)

_PARTS = ("auth", "headers", "params", "json", "data", "certificate")


def infer_connection(draft: Draft, document: Document) -> None:
    """Fill a client that lacks its address or auth; what is configured stays."""
    addresses = read_addresses(document)
    if draft.client.get("base_url"):
        _compare_address(draft, addresses)
    else:
        _take_address(draft, addresses)
    if "auth" not in draft.client and not _has_login(draft):
        _take_login(draft, document)
    else:
        place_key(draft, document)
        settle_grant(draft, document)


def log_missing_auth(draft: Draft, document: Document) -> None:
    """Log that a document has a section on authentication, and its declaration no auth."""
    if has_auth_section(document) and not _has_login(draft):
        draft.log.assume(
            None,
            "requests are sent without auth, though the document has a section on "
            "authentication; declare client.auth",
        )


def _compare_address(draft: Draft, addresses: list[str]) -> None:
    """Log the only address of the prose where it is neither that of the client nor a part of it."""
    own = draft.client["base_url"]
    if not isinstance(own, str) or "{" in own or len(addresses) != 1:
        return
    shorter, longer = sorted((own.rstrip("/"), addresses[0].rstrip("/")), key=len)
    if not f"{longer}/".startswith(f"{shorter}/"):
        reason = f"client.base_url is as configured; the prose names {addresses[0]}"
        draft.log.assume(None, reason)


def _take_address(draft: Draft, addresses: list[str]) -> None:
    if len(addresses) == 1:
        draft.client["base_url"] = addresses[0]
        reason = "client.base_url is taken from the prose"
        draft.log.assume(None, reason, key="client.base_url", comment=FROM_TEXT)
    elif addresses:
        names = ", ".join(addresses)
        draft.log.assume(None, f"client.base_url is not taken from the prose, which names {names}")


def _take_login(draft: Draft, document: Document) -> None:
    places = read_body_places(document)
    placed = [Login("api_key", p.name, "form" if p.is_form else "body") for p in places if p.name]
    logins = [*read_logins(document), *placed]
    if len(logins) == 1 and not exchanges_tokens(document):
        (login,) = logins
        placed = {"name": login.name, "location": login.location} if login.name else {}
        draft.client["auth"] = {"type": login.kind, **placed}
        draft.log.assume(None, f"auth is {login.describe()}, as the prose says")
    elif logins:
        names = "; ".join(login.describe() for login in logins)
        draft.log.assume(None, f"auth is not taken from the prose, which names {names}")


def _has_login(draft: Draft) -> bool:
    """Return whether a request carries auth, or a secret in its header, query or body."""
    holders = [draft.client, draft.shared, *(r["endpoint"] for r in draft.resources)]
    return any(
        _is_login(key, holder[key]) for holder in holders for key in _PARTS if holder.get(key)
    )


def _is_login(key: str, value: Any) -> bool:
    if key in ("auth", "certificate"):
        return True
    blocks = [part for part in walk(value) if isinstance(part, Mapping)]
    return any(holds_secret(name, item) for block in blocks for name, item in block.items())
