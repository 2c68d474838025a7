"""Reads the body of a response up to a limit, decompressed, so that none takes all memory.

A body that a decoder reads goes into a spool, which keeps a large one in a temporary file.
"""

import re
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from requests import PreparedRequest, Response

from analytics_ingest.common.spool import IN_MEMORY, Budget, Spool, SpoolError
from analytics_ingest.common.unusable_response import UnusableResponseError
from analytics_ingest.declaration.models.endpoint import Endpoint
from analytics_ingest.declaration.models.scalars import Bytes

_CHUNK = 65_536
_ERROR_BYTES = 100_000
"""Bytes to read of the body of a redirect or an error; the rest is not needed."""
_RANGE = re.compile(r"bytes[ =:]+(\d+)-(\d+)/(\d+|\*)", re.IGNORECASE)
"""A `Content-Range` of bytes: the first, the last and the number of all, which may be unknown."""


@dataclass(frozen=True)
class BodyLimit:
    """How long a body may be.

    Args:
        size: Decompressed.
        hint: What to do about a longer one.
        is_from_auth: Whether the bodies are those of token requests and logins.
    """

    size: Bytes
    hint: str
    is_from_auth: bool = False


TOKEN_LIMIT = BodyLimit(Bytes(1_000_000), "check the addresses in auth", is_from_auth=True)


def read_body(response: Response, limit: BodyLimit) -> None:
    """Read the body of a streamed response into it, or its beginning if it redirects or fails.

    Raises:
        UnusableResponseError: It is longer than the limit.
    """
    is_page = response.status_code < HTTPStatus.MULTIPLE_CHOICES
    if "spool" in response.__dict__:
        return
    longest = limit.size if is_page else min(limit.size, _ERROR_BYTES)
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_content(_CHUNK):
        size += len(chunk)
        if size > longest:
            response.close()
            if is_page:
                raise explain_too_large(response, limit)
            break
        chunks.append(chunk)
    _set_content(response, b"".join(chunks))


def explain_too_large(response: Response, limit: BodyLimit) -> UnusableResponseError:
    """Return the error of a body that is longer than the limit."""
    return UnusableResponseError(
        response,
        f"the response is larger than {limit.size}",
        limit.hint,
        is_retryable=False,
        is_from_auth=limit.is_from_auth,
    )


def explain_spool_error(
    response: Response, limit: BodyLimit, error: SpoolError
) -> UnusableResponseError:
    """Return the error of a body that a spool cannot hold."""
    if not error.problem:
        return explain_too_large(response, limit)
    problem = f"the temporary folder cannot hold the response: {error.problem}"
    return UnusableResponseError(response, problem, "make room, or set TMPDIR", is_retryable=False)


def spool_body(response: Response, *, limit: BodyLimit, **_: Any) -> None:
    """Read the body of a page into a spool: a hook of requests, called before `read_body`.

    The content of the response is then only the beginning of a large body.

    Raises:
        UnusableResponseError: It is longer than the limit or than the disk holds, or cut off.
    """
    if response.status_code >= HTTPStatus.MULTIPLE_CHOICES:
        return
    spool = Spool(Budget(int(limit.size)))
    try:
        for chunk in response.iter_content(_CHUNK):
            spool.write(chunk)
    except SpoolError as error:
        response.close()
        raise explain_spool_error(response, limit, error) from None
    _check_whole(response, spool.size)
    response.__dict__["spool"] = spool
    response.__dict__["limit"] = limit
    _set_content(response, spool.read(0, IN_MEMORY))


def _check_whole(response: Response, size: int) -> None:
    """Check that a body is not a part of a file, and is decompressed to its end.

    urllib3 takes what there is: neither a missing end nor what follows it is an error there. A JSON
    body needs no check: a part of one is not JSON.

    Args:
        size: The bytes after decompression. urllib3 does not count those of a body in chunks.
    """
    if part := _describe_part(response, size):
        problem, hint = f"the response is cut off: it has {part}", "send no Range in headers"
        raise UnusableResponseError(response, problem, hint, is_retryable=True)
    decoder = getattr(response.raw, "_decoder", None)
    if decoder is None or (not size and not response.raw.tell()):
        return
    steps = getattr(decoder, "_decoders", [decoder])
    if not all(getattr(getattr(step, "_obj", None), "eof", True) for step in steps):
        problem = "the compressed response is cut off or damaged"
        raise UnusableResponseError(response, problem, is_retryable=True)


def _describe_part(response: Response, size: int) -> str:
    """Return which bytes of a file a response has; empty if it has all, or says nothing."""
    match = _RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    if not match:
        return ""
    first, last, total = match.groups()
    if total == "*" and response.status_code == HTTPStatus.OK:
        # A 200 is the whole file, unless its own numbers say otherwise.
        sizes = (str(size), response.headers.get("Content-Length"))
        is_whole = int(first) == 0 and str(int(last) + 1) in sizes
    else:
        is_whole = int(first) == 0 and total != "*" and int(last) + 1 == int(total)
    return "" if is_whole else f"the bytes {first}-{last} of {total.replace('*', 'unknown')}"


def get_spool(response: Response) -> tuple[Spool, BodyLimit]:
    """Return the body that `spool_body` has read, and its limit."""
    return response.__dict__["spool"], response.__dict__["limit"]


def describe_empty_body(response: Response) -> tuple[str, str]:
    """Describe what an empty body is, and what to do."""
    return "the response has no body", (
        "if that means an empty listing, declare response_actions: "
        f"[{{status_code: {response.status_code}, empty: true, action: ignore}}]"
    )


def _set_content(response: Response, content: bytes) -> None:
    """Do what requests does for a response that is not streamed."""
    response._content = content
    response._content_consumed = True  # pyright: ignore[reportAttributeAccessIssue]


def spool_encoded(request: PreparedRequest, endpoint: Endpoint, limit: BodyLimit) -> None:
    """Have the body of a response spooled if the endpoint's decoder reads it as it comes."""
    if endpoint.decoder and not endpoint.decoder.is_plain:
        # A hook, because requests keeps it for redirects.
        request.register_hook("response", partial(spool_body, limit=limit))
