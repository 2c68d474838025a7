"""What a resource must be to keep the versions of its rows by `strategy: scd2`.

dlt retires each row that a load does not hold. So a load must hold all rows: that of a snapshot
whose listing nothing cuts.
"""

from collections.abc import Iterator

from analytics_ingest.declaration.resolved import ResourceDeclaration

_OPTIONS = {"disposition", "strategy"}


def find_history_problem(resource: ResourceDeclaration) -> str | None:
    """Return why a resource cannot keep a history; None if it can."""
    keys = resource.primary_key
    if resource.incremental:
        path = resource.incremental.cursor_path
        versions = ", ".join((*keys, path))
        return (
            f"'scd2' keeps versions in the order of loads, and windows come again and out of "
            f"order; declare primary_key: [{versions}], which keeps each version as a row, or "
            "endpoint.incremental: null for a snapshot"
        )
    if not keys:
        return "'scd2' needs a primary_key, which says which rows are versions of one another"
    if other := sorted(set(resource.write_disposition) - _OPTIONS):
        return f"'{other[0]}' does not fit 'scd2' here; remove it"
    if problem := next(_list_conflicts(resource), None):
        return f"'scd2' does not fit {problem}; remove one of them"
    return None


def _list_conflicts(resource: ResourceDeclaration) -> Iterator[str]:
    declared, paginator = resource.declared, resource.endpoint.paginator
    for key in ("merge_key", "max_table_nesting", "schema_contract", "columns"):
        if getattr(declared, key):
            yield key
    for key, value in (paginator.dump_keys() if paginator else {}).items():
        if key.startswith("maximum_") and value is not None:
            yield f"paginator.{key}, which cuts the listing: the rows behind it would be retired"
    if resource.endpoint.partial == "allow":
        yield "partial: allow, because the rows that are missing would be retired"
