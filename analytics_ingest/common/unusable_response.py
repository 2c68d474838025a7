"""The error of a response without data: raised where it is read, handled where it is sent."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from requests import Response


class UnusableResponseError(Exception):
    """A response without data: an error status, a broken body, a refused redirect.

    Args:
        problem: What is wrong, for the error message.
        hint: What to do about it.
        is_broken: Whether the body is damaged, so that another try may succeed.
        is_final: Whether another try cannot succeed, whatever the error handler says.
        is_from_auth: Whether a token request or a login got it: its 404 says nothing of a page.
    """

    def __init__(
        self,
        response: "Response",
        problem: str,
        hint: str = "",
        *,
        is_broken: bool = False,
        is_final: bool = False,
        is_from_auth: bool = False,
    ) -> None:
        super().__init__(problem)
        self.response = response
        self.problem = problem
        self.hint = hint
        self.is_broken = is_broken
        self.is_final = is_final
        self.is_from_auth = is_from_auth
