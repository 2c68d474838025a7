"""The text of a body, in any encoding that an API may send; and whether it is compressed by one."""

import json
from email.message import Message

from requests import Response
from urllib3.response import HTTPResponse

from analytics_ingest.common.unusable_response import UnusableResponseError

_COMPRESSIONS = {"br", "compress", "dcb", "dcz", "x-compress", "zstd"}
"""What a `Content-Encoding` may name besides gzip and deflate, which everybody reads."""


def find_unread_compression(response: Response) -> UnusableResponseError | None:
    """Return the error of a body that is compressed in a way that nothing here reads.

    The API sent it though it was not asked for, so another try would bring the same.
    """
    named = response.headers.get("Content-Encoding", "").lower().split(",")
    names = {name.strip() for name in named} & _COMPRESSIONS - {*HTTPResponse.CONTENT_DECODERS}
    if not names:
        return None
    return UnusableResponseError(
        response,
        f"the body of the response is compressed as {' and '.join(sorted(names))}, says its "
        "Content-Encoding, which is not read here",
        "declare headers: {Accept-Encoding: identity}",
        is_retryable=False,
    )


def decode(response: Response) -> str:
    """Return the text of a body: UTF-8, -16 or -32, or else in the charset that its header names.

    Raises:
        ValueError: It is in neither.
    """
    try:
        return response.content.decode(json.detect_encoding(response.content))
    except UnicodeDecodeError:
        header = Message()
        header["Content-Type"] = response.headers.get("Content-Type", "")
        try:
            return response.content.decode(header.get_content_charset("utf-8"))
        except LookupError:
            raise ValueError from None


def decode_text(response: Response) -> str:
    """Return the text of a body; each byte is a character where it is in no known encoding."""
    try:
        return decode(response)
    except ValueError:
        return response.content.decode("latin-1")
