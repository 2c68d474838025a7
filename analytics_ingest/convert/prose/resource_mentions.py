"""Finds the resources that a text names: by marked names, or by their names in words."""

import re
from collections.abc import Collection
from functools import lru_cache
from itertools import chain, takewhile

from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.normalize.plurals import list_singulars

_TOKEN = re.compile(r"`(?P<code>[^`]+)`|\*\*(?P<bold>[^*`]+)\*\*|(?P<word>\w+)")
_LONGEST = 6
"""Words of the name of a resource in prose."""


def mark_resources(
    text: str, resources: Collection[str], ordinary: re.Pattern[str]
) -> list[tuple[str, str]]:
    """Take a text apart into resources, other marked names and words, each with its kind.

    A name in words counts in the singular and the plural if it fits one resource only; where it
    fits several, its kind is `unclear`.

    Args:
        ordinary: Words that are the name of a resource only where they are marked.
    """
    tokens = list(_TOKEN.finditer(text.replace("**`", "`").replace("`**", "`")))
    parts: list[tuple[str, str]] = []
    place = 0
    while place < len(tokens):
        kind, name, length = _read(tokens, place, resources, ordinary)
        parts.append((kind, name))
        place += length
    return parts


def _read(
    tokens: list[re.Match[str]],
    place: int,
    resources: Collection[str],
    ordinary: re.Pattern[str],
) -> tuple[str, str, int]:
    """Read the part that begins at a place, with the number of tokens that it takes."""
    token = tokens[place]
    marked = token["code"] or token["bold"]
    if marked:
        fitting = [name for name in [to_valid_name(marked.rstrip(": "))] if name in resources]
        fitting = fitting or (find_by_words(marked, resources) if token["bold"] else [])
        if len(fitting) == 1:
            return "resource", fitting[0], 1
        return ("unclear" if fitting else "name"), marked.rstrip(": "), 1
    words = [t["word"] for t in tokens[place : place + _LONGEST]]
    words = list(takewhile(bool, words))
    for length in range(len(words), 0, -1):
        fitting = find_by_words(" ".join(words[:length]), resources)
        if fitting and not (length == 1 and ordinary.fullmatch(words[0].lower())):
            kind = "resource" if len(fitting) == 1 else "unclear"
            return kind, fitting[0], length
    return "word", token["word"].lower(), 1


def find_by_words(text: str, resources: Collection[str]) -> list[str]:
    """Find the resource of which a text is the name, else all of which it is in another number."""
    if (name := to_valid_name(text)) in resources:
        return [name]
    before, _, last = name.rpartition("_")
    index = _index_names(tuple(resources))
    fitting = [index.get((before, singular), ()) for singular in list_singulars(last)]
    return list(dict.fromkeys(chain.from_iterable(fitting)))


@lru_cache(maxsize=4)
def _index_names(names: tuple[str, ...]) -> dict[tuple[str, str], list[str]]:
    """Index names by what their last word may be the plural of, and by the words before it."""
    index: dict[tuple[str, str], list[str]] = {}
    for name in names:
        before, _, last = name.rpartition("_")
        for singular in list_singulars(last):
            index.setdefault((before, singular), []).append(name)
    return index
