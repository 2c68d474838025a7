"""User and password in the header `Authorization: Basic …`."""

from base64 import b64encode
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from analytics_ingest.auth.base import INVALID_KEY, Auth, AuthContext
from analytics_ingest.common.declared_types import Keys, Secret

if TYPE_CHECKING:
    from requests import PreparedRequest


class LoginKeys(Keys):
    """Keys of the types that send a user and a password."""

    secrets: ClassVar = {
        "username": Secret("username", "the name of the user"),
        "password": Secret("password", "the password of the user", may_be_blank=True),
    }

    username: str | None = None
    """A dlt key to read it from; without it sources.<api>.username."""
    password: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.password. '' sends none."""


class HttpBasic(Auth):
    """Sends a user and a password with each request."""

    name = "http_basic"
    aliases = ("basic",)
    keys = LoginKeys
    dlt_classes = ("HttpBasicAuth",)
    dlt_arguments = ("username", "password")
    document_names = ("http",)

    def __init__(self, username: str, password: str) -> None:
        self._username = username
        self._password = password

    @classmethod
    def build(cls, keys: LoginKeys, context: AuthContext) -> "HttpBasic":
        return cls(context.read_secret(keys, "username"), context.read_secret(keys, "password"))

    def __call__(self, request: "PreparedRequest") -> "PreparedRequest":
        (encoded,) = self.list_obtained_secrets()
        request.headers["Authorization"] = f"Basic {encoded}"
        return request

    def list_obtained_secrets(self) -> Iterator[str]:
        yield b64encode(f"{self._username}:{self._password}".encode()).decode()

    def with_invalid_key(self) -> "HttpBasic":
        return HttpBasic(INVALID_KEY, INVALID_KEY)
