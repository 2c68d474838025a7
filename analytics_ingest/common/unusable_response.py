"""The error of a response without data: raised where it is read, handled where it is sent."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from requests import Response


class UnusableResponseError(Exception):
    """A response without data: an error status, a broken body, a refused redirect.

    Args:
        problem: What is wrong, for the error message.
        hint: What to do about it.
        is_retryable: Whether another try may succeed; None where the error handler decides, by
            the status.
        is_rate_limit: Whether the declaration says that it is one, whatever its status.
        is_from_auth: Whether a token request or a login got it: its 404 says nothing of a page.
    """

    pause: float | None = None
    """Seconds for which the API is paused, where it asks for that."""
    wait: float | None = None
    """Seconds that a declared header asks to wait."""
    longest_wait: float | None = None
    """The longest wait that is declared for that header."""

    def __init__(
        self,
        response: "Response",
        problem: str,
        hint: str = "",
        *,
        is_retryable: bool | None = None,
        is_rate_limit: bool = False,
        is_from_auth: bool = False,
    ) -> None:
        super().__init__(problem)
        self.response = response
        self.problem = problem
        self.hint = hint
        self.is_retryable = is_retryable
        self.is_rate_limit = is_rate_limit
        self.is_from_auth = is_from_auth
