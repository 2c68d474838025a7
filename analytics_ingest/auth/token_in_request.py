"""Where requests carry a token: what the types that obtain or make one share."""

from collections.abc import Iterator
from typing import Literal

from analytics_ingest.auth.api_key import ApiKey
from analytics_ingest.common.declared_types import Keys
from analytics_ingest.common.header_names import header_problem

_HEADER = "Authorization"
_PLACE = "{token}"


class TokenKeys(Keys):
    """Keys of the types that obtain or make a token."""

    name: str | None = None
    """The header or query parameter that carries the key."""
    location: Literal["header", "query", "param"] = "header"
    """Where the key is sent."""
    token_format: str = _PLACE
    """The text that is sent, with {token} in it, such as `Bearer {token}`."""
    token_lifetime: int | None = None
    """Seconds a token lasts. Without it a login's until the API refuses it, a JWT 20 minutes."""

    def problems(self) -> Iterator[tuple[str, str]]:
        if self.location == "header" and (problem := header_problem(self.name or _HEADER)):
            yield "name", problem
        if _PLACE not in self.token_format:
            yield "token_format", f"does not hold {_PLACE}, the place of the token; add it"
        if self.token_lifetime is not None and self.token_lifetime <= 0:
            yield "token_lifetime", "is not above 0; write seconds"

    def signer(self, token: str) -> ApiKey:
        """What signs requests with a token."""
        text = self.token_format.replace(_PLACE, token)
        return ApiKey(self.name or _HEADER, text, is_header=self.location == "header")
