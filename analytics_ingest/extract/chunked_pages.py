"""Sends the request of a page; several if its fields are requested in chunks.

    page → a request for each chunk of the fields → rows merged by key → one response

The response of the first chunk stands for the page: the paginator goes on from it. If the chunks
have different rows, because rows moved between the requests, all of them are requested again.
"""

from dataclasses import replace

from analytics_ingest.common.errors import ApiError
from analytics_ingest.extract.chunk_requests import build_chunk_requests
from analytics_ingest.extract.http.api_request import ApiRequest
from analytics_ingest.extract.http.client import ApiClient
from analytics_ingest.extract.http.response import ApiResponse
from analytics_ingest.extract.listing import Listing
from analytics_ingest.extract.row_merge import RowMerge

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
    calls = [replace(call, http=http) for http in build_chunk_requests(listing, call.http)]
    first = client.send(call)
    keys = listing.template.merge_keys
    if not calls or keys is None or first.is_ignored:
        return first
    merge = RowMerge(listing, keys, first)
    if merge.problem:
        return first  # The listing knows whether it means the end.
    for repeats in range(MOST_REPEATS + 1):
        if repeats:
            call.attempts.add_retry(0)
            first = _send_again(client, call)
            if first.is_ignored:
                continue
            merge = RowMerge(listing, keys, first)
        if merge.problem:
            raise ApiError(f"{listing.template.place}: {merge.problem}")
        if all(_add(client, listing, merge, *other) for other in enumerate(calls, 1)):
            return first
        if listing.may_miss_rows:
            raise _describe_moved_row(listing)
    raise _describe_moving_rows(listing, len(calls) + 1, ", ".join(keys.names))


def _add(
    client: ApiClient, listing: Listing, merge: RowMerge, number: int, call: ApiRequest
) -> bool:
    """Request another chunk and add its rows; return whether these are the same rows."""
    response = _send_again(client, call)
    if response.is_ignored:
        raise ApiError(
            f"{listing.template.place}: {_name_fields(listing)}: response_actions ignore the "
            "response to a request for some of the fields, and rows without them would be "
            "incomplete; ask for fields that the API returns"
        )
    first, *others = listing.template.request_template.fields.list_chunks(listing.bindings)
    return merge.add(response, first, others[number - 1])


def _send_again(client: ApiClient, call: ApiRequest) -> ApiResponse:
    """Send a further request of a page that the API has answered before."""
    try:
        return client.send(call)
    except ApiError as error:
        error.status = None
        raise


def _name_fields(listing: Listing) -> str:
    fields = listing.template.resource.field_list
    return fields.key if fields else ""


def _describe_moved_row(listing: Listing) -> ApiError:
    return ApiError(
        f"{listing.template.place}: {_name_fields(listing)}: rows moved between the requests for "
        "the fields of a page, so a row may have moved to a page that was read before; load it "
        "again, or declare params that sort by a field that does not change"
    )


def _describe_moving_rows(listing: Listing, chunks: int, names: str) -> ApiError:
    return ApiError(
        f"{listing.template.place}: {_name_fields(listing)}: the {chunks} requests for the fields "
        f"of a page returned rows with different {names}, {MOST_REPEATS + 1} times; declare params "
        "that sort by a field that does not change, or raise the limit, so that fewer requests are "
        "needed; if the API omits rows without values, declare in always a field that each row has"
    )
