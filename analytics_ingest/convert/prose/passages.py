"""Takes a passage of prose apart: into names, paths, selectors, and the words between them."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from analytics_ingest.convert.normalize.names import to_valid_name

_PART = re.compile(
    r"`(?:GET\s+)?(?P<quoted>[^`]+)`|\*\*(?P<bold>[^*`]+)\*\*"
    r"|(?P<path>(?<![\w/])/[\w{][\w/{}.:-]*)|(?P<word>\w+)"
)
_WHOLE_PATH = re.compile(r"/?[\w{<][\w/{}<>.-]*")
_BEFORE_PATH = re.compile(r"\b(?:paths?|urls?|routes?)(?: (?:is|are|and|at|respectively))*$")
_BEFORE_SELECTOR = re.compile(
    r"\b(?:selectors?|(?:rows|records)(?: (?:are|lie))?(?: (?:in|under|at))?)(?: (?:is|are|and))*$"
)


@dataclass(frozen=True)
class Part:
    """A piece of a passage; its kind is word, name, path or selector."""

    kind: str
    text: str
    """Of a name: the valid name; of a word: in lower case."""
    before: str = ""
    """The words since the last part that is not a word."""


@dataclass(frozen=True)
class NamedPath:
    """A name in a passage, with the path and the selector that the passage gives it."""

    name: str
    path: str | None
    selector: str | None


def take_apart(passage: str, known: Collection[str]) -> list[Part]:
    """Take a passage apart; a word without marks is a name only if it is known."""
    parts: list[Part] = []
    before = ""
    for match in _PART.finditer(passage.replace("**`", "`").replace("`**", "`")):
        part = _classify(match, before, known)
        parts.append(part)
        before = f"{before} {part.text}".strip() if part.kind == "word" else ""
    return parts


def list_words(parts: Iterable[Part]) -> set[str]:
    """List the words of a passage."""
    return {part.text for part in parts if part.kind == "word"}


def pair_paths(names: Collection[str], parts: Collection[Part]) -> list[NamedPath] | None:
    """Give names the paths and selectors of a passage; None where they are not one for each."""
    paths = [part.text for part in parts if part.kind == "path"] or [None] * len(names)
    selectors = [part.text for part in parts if part.kind == "selector"] or [None] * len(names)
    if not len(names) == len(paths) == len(selectors) == len(set(names)):
        return None
    return list(map(NamedPath, names, paths, selectors))


def _classify(match: re.Match[str], before: str, known: Collection[str]) -> Part:
    marked = match["quoted"] or match["bold"]
    text = marked or match["path"] or match["word"]
    if match["path"] or (marked and ("/" in text or _BEFORE_PATH.search(before))):
        path = text.rstrip(".:")
        is_path = _WHOLE_PATH.fullmatch(path)  # Neither a URL nor a request of another method.
        return Part("path", path, before) if is_path else Part("word", text.lower(), before)
    if marked and _BEFORE_SELECTOR.search(before):
        return Part("selector", text, before)
    name = to_valid_name(text)
    is_name = marked or (text == name and name in known)
    return Part("name", name, before) if is_name else Part("word", text.lower(), before)
