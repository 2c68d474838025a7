"""The words of a name: `updatedAt[gte]` → updated, at, gte."""

import re

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def split_words(name: str) -> list[str]:
    """Split a name into its words, in small letters."""
    return [word.lower() for word in _WORD.findall(name)]
