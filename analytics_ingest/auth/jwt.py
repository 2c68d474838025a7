"""JSON web tokens: each is signed here with a key that the API knows, and lasts a short time.

    claims and header, settings filled in → signed token → header or query parameter

PyJWT signs it; it is installed with the extra `jwt`.
"""

import time
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from analytics_ingest.auth.base import AuthContext
from analytics_ingest.auth.token_auth import Token, TokenAuth
from analytics_ingest.auth.token_in_request import TokenKeys
from analytics_ingest.common.declared_types import Secret
from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.project import install_command

if TYPE_CHECKING:
    from analytics_ingest.auth.api_key import ApiKey

_ALGORITHMS = (
    *("HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES256K", "ES384", "ES512", "EdDSA"),
)
_LIFETIME = 1200
_OWN_CLAIMS = ("iat", "nbf", "exp")


class JwtKeys(TokenKeys):
    """Keys of `jwt`."""

    secrets: ClassVar = {
        "secret_key": Secret("secret_key", "the key that signs tokens"),
        "passphrase": Secret("passphrase", "the passphrase of a private key", is_optional=True),
    }
    required: ClassVar = {"algorithm": f"one of {', '.join(_ALGORITHMS)}"}

    algorithm: str | None = None
    """How it is signed: of jwt such as RS256; of hmac sha256 (the default), sha1, sha384, sha512 or
    md5."""
    secret_key: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.secret_key."""
    passphrase: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.passphrase."""
    base64_encode_secret_key: bool = False
    """Whether the key is encoded in Base64 before it signs."""
    jwt_headers: dict[str, Any] = Field(default_factory=dict)
    """Further headers of the token, such as kid, with {settings.<name>} where they are set."""
    jwt_payload: dict[str, Any] = Field(default_factory=dict)
    """Claims of the token, such as iss and aud; iat, nbf and exp are added."""

    def find_problems(self) -> Iterator[tuple[str, str]]:
        yield from super().find_problems()
        if self.algorithm not in _ALGORITHMS:
            allowed = ", ".join(_ALGORITHMS)
            yield "algorithm", f"'{self.algorithm}' is unknown; allowed are {allowed}"
        if "alg" in self.jwt_headers:
            yield "jwt_headers.alg", "is what algorithm says; remove it"
        for name in _OWN_CLAIMS:
            if name in self.jwt_payload:
                yield f"jwt_payload.{name}", "follows from token_lifetime; remove it"


class Jwt(TokenAuth):
    """Sends a token that it signs, and a new one when half of its time is over."""

    name = "jwt"
    keys = JwtKeys

    def __init__(self, keys: JwtKeys, tokens: "TokenSigner") -> None:
        super().__init__()
        self._keys = keys
        self._tokens = tokens

    @classmethod
    def build(cls, keys: JwtKeys, context: AuthContext) -> "Jwt":
        return cls(keys, TokenSigner(keys, context))

    def sign_with(self, token: str) -> "ApiKey":
        return self._keys.build_signer(token)

    def obtain(self) -> Token:
        """Sign a token."""
        return Token(self._tokens.sign(), self._tokens.lifetime / 2)


class TokenSigner:
    """Signs tokens with the key, header and claims that are declared.

    Raises:
        SettingError: PyJWT is not installed, or the key does not fit the algorithm.
    """

    def __init__(self, keys: JwtKeys, context: AuthContext) -> None:
        self.lifetime = keys.token_lifetime or _LIFETIME
        self._api = context.api
        self._algorithm = keys.algorithm or ""
        self._headers = context.fill_values(keys.jwt_headers, "jwt_headers")
        self._payload = context.fill_values(keys.jwt_payload, "jwt_payload")
        secret = context.read_secret(keys, "secret_key")
        passphrase = context.find_secret(keys, "passphrase")
        self._key: Any = secret
        if keys.base64_encode_secret_key:
            self._key = b64encode(secret.encode()).decode()
        if secret:  # Missing settings are reported together.
            _check_installed(self._api)
            if passphrase:
                self._key = self._decrypt(secret, passphrase)
            self.sign()

    def sign(self) -> str:
        """Sign a token that is valid from now on."""
        from jwt import PyJWTError, encode

        now = int(time.time())
        times = {"iat": now, "nbf": now, "exp": now + self.lifetime}
        payload: Mapping[str, Any] = {**self._payload, **times}
        try:
            return encode(dict(payload), self._key, self._algorithm, self._headers)
        except (PyJWTError, ValueError, TypeError, NotImplementedError) as error:
            raise self._explain_refusal(error) from None

    def _decrypt(self, secret: str, passphrase: str) -> Any:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            return load_pem_private_key(secret.encode(), passphrase.encode())
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise self._explain_refusal(error) from None

    def _explain_refusal(self, error: Exception) -> SettingError:
        # The error's own message may hold a part of the key.
        return SettingError(
            f"{self._api}: no token can be signed ({type(error).__name__}); check that "
            f"auth.secret_key is a key for {self._algorithm}, its passphrase, and jwt_payload"
        )


def _check_installed(api: str) -> None:
    try:
        import cryptography  # noqa: F401
        import jwt  # noqa: F401
    except ImportError:
        raise SettingError(
            f"{api}: auth.type jwt needs PyJWT, which is not installed; {install_command('jwt')}"
        ) from None
