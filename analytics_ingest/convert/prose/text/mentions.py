"""Finds the names that a text mentions: resources, marked or in words, and other marked names.

Deals use `mdate`, and each order line has a `date`   →   deals  mdate  order_lines  date

Every reader of prose takes the names of a text from here. A mention says how sure it is: readers
of whole tables want the name itself, readers of rows also take `each note` and its last word.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from analytics_ingest.common.plurals import list_singulars
from analytics_ingest.convert.normalize.names import to_valid_name

_MARKED = re.compile(r"`(?P<code>[^`]+)`|\*\*(?! )(?P<bold>[^*`]+)\*\*")
_NAME = re.compile(r"[A-Za-z_][\w.\[\]$-]*")
_LIST = re.compile(r" ?, ?(?:and )?| and ")
_WORD = re.compile(r"(?<![\w#.-])\w+(?:-\w+)*(?![\w-]|\.\w)")
"""Neither a step of a path such as `data.orders` nor the number of a mark."""
_GENERAL = frozenset(
    {"record", "row", "field", "column", "value", "object", "resource", "level", "other", "key"}
)
"""Words that are in any statement on rows; they name a resource only where they are marked."""
_REST = re.compile(
    r"\b(?:the|all|any)? ?(?:other|remaining|rest of the) (?:resources|streams|endpoints|tables"
    r"|listings|ones)\b|\b(?:all|the) others\b|\bthe rest\b",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\b(?:all|each|every|both|none) (?:of )?(?:the |these |its )?(?:\w+ )?"
    r"(?:resources?|streams?|endpoints?|tables?|listings?|them)\b|^\W*the (?:resources|streams)\b",
    re.IGNORECASE,
)

_EXCEPTED = re.compile(
    r"\b(?:unlike|except|but|besides|other than|apart from|in contrast to|as opposed to|not)"
    r"(?: for| of)? (?:the )?$",
    re.IGNORECASE,
)
_LISTED = re.compile(r"\s*(?:,|,? and|,? or|,? nor)\s+(?:the )?", re.IGNORECASE)

_Index = dict[tuple[str | None, str], list[str]]
"""Names by the words before their last one, None for any, and a singular of the last one."""


class Mention(NamedTuple):
    """One name in a text."""

    start: int
    end: int
    text: str
    """As it is written, without its marks."""
    names: tuple[str, ...] = ()
    """The resources that it may be: one where that is clear, none for the name of anything else."""
    mark: str = ""
    """What marks it: code or bold; empty for words."""
    is_exact: bool = True
    """Whether it is the name itself or its plural, not its singular or its last word only."""
    is_whole: bool = True
    """Whether it is not the last word of a name only."""

    @property
    def resource(self) -> str | None:
        """The resource of which it is the very name."""
        return self.names[0] if self.is_exact and len(self.names) == 1 else None

    @property
    def name(self) -> str:
        """The resource, or the name of anything else."""
        return self.resource or self.text

    @property
    def is_field(self) -> bool:
        """Whether it may be the name of a field or a parameter."""
        return self.mark == "code" and not self.names and _NAME.fullmatch(self.text) is not None


def find_mentions(text: str, resources: Collection[str]) -> list[Mention]:
    """Find the names in a text, in order: all marked ones, and resources in words."""
    return list(_find_mentions(text, tuple(resources)))


@lru_cache(maxsize=512)
def _find_mentions(text: str, resources: tuple[str, ...]) -> tuple[Mention, ...]:
    """Find them once: many readers look at the same clause."""
    plain = text.replace("**`", "  `").replace("`**", "`  ")
    matches = list(_MARKED.finditer(plain))
    marked = [mention for match in matches for mention in _read_mark(match, resources)]
    in_words = _find_in_words(_MARKED.sub(_blank, plain), resources)
    return tuple(sorted([*marked, *in_words], key=lambda mention: mention.start))


def find_by_name(text: str, resources: Collection[str]) -> tuple[str, ...]:
    """Find the resource of which a text is the name, else all of which it is in another number."""
    return _find_fitting(to_valid_name(text), _index_names(tuple(resources)))


def replace_mentions(text: str, mentions: Sequence[Mention], by: str) -> str:
    """Return a text with something else in the place of its names."""
    # One mark may list several names.
    for start, end in sorted({(m.start, m.end) for m in mentions}, reverse=True):
        text = f"{text[:start]}{by}{text[end:]}"
    return text


def mask_resources(text: str, resources: Collection[str]) -> str:
    """Return a text with `@` in the place of the words that name resources."""
    return replace_mentions(text, find_mentions(text, resources), "@")


def list_excepted(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """List the names that a text excepts: `unlike orders and users`."""
    excepted: list[Mention] = []
    end = -1
    for mention in mentions:
        follows = end >= 0 and _LISTED.fullmatch(text[end : mention.start])
        if follows or _EXCEPTED.search(text[: mention.start]):
            excepted.append(mention)
            end = mention.end
        else:
            end = -1
    return excepted


def speaks_of_rest(clause: str) -> bool:
    """Return whether a clause speaks of all resources but those that are named before."""
    return _REST.search(clause) is not None


def speaks_of_all(clause: str) -> bool:
    """Return whether a clause speaks of all resources."""
    return _ALL.search(clause) is not None and not speaks_of_rest(clause)


def _read_mark(match: re.Match[str], resources: Collection[str]) -> Iterator[Mention]:
    """Yield the resources of a mark, which may list several, or the one name that it is."""
    text = " ".join((match["code"] or match["bold"]).split()).strip(": ").rstrip(".")
    mark = "code" if match["code"] else "bold"
    parts = [to_valid_name(part) for part in _LIST.split(text)]
    if all(part in resources for part in parts):
        yield from (Mention(*match.span(), part, (part,), mark) for part in parts)
        return
    # In code, a singular is the name of a field: `order` is not the resource orders.
    names = find_by_name(text, resources) if mark == "bold" else ()
    yield Mention(*match.span(), text, names, mark, is_exact=_is_exact(text, names))


def _find_in_words(text: str, resources: Collection[str]) -> Iterator[Mention]:
    """Yield the resources that are named in words, the longest of those at one place."""
    index = _index_names(tuple(resources))
    longest = max((name.count("_") + 1 for name in resources), default=0)
    words = [(match, to_valid_name(match[0])) for match in _WORD.finditer(text)]
    end = 0
    for number, (match, _) in enumerate(words):
        if match.start() >= end:
            runs = (words[number : number + size] for size in range(longest, 0, -1))
            mentions = (_read_words(text, run, index) for run in runs)
            if mention := next(filter(None, mentions), None):
                yield mention
                end = mention.end


def _read_words(
    text: str, words: Sequence[tuple[re.Match[str], str]], index: _Index
) -> Mention | None:
    """Read words as the name of a resource, a single word also as the last one of a name."""
    name = "_".join(valid for _, valid in words)
    names = _find_fitting(name, index)
    is_exact, is_whole = _is_exact(name, names), bool(names)
    if not names and "_" not in name:
        names = _look_up(None, name, index)
    start, end = words[0][0].start(), words[-1][0].end()
    is_run = re.split(r"\s", text[start:end]) == [match[0] for match, _ in words]
    if not names or not is_run or not list_singulars(name).isdisjoint(_GENERAL):
        return None
    return Mention(start, end, text[start:end], names, "", is_exact, is_whole)


def _find_fitting(name: str, index: _Index) -> tuple[str, ...]:
    """Find the resource of a name, else all of which it is in another number."""
    before, _, last = name.rpartition("_")
    names = _look_up(before, last, index)
    return (name,) if name in names else names


def _look_up(before: str | None, last: str, index: _Index) -> tuple[str, ...]:
    forms = sorted(list_singulars(last))
    return tuple(dict.fromkeys(name for form in forms for name in index.get((before, form), ())))


def _is_exact(text: str, names: Sequence[str]) -> bool:
    """Return whether a text is a name, or the plural of one."""
    if not names:
        return False
    before, _, last = to_valid_name(text).rpartition("_")
    plurals = {f"{before}_{form}".strip("_") for form in list_singulars(last)}
    return not plurals.isdisjoint(names)


@lru_cache(maxsize=4)
def _index_names(names: tuple[str, ...]) -> _Index:
    """Index names by what their last word may be the plural of, and by the words before it."""
    index: _Index = {}
    for name in names:
        before, _, last = name.rpartition("_")
        for singular in list_singulars(last):
            index.setdefault((before, singular), []).append(name)
            index.setdefault((None, singular), []).append(name)
    return index


def _blank(match: re.Match[str]) -> str:
    """Return what takes the place of a match, so that no other is there."""
    return "\0" * len(match[0])
