"""Tokens that a type of auth obtains or makes: all threads of a load share one.

obtain → token → header or query parameter of each request
  ↑ it is about to expire, or the API has refused it
"""

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from analytics_ingest.auth.api_key import ApiKey
from analytics_ingest.auth.base import Auth

if TYPE_CHECKING:
    from requests import PreparedRequest

_MARGIN = 30.0
_MARGIN_SHARE = 0.05
"""A token is renewed these seconds before it expires, but at most this share of its lifetime."""
_MOST_KEPT = 20


class Token(NamedTuple):
    """A token, and the seconds that it lasts from the moment it was asked for."""

    text: str
    seconds: float


class ObtainedTokens:
    """The last tokens, the replaced ones included: an API may quote an old one in a message."""

    def __init__(self) -> None:
        self._tokens: tuple[str, ...] = ()  # Replaced as a whole: other threads read it.

    def add(self, *tokens: str | None) -> None:
        """Add the tokens that there are."""
        added = [token for token in tokens if token and token not in self._tokens]
        self._tokens = (*self._tokens, *added)[-_MOST_KEPT:]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tokens)


class TokenAuth(Auth):
    """Sends a token, and obtains another before it expires or when the API has refused it."""

    def __init__(self) -> None:
        self._signer: ApiKey | None = None
        self._obtained = ObtainedTokens()
        self._valid_until = 0.0
        """By the monotonic clock: the machine's clock may jump during a long run."""
        self._lock = threading.Lock()

    def obtain(self) -> Token:
        """Obtain or make a token; no other thread does so at the same time."""
        raise NotImplementedError

    def sign_with(self, token: str) -> ApiKey:
        """Return what signs requests with a token."""
        raise NotImplementedError

    def __call__(self, request: "PreparedRequest") -> "PreparedRequest":
        with self._lock:
            if self._signer is None or time.monotonic() >= self._valid_until:
                began = time.monotonic()
                token, seconds = self.obtain()
                self._obtained.add(token)
                self._signer = self.sign_with(token)
                self._valid_until = began + seconds - min(_MARGIN, seconds * _MARGIN_SHARE)
            return self._signer(request)

    def list_obtained_secrets(self) -> Iterator[str]:
        yield from self._obtained

    def renew(self, refused: "PreparedRequest") -> bool:
        """Obtain another token for the next request, unless another thread has done so already."""
        with self._lock:
            if self._signer and self._signer.has_signed(refused):
                self._signer = None
        return True
