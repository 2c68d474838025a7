"""Finds the resources whose rows a clause is about: marked, in words, or around the clause.

    the records of `posts` and `comments`     each note     both resources     the records

An unknown name, or words that fit several resources, decide nothing.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import pairwise

from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.text.line_subjects import find_first_subject
from analytics_ingest.convert.prose.text.marked_clauses import RUN, MarkedClause
from analytics_ingest.convert.prose.text.mentions import Mention, find_mentions
from analytics_ingest.convert.prose.text.sentences import MOST_CHARACTERS

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
_BETWEEN_NAMES = re.compile(r"(?:, and|,| and)(?: the)? ")
_OF_EVERY_ROW = re.compile(
    r"\b(?:of|from|in|on|to|for) (?:each|every|all(?: the)?) (?:records?|rows?)\b"
    r"(?! (?:of|from|in)\b)"
)
_OF_THE_ROWS = re.compile(r"(?<!all )\b(?:the|its|their) (?:records|rows)\b")
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
    is_same_line: bool = False
    """Whether that is in the same line."""
    is_on_changes: bool = False
    """Whether a heading, a label or another clause of the line says that rows are changed."""
    is_on_all: bool = False
    """Whether `every record`, in a sentence that names no resource, can only be of all of them."""
    is_on_changes_of_all: bool = False
    """Whether the line names no resource, below headings on changed rows and on no resource."""
    names_all: bool = False
    """Whether the line names all resources, so that its other sentences are on all of them too."""
    follows_filter: bool = False
    """Whether the statement before, in the same sentence, drops rows."""

    def widen(self, *, is_on_all: bool, names_all: bool) -> "Surroundings":
        """Return what is around the first clause of a line that is on no resource of its own."""
        return replace(self, is_on_all=is_on_all or names_all, names_all=names_all)

    def follow(self, clause: str) -> "Surroundings":
        """Return what is around the next clause of the line."""
        return replace(self, text_before=clause, is_same_line=True, is_on_all=self.names_all)

    @property
    def marks_before(self) -> tuple[str, ...]:
        """All names that the sentence before marks."""
        return tuple(re.findall(r"`([^`]+)`", self.text_before[:MOST_CHARACTERS]))

    @property
    def before(self) -> tuple[str, ...]:
        """The resources that the sentence before marks, else names in words."""
        mentions = find_mentions(self.text_before[:MOST_CHARACTERS], self.resources)
        marked = [m for m in mentions if m.mark and m.names]
        return tuple(dict.fromkeys(name for m in marked or mentions for name in m.names))


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
    words = find_mentions(f"{clause.lead} | {text}", around.resources)
    names = {name for match in words for name in match.names}
    if explicit:
        return list(dict.fromkeys(explicit)) if names <= set(explicit) else None
    if words:
        near = {around.named} if around.named else set(around.group)
        is_other = near and near.isdisjoint(names)
        is_clear = len(names) == 1 or _are_list(f"{clause.lead} | {text}", words)
        listed = list(dict.fromkeys(name for word in words for name in word.names))
        return listed if is_clear and not is_other else None
    if group := _GROUP.search(text):
        return _find_group(group, around)
    if _REFERS.search(text) and around.before:
        is_near = around.named in (None, *around.before) and len(around.before) == 1
        return list(around.before) if is_near or _REFERS_TO_ALL.search(text) else None
    if around.named or around.group:
        return [around.named] if around.named else list(around.group)
    return _find_around(text, around)


def names_nothing(
    clause: MarkedClause, text: str, marked: list[re.Match[str]], around: Surroundings
) -> bool:
    """Return whether neither a clause nor what it belongs to says which resources are meant."""
    words = find_mentions(f"{clause.lead} | {text}", around.resources)
    is_named = marked or words or around.named or around.group
    return not (is_named or _GROUP.search(text) or _REFERS.search(text))


def _are_list(text: str, mentions: list[Mention]) -> bool:
    """Return whether resources in words are listed: teachers, courses and students."""
    between = [text[one.end : other.start] for one, other in pairwise(mentions)]
    return all(map(_BETWEEN_NAMES.fullmatch, between)) and all(m.resource for m in mentions)


def list_group(text: str, around: Surroundings) -> list[str] | None:
    """List the resources of a text in lower case on several: both resources; None for another."""
    group = _GROUP.search(text)
    return _find_group(group, around) if group else None


def _find_around(text: str, around: Surroundings) -> list[str] | None:
    """Find the resources of `every record`: of the sentence before, or all of them."""
    if around.is_on_all and _OF_EVERY_ROW.search(text):
        return list(around.resources)
    subject = find_first_subject(around.text_before[:MOST_CHARACTERS], around.resources)
    is_near = subject is not None and around.is_same_line and around.before == (subject,)
    return [subject] if subject and is_near and _OF_THE_ROWS.search(text) else None


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
