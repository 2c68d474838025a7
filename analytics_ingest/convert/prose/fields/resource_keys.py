"""Reads the primary keys of single resources, from passages that name a resource and its key.

**Users**: primary key `uid`, sorted by `at`      the primary key of the order lines is `a` and `b`
`users` are identified by `uid`                   Primary keys: `uid` (users), `number` (orders)

A passage counts only if all of its other words are on this.
"""

import re
from collections.abc import Collection, Iterator
from itertools import groupby

from analytics_ingest.convert.markdown import Line, split_clauses
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.fields.key_values import read_key_value
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.mentions import find_by_name
from analytics_ingest.convert.prose.text.parts import Part, list_texts, list_words, take_apart
from analytics_ingest.convert.prose.text.sentences import MOST_CHARACTERS, is_statement

ResourceKeys = list[tuple[str, tuple[str, ...]]]
"""The fields of keys, each with its resource."""

_CUE = re.compile(
    r"\b(?:primary[ _]keys?|(?:the |composite )+key of|identified by"
    r"|uniquely identif(?:y|ies) (?:each|every|an?))\b",
    re.IGNORECASE,
)
_PRIMARY = re.compile(r"\bprimary[ _]keys?\b", re.IGNORECASE)
_MARKED_CUE = re.compile(r"[`*]+(primary[ _]keys?)(:?)[`*]+(:?)", re.IGNORECASE)
_ABOVE = re.compile(
    r"\W*(?:\d\W+)?(?:the )?primary keys?(?: fields?| columns?)?"
    r"(?: (?:of|by|per|for) (?:the |all |each )?(?:resource|stream|table|endpoint)s?)?"
    r"(?: (?:is|are)(?: (?:as follows|these|the following|listed below))?)?\W*",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"(?P<names>[^:=|\u2013\u2014\u2192]{1,200}?)\s*(?::|=|\u2192|->|[\u2013\u2014]|\s-\s)(?P<value>.+)"
)
_OF_FIELD = re.compile(r"\W{0,9}`(?P<name>[^`]{1,200})`\s*(?:\([^()]*\)\s*)?[:\u2013\u2014-]\s")
"""What a line on a field begins with: `user_id`: the primary key of the user."""
_OPENS = re.compile(r"\W*(?:in|for|on|with|within|of|from|by|at|unlike|as)\b[^,]*,", re.IGNORECASE)
"""What limits all that follows: `In orders, users are identified by user_id`."""
_CONDITION = re.compile(r"\W*(?:if|when|where|unless)\b", re.IGNORECASE)
_NOTE = re.compile(r"\([^()]*\)")
_AND = re.compile(r",\s+(?:and\s+)?|\s+and\s+")
_SEPARATOR = re.compile(
    r",\s+(?!(?:if|when|but|except|unless|only|or|not|where\w*|although|while|for|in|until)\b)"
)
_GLUE = frozenset({"and", "for", "of", "the"})
_IN_LIST = frozenset({"and", "the", "both", "field", "together", "with", "plus"})
_ORDINARY = re.compile(
    "a|an|the|of|in|for|each|every|records?|rows?|resources?|streams?|tables?|is|are|ha(?:s|ve)"
    "|uses?|used|as|its|their|uniquely|identified|identif(?:y|ies)|by|primary|keys?|fields?|columns?"
    "|composite|compound|consists?|and|plus|together|with|combination|both|forms?|serves?|primary_keys?"
)
_KEY_TITLE = re.compile(r"(?:(?:primary )?keys?(?: fields?| columns?)?|fields?|columns?)", re.I)


def read_resource_keys(line: Line, resources: Collection[str]) -> ResourceKeys:
    """Read the keys that a line names, each with its resource."""
    if line.is_heading or len(line.text) > MOST_CHARACTERS:
        return []
    above = line.above if line.above.endswith(":") else "".join(line.headings[-1:])
    if _ABOVE.fullmatch(to_plain(above)):
        if line.cells:
            return _read_item(line.cells[0], line.cells[1], resources) if _is_pair(line) else []
        if (item := _ITEM.fullmatch(line.text)) and (
            keys := _read_item(item["names"], item["value"], resources)
        ):
            return keys
    clauses = [] if line.cells else split_clauses(_MARKED_CUE.sub(r"\1\2\3", line.text))
    return [key for clause in clauses for key in _read_clause(clause, resources)]


def _is_pair(line: Line) -> bool:
    return len(line.cells) == 2 and not _KEY_TITLE.fullmatch(to_plain(line.cells[1]))


def _read_item(names: str, value: str, resources: Collection[str]) -> ResourceKeys:
    """Read an item `orders: number` of a list of keys; nothing where it names something else."""
    fitting = [find_by_name(to_plain(name), resources) for name in _AND.split(names)]
    fields = read_key_value(value)
    is_clear = all(len(fits) == 1 for fits in fitting)
    return [(fits[0], fields) for fits in fitting] if fields and is_clear else []


def _read_clause(clause: str, resources: Collection[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the keys of a clause, the parts of which commas separate."""
    field = _OF_FIELD.match(clause)
    if not _CUE.search(clause):
        return
    if field and to_valid_name(field["name"]) not in resources:
        return
    label, segments = _split(clause, resources)
    cued = [segment for segment in segments if _CUE.search(segment) and is_statement(segment)]
    # What identifies a row is its key only where the clause names no other.
    for segment in [segment for segment in cued if _PRIMARY.search(segment)] or cued:
        parts = take_apart(f"{label} {segment}", resources, _ORDINARY)
        is_limited = _OPENS.match(clause) and len(list_texts(parts, "resource")) > 1
        if not is_limited:
            yield from _pair(parts)


def _split(clause: str, resources: Collection[str]) -> tuple[str, list[str]]:
    """Split a clause at commas; what only lists more names belongs to the segment before.

    Returns also the resources with which it begins, `**users**: …`, which hold for all segments.
    """
    head, colon, rest = clause.partition(":")
    head = _NOTE.sub("", head)
    parts = take_apart(head, resources, _ORDINARY)
    kinds = {part.kind for part in parts if part.text not in _GLUE}
    label = head if colon and kinds == {"resource"} else ""
    if _CONDITION.match(rest if label else clause):
        return "", []
    if _OPENS.match(clause):
        return "", [clause]
    segments: list[str] = []
    for segment in _SEPARATOR.split(rest if label else clause):
        is_list = list_words(take_apart(segment, resources, _ORDINARY)) <= _GLUE
        if segments and is_list:
            segments[-1] += f", {segment}"
        else:
            segments.append(segment)
    return label, segments


def _pair(parts: list[Part]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Pair the resources and the fields of a passage that says nothing else of them."""
    is_plain = all(map(_ORDINARY.fullmatch, list_words(parts)))
    if not is_plain or list_texts(parts, "unclear"):
        return
    named = [part for part in parts if part.kind != "word"]
    runs = [(kind, [part.text for part in run]) for kind, run in groupby(named, lambda p: p.kind)]
    pairs = list(zip(runs[::2], runs[1::2], strict=False))
    if (
        len(runs) % 2
        or not _are_listed(parts)
        or not all(len(a) == 1 or len(b) == 1 for (_, a), (_, b) in pairs)
    ):
        return
    for first, second in pairs:
        owners, fields = (first, second) if first[0] == "resource" else (second, first)
        yield from ((owner, tuple(fields[1])) for owner in owners[1])


def _are_listed(parts: list[Part]) -> bool:
    """Return whether names of a kind are a list: in `each user of an account` they are not."""
    last, between = "", set[str]()
    for part in parts:
        if part.kind == "word":
            between.add(part.text)
        elif part.kind == last and not between <= _IN_LIST:
            return False
        else:
            last, between = part.kind, set[str]()
    return True
