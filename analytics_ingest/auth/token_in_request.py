"""Where requests carry a token: what the types that obtain or make one share."""

from collections.abc import Iterator

from analytics_ingest.auth.api_key import HEADER, ApiKey, PlacedKeys

_PLACE = "{token}"


class TokenKeys(PlacedKeys):
    """Keys of the types that obtain or make a token."""

    token_format: str = _PLACE
    """The text that is sent, with {token} in it, such as `Bearer {token}`."""
    token_lifetime: int | None = None
    """Seconds a token lasts. Without it a login's until the API refuses it, a JWT 20 minutes."""

    def find_problems(self) -> Iterator[tuple[str, str]]:
        yield from super().find_problems()
        if _PLACE not in self.token_format:
            yield "token_format", f"does not hold {_PLACE}, the place of the token; add it"
        if self.token_lifetime is not None and self.token_lifetime <= 0:
            yield "token_lifetime", "is not above 0; write seconds"

    def build_signer(self, token: str) -> ApiKey:
        """Return what signs requests with a token."""
        text = self.token_format.replace(_PLACE, token)
        return ApiKey(self.name or HEADER, text, is_header=self.location == "header")
