"""Reads which parameters send the bounds of a window: ``limited by `since` ``.

Only where a clause, or the column of a table, says that parameters bound a time, and where their
names or the words around them say which bound each is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from analytics_ingest.convert.prose.line_subjects import find_cell
from analytics_ingest.convert.prose.mentions import Mention, find_mentions, replace_mentions
from analytics_ingest.convert.prose.passages import Clause, Passage, Prose
from analytics_ingest.convert.prose.sentences import is_conditional, is_statement
from analytics_ingest.convert.prose.window_lengths import remove_limits

Bounds = dict[str, str]
"""start and end → the parameter."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_STARTS = ("start", "from", "since", "after", "gt", "gte", "ge", "min", "begin", "lower")
_ENDS = ("end", "to", "until", "till", "before", "lt", "lte", "le", "max", "upper")
_JOINED = re.compile(
    rf"(?P<bound>{'|'.join((*_STARTS, *_ENDS))})(?P<time>date|time|datetime|timestamp|day)"
)
"""Two words of a name without anything between them: `fromdate`."""
_OF_TIME = (
    *("date", "time", "datetime", "timestamp", "ts", "day", "at", "on", "utc", "last", "updated"),
    *("change", "modification", "update", "modified", "changed", "created", "creation", "filter", "filters", "query", "f"),
)
"""Words in the name of a bound that leave open what it bounds, or say that it is a time."""
BOUND_WORDS = frozenset({*_STARTS, *_ENDS, *_OF_TIME})
"""Words of a parameter that do not say of which field it is a bound."""
_CHANGES = frozenset({"updated", "update", "modified", "changed", "modification", "change"})
_TIME = re.compile(
    r"%[YmdHs]|\b(?:unix|epoch|intervals?|windows?|dates?|times?|timestamps?|moments?|days?|incremental\w*|since"
    r"|updated|modified|changed|created)\b",
    re.IGNORECASE,
)
_ON_PARAMETERS = re.compile(
    r"\b(?:param\w*|filter\w*|restrict\w*|limit(?:s|ed)?|delimit\w*|narrow\w*|interval|range"
    r"|between|bound(?:s|ed)?|windows?)\b",
    re.IGNORECASE,
)
_SENDS = re.compile(
    r"\b(?:takes?|accepts?|sent|sends?|pass(?:es|ed)?|with|by|as|via)\b", re.IGNORECASE
)
_LABEL = re.compile(
    r"[\W_]*(?:incremental\w*|windows?|cursor)(?: (?!page)\w+)?[\W_]*:", re.IGNORECASE
)
"""What begins a line on the cursor, not on pages."""
_SINCE = re.compile(
    r"\b(?:since|after|newer than|later than) (?:this|that|it|the given|a given|its)\b", re.I
)
_ROLE = (
    r"\W*(?:(?:which|that|is|as|are|holds?|takes?|marks?|gives?|contains?|for|names?|\() ?){0,2}"
    r"(?:the |its )?"
)
_IS_START = re.compile(
    rf"{_ROLE}(?:start|begin\w*|first (?:day|date)|lower (?:bound|limit))\b", re.I
)
_IS_END = re.compile(rf"{_ROLE}(?:end|last (?:day|date)|upper (?:bound|limit))\b", re.IGNORECASE)
_OF_WINDOW = re.compile(
    r"\b(?:windows?|periods?|intervals?|date range|time range)\b", re.IGNORECASE
)
_SAME = re.compile(r"\bsame (?:two )?param\w*\b", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\b(?:body|headers?|path|pages?|paging|paginat\w*|limit \d|expression|sort\w*|offset|rank\w*"
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


@dataclass
class StatedBounds:
    """What the prose says of the parameters that send windows."""

    of: dict[str, Bounds] = field(default_factory=dict)
    """Resource → its parameters; the first statement on each."""
    compared: set[str] = field(default_factory=set)
    """The fields with which the API compares the parameters of all resources."""


def read_bounds(prose: Prose) -> StatedBounds:
    """Read the parameters that clauses and tables state."""
    stated = StatedBounds()
    last: Bounds = {}
    for passage in prose.passages:
        if passage.line.cells:
            for name, bounds in _read_row(passage):
                stated.of.setdefault(name, bounds)
            continue
        for clause in () if passage.line.is_heading else passage.clauses:
            stated.compared.update(_find_compared(clause))
            for names, bounds in _read_clause(clause, passage, last):
                last = bounds
                for name in names:
                    stated.of.setdefault(name, bounds)
    return stated


def _read_row(passage: Passage) -> Iterator[tuple[str, Bounds]]:
    """Yield the resource of a row with the bounds of its column, or of its two columns."""
    if row := find_cell(passage.line, _TITLE, passage.resources):
        if bounds := _find_bounds("", _find_names(row[1])):
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
    clause: Clause, passage: Passage, last: Bounds
) -> list[tuple[Sequence[str], Bounds]]:
    """Read the bounds of a clause, each with its resources.

    Args:
        last: Those of an earlier clause: `with the same parameters`.
    """
    text = _WITHOUT_ZONE.sub("", replace_mentions(clause.text, clause.mentions, " "))
    is_other = _ELSEWHERE.search(text) or is_conditional(text)
    if is_other or not is_statement(remove_limits(_WITHOUT_ZONE.sub("", clause.text))):
        return []
    pairs = [(names, _find_bounds(clause.text, fields)) for names, fields in clause.pair()]
    stated = [(n, b) for n, b in pairs if b and _says_that_they_bound(clause, passage, b)]
    if not stated and last and _SAME.search(text) and _ON_PARAMETERS.search(text):
        return [(clause.subjects, last)]
    return stated


def _says_that_they_bound(clause: Clause, passage: Passage, bounds: Bounds) -> bool:
    """Return whether a clause says that names are parameters that bound a time.

    It does on a line on the cursor, and where the names themselves say: `updatedSince`.
    """
    if _ON_PARAMETERS.search(clause.text):
        return True
    if not _SENDS.search(replace_mentions(clause.text, clause.mentions, " ")):
        return False
    is_on_cursor = _LABEL.match(passage.line.text) is not None
    return is_on_cursor or all(list_words(name) & _CHANGES for name in bounds.values())


def _find_bounds(text: str, fields: Sequence[Mention]) -> Bounds:
    """Find the parameters that send bounds, by their names or roles; without a start none."""
    words = {field.name: list_words(field.name) for field in fields}
    bounds: Bounds = {}
    for bound, marks in (("start", _STARTS), ("end", _ENDS)):
        names = [name for name, own in words.items() if own & set(marks)]
        if len(names) == 1:
            bounds[bound] = names[0]
    params = [field.name for field in fields if _is_param(text, field)]
    if not bounds and _OF_WINDOW.search(text):
        bounds = _find_roles(text, fields)
    if not bounds and len(params) == 1 and _SINCE.search(text):
        bounds["start"] = params[0]
    is_whole = "start" in bounds and len(set(bounds.values())) == len(bounds)
    return bounds if is_whole and _are_of_time(text, bounds) else {}


def _find_roles(text: str, fields: Sequence[Mention]) -> Bounds:
    """Find the parameters of which a clause says which bound each is."""
    roles = (("start", _IS_START), ("end", _IS_END))
    named = {key: [f.name for f in fields if role.match(text, f.end)] for key, role in roles}
    return {key: names[0] for key, names in named.items() if len(names) == 1}


def list_words(name: str) -> set[str]:
    """List the words of a name, in lower case; `fromdate` has two."""
    words = {word.lower() for word in _WORD.findall(name)}
    joined = [match for word in words if (match := _JOINED.fullmatch(word))]
    parts = {part for match in joined for part in match.groups()}
    return (words - {match[0] for match in joined}) | parts


def _are_of_time(text: str, bounds: Bounds) -> bool:
    """Return whether bounds are those of a time, by their names or by what is said of them."""
    words = set[str]().union(*map(list_words, bounds.values()))
    is_named = not words.isdisjoint({"since", "until", *_OF_TIME} - {"filter", "filters", "query"})
    return is_named or not text or _TIME.search(re.sub(r"`[A-Za-z_][^`]*`", "", text)) is not None


def _is_param(text: str, mention: Mention) -> bool:
    return re.search(r"\bparameter\W+$", text[: mention.start], re.IGNORECASE) is not None
