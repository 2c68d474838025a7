"""An auth block and its settings → the object that signs requests."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from dlt.sources.helpers.rest_client.utils import join_url
from requests import Request, Response

from analytics_ingest.auth import list_auth_types
from analytics_ingest.auth.base import Auth
from analytics_ingest.common.declared_types import Keys
from analytics_ingest.common.errors import SettingError
from analytics_ingest.declaration.models.auth import Auth as AuthBlock
from analytics_ingest.declaration.placeholders import list_settings
from analytics_ingest.extract.http.body import TOKEN_LIMIT
from analytics_ingest.extract.http.client import ApiClient
from analytics_ingest.extract.http.origin import find_origin
from analytics_ingest.extract.http.token_sender import TokenSender
from analytics_ingest.extract.requests.request_text import RequestValues
from analytics_ingest.extract.settings import SettingValues, is_in_the_clear

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def build_auth(
    client: ApiClient, block: AuthBlock | None, settings: SettingValues, *, allow_http: bool = False
) -> Auth | None:
    """Build the signer of an API's requests, reading its secrets now.

    Args:
        allow_http: Whether a client's secret may be sent to a token server in the clear.
    """
    if block is None:
        return None
    context = ClientContext(client, settings, allow_http)
    auth = context.build(block)
    settings.obtained.append(auth.list_obtained_secrets)
    return auth


def _fill_params(fill: RequestValues, part: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: fill.fill_param(value, f"{key}.{name}") for name, value in part.items()}


def _fill_headers(fill: RequestValues, part: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: fill.fill_header(value, f"{key}.{name}") for name, value in part.items()}


_FILL: Mapping[str, Callable[[RequestValues, Mapping[str, Any], str], Any]] = {
    "params": _fill_params,
    "headers": _fill_headers,
    "json": RequestValues.fill_json,
    "data": RequestValues.fill_form,
}
"""How each part of a request is filled."""


class ClientContext:
    """What a signer gets of an API: see `AuthContext`."""

    def __init__(self, client: ApiClient, settings: SettingValues, allow_http: bool) -> None:
        self.api = client.api
        self.base_url = client.base_url
        self._client = client
        self._settings = settings
        self._allow_http = allow_http

    @property
    def has_missing(self) -> bool:
        """Whether a setting that was needed so far is not set."""
        return self._settings.has_missing

    def build(self, declared: AuthBlock | Mapping[str, Any]) -> Auth:
        """Build the signer of an auth block, or of one within another."""
        block = AuthBlock.model_validate(declared)
        return list_auth_types()[block.type].build(block.parse(), self)

    def read_secret(self, keys: Keys, key: str) -> str:
        """Read the secret that a key names, or that its text makes of settings."""
        declared = getattr(keys, key)
        if declared == "" or list_settings(declared):
            return self._settings.fill(declared)
        return self._settings.read_secret(self._name_setting(keys, key))

    def find_secret(self, keys: Keys, key: str) -> str | None:
        """Find the secret that a key names, None where it is not set."""
        declared = getattr(keys, key)
        if list_settings(declared):
            return self._settings.fill(declared) or None
        return self._settings.find_secret(self._name_setting(keys, key))

    def fill(self, value: Any) -> Any:
        """Return a text with the settings that it names; any other value as it is."""
        return self._settings.fill(value) if isinstance(value, str) else value

    def fill_values(self, value: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Return an object with its settings filled in; empty while settings are missing."""
        fill = self._read_values(value)
        return fill.fill_json(value, key) if fill else {}

    def login_request(
        self, method: str, url: str, parts: Mapping[str, Mapping[str, Any]]
    ) -> Request:
        """Return a login with its settings filled in; without parts while settings are missing."""
        request = Request(method, url)
        fill = self._read_values(parts)
        if fill is None:
            return request
        for key, part in parts.items():
            block = key.removeprefix("login_")
            setattr(request, block, _FILL[block](fill, part, key))
        return request

    def _read_values(self, parts: Any) -> RequestValues | None:
        """Return what fills the settings of texts; None while some are missing."""
        settings = self._settings
        values: dict[str, Any] = {**settings.read_placeholders(parts)}
        named = settings.read_variables(parts)
        variables: dict[str, Any] = {"config": named, "settings": named}
        if settings.has_missing:
            return None  # `check` names all missing settings together.
        return RequestValues(f"{self.api}: auth", values, values, variables, settings.note_derived)

    def list_settings(self, *parts: Any) -> list[str]:
        """List the full names of the settings that parts of a declaration name, for messages."""
        return [f"sources.{self.api}.{name}" for name in list_settings(parts)]

    def resolve_own_url(self, key: str, text: str) -> str:
        """Resolve a URL of the API itself, or a path below its base URL."""
        url = self._resolve_url(key, text)
        if find_origin(url) != find_origin(self.base_url):
            raise SettingError(
                f"{self.api}: auth.{key} leads to another host than the base URL; the password is "
                "not sent there; correct it, or the base URL"
            )
        return url

    def resolve_token_url(self, key: str, text: str) -> str:
        """Resolve a URL that is sent a secret, or a path below the base URL."""
        url = self._resolve_url(key, text)
        if find_origin(url) is None and not self._settings.has_missing:
            raise SettingError(f"{self.api}: auth.{key} is not an http address; correct it")
        if is_in_the_clear(url) and not self._allow_http:
            raise SettingError(
                f"{self.api}: auth.{key} is plain http, so the client's secret would be sent in "
                "the clear; write an https address, or declare client.allow_http: true"
            )
        return url

    def _resolve_url(self, key: str, text: str) -> str:
        """Resolve a declared URL, its settings filled in; a path is relative to the base URL."""
        filled = self._settings.fill(text)
        if filled.startswith("//"):
            raise SettingError(
                f"{self.api}: auth.{key} begins with '//', which may be a host or a path; write "
                "https:// before a host, and one slash before a path"
            )
        return filled if _SCHEME.match(filled) else join_url(self.base_url, filled)

    def open_sender(self, url: str) -> Callable[[Request], Response]:
        """Return what sends requests for tokens: to one origin, until one is refused."""
        return TokenSender(self._client.open_session(url, TOKEN_LIMIT), self._client.timeouts)

    def _name_setting(self, keys: Keys, key: str) -> str:
        return getattr(keys, key) or f"sources.{self.api}.{keys.secrets[key].setting}"
