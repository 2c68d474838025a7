"""The words of a name: `updatedAt[gte]` → updated, at, gte; and the singular of a word."""

import re

from analytics_ingest.convert.infer.matching import singulars

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def words(name: str) -> list[str]:
    """The words of a name, in small letters."""
    return [word.lower() for word in _WORD.findall(name)]


def plain(name: str) -> str:
    """A name in small letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def singular(word: str) -> str:
    """The singular of a word in snake_case."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if re.search(r"([^aeo]us|ss|x|ch|sh)es$", word):
        return word[:-2]
    return word if re.search(r"([^aeo]us|is|ss|ics)$", word) else word.removesuffix("s")


def is_same_word(one: str, other: str) -> bool:
    """Whether two names differ only in spelling or number."""
    return bool(singulars(plain(one)) & singulars(plain(other)))
