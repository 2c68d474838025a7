"""Declares where windows in steps begin, where a setting of the document decides it.

They begin on the default that the prose gives that setting, else on the first partition. Without a
first value they are requested from 1970 on, which is logged. So begin windows of a day of which the
start alone is sent: they would be 20,000 requests.
"""

import re

from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.infer.windows.start_windows import SHORTEST_DAY
from analytics_ingest.convert.normalize.partition_start import is_setting, read_partitions
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_on_other_source
from analytics_ingest.declaration.airbyte.incremental_sync import find_sent_bounds
from analytics_ingest.declaration.models.schedule import Partitions

_DEFAULT = re.compile(
    r"\bdefault(?:s to)?\b.{0,20}\bstart\b.{0,20}?`(?P<first>\d{4}-\d\d-\d\d)[^`]*`"
    r"|\bstart(?:_?date|_?time)?\b[^.;]{0,30}\bdefaults?(?: to| is|:|,)? ?`"
    r"(?P<second>\d{4}-\d\d-\d\d)[^`]*`",
    re.IGNORECASE,
)
_KEY = "initial_value"


def begin_stepped_windows(draft: Draft, prose: Prose) -> None:
    """Add the first value of cursors that are requested in steps."""
    for resource in draft.resources:
        name, incremental = resource["name"], draft.find_incremental(resource) or {}
        is_open = not {None, name}.isdisjoint(draft.open_starts)
        sent = find_sent_bounds(draft.merge_endpoint(resource))
        is_stepped = "start" in sent and "max_window" in incremental
        is_daily = sent == {"start"} and str(incremental.get("max_window")) in SHORTEST_DAY
        if not is_stepped or incremental.get(_KEY):
            continue
        begin, why = _find_default(prose, name), "the default of the prose"
        if begin is None and not (is_open or is_daily):
            step = incremental["max_window"]
            reason = f"no start is known, so windows of {step} are requested from 1970-01-01 on"
            draft.log.assume(name, f"{reason}; declare initial_value")
            continue
        if begin is None:
            begin = str(read_partitions(draft).get("start", Partitions().start))
            given = "settings" if is_open else ""
            given = draft.unread_starts.get(name, draft.unread_starts.get(None, given))
            kind = "a setting" if is_setting(given) else "no date"
            why = f"where the document has {kind}"
        draft.add_to_incremental(resource, {_KEY: begin})
        reason, key = f"its first window begins on {begin}, {why}", f"endpoint.incremental.{_KEY}"
        draft.log.assume(name, reason, key=key, comment="no older rows are requested")


def _find_default(prose: Prose, name: str) -> str | None:
    """Find the default of a start in the prose on a resource or on all; None if there are two."""
    clauses = [c for c, named in prose.iterate_statements() if named in (None, name)]
    plain = [c for c in clauses if not (is_conditional(c) or is_on_other_source(c))]
    matches = [match for clause in plain if (match := _DEFAULT.search(clause))]
    days = {match["first"] or match["second"] for match in matches}
    return days.pop() if len(days) == 1 else None
