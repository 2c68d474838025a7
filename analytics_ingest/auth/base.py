"""The interface of all auth types: how a request is signed, and what must not be shown.

An auth block names a type; `build` makes the signer of its requests. What a signer needs of the
API, it gets as an `AuthContext`: its secrets, its addresses, and a way to ask for a token.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from analytics_ingest.common.declared_types import DeclaredType, Keys
from analytics_ingest.common.errors import SettingError

if TYPE_CHECKING:
    from requests import PreparedRequest, Request, Response
    from typing_extensions import Self

INVALID_KEY = "0" * 16
"""An invalid key. An API that accepts it does not check keys."""


class AuthContext(Protocol):
    """What a signer needs of the API whose requests it signs."""

    @property
    def api(self) -> str:
        """The API's name, for messages."""
        ...

    @property
    def base_url(self) -> str:
        """The API's address."""
        ...

    @property
    def has_missing(self) -> bool:
        """Whether a setting that was needed so far is not set: one error names all of them."""
        ...

    def read_secret(self, keys: Keys, key: str) -> str:
        """Read the secret that a key names; a missing one is noted and reported with all others."""
        ...

    def find_secret(self, keys: Keys, key: str) -> str | None:
        """Find the secret that a key names, None where it is not set."""
        ...

    def build(self, declared: Mapping[str, Any]) -> "Auth":
        """Build the signer of an auth block within another."""
        ...

    def fill(self, value: Any) -> Any:
        """Return a text with the settings that it names; any other value as it is."""
        ...

    def fill_values(self, value: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Return an object with its settings filled in, each value in its own type.

        Args:
            key: What declares it, for messages.
        """
        ...

    def login_request(
        self, method: str, url: str, parts: Mapping[str, Mapping[str, Any]]
    ) -> "Request":
        """Return a login with its settings filled in.

        Args:
            parts: What it sends, by key: login_params, login_headers, login_json, login_data.
        """
        ...

    def list_settings(self, *parts: Any) -> list[str]:
        """List the full names of the settings that parts of a declaration name, for messages."""
        ...

    def resolve_own_url(self, key: str, text: str) -> str:
        """Resolve a URL of the API itself, or a path below its base URL.

        Raises:
            SettingError: It is a URL of another host.
        """
        ...

    def resolve_token_url(self, key: str, text: str) -> str:
        """Resolve a URL that is sent a secret, or a path below the base URL.

        Raises:
            SettingError: The secret would be sent in the clear, or nowhere.
        """
        ...

    def open_sender(self, url: str) -> "Callable[[Request], Response]":
        """Build what sends requests for tokens: to one origin, in a bounded time.

        After a refusal nothing is sent any more, because further logins would lock the account.
        """
        ...


class Auth(DeclaredType):
    """Signs the requests of an API; called by requests when it prepares one."""

    @classmethod
    def build(cls, keys: Any, context: AuthContext) -> "Auth":
        """Make the signer, reading its secrets now.

        Args:
            keys: The keys that are declared, an instance of the class's own `keys`.
        """
        raise NotImplementedError

    def __call__(self, request: "PreparedRequest") -> "PreparedRequest":
        """Sign a request."""
        raise NotImplementedError

    def list_obtained_secrets(self) -> Iterator[str]:
        """Yield secrets other than its settings: tokens that it has obtained, and what it sends."""
        yield from ()

    def with_invalid_key(self) -> "Self | None":
        """Return the same signer with an invalid key; None if it signs in for a token."""
        return None

    def renew(self, refused: "PreparedRequest") -> bool:
        """Prepare to sign a refused request again; whether it is worth sending once more."""
        return False


def check_header(api: str, value: str, setting: str) -> str:
    """Return the secret of a setting that a header can carry safely."""
    return check_header_value(api, value, f"sources.{api}.{setting}")


def check_header_value(api: str, value: str, key: str) -> str:
    """Return a value that a header can carry safely; the message does not show it.

    Raises:
        SettingError: It holds a line break or another such character.
    """
    if value.isascii() and value.isprintable():
        return value
    raise SettingError(
        f"{api}: {key} has a line break or another character that a header cannot carry; remove "
        "that character"
    )
