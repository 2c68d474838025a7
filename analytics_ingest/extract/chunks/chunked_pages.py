"""Sends the request of a page; several if its fields are requested in chunks.

    page → a request for each chunk of the fields → rows merged by key → one response

The response of the first chunk stands for the page: the paginator goes on from it. If the chunks
have different rows, because rows moved between the requests, all of them are requested again.
"""

from collections.abc import Sequence
from dataclasses import replace

from analytics_ingest.common.errors import ApiError
from analytics_ingest.extract.chunks.chunk_errors import build_chunk_error
from analytics_ingest.extract.chunks.chunk_requests import build_chunk_requests
from analytics_ingest.extract.chunks.row_merge import RowMerge
from analytics_ingest.extract.http.api_request import ApiRequest
from analytics_ingest.extract.http.client import ApiClient
from analytics_ingest.extract.http.response import ApiResponse
from analytics_ingest.extract.listing import Listing

MOST_REPEATS = 3
"""How often all chunks of a page are requested again, at most."""


def send_page(client: ApiClient, listing: Listing, call: ApiRequest) -> ApiResponse:
    """Send the request of a page of a listing, once for each chunk of its fields.

    Args:
        call: Counts all attempts, and cancels them.

    Raises:
        ApiError: A request fails, or the rows of the chunks cannot be merged. Only that of the
            first request has a status: the others do not say that the listing has ended.
    """
    keys = listing.template.merge_keys
    if keys is None:
        return client.send(call)
    chunk, *chunks = listing.template.request_template.fields.list_chunks(listing.bindings)
    others = [replace(call, http=h) for h in build_chunk_requests(listing, call.http, chunks)]
    first = client.send(call)
    if not others or first.is_ignored:
        return first
    merge = RowMerge(listing, keys, first, chunk)
    if merge.problem:
        return first  # The listing knows whether it means the end.
    for repeats in range(MOST_REPEATS + 1):
        if repeats:
            call.attempts.add_retry(0)
            first = _send_again(client, call)
            if first.is_ignored:
                continue
            merge = RowMerge(listing, keys, first, chunk)
        if merge.problem:
            raise ApiError(f"{listing.template.place}: {merge.problem}")
        if all(_add(client, listing, merge, *other) for other in zip(others, chunks, strict=True)):
            return first
        if listing.may_miss_rows:
            raise build_chunk_error(
                listing,
                "rows moved between the requests for the fields of a page, so a row may have moved "
                "to a page that was read before; load it again, or declare params that sort by a "
                "field that does not change",
            )
    raise build_chunk_error(
        listing,
        f"the {len(others) + 1} requests for the fields of a page returned rows with different "
        f"{', '.join(keys.names)}, {MOST_REPEATS + 1} times; declare params that sort by a field "
        "that does not change, or raise the limit, so that fewer requests are needed; if the API "
        "omits rows without values, declare in always a field that each row has",
    )


def _add(
    client: ApiClient, listing: Listing, merge: RowMerge, call: ApiRequest, chunk: Sequence[str]
) -> bool:
    """Request another chunk and add its rows; return whether these are the same rows."""
    response = _send_again(client, call)
    if response.is_ignored:
        raise build_chunk_error(
            listing,
            "response_actions ignore the response to a request for some of the fields, and rows "
            "without them would be incomplete; ask for fields that the API returns",
        )
    return merge.add(response, chunk)


def _send_again(client: ApiClient, call: ApiRequest) -> ApiResponse:
    """Send a further request of a page that the API has answered before."""
    try:
        return client.send(call)
    except ApiError as error:
        error.status = None
        raise
