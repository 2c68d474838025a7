"""A reading of an API → a dlt source: one dlt resource for each wanted resource."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dlt
from dlt.common.data_types import TDataType
from dlt.common.schema.typing import TColumnSchema
from dlt.common.storages.exceptions import CurrentLoadPackageStateNotAvailable
from dlt.common.storages.load_package import load_package_state
from dlt.extract.resource import DltResource
from dlt.extract.source import DltSource

from analytics_ingest.config.declaration import ResourceDeclaration
from analytics_ingest.loading import narrowing
from analytics_ingest.loading.batches import Batches
from analytics_ingest.loading.columnar import Columns, can_be_columnar
from analytics_ingest.loading.errors import ApiError
from analytics_ingest.loading.reading import Reading
from analytics_ingest.loading.rows import RowSorter
from analytics_ingest.loading.table_files import TableFiles
from analytics_ingest.loading.tables import columns, rejected_hints, resource_hints
from analytics_ingest.loading.window import Window


def build_source(
    api: str,
    resources: list[ResourceDeclaration],
    reading: Reading,
    window: Window,
    files: Path,
    *,
    columnar: bool,
) -> DltSource:
    """Build the source of one load; it can be run once.

    Args:
        files: A folder for files on their way to dlt.
        columnar: Whether the warehouse takes Parquet files as we write them.
    """

    @dlt.source(name=api)
    def source() -> list[DltResource]:
        return [
            _dlt_resource(
                resource, reading, window, files, columnar=columnar and can_be_columnar(resource)
            )
            for resource in resources
        ]

    return source()


def _dlt_resource(
    resource: ResourceDeclaration, reading: Reading, window: Window, files: Path, *, columnar: bool
) -> DltResource:
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
        table_files = _table_files(resource, known, files) if columnar else None
        batches = Batches(types, table_files)
        for page in reading.pages(resource.name):
            if page is None:
                yield None
                continue
            try:
                loaded, refused = sorter.sort(page)
            except RecursionError:
                told = f"{resource.api}.{resource.name}: a row is nested too deeply to be stored"
                reading.fail(resource.name, ApiError(told))
                continue
            if refused:
                yield dlt.mark.with_hints(refused, rejected, create_table_variant=True)
            yield from batches.add(loaded)
        yield from batches.close()

    return dlt.resource(rows, **resource_hints(resource))()


def _table_files(
    resource: ResourceDeclaration, known: Mapping[str, TColumnSchema], folder: Path
) -> TableFiles | None:
    try:
        load_id = load_package_state().get("load_id", "")
    except CurrentLoadPackageStateNotAvailable:
        return None  # A source that is read without a pipeline gives its rows.
    columns = Columns(_all(resource, known), dlt.current.source_schema())
    return TableFiles(columns, folder, load_id)


def _all(
    resource: ResourceDeclaration, known: Mapping[str, TColumnSchema]
) -> dict[str, TColumnSchema]:
    """Columns by their names in the warehouse: what it has, else as declared."""
    normal = dlt.current.source_schema().naming.normalize_identifier
    declared = {normal(name): column for name, column in columns(resource).items()}
    return {**declared, **known}


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
