"""Sentences about one resource: what looks wrong in its answers, and what is worth knowing."""

from collections.abc import Iterator

from analytics_ingest.extract.parents.skipped_parents import describe_skipped
from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.extract.responses.error_bodies import describe_keys
from analytics_ingest.preview.check_findings import check_findings
from analytics_ingest.preview.listing_findings import find_listing_problems


def list_findings(preview: ResourcePreview) -> Iterator[str]:
    """Yield what looks wrong."""
    if preview.error and not preview.is_repeated:
        yield preview.error
    if preview.key_problem:
        yield preview.key_problem
    if preview.parents_skipped:
        yield describe_skipped(preview.resource, preview.parents_skipped)
    if preview.rows_before or preview.rows_at_one:
        yield _describe_first_position(preview)
    if preview.pages:
        yield from find_listing_problems(preview)
    if preview.rows:
        yield from check_findings(preview)
    yield from preview.mask_warnings


def _describe_first_position(preview: ResourcePreview) -> str:
    block = preview.resource.endpoint.paginator
    key = "offset" if block and block.type == "offset" else "base_page"
    if preview.rows_at_one:
        return (
            f"the API has no rows at position 0, where the listing begins, and "
            f"{preview.rows_at_one} at position 1; declare paginator.{key}: 1"
        )
    return (
        f"the API has {preview.rows_before} rows at position 0, and the listing begins at 1, so a "
        f"load would lose them; declare paginator.{key}: 0"
    )


def list_notes(preview: ResourcePreview) -> Iterator[str]:
    """Yield what is worth knowing, though nothing is wrong with it."""
    if preview.first_request is None:
        yield "was not requested, because no row of its parent was read"
    elif preview.pages and not preview.rows:
        selector = preview.resource.endpoint.data_selector
        place = f" at '{selector}'" if selector else ""
        yield (
            f"the listing is empty{place} ({describe_keys(preview.body)}), so its fields are "
            "unknown"
        )
    yield from preview.messages
    if preview.rows and preview.resource.replaces_window:
        yield "has no primary_key, so each load replaces the rows of its window"
    elif preview.rows and not preview.resource.primary_key:
        yield "has no primary_key, so each load reads it whole and replaces its table"
