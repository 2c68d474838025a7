"""The tokens of a load: which value of a response is one, and which no message may show."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analytics_ingest.common.unusable_response import UnusableResponseError

if TYPE_CHECKING:
    from requests import Response

_MOST_KEPT = 20
_NOT_TOKENS = ("", "0", "false", "none", "null", "true", "undefined")


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


def is_token(value: object) -> bool:
    """Whether a value can be a token: neither blank nor a placeholder, as servers spell it."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    return str(value).strip().lower() not in _NOT_TOKENS


def check_header_token(response: "Response", token: str, path: str, hint: str) -> None:
    """Check that a header can carry a token; the message does not show it.

    Args:
        path: Where the response holds it.
        hint: What to do about it.

    Raises:
        UnusableResponseError: It holds a line break or another such character.
    """
    if not (token.isascii() and token.isprintable() and token == token.strip()):
        problem = f"the token at {path} holds a character that a header cannot carry"
        raise UnusableResponseError(response, problem, hint)
