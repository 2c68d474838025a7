"""Errors of a page whose fields are requested in chunks: they name the list of fields."""

from analytics_ingest.common.errors import ApiError
from analytics_ingest.extract.listing import Listing


def build_chunk_error(listing: Listing, problem: str) -> ApiError:
    """Build the error of a problem with the fields of a listing."""
    fields = listing.template.resource.field_list
    return ApiError(f"{listing.template.place}: {fields.key if fields else ''}: {problem}")
