"""Takes from the prose which parameters send the bounds of a window: ``limited by `since` ``.

Only where the resource has a stated cursor, and where the name of a parameter says which bound it
is: a filter by another field would lose rows.
"""

import re
from collections.abc import Collection, Sequence

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.infer.windows import find_bounds, remove_limits
from analytics_ingest.convert.prose.line_subjects import find_cell
from analytics_ingest.convert.prose.mentions import Mention, find_mentions
from analytics_ingest.convert.prose.passages import Clause, Prose
from analytics_ingest.convert.prose.sentences import is_conditional, is_statement

Bounds = dict[str, str]
"""start and end → the parameter."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_STARTS = ("start", "from", "since", "after", "gt", "gte", "ge", "min", "begin", "lower")
_ENDS = ("end", "to", "until", "till", "before", "lt", "lte", "le", "max", "upper")
_OF_TIME = (
    *("date", "time", "datetime", "timestamp", "ts", "day", "at", "on", "utc", "last", "updated"),
    *("update", "modified", "changed", "created", "creation", "filter", "filters", "query", "f"),
)
"""Words in the name of a bound that leave open what it bounds, or say that it is a time."""
_TIME = re.compile(
    r"%[YmdHs]|\b(?:intervals?|windows?|dates?|times?|timestamps?|moments?|days?|incremental\w*|since"
    r"|updated|modified|changed|created)\b",
    re.IGNORECASE,
)
_ON_PARAMETERS = re.compile(
    r"\b(?:param\w*|filter\w*|restrict\w*|limit(?:s|ed)?|delimit\w*|narrow\w*|interval|range"
    r"|between|bounds?|windows?)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"\b(?:since|after|newer than|later than) (?:this|that|it|the given|a given|its)\b", re.I
)
_SAME = re.compile(r"\bsame (?:two )?param\w*\b", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\b(?:body|headers?|path|pages?|paging|paginat\w*|limit \d|expression|sort\w*|offset|rank\w*"
    r"|(?:first|last) rows?|row numbers?|ids|reports?|UI|as fields?|the fields?|retr(?:y|ies)|rate"
    r"|backoff|client|currenc\w+|price\w*|amount\w*|sender|deliver\w*|ship\w*|due|valid\w*|book\w*)\b",
    re.IGNORECASE,
)
_NAMES = re.compile(r"`[A-Za-z_][^`]*`")
_TITLE = re.compile(r"(?:windows?|bounds?|(?:window|date|time) (?:filters?|parameters?))", re.I)
_CREATION, _CHANGE = re.compile(r"creat", re.I), re.compile(r"updat|modif|chang|edit", re.I)


def infer_window_params(draft: Draft, prose: Prose, cursors: Collection[str | None]) -> None:
    """Add the parameters that send the bounds of windows, as the prose says.

    Args:
        cursors: The resources whose cursor the prose states; None stands for all.
    """
    stated = _read_bounds(prose)
    for resource in draft.resources:
        name, incremental = resource["name"], draft.find_incremental(resource)
        bounds = stated.get(name, {})
        if not bounds or incremental is None or find_bounds(draft, resource):
            continue
        cursor = str(incremental.get("cursor_path", "updated_at"))
        is_stated = "cursor_path" in incremental or name in cursors or None in cursors
        params = draft.merge_endpoint(resource).get("params") or {}
        is_other = any(param in params or _is_of_other(param, cursor) for param in bounds.values())
        if not is_stated or is_other:
            continue
        keys = {f"{bound}_param": param for bound, param in bounds.items()}
        draft.add_to_incremental(resource, keys)
        for key, param in keys.items():
            reason = f"incremental.{key} is {param}, as the prose says"
            place = f"endpoint.incremental.{key}"
            draft.log.assume(name, reason, key=place, comment=FROM_TEXT)


def _is_of_other(param: str, cursor: str) -> bool:
    """Return whether a parameter bounds another field than the cursor, by their names."""
    known = {*_STARTS, *_ENDS, *_OF_TIME, *_list_words(cursor)}
    if any(len(word) > 1 and word not in known for word in _list_words(param)):
        return True
    kinds = (_CREATION, _CHANGE)
    own, other = ([bool(kind.search(text)) for kind in kinds] for text in (param, cursor))
    return any(own) and any(other) and own != other


def _list_words(name: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(name)}


def _read_bounds(prose: Prose) -> dict[str, Bounds]:
    """Read resource → the parameters of its bounds; the first statement on each."""
    stated: dict[str, Bounds] = {}
    last: Bounds = {}
    for passage in prose.passages:
        line = passage.line
        if line.cells:
            row = find_cell(line, _TITLE, prose.resources)
            names = [m for m in find_mentions(row[1], ()) if m.is_field] if row else []
            if row and (bounds := _find_bounds("", names)):
                stated.setdefault(row[0], bounds)
            continue
        for clause in () if line.is_heading else passage.clauses:
            for names, bounds in _read_clause(clause, last):
                last = bounds
                for name in names:
                    stated.setdefault(name, bounds)
    return stated


def _read_clause(clause: Clause, last: Bounds) -> list[tuple[Sequence[str], Bounds]]:
    """Read the bounds of a clause, each with its resources.

    Args:
        last: Those of an earlier clause: `with the same parameters`.
    """
    text = clause.text
    is_other = _ELSEWHERE.search(_NAMES.sub("", text)) or is_conditional(text)
    is_other = is_other or not is_statement(remove_limits(text))
    if is_other or not _ON_PARAMETERS.search(text):
        return []
    pairs = [(names, _find_bounds(text, fields)) for names, fields in clause.pair()]
    if not any(bounds for _, bounds in pairs) and last and _SAME.search(text):
        return [(clause.subjects, last)]
    return [(names, bounds) for names, bounds in pairs if bounds]


def _find_bounds(text: str, fields: Sequence[Mention]) -> Bounds:
    """Find the parameters that send bounds, by their names; without a start there is none."""
    words = {field.name: _list_words(field.name) for field in fields}
    bounds: Bounds = {}
    for bound, marks in (("start", _STARTS), ("end", _ENDS)):
        names = [name for name, own in words.items() if own & set(marks)]
        if len(names) == 1:
            bounds[bound] = names[0]
    params = [field.name for field in fields if _is_param(text, field)]
    if not bounds and len(params) == 1 and _SINCE.search(text):
        bounds["start"] = params[0]
    is_whole = "start" in bounds and len(set(bounds.values())) == len(bounds)
    return bounds if is_whole and _are_of_time(text, bounds) else {}


def _are_of_time(text: str, bounds: Bounds) -> bool:
    """Return whether bounds are those of a time, by their names or by what is said of them."""
    words = set[str]().union(*map(_list_words, bounds.values()))
    is_named = not words.isdisjoint({"since", "until", *_OF_TIME} - {"filter", "filters", "query"})
    return is_named or not text or _TIME.search(_NAMES.sub("", text)) is not None


def _is_param(text: str, mention: Mention) -> bool:
    return re.search(r"\bparameter\W+$", text[: mention.start], re.IGNORECASE) is not None
