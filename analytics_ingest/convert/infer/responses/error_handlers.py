"""Adds the error handler that only sentences describe."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json

_LEAST_RETRIED = (429, 500, 502, 503, 504)
"""What prose means at least."""


def add_error_handler(
    draft: Draft,
    prose: Json,
    failing: Collection[int],
    *,
    is_of_all: bool,
    retries: Collection[int | None],
) -> None:
    """Add the error handler that the prose describes.

    Args:
        prose: The keys of an error handler that sentences give.
        failing: The statuses of which sentences say that they are not retried.
        is_of_all: Whether a constant wait is that of all resources.
        retries: How often sentences say that requests are tried again; None for a resource's.
    """
    handlers = draft.list_blocks("error_handler")
    if not handlers and (named := prose.get("retry_on_status_codes")):
        reason = f"requests are tried again on {_join_codes(named)}, as the prose says"
        # Prose names examples: less than without a handler is not meant.
        least = [code for code in _LEAST_RETRIED if code not in failing]
        if rest := [code for code in least if code not in named]:
            prose = {**prose, "retry_on_status_codes": [*named, *rest]}
            reason = f"{reason}, and on {_join_codes(rest)}, as without a handler"
        draft.log.assume(None, "; ".join([reason, *_describe_tries(prose)]))
        _declare(draft, prose)
        return
    _add_without_statuses(draft, handlers, prose, failing, is_of_all=is_of_all, retries=retries)


def _add_without_statuses(
    draft: Draft,
    handlers: list[Json],
    prose: Json,
    failing: Collection[int],
    *,
    is_of_all: bool,
    retries: Collection[int | None],
) -> None:
    """Add waits and retries that the prose names without statuses, or log that it does."""
    wait = _describe_wait(prose["backoff_factor"]) if prose.get("backoff") == "constant" else None
    count = next(iter(retries)) if len(retries) == 1 else None
    tries = f"requests are tried again up to {count} times"
    stopping = [code for code in _LEAST_RETRIED if code in failing]
    if handlers:
        if wait:
            _set_constant_backoff(draft, handlers, prose["backoff_factor"])
        if count and not any("max_retries" in each for each in handlers):
            _set_retries(draft, handlers, count)
        return
    if is_of_all if wait else count:
        least = [code for code in _LEAST_RETRIED if code not in failing]
        on = f"on {_join_codes(least)}" if stopping else "on the statuses as without a handler"
        draft.log.assume(None, f"{wait or tries}, as the prose says, {on}")
        own = prose if wait else {"max_retries": count}
        _declare(draft, {"retry_on_status_codes": least, **own})
        return
    if stopping:
        reason = f"{_join_codes(stopping)} fails at once, as the prose says, but without a handler"
        draft.log.assume(
            None, f"{reason} only after retries: declare response_actions with action: fail"
        )
    if wait:
        draft.log.assume(None, f"the prose says that {wait}; declare it in an error_handler")
    elif retries:
        reason = "the prose names several numbers of retries, or that of a resource"
        draft.log.assume(None, f"{reason}; declare max_retries in an error_handler")


def _set_retries(draft: Draft, handlers: list[Json], count: int) -> None:
    """Set how often the handlers of a configuration try again, which none of them says."""
    for handler in handlers:
        handler["max_retries"] = count
    draft.log.assume(None, f"requests are tried again up to {count} times, as the prose says")
    for resource in draft.resources:
        draft.log.comments[resource["name"], "endpoint.error_handler.max_retries"] = FROM_TEXT


def log_several_waits(draft: Draft, waits: Sequence[float | None]) -> None:
    """Log that the prose names several waits, of which an error handler has one.

    Args:
        waits: The seconds of constant ones; None for an exponential one.
    """
    if not waits:
        return
    said = [_describe("constant" if wait else "exponential", wait) for wait in waits]
    handlers = draft.list_blocks("error_handler")
    used = dict.fromkeys(
        _describe(each.get("backoff"), each.get("backoff_factor", 2)) for each in handlers
    )
    what = ", ".join(used) if used else "1, 2, 4 and 8 s, as without a handler"
    draft.log.assume(
        None, f"the prose names several waits between tries ({', '.join(said)}): they are {what}"
    )


def log_retry_conditions(draft: Draft, conditions: Sequence[str]) -> None:
    """Log the conditions of retries in the prose, which no error handler has."""
    # An action may be what the condition means.
    if not any("response_actions" in draft.merge_endpoint(each) for each in draft.resources):
        for condition in conditions:
            reason = f'the prose retries "{condition}"; nothing in the declaration decides that'
            draft.log.assume(None, f"{reason}: declare response_actions with action: fail")


def _describe_tries(handler: Json) -> Iterator[str]:
    """Yield how often and after which waits a handler of the prose tries again, where it says."""
    if count := handler.get("max_retries"):
        yield f"up to {count} times"
    if seconds := handler.get("backoff_factor"):
        is_constant = handler.get("backoff") == "constant"
        kind = _describe("constant" if is_constant else "exponential", seconds)
        yield f"the wait between tries is {kind}"


def _describe(kind: Any, seconds: Any) -> str:
    """Describe a wait of a number of seconds; of an exponential one, None stands for any."""
    if kind == "constant":
        return f"{seconds} s each time"
    return "exponential" if seconds is None else f"exponential from {seconds} s on"


def _declare(draft: Draft, handler: Json) -> None:
    """Declare an error handler for all resources."""
    endpoint, place = draft.shared, (None, "resource_defaults.endpoint.error_handler")
    if len(draft.resources) == 1:
        (resource,) = draft.resources
        endpoint, place = resource["endpoint"], (resource["name"], "endpoint.error_handler")
    endpoint["error_handler"] = handler
    draft.log.comments[place] = FROM_TEXT


def _join_codes(codes: list[int]) -> str:
    return ", ".join(map(str, codes))


def _describe_wait(seconds: float) -> str:
    return f"the wait between tries is {seconds} s each time"


def _set_constant_backoff(draft: Draft, handlers: list[Json], seconds: float) -> None:
    """Make the wait of handlers constant that have no other."""
    own = {"backoff": "constant", "backoff_factor": seconds}
    taking = [each for each in handlers if all(each.get(k, v) == v for k, v in own.items())]
    if not taking:
        used = dict.fromkeys(_describe(h.get("backoff"), h.get("backoff_factor")) for h in handlers)
        reason = f"{_describe_wait(seconds)}; that of the configuration is {', '.join(used)}"
        draft.log.assume(None, f"the prose says that {reason}")
    if all(own.items() <= each.items() for each in taking):
        return
    for handler in taking:
        handler.update(own)
    draft.log.assume(None, f"{_describe_wait(seconds)}, as the prose says")
    for resource in draft.resources:
        draft.log.comments[resource["name"], "endpoint.error_handler.backoff"] = FROM_TEXT
