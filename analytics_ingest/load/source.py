"""A extractor of an API → a dlt source: one dlt resource for each wanted resource."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dlt
from dlt.common.schema import Schema
from dlt.common.schema.typing import C_DLT_LOAD_ID, TTableSchemaColumns
from dlt.common.storages.exceptions import CurrentLoadPackageStateNotAvailable
from dlt.common.storages.load_package import load_package_state
from dlt.extract.resource import DltResource
from dlt.extract.source import DltSource

from analytics_ingest.common.errors import ApiError
from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.extract import window_filter
from analytics_ingest.extract.extractor import Extractor
from analytics_ingest.load.rows.arrow import can_be_columnar
from analytics_ingest.load.rows.batches import Batches
from analytics_ingest.load.rows.column_types import ColumnTypes
from analytics_ingest.load.rows.parquet import TableFiles
from analytics_ingest.load.rows.routing import RowRouter
from analytics_ingest.load.warehouse.dlt_hints import columns, rejected_hints, resource_hints
from analytics_ingest.load.warehouse.load_plan import LoadPlan


def build_source(
    api: str,
    resources: list[ResourceDeclaration],
    extractor: Extractor,
    window: Window,
    *,
    files: Path,
    plan: LoadPlan,
) -> DltSource:
    """Build the source of one load; it can be run once.

    Args:
        files: A folder for files on their way to dlt.
        plan: How the warehouse is loaded.
    """

    @dlt.source(name=api)
    def source() -> list[DltResource]:
        return [_dlt_resource(resource, extractor, window, files, plan) for resource in resources]

    return source()


def _dlt_resource(
    resource: ResourceDeclaration, extractor: Extractor, window: Window, files: Path, plan: LoadPlan
) -> DltResource:
    def rows() -> Iterator[Any]:
        schema = dlt.current.source_schema()
        types = _column_types(resource, schema, plan)
        table_files = _table_files(types, files)
        if not _is_stored(resource, schema):
            yield from _empty_table(resource, types, plan, table_files)
        stats = extractor.stats[resource.name]
        sorter = RowRouter(resource, window_filter.window_of(resource, window), types, stats)
        rejected = rejected_hints(resource.name, plan)
        in_columns = plan.takes_columns and can_be_columnar(resource)
        batches = Batches(types, table_files if in_columns else None)
        too_deep = f"{resource.api}.{resource.name}: a row is nested too deeply to be stored"
        for page in extractor.pages(resource.name):
            if page is None:
                yield None
                continue
            try:
                loaded, refused = sorter.sort(page)
                items = list(batches.add(loaded))
            except RecursionError:
                extractor.fail(resource.name, ApiError(too_deep))
                return
            if refused:
                yield dlt.mark.with_hints(refused, rejected, create_table_variant=True)
            yield from items
        try:
            items = list(batches.close())
        except RecursionError:
            extractor.fail(resource.name, ApiError(too_deep))
            return
        yield from items

    return dlt.resource(rows, **resource_hints(resource, plan))()


def _empty_table(
    resource: ResourceDeclaration, types: ColumnTypes, plan: LoadPlan, files: TableFiles | None
) -> Iterator[Any]:
    """What makes the table of declared fields, even of an API that has no rows yet."""
    if not resource.fields or not all(types.get(name) for name in resource.primary_key):
        return
    if plan.is_lake and resource.is_merged and files:
        # dlt's own way is a row without fields, in which an upsert looks for the key.
        yield from files.empty(columns(resource))
    else:
        yield dlt.mark.materialize_table_schema()


def _column_types(resource: ResourceDeclaration, schema: Schema, plan: LoadPlan) -> ColumnTypes:
    stored = schema.tables.get(resource.name, {}).get("columns", {})
    declared: TTableSchemaColumns = {name: {} for name in resource.primary_key}
    declared.update(columns(resource))
    normal = schema.naming.normalize_path
    return ColumnTypes(declared, stored, normal, holds_nul=plan.holds_nul)


def _is_stored(resource: ResourceDeclaration, schema: Schema) -> bool:
    return C_DLT_LOAD_ID in schema.tables.get(resource.name, {}).get("columns", {})


def _table_files(types: ColumnTypes, folder: Path) -> TableFiles | None:
    try:
        load_id = load_package_state().get("load_id", "")
    except CurrentLoadPackageStateNotAvailable:
        return None  # A source that is read without a pipeline gives its rows.
    return TableFiles(types, folder, load_id)
