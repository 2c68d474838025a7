"""Words that differ only in spelling or number: `Ids` and `id`."""

import re

from analytics_ingest.common.plurals import list_singulars


def to_plain(name: str) -> str:
    """Return a name in small letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def to_singular(word: str) -> str:
    """Return the singular of a word in snake_case."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if re.search(r"([^aeo]us|ss|x|ch|sh)es$", word):
        return word[:-2]
    return word if re.search(r"([^aeo]us|is|ss|ics)$", word) else word.removesuffix("s")


def is_same_word(one: str, other: str) -> bool:
    """Return whether two names differ only in spelling or number."""
    return bool(list_singulars(to_plain(one)) & list_singulars(to_plain(other)))
