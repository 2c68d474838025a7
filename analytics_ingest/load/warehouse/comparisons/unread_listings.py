"""Warns where a load replaces rows of listings that it has not read.

A 404 for the children of a parent means that it has none, and `response_actions` may ignore an
answer. A table whose rows are replaced then loses what such a listing had: a merge keeps it.
"""

from collections.abc import Iterator, Sequence

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.extractor import Extractor
from analytics_ingest.extract.listing_template import find_ancestors
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.warehouse.comparisons.locked_tables import open_locked_tables
from analytics_ingest.load.warehouse.pipeline import WarehousePipeline
from analytics_ingest.load.warehouse.sql_tables import StoredTables
from analytics_ingest.load.warehouse.tables.replaced_windows import get_scope


def warn_of_unread_listings(
    pipeline: WarehousePipeline, resources: Sequence[ResourceDeclaration], extractor: Extractor
) -> None:
    """Warn that stored rows are removed because listings of theirs were not read.

    Args:
        extractor: What has read them.
    """
    unread = {
        resource.name: counts
        for resource in resources
        if _replaces_rows(resource) and (counts := list(_count_unread(resource, extractor)))
    }
    if not unread or pipeline.default_schema_name is None:
        return
    with open_locked_tables(pipeline, "unread listings") as tables:
        for resource in resources:
            if resource.name not in unread:
                continue
            stored = _count_rows(resource, tables, pipeline)
            # Of a whole table, as many rows as before show that these listings had none before.
            kept = 0 if resource.replaces_window else extractor.stats[resource.name].rows_stored
            if stored > kept:
                place = "its window" if resource.replaces_window else "the table"
                warning = (
                    f"{', '.join(unread[resource.name])} were not read, and rows that they had in "
                    f"{place} are removed; a primary_key, merged, would keep them"
                )
                extractor.stats[resource.name].warn([warning])


def _replaces_rows(resource: ResourceDeclaration) -> bool:
    """Return whether a load removes the stored rows that it does not bring."""
    return resource.replaces_window or not resource.is_merged


def _count_unread(resource: ResourceDeclaration, extractor: Extractor) -> Iterator[str]:
    """Yield how many listings of a resource, and of its parents and theirs, were not read."""
    if unread := _count(extractor.stats[resource.name]):
        yield f"{unread} listings"
    parents = [parent.resource for parent in find_ancestors(resource, extractor.templates)]
    for name in dict.fromkeys(parent.name for parent in parents):
        if unread := _count(extractor.stats[name]):
            yield f"{unread} listings of {name}"


def _count(stats: Stats) -> int:
    return stats.listings_missing + stats.listings_ignored + stats.parents_skipped


def _count_rows(
    resource: ResourceDeclaration, tables: StoredTables, pipeline: WarehousePipeline
) -> int:
    """Count the stored rows that the load may remove."""
    if not tables.list_columns([resource.table])[resource.table]:
        return 0
    source = tables.name_source(resource.table, staged=False)
    scope = get_scope(resource, pipeline.default_schema)
    ((rows,),) = tables.query(f"select count(*) from {source} where {scope}")
    return int(rows)
