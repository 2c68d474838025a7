"""A signature of each request by HMAC: what is signed, how, and where it is sent are declared.

    request, moment, nonce → text to sign → HMAC with the secret key → headers and params

A request is signed right before it is sent, so that a retry and a page whose URL the API gave have
signatures of their own.
"""

import hashlib
import hmac
import re
import secrets
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Container, Iterator, Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import quote, unquote_plus, urlsplit

from pydantic import Field

from analytics_ingest.auth.base import INVALID_KEY, Auth, AuthContext, check_header_value
from analytics_ingest.common.declared_types import Keys, Secret
from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.header_names import find_header_problem

if TYPE_CHECKING:
    from requests import PreparedRequest

_ALGORITHMS = ("sha256", "sha1", "sha384", "sha512", "md5")
_PARTS = ("timestamp", "nonce", "method", "host", "path", "query", "target", "body", "body_sha256")
_SIGNATURE = "signature"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class HmacKeys(Keys):
    """Keys of `hmac`."""

    secrets: ClassVar = {"secret_key": Secret("secret_key", "the key that signs requests")}
    required: ClassVar = {
        "text_to_sign": "what is signed, such as '{timestamp}{method}{target}{body}'"
    }

    algorithm: str | None = None
    """How it is signed: of jwt such as RS256; of hmac sha256 (the default), sha1, sha384, sha512 or
    md5."""
    secret_key: str | None = None
    """A dlt key to read the secret from; without it sources.<api>.secret_key."""
    secret_key_encoding: Literal["text", "hex", "base64"] = "text"
    """How the secret key is written."""
    text_to_sign: str | None = None
    """What is signed, with {timestamp}, {nonce}, {method}, {host}, {path}, {query}, {target} (the
    path, and ? and the query if there is one), {body}, {body_sha256} and {settings.<name>}."""
    signature_headers: dict[str, Any] = Field(default_factory=dict)
    """Headers that are sent, with {signature} and what text_to_sign may hold:
    {X-Signature: '{signature}', X-Timestamp: '{timestamp}'}."""
    signature_params: dict[str, Any] = Field(default_factory=dict)
    """The same in the query; those without {signature} are part of {query}."""
    signature_encoding: Literal["hex", "base64"] = "hex"
    """How the signature is written."""
    timestamp_format: Literal["s", "ms", "iso8601"] = "s"
    """How {timestamp} is written: seconds or milliseconds since 1970, or 2026-01-31T09:00:00Z."""

    def find_problems(self) -> Iterator[tuple[str, str]]:
        if self.algorithm and self.algorithm not in _ALGORITHMS:
            allowed = ", ".join(_ALGORITHMS)
            yield "algorithm", f"'{self.algorithm}' is unknown; allowed are {allowed}"
        sent = {
            "signature_headers": self.signature_headers,
            "signature_params": self.signature_params,
        }
        yield from _find_unknown("text_to_sign", self.text_to_sign or "", _PARTS)
        for key, values in sent.items():
            for name, value in values.items():
                yield from _find_unknown(f"{key}.{name}", str(value), (*_PARTS, _SIGNATURE))
        for name in self.signature_headers:
            if problem := find_header_problem(name):
                yield f"signature_headers.{name}", problem
        if f"{{{_SIGNATURE}}}" not in str(sent):
            yield "signature_headers", "sends no {signature}; write X-Signature: '{signature}'"


class HmacSignature(Auth):
    """Signs each request with a secret key."""

    name = "hmac"
    keys = HmacKeys

    def __init__(self, keys: HmacKeys, texts: Mapping[str, Any], secret: bytes) -> None:
        self._keys = keys
        self._texts = texts
        self._secret = secret

    @classmethod
    def build(cls, keys: HmacKeys, context: AuthContext) -> "HmacSignature":
        texts = {
            "text_to_sign": context.fill(keys.text_to_sign),
            "headers": {n: context.fill(str(v)) for n, v in keys.signature_headers.items()},
            "params": {n: context.fill(str(v)) for n, v in keys.signature_params.items()},
        }
        for name, value in texts["headers"].items():
            check_header_value(context.api, value, f"auth.signature_headers.{name}")
        return cls(keys, texts, _decode(context.read_secret(keys, "secret_key"), keys, context.api))

    def __call__(self, request: "PreparedRequest") -> "PreparedRequest":
        parts, params = self._read_parts(request), self._texts["params"]
        last = [name for name, value in params.items() if f"{{{_SIGNATURE}}}" in value]
        # A link to the next page may hold the params of the request before.
        _remove_params(request, params)
        _add_params(request, {n: _fill(v, parts) for n, v in params.items() if n not in last})
        parts |= _split_url(str(request.url))
        parts[_SIGNATURE] = self._sign_text(_fill(self._texts["text_to_sign"], parts))
        _add_params(request, {n: _fill(params[n], parts) for n in last})
        for name, value in self._texts["headers"].items():
            request.headers[name] = _fill(value, parts)
        return request

    def with_invalid_key(self) -> "HmacSignature":
        return HmacSignature(self._keys, self._texts, INVALID_KEY.encode())

    def _sign_text(self, text: str) -> str:
        signed = text.encode("utf-8", "surrogateescape")
        digest = hmac.digest(self._secret, signed, self._keys.algorithm or "sha256")
        return (
            digest.hex() if self._keys.signature_encoding == "hex" else b64encode(digest).decode()
        )

    def _read_parts(self, request: "PreparedRequest") -> dict[str, str]:
        body = request.body or b""
        content = body.encode() if isinstance(body, str) else bytes(body)
        return {
            "timestamp": _format_timestamp(datetime.now(timezone.utc), self._keys.timestamp_format),
            "nonce": secrets.token_hex(16),
            "method": str(request.method),
            "body": content.decode("utf-8", "surrogateescape"),
            "body_sha256": hashlib.sha256(content).hexdigest(),
            **_split_url(str(request.url)),
        }


def _find_unknown(key: str, text: str, allowed: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for name in _PLACEHOLDER.findall(text):
        if name not in allowed:
            yield key, f"holds {{{name}}}; allowed are {', '.join(f'{{{n}}}' for n in allowed)}"


def _decode(secret: str, keys: HmacKeys, api: str) -> bytes:
    try:
        if keys.secret_key_encoding == "hex":
            return bytes.fromhex(secret)
        if keys.secret_key_encoding == "base64":
            return b64decode(secret, validate=True)
    except (ValueError, Base64Error):
        raise SettingError(
            f"{api}: auth.secret_key is not written in {keys.secret_key_encoding}; set it again, "
            "or correct auth.secret_key_encoding"
        ) from None
    return secret.encode()


def _fill(text: str, parts: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: parts.get(match[1], match[0]), text)


def _split_url(url: str) -> dict[str, str]:
    split = urlsplit(url)
    target = split.path + (f"?{split.query}" if split.query else "")
    host = split.netloc.rpartition("@")[2]
    return {"host": host, "path": split.path, "query": split.query, "target": target}


def _remove_params(request: "PreparedRequest", names: Container[str]) -> None:
    url = urlsplit(str(request.url))
    kept = [f for f in url.query.split("&") if unquote_plus(f.partition("=")[0]) not in names]
    request.url = url._replace(query="&".join(kept)).geturl()


def _add_params(request: "PreparedRequest", params: Mapping[str, str]) -> None:
    url = urlsplit(str(request.url))
    added = [f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in params.items()]
    request.url = url._replace(query="&".join(filter(None, [url.query, *added]))).geturl()


def _format_timestamp(moment: datetime, timestamp_format: str) -> str:
    if timestamp_format == "iso8601":
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(int(moment.timestamp() * (1000 if timestamp_format == "ms" else 1)))
