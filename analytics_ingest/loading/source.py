"""A reading of an API → a dlt source: one dlt resource for each wanted resource."""

from collections.abc import Iterator, Mapping
from typing import Any

import dlt
from dlt.common.data_types import TDataType
from dlt.common.schema.typing import TColumnSchema
from dlt.extract.resource import DltResource
from dlt.extract.source import DltSource

from analytics_ingest.config.declaration import ResourceDeclaration
from analytics_ingest.loading import narrowing
from analytics_ingest.loading.errors import ApiError
from analytics_ingest.loading.reading import Reading
from analytics_ingest.loading.rows import RowSorter
from analytics_ingest.loading.tables import columns, rejected_hints, resource_hints
from analytics_ingest.loading.window import Window


def build_source(
    api: str, resources: list[ResourceDeclaration], reading: Reading, window: Window
) -> DltSource:
    """Build the source of one load; it can be run once."""

    @dlt.source(name=api)
    def source() -> list[DltResource]:
        return [_dlt_resource(resource, reading, window) for resource in resources]

    return source()


def _dlt_resource(resource: ResourceDeclaration, reading: Reading, window: Window) -> DltResource:
    def rows() -> Iterator[Any]:
        known = dlt.current.source_schema().tables.get(resource.name, {}).get("columns", {})
        types = _types(resource, known)
        has_key = all(name in types for name in resource.primary_key)
        if resource.fields and has_key and "_dlt_load_id" not in known:
            # The table is there after the first load, even of an API that has no rows yet.
            yield dlt.mark.materialize_table_schema()
        stats = reading.stats[resource.name]
        sorter = RowSorter(resource, narrowing.window_of(resource, window), types, stats)
        rejected = rejected_hints(resource.name)
        for page in reading.pages(resource.name):
            if page is None:
                yield None
                continue
            loaded, refused = _sorted(sorter, page, resource)
            if refused:
                yield dlt.mark.with_hints(refused, rejected, create_table_variant=True)
            yield loaded or None

    return dlt.resource(rows, **resource_hints(resource))()


def _sorted(
    sorter: RowSorter, page: list[Any], resource: ResourceDeclaration
) -> tuple[list[Any], list[dict[str, str]]]:
    try:
        return sorter.sort(page)
    except RecursionError:
        raise ApiError(
            f"{resource.api}.{resource.name}: a row is nested too deeply to be stored"
        ) from None


def _types(
    resource: ResourceDeclaration, known: Mapping[str, TColumnSchema]
) -> dict[str, TDataType]:
    """Data types by field: of the columns that the warehouse has, then as declared."""
    normal = dlt.current.source_schema().naming.normalize_identifier
    declared = columns(resource)
    names = {*declared, *resource.primary_key}
    types: dict[str, TDataType] = {}
    for name in names:
        for column in (declared.get(name, {}), known.get(normal(name), {})):
            data_type = column.get("data_type")
            if data_type is not None:
                types.setdefault(name, data_type)
    return types
