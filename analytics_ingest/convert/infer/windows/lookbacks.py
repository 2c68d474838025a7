"""Takes from the prose how far each load goes back: a lookback, for rows that come late."""

import re
from collections.abc import Mapping, Sequence

from analytics_ingest.common.cursor import writes_dates
from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.prose.fields.fields import Fields
from analytics_ingest.convert.prose.text.mentions import speaks_of_all
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_statement
from analytics_ingest.convert.prose.windows.window_steps import read_number

_LENGTH = r"(?P<{0}>\d+|one|two|three|seven|ten|thirty)[ -](?P<{0}_unit>minute|hour|day|week)s?\b"
_LOOKBACK = re.compile(
    rf"\blook-?back(?: window| period)?\b[^.;:\d]{{0,30}}\b{_LENGTH.format('after')}"
    rf"|\b{_LENGTH.format('before')}[ -]look-?back\b"
    rf"|\b(?:goes|go|going|reads?|reaches) back(?: by)? {_LENGTH.format('back')}"
    rf"|\b(?:loads?|reads?|re-?reads?|re-?loads?|requests?) the (?:last|previous) "
    rf"{_LENGTH.format('again')} (?:again|once more)\b",
    re.IGNORECASE,
)
_PAST = r"(?:last|past|previous)"
_RELOADED = r"(?:re-?loaded|re-?read|(?:loaded|read|requested|fetched) (?:again|anew))"
_LATE = re.compile(
    r"\b(?:arrives?|comes?|appears?|(?:is|are) (?:added|reported|delivered))(?: up to)?"
    rf" {_LENGTH.format('delay')} (?:late|later|afterwards)\b"
    rf"|\b(?:of|from) the {_PAST} {_LENGTH.format('change')} (?:may|can|might|could) (?:still )?"
    r"(?:change|be (?:changed|corrected|updated|revised))\b"
    rf"|\bthe {_PAST} {_LENGTH.format('repeat')} (?:is|are) (?:always )?{_RELOADED}\b",
    re.IGNORECASE,
)
"""What says that rows come or change late, and how much."""
_CUE = re.compile(r"\blook-?back\b", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:maximum|at most|up to|longest|conversions?|attribution|endpoints?|API|history)\b",
    re.IGNORECASE,
)
"""What speaks of the rows that an API has, or counts."""
_LAG = re.compile(r"(\d+)s")
_KEY = "endpoint.incremental.lookback"


def infer_lookbacks(draft: Draft, prose: Prose, fields: Mapping[str, Fields]) -> None:
    """Add the lookbacks that clauses state, and log those whose resource or length is unknown."""
    _settle_lags(draft, fields)
    for passage in prose.passages:
        for clause in passage.clauses:
            if length := _read_delay(clause.text):
                names = clause.subjects or passage.scope or list(draft.by_name)
                _take(draft, [n for n in names if draft.find_incremental(draft.by_name[n])], length)
                continue
            is_other = _OTHER.search(clause.text)
            if is_other or not (_CUE.search(clause.text) or _LOOKBACK.search(clause.text)):
                continue
            names = clause.subjects or passage.scope or _list_incremental(draft, clause.text)
            length = _read_length(clause.text)
            if not length or not names or not _take(draft, names, length):
                _log_unknown(draft, names)


def _settle_lags(draft: Draft, fields: Mapping[str, Fields]) -> None:
    """Read the lag of a date as days, as dlt does."""
    for name, resource in draft.by_name.items():
        incremental = draft.find_incremental(resource) or {}
        lag = _LAG.fullmatch(str(incremental.get("lookback")))
        if lag is None or draft.lags.isdisjoint({None, name}):
            continue
        types = fields.get(name, Fields()).types
        kind = types.get(str(incremental.get("cursor_path")), "").rstrip("?")
        is_of_dates = writes_dates(str(incremental.get("param_format", "iso8601")))
        if kind == "date" or (is_of_dates and kind != "timestamp"):
            draft.add_to_incremental(resource, {"lookback": f"{lag[1]}d"})


def _take(draft: Draft, names: Sequence[str], length: str) -> bool:
    """Add a lookback to resources that have a cursor; return whether all of them have one."""
    resources = [draft.by_name[name] for name in names]
    cursors = [draft.find_incremental(resource) for resource in resources]
    for resource, incremental in zip(resources, cursors, strict=True):
        if incremental and not {"lookback", "lag"} & incremental.keys():
            draft.add_to_incremental(resource, {"lookback": length})
            reason = f"incremental.lookback is {length}, as the prose says"
            draft.log.assume(resource["name"], reason, key=_KEY, comment=FROM_TEXT)
    return all(cursors)


def _log_unknown(draft: Draft, names: Sequence[str]) -> None:
    reason = "the prose speaks of a lookback: declare incremental.lookback"
    for resource in [draft.by_name[name] for name in names] or draft.resources:
        incremental = draft.find_incremental(resource)
        if incremental is not None and not {"lookback", "lag"} & incremental.keys():
            draft.log.assume(resource["name"], reason)


def _list_incremental(draft: Draft, text: str) -> list[str]:
    """List the resources with a cursor, where a clause is about all or there is only one."""
    names = [name for name, resource in draft.by_name.items() if draft.find_incremental(resource)]
    return names if len(names) == 1 or speaks_of_all(text) else []


def _read_delay(text: str) -> str | None:
    """Read how late rows come or change, as a duration; None for another clause."""
    match = _LATE.search(text)
    if match is None or not is_statement(text[: match.start()]):
        return None
    kind = next(kind for kind in ("delay", "change", "repeat") if match[kind])
    return _write_duration(match, kind)


def _write_duration(match: re.Match[str], kind: str) -> str:
    return f"{read_number(match[kind])}{match[f'{kind}_unit'][0].lower()}"


def _read_length(text: str) -> str | None:
    """Read a lookback as a duration; None where a clause does not state it."""
    match = _LOOKBACK.search(text)
    if match is None or not is_statement(text[: match.end()].rpartition(":")[2]):
        return None
    kind = next(kind for kind in ("after", "before", "back", "again") if match[kind])
    return _write_duration(match, kind)
