"""Takes a passage of prose apart: into the names that it mentions and the words between them.

A reader that knows all words of a statement takes a passage only if it has no other: the parts tell
which words these are. `take_apart_with_paths` also tells paths and selectors from other names.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.text.mentions import Mention, find_mentions

_TOKEN = re.compile(r"(?P<path>(?<![\w/])/[\w{][\w/{}.:-]*)|(?P<word>\w+)")
_WHOLE_PATH = re.compile(r"/?[\w{<][\w/{}<>.-]*")
_METHOD = re.compile(r"GET\s+")
_BEFORE_PATH = re.compile(r"\b(?:paths?|urls?|routes?)(?: (?:is|are|and|at|respectively))*$")
_BEFORE_SELECTOR = re.compile(
    r"\b(?:selectors?|(?:rows|records)(?: (?:are|lie))?(?: (?:in|under|at))?)(?: (?:is|are|and))*$"
)


@dataclass(frozen=True)
class Part:
    """A piece of a passage."""

    kind: str
    """resource, unclear (one of several), name (of anything else), path, selector or word."""
    text: str
    """Of a resource: its name; of a word: in lower case."""
    before: str = ""
    """The words since the last part that is not a word."""


@dataclass(frozen=True)
class NamedPath:
    """A name in a passage, with the path and the selector that the passage gives it."""

    name: str
    path: str | None
    selector: str | None


def take_apart(text: str, resources: Collection[str], ordinary: re.Pattern[str]) -> list[Part]:
    """Take a text apart into resources, other marked names and words.

    Args:
        ordinary: Words that are the name of a resource only where they are marked.
    """
    mentions = [
        mention
        for mention in find_mentions(text, resources)
        if mention.mark or (mention.is_whole and not ordinary.fullmatch(mention.text.lower()))
    ]
    return [_classify(piece) for piece in _split(text, mentions)]


def take_apart_with_paths(passage: str, known: Collection[str]) -> list[Part]:
    """Take a passage apart into names, paths, selectors and words; all names are valid ones."""
    parts: list[Part] = []
    before = ""
    mentions = [each for each in find_mentions(passage, known) if each.mark or each.resource]
    for piece in _split(passage, mentions):
        part = _classify_with_path(piece, before)
        parts.append(part)
        before = f"{before} {part.text}".strip() if part.kind == "word" else ""
    return parts


def list_words(parts: Iterable[Part]) -> set[str]:
    """List the words of a passage."""
    return {part.text for part in parts if part.kind == "word"}


def list_texts(parts: Iterable[Part], kind: str) -> list[str]:
    """List the parts of a kind, in order."""
    return [part.text for part in parts if part.kind == kind]


def pair_paths(names: Collection[str], parts: Collection[Part]) -> list[NamedPath] | None:
    """Give names the paths and selectors of a passage; None where they are not one for each."""
    paths = list_texts(parts, "path") or [None] * len(names)
    selectors = list_texts(parts, "selector") or [None] * len(names)
    if not len(names) == len(paths) == len(selectors) == len(set(names)):
        return None
    return list(map(NamedPath, names, paths, selectors))


def _split(text: str, mentions: Iterable[Mention]) -> Iterator[Mention | re.Match[str]]:
    """Yield the mentions of a text, and the paths and words between them."""
    end = 0
    for mention in mentions:
        yield from _TOKEN.finditer(text, end, mention.start)
        yield mention
        end = mention.end
    yield from _TOKEN.finditer(text, end)


def _classify(piece: Mention | re.Match[str]) -> Part:
    if isinstance(piece, re.Match):
        return Part("word", piece[0].lower())
    if not piece.names:
        return Part("name", piece.text)
    return Part("resource" if len(piece.names) == 1 else "unclear", piece.names[0])


def _classify_with_path(piece: Mention | re.Match[str], before: str) -> Part:
    is_mention = isinstance(piece, Mention)
    text = _METHOD.sub("", piece.text) if is_mention else piece[0]
    is_path = "/" in text or (is_mention and piece.mark and _BEFORE_PATH.search(before))
    if is_path:
        path = text.rstrip(".:")
        # Neither a URL nor a request of another method.
        kind = "path" if _WHOLE_PATH.fullmatch(path) else "word"
        return Part(kind, path if kind == "path" else text.lower(), before)
    if not is_mention:
        return Part("word", text.lower(), before)
    if piece.mark and _BEFORE_SELECTOR.search(before):
        return Part("selector", text, before)
    return Part("name", to_valid_name(text), before)
