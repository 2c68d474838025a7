"""Reads which parameters send the bounds of a window: ``limited by `since` ``.

Only where a clause, or the column of a table, says that parameters bound a time.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from analytics_ingest.convert.prose.text.line_subjects import find_cell
from analytics_ingest.convert.prose.text.mentions import Mention, find_mentions, replace_mentions
from analytics_ingest.convert.prose.text.passages import Clause, Passage, Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement
from analytics_ingest.convert.prose.windows.bound_names import (
    OF_CHANGES,
    ON_CHANGE,
    ON_CREATION,
    Bounds,
    find_bounds,
    list_words,
)
from analytics_ingest.convert.prose.windows.cursor_statements import has_other_owner
from analytics_ingest.convert.prose.windows.denied_parameters import (
    find_denied_parameters,
    find_unbounded,
)
from analytics_ingest.convert.prose.windows.window_lengths import remove_limits
from analytics_ingest.convert.prose.words.setting_mentions import list_configured
from analytics_ingest.convert.prose.words.time_names import is_time

_ON_PARAMETERS = re.compile(
    r"\b(?:param\w*|filter\w*|restrict\w*|limit(?:s|ed)?|delimit\w*|narrow\w*|interval|range"
    r"|between|bound(?:s|ed)?|windows?)\b",
    re.IGNORECASE,
)
_SENDS = re.compile(
    r"\b(?:takes?|accepts?|sent|sends?|pass(?:es|ed)?|(?:requested|queried) (?:with|by|via))\b",
    re.IGNORECASE,
)
_ON_REQUESTS = re.compile(
    rf"{_SENDS.pattern}|\b(?:param\w*|filter\w*|restrict\w*|limit(?:s|ed)?|delimit\w*|narrow\w*"
    r"|quer\w+|requests?|bounds?|bounded)\b",
    re.IGNORECASE,
)
_SENDS_IT = re.compile(rf"{_SENDS.pattern}|\b(?:with|by|as|via)\b", re.IGNORECASE)
"""What names parameters in a line on the cursor."""
_LABEL = re.compile(
    r"[\W_]*(?:incremental\w*|windows?|cursor)(?: (?!page)\w+)?[\W_]*:", re.IGNORECASE
)
"""What begins a line on the cursor, not on pages."""
_SAME = re.compile(r"\bsame (?:two )?param\w*\b", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\b(?:settings?|config\w*|first window|ignor\w*|unused"
    r"|body|headers?|path|pages?|paging|paginat\w*|limit \d|expression|sort\w*|offset|rank\w*"
    r"|(?:first|last) rows?|row numbers?|ids|reports?|UI|as fields?|the fields?|retr(?:y|ies)|rate"
    r"|backoff|client|currenc\w+|price\w*|amount\w*|sender|deliver\w*|ship\w*|due|valid\w*|book\w*)\b",
    re.IGNORECASE,
)
_WITHOUT_ZONE = re.compile(r"\bwithout (?:an? )?(?:time ?zone |zone |UTC )?offset\b", re.IGNORECASE)
_TITLE = re.compile(r"(?:windows?|bounds?|(?:window|date|time) (?:filters?|parameters?))", re.I)
_OF_PARAM = r"(?:param\w*|filters?|bound|window)"
_FOR = r"(?: (?:for|of|at|with|sending|that|sends|the|a|window|period|interval|date|time)){0,5}"
_START_TITLE, _END_TITLE = (
    re.compile(rf"{_OF_PARAM}{_FOR} {bound}|(?:window |period )?{bound} {_OF_PARAM}", re.I)
    for bound in (
        r"(?:start|begin(?:ning)?|lower bound|from|since|lower)",
        r"(?:end|upper bound|to|until|upper)",
    )
)
_COMPARED = re.compile(
    r"\b(?:param\w*|filters?|bounds?)\b[^`]*\b(?:compared (?:with|to)|appl(?:y|ies) to|refers? to"
    r"|relates? to|filters? (?:by|on))\b[^`]*$",
    re.IGNORECASE,
)
"""What is before the field that all parameters bound."""


class Statement(NamedTuple):
    """What a clause or a row says of the parameters that send windows."""

    bounds: Bounds
    text: str = ""
    """The clause, without its names."""
    times: tuple[str, ...] = ()
    """The other times that it names: what the parameters bound."""

    @property
    def is_on_requests(self) -> bool:
        """Whether it says that requests send them, not only where a range begins."""
        return not self.text or _ON_REQUESTS.search(self.text) is not None

    def fits(self, cursor: str) -> bool:
        """Return whether the parameters bound a cursor, and not another time."""
        if self.times and cursor not in self.times:
            return False
        is_on_creation, is_on_change = ON_CREATION.search(self.text), ON_CHANGE.search(self.text)
        is_of_changes = ON_CHANGE.search(cursor) and not ON_CREATION.search(cursor)
        return not (is_of_changes and is_on_creation and not is_on_change)


@dataclass
class StatedBounds:
    """What the prose says of the parameters that send windows."""

    of: dict[str, Statement] = field(default_factory=dict)
    """The first statement on each resource."""
    compared: set[str] = field(default_factory=set)
    """The fields with which the API compares the parameters of all resources."""


def read_bounds(prose: Prose) -> StatedBounds:
    """Read the parameters that clauses and tables state."""
    stated = StatedBounds()
    last, denied = Statement({}), find_denied_parameters(prose)
    settings = list_configured(prose.document)
    without, compared = find_unbounded(prose)
    for passage in prose.passages:
        if passage.line.cells:
            for name, bounds in _read_row(passage):
                stated.of.setdefault(name, Statement(bounds))
            continue
        for clause in () if passage.line.is_heading else passage.clauses:
            stated.compared.update(_find_compared(clause))
            for names, statement in _read_clause(clause, passage, last):
                others = denied if statement.is_on_requests else denied | settings
                if not others.isdisjoint(statement.bounds.values()):
                    continue
                last = statement
                unbounded = without - {None} if statement.is_on_requests else compared
                for name in () if None in unbounded else names:
                    if name not in unbounded:
                        stated.of.setdefault(name, statement)
    return stated


def _read_row(passage: Passage) -> Iterator[tuple[str, Bounds]]:
    """Yield the resource of a row with the bounds of its column, or of its two columns."""
    if row := find_cell(passage.line, _TITLE, passage.resources):
        if bounds := find_bounds("", _find_names(row[1])):
            yield row[0], bounds
        return
    rows = [find_cell(passage.line, each, passage.resources) for each in (_START_TITLE, _END_TITLE)]
    names = [_find_names(row[1]) if row else [] for row in rows]
    if rows[0] and len(names[0]) == 1 and len(names[1]) <= 1:
        ends = {"end": names[1][0].name} if names[1] else {}
        yield rows[0][0], {"start": names[0][0].name, **ends}


def _find_names(cell: str) -> list[Mention]:
    return [mention for mention in find_mentions(cell, ()) if mention.is_field]


def _find_compared(clause: Clause) -> Iterator[str]:
    """Yield the field with which a clause on all parameters says that they are compared."""
    fields = [mention for mention in clause.mentions if not mention.resource]
    is_plain = is_statement(clause.text) and not is_conditional(clause.text)
    if len(fields) == 1 and not clause.subjects and is_plain:
        before = re.sub(r"`[^`]*`", "x", clause.text[: fields[0].start])
        if _COMPARED.search(before):
            yield fields[0].name


def _read_clause(
    clause: Clause, passage: Passage, last: Statement
) -> list[tuple[Sequence[str], Statement]]:
    """Read the bounds of a clause, each with its resources.

    Args:
        last: That of an earlier clause: `with the same parameters`.
    """
    text = _WITHOUT_ZONE.sub("", replace_mentions(clause.text, clause.mentions, " "))
    is_other = _ELSEWHERE.search(text) or is_conditional(text)
    if is_other or not is_statement(remove_limits(_WITHOUT_ZONE.sub("", clause.text))):
        return []
    stated = [
        (names, _build_statement(text, fields, bounds))
        for names, fields in clause.pair()
        if (bounds := find_bounds(clause.text, fields))
        and _says_that_they_bound(clause, passage, bounds)
        and not has_other_owner(clause, names)
    ]
    if not stated and last.bounds and _SAME.search(text) and _ON_PARAMETERS.search(text):
        return [(clause.subjects, last)]
    return stated


def _build_statement(text: str, fields: Sequence[Mention], bounds: Bounds) -> Statement:
    others = [f.name for f in fields if f.name not in bounds.values() and is_time(f.name)]
    return Statement(bounds, text, tuple(name for name in others if not _is_format(name)))


def _is_format(name: str) -> bool:
    return re.fullmatch(r"[YMDHShms\WTZ]+", name) is not None


def _says_that_they_bound(clause: Clause, passage: Passage, bounds: Bounds) -> bool:
    """Return whether a clause says that names are parameters that bound a time.

    It does on a line on the cursor, and where the names themselves say: `updatedSince`.
    """
    if _ON_PARAMETERS.search(clause.text):
        return True
    text = replace_mentions(clause.text, clause.mentions, " ")
    is_on_cursor = _LABEL.match(passage.line.text) and _SENDS_IT.search(text)
    are_on_changes = all(list_words(name) & OF_CHANGES for name in bounds.values())
    return bool(is_on_cursor or (are_on_changes and _SENDS.search(text)))
