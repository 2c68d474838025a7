"""Reads which fields of rows are taken from objects of theirs, whichever comes first.

`total` and `tax` are lifted out of the nested `amounts` object
the `uid` is taken from the `task` object     `uid` is the `id` of the `task` object
`task.id` is added to each record as `uid`
"""

import re

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.rows.row_changes import (
    CHANGE,
    ON_REQUESTS,
    ON_ROWS,
    RowChange,
    is_on_other_rows,
    write_path,
)
from analytics_ingest.convert.prose.text.marked_clauses import is_plain_statement

_NAME = r"`[A-Za-z_]\w*`"
_NAMES = rf"(?P<names>{_NAME}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){_NAME})*)"
_PATH = r"`(?P<path>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)`"
_ITS = r"(?:the |its |their |each record['\u2019]s )?"
_RECORDS = r"(?:the|each|every|all|its|their|a)?\s*(?:record|row)s?\b(?! of\b)"
_OWNER = (
    r"(?: (?:fields?|columns?|values?))?"
    rf"(?: (?:of|in) (?:{_RECORDS}|(?:the |each |every |an? )?(?!path|url|address|file)[a-z]+"
    r"(?= (?:is|are|comes?)\b)))?"
)
_BE = r"(?: (?:is|are)|,(?: (?:which|that) (?:is|are))?| \((?:(?:which|that) (?:is|are) )?(?=\w))"
_FROM = r"(?:out of|of|from|in|inside|within)"
_HOLDER = (
    rf"{_ITS}(?:nested |inner |embedded )?(?:(?:field|object) )?"
    rf"{_PATH}(?P<object> (?:sub-?)?object)?"
)
_ACT = rf"lifted|moved|promoted|hoisted|pulled|raised|unpacked|extracted|copied|added to {_RECORDS}"
"""What is done to rows."""
_MOVED = re.compile(
    rf"{_NAMES}{_OWNER}(?:{_BE} ?(?:also )?(?:(?P<act>{_ACT})|taken|(?P<place>read|found"
    rf"|contained|located|nested))\b(?: up| out| to the top[ -]level(?: of {_RECORDS})?)*| comes?"
    rf"|(?P<at>{_BE}(?= (?:at|in|under)))) (?:{_FROM}|at|under) {_HOLDER}",
    re.IGNORECASE,
)
_GETS = re.compile(
    rf"(?P<act>(?:record|row)s? (?:also )?gets?) (?:the |an? )?(?:field )?{_NAMES} from {_HOLDER}",
    re.IGNORECASE,
)
_SOURCE = rf"(?:(?:`(?P<leaf>[A-Za-z_]\w*)`|(?P<id>id))(?: field)? {_FROM} )?{_HOLDER}"
_IS = re.compile(rf"{_NAMES}{_OWNER} (?:is|equals) {_ITS}(?=`|id\b){_SOURCE}", re.IGNORECASE)
_BECOMES = re.compile(
    rf"{_SOURCE} (?:is|are) (?:also )?"
    r"(?:(?P<act>added|copied|lifted|moved|promoted|stored|saved|written|put)|taken|used|serves)\b"
    rf"(?: (?:to|on|in|with|for) {_RECORDS})?(?: to the top[ -]level)?"
    r" (?:as|to|into|in|under)(?: (?:the|an?|its))?(?: (?:top[ -]level|new|primary))?"
    rf"(?: (?:field|column|key))? {_NAMES}",
    re.IGNORECASE,
)
_IN_AN_OBJECT = re.compile(r"\b(?:nested|object|top[ -]level)\b", re.IGNORECASE)
_OF_OTHERS = re.compile(
    r"\W*(?:(?:of|in|from) (?:the |each |its |an? )?(?:\w+ )?(?:responses?|login|answer|page"
    r"|envelope|parent)|resource|endpoint|array|list)\b",
    re.IGNORECASE,
)
"""What is behind an object that is not one of the rows."""
_SECTIONS = re.compile(r"authenti|log-?in|pagin|paging|errors?\b|rate limit", re.IGNORECASE)


def read_nested_values(line: Line, sentence: str, *, is_labelled: bool) -> RowChange | None:
    """Read the fields that a sentence takes from an object of the row; None for another one.

    Args:
        is_labelled: Whether its line is on transformations.
    """
    matches = (pattern.search(sentence) for pattern in (_BECOMES, _GETS, _IS, _MOVED))
    match = next(filter(None, matches), None)
    if match is None or not is_plain_statement(sentence) or is_on_other_rows(line, sentence):
        return None
    rest = sentence[match.end() :]
    is_on_others = ON_REQUESTS.search(sentence) or _OF_OTHERS.match(rest)
    is_on_others = is_on_others or any(map(_SECTIONS.search, line.headings[-1:]))
    copied = _list_copies(match)
    if not copied or "`" in rest or is_on_others or len(CHANGE.findall(sentence)) > 1:
        return None
    is_on_rows = is_labelled or ON_ROWS.search(sentence)
    groups = match.groupdict()
    is_change = is_on_rows and not (groups.get("place") or groups.get("at"))
    may_be_own = not groups.get("act")
    return RowChange(copied=copied, is_of_keys=not is_change, may_be_own=may_be_own)


def _list_copies(match: re.Match[str]) -> dict[str, str]:
    """Pair fields with where they come from: one path for one field, or the object of several."""
    names, steps = re.findall(r"`(\w+)`", match["names"]), match["path"].split(".")
    groups = match.groupdict()
    if leaf := groups.get("leaf") or groups.get("id"):
        steps = [*steps, leaf]
    is_in_object = match["object"] or _IN_AN_OBJECT.search(match.string)
    is_whole = len(names) == 1 and not match["object"] and (len(steps) > 1 or not is_in_object)
    if leaf or match.re is _BECOMES or match.re is _IS:
        is_whole = len(names) == 1
    if (match.re is _BECOMES or match.re is _IS) and len(steps) == 1:
        return {}  # A field of another name, not one in an object.
    paths = [steps if is_whole else [*steps, name] for name in names]
    return {name: write_path(".".join(path)) for name, path in zip(names, paths, strict=True)}
