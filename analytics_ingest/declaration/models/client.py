"""What all requests to an API share: the address, headers, authentication and time-outs."""

from typing import Any, ClassVar

from pydantic import Field, field_validator, model_validator

from analytics_ingest.declaration.models.auth import Auth
from analytics_ingest.declaration.models.base import NO_CODE, DeclarationModel
from analytics_ingest.declaration.models.paginator import Paginator
from analytics_ingest.declaration.models.scalars import Bytes


class Certificate(DeclarationModel):
    """A certificate by which the API knows this client."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string", "null")

    cert: str
    """Path of the file with the certificate in PEM, relative to the project's folder:
    '{settings.client_cert}'. A plain string is this path."""
    key: str | None = None
    """Path of the file with its key, if that is another one."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"cert": value} if isinstance(value, str) else value

    @field_validator("cert", "key")
    @classmethod
    def _refuse_content(cls, value: str | None) -> str | None:
        if value is not None and ("-----BEGIN" in value or not value.strip()):
            raise ValueError("is not a path; store the certificate and its key in files")
        return value


class Client(DeclarationModel):
    """What all requests to the API share."""

    base_url: str
    """May hold {settings.<name>}; the setting sources.<api>.base_url replaces it as a whole."""
    allow_http: bool = False
    """Allows plain http to another machine, which sends the key unencrypted."""
    headers: dict[str, Any] = Field(default_factory=dict)
    """Headers of every request. For a secret write {settings.<name>}."""
    max_answer: Bytes = Bytes(256_000_000)
    """The longest response, decompressed; a longer one fails the resource."""
    auth: Auth | None = None
    """Authentication; the secret is read from sources.<api>."""
    certificate: Certificate | None = None
    """The client's certificate, for an API that asks for one; token servers get it too."""
    paginator: Paginator | None = None
    """Paginator of every endpoint that does not declare one."""
    session: Any = None
    """dlt's session object, which is code; only null is accepted."""

    @field_validator("session")
    @classmethod
    def _refuse_code(cls, value: Any) -> None:
        if value is not None:
            raise ValueError(NO_CODE)


class Timeouts(DeclarationModel):
    """How many seconds a request may take."""

    connect: float = Field(default=10, gt=0)
    """Seconds to wait for a connection."""
    read: float = Field(default=60, gt=0)
    """Seconds to wait for the next bytes of a response; the whole response may take five times
    that."""
