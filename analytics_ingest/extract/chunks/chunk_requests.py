"""The requests of one page: one for each chunk of the fields, with the same page token.

A request of a page holds the first chunk. What differs between the first page's requests with that
chunk and with another one is changed in it, so that all that the paginator has written stays.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from requests import Request

from analytics_ingest.extract.chunks.chunk_errors import build_chunk_error
from analytics_ingest.extract.listing import Listing

_PARTS = ("url", "params", "headers", "json", "data")


class _MissingChunkError(Exception):
    """A request does not hold the first chunk where the first page's request does."""


def build_chunk_requests(
    listing: Listing, page: Request, chunks: Sequence[Sequence[str]]
) -> Iterator[Request]:
    """Yield the requests of a page for further chunks.

    Args:
        page: Holds the first chunk.

    Raises:
        ApiError: The page is asked for by an address or a text that does not hold the fields.
    """
    if not chunks:
        return
    template, bindings = listing.template.request_template, listing.bindings
    first, again = (template.build_first_request(bindings, listing.window_filter) for _ in "ab")
    for chunk in chunks:
        other = template.build_first_request(bindings, listing.window_filter, chunk=chunk)
        try:
            yield _change_chunk(page, first, other, again)
        except _MissingChunkError:
            raise build_chunk_error(
                listing,
                "the request of a later page does not hold the fields where the first one does, so "
                "they cannot be requested in chunks; declare a paginator that sends a parameter, "
                "not a link, and write no expression that reads the fields and next_page_token",
            ) from None


def _change_chunk(page: Request, first: Request, other: Request, again: Request) -> Request:
    """Return the request of a page with another chunk.

    Args:
        first: The first page's request with the chunk that the page's request holds.
        other: The same with the other chunk.
        again: The first one, built a second time: what differs in it follows from the clock.
    """
    changed = copy.copy(page)
    # The parameters of a link are in its address.
    is_link = page.params is None and page.url != first.url
    for part in _PARTS:
        before, after, repeated = (getattr(r, part) for r in (first, other, again))
        if before == after:
            continue
        if is_link and part == "params":
            changed.url = _change_link(str(page.url), before, after)
        else:
            setattr(changed, part, _change(getattr(page, part), before, after, repeated))
    return changed


def _change(value: Any, before: Any, after: Any, again: Any) -> Any:
    """Return a value in which all that differs between two others is as in the second of them."""
    if before == after:
        return value
    if value == before:
        return copy.deepcopy(after)
    parts = value, before, after
    if all(isinstance(part, Mapping) for part in parts):
        names = {name for name in {**before, **after} if before.get(name) != after.get(name)}
        if all(names <= part.keys() for part in parts):
            own = again if isinstance(again, Mapping) else {}
            changed = {n: _change(value[n], before[n], after[n], own.get(n)) for n in names}
            return {name: changed.get(name, item) for name, item in value.items()}
    if all(isinstance(part, list) for part in parts) and len({*map(len, parts)}) == 1:
        own = again if isinstance(again, list) and len(again) == len(value) else before
        return [_change(*items) for items in zip(value, before, after, own, strict=True)]
    if again != before:
        return value
    raise _MissingChunkError


def _change_link(url: str, before: Any, after: Any) -> str:
    """Return a link in whose query the differing parameters are as in the second of two queries."""
    for name in before:
        if before[name] != after.get(name):
            url = _change_parameter(url, name, before[name], after.get(name))
    return url


def _change_parameter(url: str, name: str, before: Any, after: Any) -> str:
    address, _, query = url.partition("?")
    pairs = query.split("&")
    held = [n for n, pair in enumerate(pairs) if _read_pair(pair) == (name, before)]
    if len(held) != 1 or not isinstance(after, str):
        raise _MissingChunkError
    pairs[held[0]] = f"{quote_plus(name)}={quote_plus(after)}"
    return f"{address}?{'&'.join(pairs)}"


def _read_pair(pair: str) -> tuple[str, str]:
    name, _, value = pair.partition("=")
    return unquote_plus(name), unquote_plus(value)
