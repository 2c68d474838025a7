"""The text of a body, in any encoding that an API may send."""

import json
from email.message import Message

from requests import Response


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
