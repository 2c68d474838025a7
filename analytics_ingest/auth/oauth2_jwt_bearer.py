"""OAuth2 by a signed token (RFC 7523): it is exchanged for one that requests carry.

    signed token → token server → access token → header

Service accounts sign in so. The exchange is a login, and is repeated as one.
"""

from typing import TYPE_CHECKING, ClassVar

from analytics_ingest.auth.base import Auth, AuthContext
from analytics_ingest.auth.jwt import JwtKeys, TokenSigner
from analytics_ingest.auth.login import Login, LoginTokenKeys

if TYPE_CHECKING:
    from requests import Request

_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFETIME = 3600
_LIFETIME_BESIDE = ".`parent`.[expires_in,expiresIn]"


class JwtBearerKeys(JwtKeys):
    """Keys of `oauth2_jwt_bearer`."""

    required: ClassVar = {**JwtKeys.required, "access_token_url": "where tokens are given"}

    access_token_url: str | None = None
    """Where the token is fetched; a path is relative to the base URL."""
    access_token_path: str = "access_token"
    """JSONPath of the token in the response; expires_in is beside it."""
    token_format: str = "Bearer {token}"
    """The text that is sent, with {token} in it, such as `Bearer {token}`."""


class JwtBearer(Auth):
    """Stands for a login that sends a signed token."""

    name = "oauth2_jwt_bearer"
    keys = JwtBearerKeys

    @classmethod
    def build(cls, keys: JwtBearerKeys, context: AuthContext) -> Login:
        url = context.resolve_token_url("access_token_url", keys.access_token_url or "")
        tokens = TokenSigner(keys, context)

        def build_request() -> "Request":
            from requests import Request

            fields = {"grant_type": _GRANT, "assertion": tokens.sign()}
            return Request("POST", url, data=fields)

        login = LoginTokenKeys(
            token_path=keys.access_token_path,
            token_lifetime_path=f"{keys.access_token_path}{_LIFETIME_BESIDE}",
            token_lifetime=_LIFETIME,
            **{key: getattr(keys, key) for key in ("name", "location", "token_format")},
        )
        checks = ["access_token_url", "access_token_path", "secret_key", "jwt_payload"]
        return Login(login, context.api, build_request, context.open_sender(url), checks)
