"""Takes from the prose how many requests an API allows: 600 requests per minute → `rate`."""

import re

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional

_RATE = re.compile(
    r"\b(?P<number>\d[\d,]{0,6}) (?:api |http )?(?:requests|calls) ?(?:per|an?|each|every|/) ?"
    r"(?:(?P<count>\d{1,3}) )?(?P<unit>second|minute|hour)s?\b",
    re.IGNORECASE,
)
_LIMITS = re.compile(
    r"\b(?:limit\w*|allow\w*|at most|up to|max(?:imum)?|no more than|quota|rates?|throttl\w+"
    r"|exceed\w*|permit\w*|budget)\b",
    re.IGNORECASE,
)
_ON_OTHERS = re.compile(
    r"\b(?:log-?ins?|tokens?|webhooks?|uploads?|writes?|POST|PUT|premium|enterprise|plans?|burst"
    r"|increas\w+|rais\w+)\b",
    re.IGNORECASE,
)
"""What a rate holds for that is not all requests of a load, or not always."""
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}


def infer_rate(draft: Draft, prose: Prose) -> None:
    """Add the budgets of requests that clauses on no resource state, if none is configured."""
    if "rate" in draft.others:
        return
    rates: list[Json] = []
    for clause, named in prose.iterate_statements():
        is_plain = not (named or _ON_OTHERS.search(clause) or is_conditional(clause))
        if is_plain and _LIMITS.search(clause):
            rates += [rate for rate in map(_read_rate, _RATE.finditer(clause)) if rate not in rates]
    if rates:
        draft.others["rate"] = rates[0] if len(rates) == 1 else rates
        shown = " and ".join(f"{rate['requests']} requests in {rate['per']}" for rate in rates)
        reason = f"at most {shown} are sent, as the prose says"
        draft.log.assume(None, reason, key="rate", comment=FROM_TEXT)


def _read_rate(match: re.Match[str]) -> Json:
    seconds = _SECONDS[match["unit"].lower()] * int(match["count"] or 1)
    return {"requests": int(match["number"].replace(",", "")), "per": f"{seconds}s"}
