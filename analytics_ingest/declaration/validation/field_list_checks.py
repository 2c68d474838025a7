"""Checks that the rows of a list of fields in chunks can be merged, and by what."""

from collections.abc import Collection

from analytics_ingest.declaration.resolved import ResourceDeclaration


def list_merge_keys(resource: ResourceDeclaration) -> list[str]:
    """List the fields by which the rows of the chunks of a page are merged.

    Columns that a load adds are the same for all rows of a listing.
    """
    declared = resource.field_list and resource.field_list.merge_by
    keys = declared or resource.primary_key
    return [key for key in keys if declared or key not in resource.added_columns]


def check_field_list(resource: ResourceDeclaration, read_by_steps: Collection[str]) -> None:
    """Check that a list of fields fits its resource.

    Args:
        read_by_steps: Fields of the partition that the processing steps read.

    Raises:
        DeclarationError: It does not; the message says why.
    """
    fields, endpoint = resource.field_list, resource.endpoint
    if fields is None:
        return
    problem = None
    if fields.name in read_by_steps:
        problem = "processing_steps read it, and a row may come from several requests; remove that"
    elif endpoint.job:
        problem = "cannot be combined with endpoint.job; write the fields into job.create"
    elif fields.is_chunked and endpoint.decoder and endpoint.decoder.is_row_based:
        problem = (
            f"chunks of fields need rows of json or xml, and the decoder is {endpoint.decoder.type}"
            "; remove max_count and max_length"
        )
    elif fields.is_chunked and not list_merge_keys(resource):
        problem = (
            "needs a field by which the rows of its chunks are merged; declare primary_key, or "
            "merge_by"
        )
    if problem:
        raise resource.place.build_error(fields.key, problem)
