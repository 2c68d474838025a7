"""A token in the header `Authorization: Bearer …`."""

from typing import TYPE_CHECKING, ClassVar

from analytics_ingest.auth.base import (
    INVALID_KEY,
    Auth,
    AuthContext,
    check_header,
)
from analytics_ingest.common.declared_types import Keys, Secret

if TYPE_CHECKING:
    from requests import PreparedRequest

_SETTING = "api_token"


class BearerKeys(Keys):
    """Keys of `bearer`."""

    secrets: ClassVar = {"token": Secret(_SETTING, "the bearer token")}

    token: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.api_token."""


class Bearer(Auth):
    """Sends a token that does not expire."""

    name = "bearer"
    keys = BearerKeys
    dlt_classes = ("BearerTokenAuth",)
    dlt_arguments = ("token",)
    document_names = ("token", "httpbearer", "accesstoken")

    def __init__(self, token: str) -> None:
        self._token = token

    @classmethod
    def build(cls, keys: BearerKeys, context: AuthContext) -> "Bearer":
        return cls(check_header(context.api, context.read_secret(keys, "token"), _SETTING))

    def __call__(self, request: "PreparedRequest") -> "PreparedRequest":
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def with_invalid_key(self) -> "Bearer":
        return Bearer(INVALID_KEY)
