"""Finds in lines how a cursor is written: in units of an epoch, or as an example shows.

What a line says of the cursor itself holds before what another says of all times.
"""

import re
from collections.abc import Iterator
from typing import Any

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.sentences import is_on_all_times
from analytics_ingest.convert.prose.windows.time_examples import find_cursor_pattern
from analytics_ingest.convert.prose.windows.time_statements import (
    TimeStatement,
    list_time_statements,
)

_EPOCH = re.compile(r"\b(unix|epoch|seconds since .{0,20}\b1970)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\b(unix|epoch|integers?|numbers?|since .{0,20}\b1970)\b", re.IGNORECASE)
_SECONDS = re.compile(r"\bseconds\b", re.IGNORECASE)
_DIGITS = re.compile(r"\b(10|13)[- ]digits?\b", re.IGNORECASE)
_UNITS = {"10": "epoch_s", "13": "epoch_ms"}
"""Digits of a time of these decades → its unit."""
_TEXT = re.compile(r"\biso\b|\bstring\b|\bdate-?time\b", re.IGNORECASE)
_MILLISECONDS = re.compile(r"\bmilli\s?seconds?\b|\bms\b", re.IGNORECASE)
_IN_UNITS = (
    r"(?: (?:field|column))?,? ?\(?(?:(?:which|that|and) )?(?:(?:is|are|holds?) )?"
    r"(?:(?:always|given|expressed|measured|written|stored|an?|the|as|unix|epoch|time|timestamp"
    r"|moment|integer|number|value) ){0,5}"
    r"(?:\(|in |of (?=\w+ since )|(?<=\())(?P<unit>milliseconds|ms|seconds)\b"
)
"""What follows a cursor that is in a unit: `, which is a timestamp in milliseconds`."""
_PARAMETER = re.compile(r"\b(?:param\w*|body fields?|sent|takes?)\b", re.IGNORECASE)


def find_epoch(
    lines: list[tuple[Line, str | None]], resource: str, cursor: str, bounds: list[Any]
) -> str | None:
    """Find the unit of an epoch in a line that names the cursor of a resource, and no parameter."""
    name = re.escape(cursor.rpartition(".")[2])
    field = re.compile(rf"(?<![\w.]){name}(?!\w)")
    own = re.compile(
        rf"`{name}`[\s:(\u2013-]*((?:an? )?(?:integer|number|int|long|unix|epoch)[^`]*)", re.I
    )
    in_units = re.compile(rf"`{name}`{_IN_UNITS}", re.IGNORECASE)
    for line, named in lines:
        others = list_time_statements(line.text)
        if named not in (None, resource) or not all(each.holds_for(cursor) for each in others):
            continue
        stated = _list_stated(line, bounds)
        whole = " ".join(stated)
        described, plain = own.search(whole), to_plain(whole)
        texts = [described[1]] if described else []
        texts += [f"epoch in {match['unit']}" for match in in_units.finditer(whole)]
        if field.search(plain):
            # What a line says of a parameter is not on the cursor that it names before.
            texts += [*filter(field.search, map(to_plain, stated)), plain]
            is_on_param = _PARAMETER.search(plain) is not None
            texts = [text for text in texts if not (is_on_param and _PARAMETER.search(text))]
        if unit := next(filter(None, map(_read_unit, texts)), None):
            return unit
    return None


def _list_stated(line: Line, bounds: list[Any]) -> list[str]:
    """List what a line states: of one that names parameters of bounds, the clauses without any."""
    quoted = [f"`{bound}`" for bound in bounds if bound]
    if is_on_all_times(line.text) or not any(name in line.text for name in quoted):
        return [line.text, *line.clauses]
    return [clause for clause in line.clauses if not any(name in clause for name in quoted)]


def is_text_of_epoch(lines: list[tuple[Line, str | None]], cursor: str) -> bool:
    """Return whether a line calls a cursor a text that holds an epoch: `at`: string, Unix time."""
    described = re.compile(
        rf"`{re.escape(cursor)}`[\s:(\u2013-]*(?:an? )?string\b(?P<rest>[^`;.]*)"
    )
    matches = (described.search(line.text) for line, _ in lines)
    return any(match and _EPOCH.search(match["rest"]) for match in matches)


def find_epoch_of_all(
    lines: list[tuple[Line, str | None]], resource: str, cursor: str, bounds: list[Any]
) -> str | None:
    """Find the one unit of an epoch that clauses on all times give a cursor."""
    stated = iterate_time_statements(lines, resource, cursor, bounds)
    units = set(filter(None, (_read_unit_of_all(to_plain(each.text)) for each in stated)))
    return units.pop() if len(units) == 1 else None


def iterate_time_statements(
    lines: list[tuple[Line, str | None]], resource: str, cursor: str, bounds: list[Any]
) -> Iterator[TimeStatement]:
    """Yield what is said of all times, a cursor's among them, and not of bounds alone."""
    for line, named in lines:
        for stated in list_time_statements(line.text) if named in (None, resource) else ():
            is_on_bounds = stated.examples and stated.examples <= {*bounds}
            if stated.holds_for(cursor) and not is_on_bounds:
                yield stated


def find_pattern(
    lines: list[tuple[Line, str | None]], resource: str, cursor: str, bounds: list[Any]
) -> str | None:
    """Find the pattern of an example in a clause on the cursor, or on all times."""
    name = f"`{cursor.rpartition('.')[2]}`"
    for line, named in lines:
        for clause in line.clauses if named in (None, resource) else ():
            names_bound = any(f"`{bound}`" in clause for bound in bounds if bound)
            is_own = (name in clause and not names_bound) or list_time_statements(clause)
            if is_own and (pattern := find_cursor_pattern(clause)):
                return pattern
    return None


def _read_unit_of_all(text: str) -> str | None:
    """Read the unit of a time, which seconds are too where it is a number."""
    is_in_seconds = _SECONDS.search(text) and _NUMBER.search(text)
    return _read_unit(f"epoch {text}" if is_in_seconds else text)


def _read_unit(text: str) -> str | None:
    """Read the unit of an epoch; None for a text that speaks of texts, or of no epoch."""
    if _TEXT.search(text):
        return None
    if digits := _DIGITS.search(text):
        return _UNITS[digits[1]]
    if _MILLISECONDS.search(text) and _NUMBER.search(text):
        return "epoch_ms"
    return "epoch_s" if _EPOCH.search(text) else None
