"""Text of an API as it may be printed, logged or raised: `printable`.

A terminal acts on control characters, and shows text after a bidirectional override in another
order. A key of a row could so erase the line that warns of it.
"""

import re

_LINE_ENDS = "\n"
_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL and C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks and overrides of direction
    "\u2028\u2029"  # line ends of Unicode
    "\ud800-\udfff]"  # halves of pairs, which no stream can write
)


def to_printable(text: str, *, keeps_lines: bool = False) -> str:
    """Spell out the invisible characters of a text: `\\x1b`, `\\u202e`.

    Args:
        keeps_lines: Whether line ends stay; a text of several lines is put together from others.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNPRINTABLE.sub(
        lambda match: (
            match[0]
            if keeps_lines and match[0] == _LINE_ENDS
            else match[0].encode("unicode_escape").decode()
        ),
        text,
    )
