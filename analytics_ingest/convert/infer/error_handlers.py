"""Adds the error handler that only sentences describe."""

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json

_LEAST_RETRIED = (429, 500, 502, 503, 504)
"""What prose means at least."""


def add_error_handler(draft: Draft, prose: Json) -> None:
    """Add the error handler that the prose describes.

    Args:
        prose: The keys of an error handler that sentences give.
    """
    handlers = draft.list_blocks("error_handler")
    if not handlers and (named := prose.get("retry_on_status_codes")):
        reason = f"requests are tried again on {_join_codes(named)}, as the prose says"
        # Prose names examples: less than without a handler is not meant.
        if rest := [code for code in _LEAST_RETRIED if code not in named]:
            prose = {**prose, "retry_on_status_codes": [*named, *rest]}
            reason = f"{reason}, and on {_join_codes(rest)}, as without a handler"
        draft.log.assume(None, reason)
        endpoint, place = draft.shared, (None, "resource_defaults.endpoint.error_handler")
        if len(draft.resources) == 1:
            (resource,) = draft.resources
            endpoint, place = resource["endpoint"], (resource["name"], "endpoint.error_handler")
        endpoint["error_handler"] = prose
        draft.log.comments[place] = FROM_TEXT
    elif prose.get("backoff") == "constant":
        _set_constant_backoff(draft, handlers, prose["backoff_factor"])


def _join_codes(codes: list[int]) -> str:
    return ", ".join(map(str, codes))


def _set_constant_backoff(draft: Draft, handlers: list[Json], seconds: float) -> None:
    for handler in handlers:
        if handler.get("backoff_factor", seconds) == seconds:
            handler.setdefault("backoff", "constant")
            handler["backoff_factor"] = seconds
    draft.log.assume(None, f"the wait between tries is {seconds} s each time, as the prose says")
    for resource in draft.resources:
        draft.log.comments[resource["name"], "endpoint.error_handler.backoff"] = FROM_TEXT
