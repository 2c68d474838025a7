"""Takes the constant wait of Airbyte's `backoff_time`, and logs a header of waits.

backoff_time: 60     is a wait of 60 s each time, unless the prose calls it exponential
"""

import re
from collections.abc import Collection

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.normalize.similar_words import spell
from analytics_ingest.convert.prose.responses.error_handler import list_waits
from analytics_ingest.convert.prose.responses.wait_headers import read_wait_headers

_CONSTANT = re.compile(r"(?:retry_)?backoff_time(?:_(?:in_)?seconds)?")


def take_constant_waits(draft: Draft, document: Document) -> None:
    """Write the wait of each error handler as a constant one."""
    stated = list_waits(document)
    for name, endpoint in draft.iterate_endpoints():
        handler = endpoint.get("error_handler")
        if isinstance(handler, dict):
            _take_wait(draft, name, handler, stated)


def _take_wait(
    draft: Draft, name: str | None, handler: Json, stated: Collection[float | None]
) -> None:
    keys = [key for key in handler if _CONSTANT.fullmatch(spell(key))]
    if len(keys) != 1 or "backoff_factor" in handler:
        return
    (key,) = keys
    handler["backoff_factor"] = seconds = handler.pop(key)
    if type(seconds) in (int, float) and "backoff" not in handler and None not in stated:
        handler["backoff"] = "constant"
        why = "the prose says" if seconds in stated else f"Airbyte's {key} is constant"
        draft.log.assume(name, f"the wait between tries is {seconds} s each time, as {why}")


def log_wait_headers(draft: Draft, document: Document) -> None:
    """Log that the prose takes waits from a header that no error handler declares."""
    if any("wait_header" in handler for handler in draft.list_blocks("error_handler")):
        return
    for name in read_wait_headers(document):
        what = f"the header {name}" if name else "a response header that it does not name"
        reason = f"the prose takes the wait between tries from {what}: declare it as wait_header"
        known = "" if name else ", unless it is Retry-After or a usual one of rate limits"
        draft.log.assume(None, f"{reason} of an error_handler{known}")
