"""A key in a header or in the query."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from analytics_ingest.auth.base import (
    INVALID_KEY,
    Auth,
    AuthContext,
    check_header,
)
from analytics_ingest.common.declared_types import Keys, Secret
from analytics_ingest.common.header_names import find_header_problem

if TYPE_CHECKING:
    from requests import PreparedRequest

HEADER = "Authorization"
"""Carries a key whose place is not declared."""


class PlacedKeys(Keys):
    """Keys of the types that send a key or a token in a header or in the query."""

    name: str | None = None
    """The header or query parameter that carries the key."""
    location: Literal["header", "query", "param"] = "header"
    """Where the key is sent."""

    def find_problems(self) -> Iterator[tuple[str, str]]:
        problem = find_header_problem(self.name or HEADER)
        if self.location == "header" and problem:
            yield "name", problem


class ApiKeyKeys(PlacedKeys):
    """Keys of `api_key`."""

    secrets: ClassVar = {"api_key": Secret("api_key", "the key")}

    api_key: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.api_key."""


class ApiKey(Auth):
    """Sends a key."""

    name = "api_key"
    keys = ApiKeyKeys
    dlt_classes = ("APIKeyAuth", "ApiKeyAuth")
    dlt_arguments = ("name", "api_key", "location")

    def __init__(self, parameter: str, key: str, *, is_header: bool) -> None:
        self._parameter = parameter
        self._key = key
        self._is_header = is_header

    @classmethod
    def build(cls, keys: ApiKeyKeys, context: AuthContext) -> "ApiKey":
        key, is_header = context.read_secret(keys, "api_key"), keys.location == "header"
        if is_header:
            check_header(context.api, key, "api_key")
        return cls(keys.name or HEADER, key, is_header=is_header)

    def __call__(self, request: "PreparedRequest") -> "PreparedRequest":
        if self._is_header:
            request.headers[self._parameter] = self._key
        else:
            request.prepare_url(self._without_key(request.url or ""), {self._parameter: self._key})
        return request

    def has_signed(self, request: "PreparedRequest") -> bool:
        """Return whether a request carries this key."""
        if self._is_header:
            return request.headers.get(self._parameter) == self._key
        fields = parse_qsl(urlsplit(request.url or "").query, keep_blank_values=True)
        return (self._parameter, self._key) in fields

    def _without_key(self, url: str) -> str:
        """Return a URL without the parameter of the key: a next page's link may hold it."""
        parts = urlsplit(url)
        fields = [f for f in parts.query.split("&") if _read_name(f) != self._parameter]
        return parts._replace(query="&".join(fields)).geturl()

    def with_invalid_key(self) -> "ApiKey":
        return ApiKey(self._parameter, INVALID_KEY, is_header=self._is_header)


def _read_name(field: str) -> str:
    return unquote_plus(field.partition("=")[0])
