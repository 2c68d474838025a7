"""Amazon's Signature Version 4, for APIs behind API Gateway and services of AWS.

    canonical request → text to sign → HMAC with a key of day, region and service → Authorization

A request is signed right before it is sent; its signature is valid for some minutes.
"""

import hashlib
import hmac
from datetime import datetime, timezone
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl, quote, urlsplit

from analytics_ingest.auth.base import INVALID_KEY, Auth, AuthContext, check_header
from analytics_ingest.common.declared_types import Keys, Secret

if TYPE_CHECKING:
    from requests import PreparedRequest

_ALGORITHM = "AWS4-HMAC-SHA256"
_UNRESERVED = "-_.~"


class AwsSigV4Keys(Keys):
    """Keys of `aws_sigv4`."""

    secrets: ClassVar = {
        "access_key_id": Secret("access_key_id", "the ID of the access key"),
        "secret_access_key": Secret("secret_access_key", "the secret access key"),
        "session_token": Secret("session_token", "a temporary session's token", is_optional=True),
    }
    required: ClassVar = {
        "region": "the region of the API, such as eu-west-1",
        "service": "the service, such as execute-api",
    }

    access_key_id: str | None = None
    """A dlt key to read it from; without it sources.<api>.access_key_id."""
    secret_access_key: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.secret_access_key."""
    session_token: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.session_token."""
    region: str | None = None
    """The region of the API: eu-west-1."""
    service: str | None = None
    """The service that is signed for: execute-api, s3."""


class AwsSigV4(Auth):
    """Signs each request with an access key of AWS."""

    name = "aws_sigv4"
    keys = AwsSigV4Keys

    def __init__(
        self, access_key: str, secret: str, token: str | None, region: str, service: str
    ) -> None:
        self._access_key = access_key
        self._secret = secret
        self._token = token
        self._region = region
        self._service = service

    @classmethod
    def build(cls, keys: AwsSigV4Keys, context: AuthContext) -> "AwsSigV4":
        access_key = context.read_secret(keys, "access_key_id")
        token = context.find_secret(keys, "session_token")
        check_header(context.api, access_key, "access_key_id")
        check_header(context.api, token or "", "session_token")
        secret = context.read_secret(keys, "secret_access_key")
        region, service = context.fill(keys.region), context.fill(keys.service)
        return cls(access_key, secret, token, region, service)

    def __call__(self, request: "PreparedRequest") -> "PreparedRequest":
        return self.sign(request, datetime.now(timezone.utc))

    def sign(self, request: "PreparedRequest", now: datetime) -> "PreparedRequest":
        """Sign a request as of a moment."""
        body = request.body or b""
        digest = hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest()
        self._prepare(request, now, digest)
        url = urlsplit(str(request.url))
        signed = {name.lower(): str(value) for name, value in request.headers.items()}
        signed = {n: v for n, v in signed.items() if n.startswith("x-amz-")}
        signed["host"] = url.netloc.rpartition("@")[2]
        names = sorted(signed)
        headers = "".join(f"{name}:{' '.join(signed[name].split())}\n" for name in names)
        path = self._canonicalize_path(url.path)
        canonical = [str(request.method), path, url.query, headers, ";".join(names), digest]
        scope = f"{now:%Y%m%d}/{self._region}/{self._service}/aws4_request"
        hashed = hashlib.sha256("\n".join(canonical).encode()).hexdigest()
        text = "\n".join([_ALGORITHM, f"{now:%Y%m%dT%H%M%SZ}", scope, hashed])
        key = f"AWS4{self._secret}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        request.headers["Authorization"] = (
            f"{_ALGORITHM} Credential={self._access_key}/{scope}, "
            f"SignedHeaders={';'.join(names)}, Signature={signature}"
        )
        return request

    def with_invalid_key(self) -> "AwsSigV4":
        return AwsSigV4(INVALID_KEY, INVALID_KEY, None, self._region, self._service)

    def _prepare(self, request: "PreparedRequest", now: datetime, digest: str) -> None:
        """Sort and encode the query, and set the signed headers."""
        url = urlsplit(str(request.url))
        # Latin-1 keeps bytes that are not UTF-8, as tokens of pages may have.
        fields = parse_qsl(url.query, keep_blank_values=True, encoding="latin-1")
        quoted = sorted((_quote(n), _quote(v)) for n, v in fields)
        request.url = url._replace(query="&".join(f"{n}={v}" for n, v in quoted)).geturl()
        request.headers["X-Amz-Date"] = f"{now:%Y%m%dT%H%M%SZ}"
        if self._token:
            request.headers["X-Amz-Security-Token"] = self._token
        if self._service == "s3":
            request.headers["X-Amz-Content-SHA256"] = digest

    def _canonicalize_path(self, path: str) -> str:
        """Return the path as it is signed. All services but S3 encode it a second time."""
        if self._service == "s3":
            return path or "/"
        segments = [segment for segment in path.split("/") if segment]
        ending = "/" if segments and path.endswith("/") else ""
        return quote("/" + "/".join(segments) + ending, f"/{_UNRESERVED}")


def _quote(text: str) -> str:
    return quote(text, _UNRESERVED, encoding="latin-1")
