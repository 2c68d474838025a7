"""The security schemes of a document → `auth`, with further headers or parameters."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from analytics_ingest.common.words import split_words
from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.normalize.credentials import clean_auth
from analytics_ingest.convert.openapi.document import Document, Node
from analytics_ingest.convert.openapi.listings import Listing
from analytics_ingest.convert.openapi.settings import name_setting, shorten
from analytics_ingest.convert.python.values import Reference

_RANKS = ("api_key", "bearer", "http_basic", "oauth2_client_credentials")
_PLACES = {"header": "headers", "query": "params"}
_FLOWS = {
    "clientCredentials": "client_credentials",
    "application": "client_credentials",
    "authorizationCode": "refresh_token",
    "accessCode": "refresh_token",
}
"""Flows of OAuth 2 in both versions → our grant; the others end in a token that is set."""


@dataclass(frozen=True)
class Login:
    """How requests are signed: an auth block, and further keys."""

    auth: Json
    purpose: str = ""
    beside: dict[str, dict[str, str]] = field(default_factory=dict)
    """headers or params → name → setting."""


class Security:
    """The schemes of a document, and what each operation requires of them."""

    def __init__(self, document: Document, log: ConversionLog) -> None:
        root = document.root
        place = ("securityDefinitions",) if document.is_old else ("components", "securitySchemes")
        self._schemes = dict(root.get(*place).items())
        shared = root.get_raw("security")
        self._is_stated = shared is not None
        self._shared = shared if isinstance(shared, list) else []
        self._log = log

    @property
    def names(self) -> set[str]:
        """What logins send."""
        return {name for s in self._schemes.values() if isinstance(name := s.get_raw("name"), str)}

    def sign(self, client: Json, listings: list[Listing]) -> None:
        """Give the client the login of most listings, and the others their own."""
        options = {id(each): list(self._list_alternatives(each)) for each in listings}
        counts = Counter(names for allowed in options.values() for names in set(allowed))
        chosen: dict[int, tuple[str, ...]] = {}
        for listing in listings:
            if allowed := options[id(listing)]:
                chosen[id(listing)] = min(allowed, key=lambda n: (-counts[n], self._rank(n)))
        if not chosen:
            if not self._assume(client, listings):
                self._report_none(listings)
            return
        usual = Counter(chosen.values()).most_common(1)[0][0]
        self._write(client, usual, None)
        for listing in listings:
            names = chosen.get(id(listing), usual)
            if names != usual and usual not in options[id(listing)]:
                self._write(listing.endpoint, names, listing.name)
        if other := [" and ".join(n) for n in counts if n != usual and n not in chosen.values()]:
            self._log.assume(
                None, f"requests use {' and '.join(usual)}; also possible: {', '.join(other)}"
            )

    def _assume(self, client: Json, listings: list[Listing]) -> bool:
        """Sign by a login of the document where it does not say what requires which."""
        is_open = all(each.operation.node.get_raw("security") is None for each in listings)
        names = [name for name in self._schemes if self._login(name)]
        if not names or not is_open or self._is_stated:
            return False
        name, *others = sorted(names, key=lambda name: self._rank((name,)))
        self._write(client, (name,), None)
        also = f"; also possible: {', '.join(others)}" if others else ""
        text = f"requests use {name}, though the document does not say what requires it{also}"
        self._log.assume(None, text)
        return True

    def _list_alternatives(self, listing: Listing) -> Iterator[tuple[str, ...]]:
        own = listing.operation.node.get_raw("security")
        for option in own if isinstance(own, list) else self._shared:
            names = tuple(option) if isinstance(option, Mapping) else ()
            if names and all(self._login(name) for name in names):
                yield names

    def _rank(self, names: tuple[str, ...]) -> int:
        login = self._login(names[0])
        kind = login.auth["type"] if login else ""
        return _RANKS.index(kind) if kind in _RANKS else len(_RANKS)

    def _write(self, holder: Json, names: tuple[str, ...], resource: str | None) -> None:
        first, *others = [login for name in names if (login := self._login(name))]
        auth = {**first.auth}
        known = set(self._log.settings)
        given = (
            {"password": Reference("secret", "password")} if auth["type"] == "http_basic" else {}
        )
        holder["auth"] = clean_auth(auth.pop("type"), {**given, **auth}, resource, self._log)
        if auth.get("grant_type") == "refresh_token":
            self._log.require("refresh_token", "the OAuth2 refresh token")
        for setting in [name for name in self._log.settings if name not in known][:1]:
            self._log.settings[setting] += f" ({first.purpose})" * bool(first.purpose)
        for name, login in zip(names[1:], others, strict=False):
            place, sent = _PLACES.get(login.auth.get("location", "")), login.auth.get("name")
            if place and isinstance(sent, str):
                setting = name_setting(split_words(name))
                self._log.require(setting, login.purpose or f"a key, sent as {sent}")
                holder.setdefault(place, {})[sent] = f"{{settings.{setting}}}"
            else:
                self._log.assume(resource, f"{name} is required too and cannot be sent with it")

    def _login(self, name: str) -> Login | None:
        """Return the login of a scheme; None where it has no counterpart."""
        scheme = self._schemes.get(name)
        if scheme is None:
            return None
        kind, purpose = scheme.get_text("type"), shorten(scheme.get_text("description"), 80)
        if (
            kind == "apiKey"
            and scheme.get_text("in") in _PLACES
            and isinstance(scheme.get_raw("name"), str)
        ):
            where = {"name": scheme.get_raw("name"), "location": scheme.get_raw("in")}
            return Login({"type": "api_key", **where}, purpose)
        word = str(scheme.get_raw("scheme") or "").lower()
        if kind == "basic" or (kind == "http" and word == "basic"):
            return Login({"type": "http_basic"}, purpose)
        if (kind == "http" and word == "bearer") or kind == "openIdConnect":
            return Login({"type": "bearer"}, purpose)
        return _build_oauth(scheme, purpose) if kind == "oauth2" else None

    def _report_none(self, listings: list[Listing]) -> None:
        required = [o for each in listings for o in [each.operation.node.get_raw("security")] if o]
        if self._shared or required:
            text = f"none of its logins ({', '.join(self._schemes)}) has a counterpart"
        else:
            text = "the document does not say how requests are signed"
        self._log.assume(None, f"{text}: declare client.auth where the API needs it")


def _build_oauth(scheme: Node, purpose: str) -> Login:
    flows = dict(scheme.get("flows").items()) or {str(scheme.get_raw("flow")): scheme}
    for name, grant in _FLOWS.items():
        flow = flows.get(name)
        if flow is None:
            continue
        url = flow.get_text("refreshUrl") if grant == "refresh_token" else ""
        if url := url or flow.get_text("tokenUrl"):
            auth: Json = {"type": "oauth2_client_credentials", "access_token_url": url}
            return Login(
                {**auth, "grant_type": grant} if grant == "refresh_token" else auth, purpose
            )
    return Login({"type": "bearer"}, purpose or "a token of OAuth 2")
