"""A reading of an API → a dlt source: one dlt resource for each wanted resource."""

from collections.abc import Iterator, Mapping
from typing import Any

import dlt
from dlt.common.data_types import TDataType
from dlt.common.schema.typing import TColumnSchema
from dlt.extract.resource import DltResource
from dlt.extract.source import DltSource

from analytics_ingest.config.declaration import ResourceDeclaration
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
        if resource.fields and "_dlt_load_id" not in known:
            # The table is there after the first load, even of an API that has no rows yet.
            yield dlt.mark.materialize_table_schema()
        stats = reading.stats[resource.name]
        sorter = RowSorter(resource, window, _key_types(resource, known), stats)
        rejected = rejected_hints(resource.name)
        for page in reading.pages(resource.name):
            if page is None:
                yield None
                continue
            loaded, refused = sorter.sort(page)
            if refused:
                yield dlt.mark.with_hints(refused, rejected, create_table_variant=True)
            yield loaded or None

    return dlt.resource(rows, **resource_hints(resource))()


def _key_types(
    resource: ResourceDeclaration, known: Mapping[str, TColumnSchema]
) -> dict[str, TDataType]:
    declared = columns(resource)
    types: dict[str, TDataType] = {}
    for name in resource.primary_key:
        data_type = declared.get(name, known.get(name, {})).get("data_type")
        if data_type:
            types[name] = data_type
    return types
