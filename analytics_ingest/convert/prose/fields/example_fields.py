"""Reads the fields that a sentence names only as examples: with fields such as `id` and `updated`.

They do not list all: that a field is not among them says nothing.
"""

import re
from collections.abc import Iterator

_NAME = r"`[A-Za-z_]\w*`"
_EXAMPLES = re.compile(
    r"\b(?:fields?|columns?|attributes?|properties|timestamps?|dates?|times?)\b[^`.]*?"
    r"\b(?:such as|like|includ(?:e|es|ing)|for example|e\.g\.),? (?:the )?"
    rf"(?P<names>{_NAME}(?:(?:,? and |,? or |, ){_NAME})*)",
    re.IGNORECASE,
)
_MARKED = re.compile(r"`(\w+)`")
_OTHER = re.compile(
    r"\b(?:param\w*|request\w*|filters?|headers?|nested|removed|ignored|dropped|no|not|without)\b"
    r"|n['\u2019]t\b",
    re.IGNORECASE,
)
"""What the names are not those of fields of rows by."""


def read_examples(clause: str) -> Iterator[str]:
    """Yield the fields that a clause on rows gives as examples."""
    for match in _EXAMPLES.finditer(clause):
        before = clause[max(0, match.start() - 80) : match.start("names")]
        if not _OTHER.search(before):
            yield from _MARKED.findall(match["names"])
