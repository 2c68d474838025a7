"""Reads the body of a response up to a limit, decompressed, so that none takes all memory."""

from dataclasses import dataclass
from http import HTTPStatus

from requests import Response

from analytics_ingest.common.unusable_response import UnusableResponseError
from analytics_ingest.declaration.models.scalars import Bytes

_PIECE = 65_536
_ERROR_BYTES = 100_000
"""Of a redirect or an error no more is of use."""


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
    """Read the body of a streamed response into it; of a redirect or an error only the begin.

    Raises:
        UnusableResponseError: It is longer than the limit.
    """
    is_page = response.status_code < HTTPStatus.MULTIPLE_CHOICES
    longest = limit.size if is_page else min(limit.size, _ERROR_BYTES)
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_content(_PIECE):
        size += len(piece)
        if size > longest:
            response.close()
            if is_page:
                raise UnusableResponseError(
                    response,
                    f"the response is larger than {limit.size}",
                    limit.hint,
                    is_retryable=False,
                    is_from_auth=limit.is_from_auth,
                )
            break
        pieces.append(piece)
    # What requests does for a response that is not streamed.
    response._content = b"".join(pieces)
    response._content_consumed = True  # pyright: ignore[reportAttributeAccessIssue]
