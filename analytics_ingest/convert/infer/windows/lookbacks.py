"""Takes from the prose how far each load goes back: a lookback, for rows that come late."""

import re
from collections.abc import Mapping, Sequence

from analytics_ingest.common.cursor import writes_dates
from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.prose.fields.fields import Fields
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.windows.lookback_lengths import (
    names_lookback,
    read_delay,
    read_lookback,
)

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
            if length := read_delay(clause.text):
                names = clause.subjects or passage.scope or list(draft.by_name)
                _take(draft, [n for n in names if draft.find_incremental(draft.by_name[n])], length)
                continue
            if _OTHER.search(clause.text) or not names_lookback(clause.text):
                continue
            names = clause.subjects or passage.scope or _list_incremental(draft)
            length = read_lookback(clause.text)
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


def _list_incremental(draft: Draft) -> list[str]:
    """List the resources with a cursor: a lookback of no resource in particular is that of all."""
    return [name for name, resource in draft.by_name.items() if draft.find_incremental(resource)]
