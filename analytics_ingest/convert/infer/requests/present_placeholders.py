"""Binds placeholders that mean the present: `{today}`, `{now}`, `{today-1d}`, `{yesterday}`.

They become expressions, which are evaluated when a request is made. Any other placeholder is one
where the text says so: `end_date` is today's date. A bound of a window stays one.
"""

import re
from collections.abc import Iterator
from typing import Any

from analytics_ingest.common.json_tree import Path, map_leaves
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.prose.fields.fields import is_in_field_section
from analytics_ingest.convert.prose.text.sentences import (
    MOST_CHARACTERS,
    is_conditional,
    is_statement,
)
from analytics_ingest.convert.prose.windows.bound_formats import find_format

_EPOCHS = {"epoch_s": "%s", "epoch_ms": "%ms"}
_PARTS = ("path", "params", "json", "headers", "data")
_PLACEHOLDER = re.compile(r"(?<!\{)\$?\{([^{}\n]{1,40})\}(?!\})|\{\{ ?([^{}\n]{1,40}?) ?\}\}")
_QUERY = re.compile(r"\b(?:query|mutation)\b|\{\s*\n")
"""A text whose braces are around fields: GraphQL."""
_DAY = re.compile(
    r"(?:(?P<day>today(?:_?date|_?utc)?|todays_date|(?:current|present)_?(?:date|day)|utc_?today)"
    r"|(?P<now>now(?:_?utc)?|utc_?now|(?:current|present)_?(?:date_?time|time|moment))"
    r"|(?P<other>yesterday|tomorrow))"
    r"(?:[ _]?(?P<sign>[+-]|minus_|plus_) ?_?(?P<days>\d{1,4})_?(?:d|days?)?)?",
    re.IGNORECASE,
)
_OTHERS = {"yesterday": -1, "tomorrow": 1}
_DATE, _TIME = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"
_PRESENT = (
    r"(?:(?P<day>today(?:['\u2019]s)?(?: utc)?(?: date)?|current (?:utc )?(?:date|day)"
    r"(?! (?:and|range)))"
    r"|(?P<now>now|(?:current|present) (?:utc )?(?:date and time|date-?time|time ?stamp|moment"
    r"|time|unix time))|(?P<other>yesterday(?:['\u2019]s date)?))"
)
_LINK = (
    r"(?: (?:param\w*|placeholder|value|bound))?"
    r"(?: (?:is|holds|contains|means|stands for|equals)(?: always)?(?: set to)?"
    r"| is (?:replaced|filled)(?: in)? (?:by|with)|\)?[*_ ]*[:=|]| \(|,)"
)
_STATED = re.compile(
    rf"`\{{?(?P<name>\w+)\}}?`\**{_LINK} ?(?:always )?(?:the )?{_PRESENT}"
    r"(?! ?(?:minus|plus|[-+]|\d|or\b|of\b|and\b))(?!\w)",
    re.IGNORECASE,
)
_FREE = re.compile(r"\bdefaults?\b|\bconfigur\w+|\bsettings?\b", re.IGNORECASE)
"""What says that the user may set another value."""
_ON_PRESENT = re.compile(rf"\b{_PRESENT}\b", re.IGNORECASE)


class _Text:
    """What a document says of placeholders."""

    def __init__(self, document: Document) -> None:
        lines = [line for line in document.lines if not is_in_field_section(line)]
        short = [line for line in lines if len(line.text) <= MOST_CHARACTERS]
        self._clauses = [clause for line in short for clause in line.clauses]
        self.stated = {said["name"]: said for said in _iterate_stated(self._clauses)}
        """What the text calls the present."""
        self._formats: dict[str, str | None] = {}

    def find_format(self, word: str) -> str | None:
        """Find the one format of the clauses on a placeholder, as strftime writes it."""
        if word not in self._formats:
            self._formats[word] = _find_format(self._clauses, word)
        return self._formats[word]


def bind_present_of_all(draft: Draft, document: Document) -> None:
    """Bind the placeholders of what all requests share, before they become settings."""
    text = _Text(document)
    for holder in (draft.shared, draft.client):
        _bind(draft, None, holder, text)


def bind_present(draft: Draft, document: Document) -> None:
    """Bind the placeholders of each resource that no bound of a window has filled."""
    text = _Text(document)
    for resource in draft.resources:
        _bind(draft, resource["name"], resource["endpoint"], text)


def _bind(draft: Draft, name: str | None, endpoint: Json, text: _Text) -> None:
    params, stated = endpoint.get("params"), text.stated
    filled = {*params} if isinstance(params, dict) else set[str]()

    def write(match: re.Match[str], path: Path) -> str:
        word = match[1] or match[2]
        said = _DAY.fullmatch(word) or stated.get(word)
        if match[0] == match.string and path[1:]:
            said = said or stated.get(path[-1])
        if said is None or (path == ("path",) and word in filled):
            return match[0]
        pattern = text.find_format(word) or (_TIME if said["now"] else _DATE)
        _log(draft, name, word, pattern)
        return _write_moment(_count_days(said), pattern, is_day=not said["now"])

    def change(path: Path, leaf: Any) -> Any:
        is_text = isinstance(leaf, str) and not _QUERY.search(leaf)
        return _PLACEHOLDER.sub(lambda match: write(match, path), leaf) if is_text else leaf

    for key in [key for key in _PARTS if endpoint.get(key)]:
        endpoint[key] = map_leaves(endpoint[key], change, (key,))


def _count_days(said: re.Match[str]) -> int:
    """Count the days from the present to what a placeholder or a text says."""
    days = _OTHERS.get(str(said["other"]).lower().split("'")[0], 0)
    moved = said.groupdict().get("days")
    sign = -1 if moved and said["sign"].lower() in ("-", "minus_") else 1
    return days + sign * int(moved or 0)


def _write_moment(days: int, pattern: str, *, is_day: bool) -> str:
    if not days and is_day and pattern == _DATE:
        return "{{ today_utc() }}"
    sign = "-" if days < 0 else "+"
    moved = f" {sign} duration('P{abs(days)}D')" if days else ""
    moment = "today_utc()" if is_day else "now_utc()"
    return f"{{{{ format_datetime({moment}{moved}, '{pattern}') }}}}"


def _log(draft: Draft, name: str | None, word: str, pattern: str) -> None:
    units = {each: kind for kind, each in _EPOCHS.items()}
    reason = f"{{{word}}} is filled when a request is made, in UTC"
    draft.log.assume(name, f"{reason}, as {units.get(pattern, pattern)}")


def _iterate_stated(clauses: list[str]) -> Iterator[re.Match[str]]:
    """Yield what clauses call the present, and let nobody set."""
    for clause in clauses:
        is_free = _FREE.search(clause) or is_conditional(clause) or not is_statement(clause)
        yield from () if is_free else _STATED.finditer(clause)


def _find_format(clauses: list[str], word: str) -> str | None:
    named: list[Any] = [
        find_format(clause)
        for clause in clauses
        if re.search(rf"`\{{?{re.escape(word)}\}}?`", clause)
        or (_ON_PRESENT.search(clause) and f"{{{word}}}" in clause)
    ]
    formats = {each for each in named if each}
    kind = formats.pop() if len(formats) == 1 else None
    return _EPOCHS.get(str(kind), kind)
