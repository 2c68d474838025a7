"""Where requests carry a token: what the types that obtain or make one share."""

from collections.abc import Iterator

from analytics_ingest.auth.api_key import HEADER, ApiKey, PlacedKeys

TOKEN = "{token}"
"""The place of the token in what is sent."""


class TokenKeys(PlacedKeys):
    """Keys of the types that obtain or make a token."""

    token_format: str = TOKEN
    """The text that is sent, with {token} in it; `Bearer {token}` is the default of oauth2."""
    token_lifetime: int | None = None
    """Seconds a token lasts. Without it a login's until the API refuses it, a JWT 20 minutes."""

    def find_problems(self) -> Iterator[tuple[str, str]]:
        yield from super().find_problems()
        yield from find_format_problem(self.token_format)
        if self.token_lifetime is not None and self.token_lifetime <= 0:
            yield "token_lifetime", "is not above 0; write seconds"

    def build_signer(self, token: str) -> ApiKey:
        """Return what signs requests with a token."""
        text = self.token_format.replace(TOKEN, token)
        return ApiKey(self.name or HEADER, text, is_header=self.location == "header")


def find_format_problem(token_format: str) -> Iterator[tuple[str, str]]:
    """Yield the key and the problem of a format without a place for the token."""
    if TOKEN not in token_format:
        yield "token_format", f"does not hold {TOKEN}, the place of the token; add it"
