"""The auth block's vocabulary: how requests are signed, and never a secret itself."""

from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from analytics_ingest.declaration.models.base import DeclarationModel


class Auth(DeclarationModel):
    """How requests are authenticated; the secret itself is read from dlt's configuration."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string", "null")

    type: str = "bearer"
    """api_key, bearer, http_basic, oauth2_client_credentials or session_token."""
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
    """A dlt key to read the secret from; without it sources.<api>.password. '' sends none."""
    client_id: str | None = None
    """A dlt key to read it from; without it sources.<api>.client_id."""
    client_secret: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.client_secret."""
    access_token_url: str | None = None
    """oauth2: where the token is fetched; a path is relative to the base URL."""
    token_url: str | None = None
    """The documents' name of access_token_url."""
    grant_type: str | None = None
    """oauth2: client_credentials, or refresh_token."""
    refresh_token: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.refresh_token."""
    scope: str | list[str] | None = None
    """oauth2: what the token is asked for."""
    access_token_request_data: dict[str, Any] = Field(default_factory=dict)
    """oauth2: further fields of the token request."""
    default_token_expiration: int = 3600
    """oauth2: seconds a token lasts when the answer does not say."""
    login_url: str | None = None
    """session_token: where username and password are sent; a path is relative to the base URL."""
    session_token_response_key: str | None = None
    """session_token: JSONPath of the token in the answer."""
    header: str = "X-Session-Token"
    """session_token: the header that carries the token."""
    validate_session_url: str | None = None
    """session_token: accepts the token of sources.<api>.session_token as long as it is valid."""
    session_token: str | None = None
    """A dlt key to read a token from that was given before; without it sources.<api>.session_token.
    """

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"type": value} if isinstance(value, str) else value
