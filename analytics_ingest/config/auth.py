"""The auth block's vocabulary: how requests are signed, and never a secret itself."""

from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from analytics_ingest.config.vocabulary import Vocabulary


class Auth(Vocabulary):
    """How requests are authenticated; the secret itself is read from dlt's configuration."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string", "null")

    type: str = "bearer"
    """api_key, bearer, http_basic (or basic), oauth2_client_credentials (or oauth2)."""
    name: str | None = None
    """api_key: the header or query parameter that carries the key."""
    location: Literal["header", "query", "param"] = "header"
    """api_key: where the key is sent."""
    api_key: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.api_key."""
    token: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.api_token."""
    username: str | None = None
    """A dlt key to read it from; without it sources.<api>.username."""
    password: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.password."""
    client_id: str | None = None
    """A dlt key to read it from; without it sources.<api>.client_id."""
    client_secret: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.client_secret."""
    access_token_url: str | None = None
    """oauth2: where the token is fetched; a path is relative to the base URL."""
    token_url: str | None = None
    """The documents' name of access_token_url."""
    access_token_request_data: dict[str, Any] = Field(default_factory=dict)
    """oauth2: further fields of the token request, such as scope."""
    default_token_expiration: int = 3600
    """oauth2: seconds a token lasts when the answer does not say."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"type": value} if isinstance(value, str) else value
