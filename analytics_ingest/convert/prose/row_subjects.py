"""Finds the resources whose rows a clause is about: marked, in words, or around the clause.

    the records of `posts` and `comments`     each note     both resources     the records

An unknown name, or words that fit several resources, decide nothing.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.normalize.plurals import list_singulars
from analytics_ingest.convert.prose.marked_clauses import RUN, MarkedClause
from analytics_ingest.convert.prose.sentences import MOST_CHARACTERS

_GENERAL = frozenset(
    {"record", "row", "field", "column", "value", "object", "resource", "level", "other", "key"}
)
"""Words that are in any statement on rows, whatever resources are called."""
_GENERIC = r"(?:the|a|an|each|every|all|any|both|these|those|its|their|of|in|from)"
_OF_ROWS = re.compile(
    rf"\b(?:of|from|in|for|to|on|with)(?: {_GENERIC}| records?| rows?| resources?| tables?"
    r"| endpoints?| streams?| items| entries){0,6} $"
)
_BEGINS = re.compile(
    rf"^(?:{_GENERIC} |integration |connector |source |pipeline |load |import |we |only |just "
    r"|skips? |drops? |keeps? |loads? |ignores? |excludes? |discards? |imports? ){0,5}$"
)
_FRONT = re.compile(
    rf"(?:for|in|of|from|on) (?:{_GENERIC} |records? |rows? ){{0,4}}(?P<run>{RUN.pattern})"
)
_ROWS_BEHIND = re.compile(r"^ (?:records?|rows?|resources?|entries|items)\b")
_FIELD_BEFORE = re.compile(
    r"\b(?:fields?|columns?|attributes?|propert(?:y|ies)|keys?|flags?|object|values?) $"
)
_REFERS = re.compile(r"\b(?:(?:their|these|those) (?:records|rows)|those|them)\b")
_REFERS_TO_ALL = re.compile(r"\b(?:their|these|those) (?:records|rows)\b")
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "both": 2}
_GROUP = re.compile(
    r"\b(?P<which>both|all(?: of)?(?: the)?(?: these| those)?|these|those|each of the|every|each"
    r"|any of these)(?: of these)? ?(?P<number>two|three|four|five|six)?"
    r" (?P<noun>resources?|tables|endpoints|streams)\b"
)


@dataclass(frozen=True)
class Surroundings:
    """What is around a clause."""

    resources: Collection[str]
    """All that the document configures."""
    named: str | None = None
    """What the heading or the list item names."""
    group: tuple[str, ...] = ()
    """The resources that the heading lists, if it lists several."""
    text_before: str = ""
    """The sentence before."""

    @property
    def marks_before(self) -> tuple[str, ...]:
        """All names that the sentence before marks."""
        return tuple(re.findall(r"`([^`]+)`", self.text_before[:MOST_CHARACTERS]))

    @property
    def before(self) -> tuple[str, ...]:
        """The resources that the sentence before marks, else names in words."""
        names = [name for name in map(to_valid_name, self.marks_before) if name in self.resources]
        if not names:
            words = re.sub(r"`[^`]+`|\*", "", self.text_before[:MOST_CHARACTERS]).lower()
            matches = iterate_word_matches(words, self.resources)
            names = [name for match in matches for name in match.names]
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True)
class WordMatch:
    """A resource that words name."""

    start: int
    end: int
    names: tuple[str, ...]
    is_whole: bool
    """Whether the words are the whole name, not its last word only."""


def find_marked_subjects(
    clause: MarkedClause, names: Collection[str], *, may_begin: bool = False
) -> list[re.Match[str]]:
    """Find where a clause marks resources whose rows it is about.

    Args:
        may_begin: Whether the names that a clause begins with are resources: `users` with …
    """
    return [
        run
        for run in RUN.finditer(clause.text)
        if {to_valid_name(mark) for mark in clause.list_marks(run[0])} <= set(names)
        and (_is_subject(clause.text, run) or (may_begin and _begins_with(clause.text, run)))
    ]


def part_front(clause: MarkedClause, names: Collection[str]) -> MarkedClause:
    """Part the resources that a clause begins with from fields: in `users`, `email` is …"""
    front = _FRONT.match(clause.text)
    if front is None:
        return clause
    numbers = list(re.finditer(r"#\d+", front["run"]))
    known = [to_valid_name(mark) in names for mark in clause.list_marks(front["run"])]
    count = known.index(False) if False in known else 0
    end = front.start("run") + numbers[count - 1].end()
    if not count or not clause.text[end:].startswith(", #"):
        return clause
    return replace(clause, text=f"{clause.text[:end]};{clause.text[end + 1 :]}")


def list_other_runs(text: str, subjects: list[re.Match[str]]) -> list[re.Match[str]]:
    """List the marked names of a text that are not the resources that it is about."""
    known = {run[0] for run in subjects}
    return [run for run in RUN.finditer(text) if run[0] not in known]


def is_doubtful(clause: MarkedClause, run: re.Match[str], names: Collection[str]) -> bool:
    """Return whether what a clause marks as fields may be resources."""
    is_known = any(to_valid_name(mark) in names for mark in clause.list_marks(run[0]))
    return is_known and not _FIELD_BEFORE.search(clause.text[: run.start()])


def _is_subject(text: str, run: re.Match[str]) -> bool:
    before, after = text[: run.start()], text[run.end() :]
    is_named = _OF_ROWS.search(before) or _ROWS_BEHIND.match(after)
    return bool(is_named) and not _FIELD_BEFORE.search(before)


def _begins_with(text: str, run: re.Match[str]) -> bool:
    return _BEGINS.match(text[: run.start()]) is not None


def find_subjects(
    clause: MarkedClause, text: str, marked: list[re.Match[str]], around: Surroundings
) -> list[str] | None:
    """Find the resources that a clause is about; None where that is not certain.

    Args:
        text: The clause without what names fields.
        marked: Where it marks resources.
    """
    explicit = [to_valid_name(m) for run in marked for m in clause.list_marks(run[0])]
    words = list(iterate_word_matches(f"{clause.lead} | {text}", around.resources))
    names = {name for match in words for name in match.names}
    if explicit:
        return list(dict.fromkeys(explicit)) if names <= set(explicit) else None
    if words:
        is_other = around.named not in (None, *names) and not all(w.is_whole for w in words)
        return [*names] if len(names) == 1 and not is_other else None
    if group := _GROUP.search(text):
        return _find_group(group, around)
    if _REFERS.search(text) and around.before:
        is_near = around.named in (None, *around.before) and len(around.before) == 1
        return list(around.before) if is_near or _REFERS_TO_ALL.search(text) else None
    return [around.named] if around.named else list(around.group) or None


def _find_group(group: re.Match[str], around: Surroundings) -> list[str] | None:
    """Find the resources of `these three resources`: those around it, else all of them."""
    number = _NUMBERS.get(group["number"] or group["which"])
    refers = "these" in group[0] or "those" in group[0] or number is not None
    near = [
        names for names in (around.group, around.before) if len(names) == (number or len(names))
    ]
    if refers and (listed := next((names for names in near if len(names) > 1), ())):
        return list(listed)
    is_all = group["which"] == "both" or group["which"].startswith(("all", "every", "each"))
    is_all &= "these" not in group[0] and "those" not in group[0]
    fits = number in (None, len(around.resources))
    return list(around.resources) if is_all and fits else None


def remove_word_matches(text: str, names: Collection[str]) -> str:
    """Return a text without the words that name resources."""
    for match in reversed(list(iterate_word_matches(text, names))):
        text = f"{text[: match.start]}@{text[match.end :]}"
    return text


def iterate_word_matches(text: str, names: Collection[str]) -> Iterator[WordMatch]:
    """Yield the resources that words name; several where the words fit several."""
    words = list(re.finditer(r"(?<!#)\b[a-z]+\b", text))
    by_last = _index_names(tuple(names))
    longest = max((name.count("_") + 1 for name in names), default=0)
    skipped = 0
    for number in range(len(words)):
        for size in range(min(longest, len(words) - number), 0, -1):
            part = words[number : number + size]
            if number >= skipped and (match := _match_words(text, part, by_last)):
                yield match
                skipped = number + size
                break


@lru_cache(maxsize=4)
def _index_names(names: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    """Return the singulars of the last words of names, each with the names."""
    by_last: dict[str, list[str]] = {}
    for name in names:
        for form in list_singulars(name.rpartition("_")[2]):
            by_last.setdefault(form, []).append(name)
    return by_last


def _match_words(
    text: str, part: list[re.Match[str]], by_last: Mapping[str, Sequence[str]]
) -> WordMatch | None:
    forms = list_singulars(part[-1][0])
    last = dict.fromkeys(name for form in sorted(forms) for name in by_last.get(form, ()))
    if not last or (len(part) == 1 and forms & _GENERAL):
        return None
    start, end = part[0].start(), part[-1].end()
    words = re.split(r"[ -]", text[start:end])
    if len(words) != len(part):
        return None
    whole = [name for name in last if name.split("_")[:-1] == words[:-1]]
    fitting = whole or (list(last) if len(part) == 1 else [])
    return WordMatch(start, end, tuple(fitting), bool(whole)) if fitting else None
