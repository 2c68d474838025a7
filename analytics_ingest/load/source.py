"""An API's extractor → a dlt source, with one dlt resource for each table.

Each dlt resource routes its pages, gathers the rows in batches, and yields those to dlt.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dlt
from dlt.common.configuration.specs import BaseConfiguration
from dlt.common.schema import Schema
from dlt.common.schema.typing import C_DLT_LOAD_ID, TTableSchemaColumns
from dlt.common.storages.exceptions import CurrentLoadPackageStateNotAvailable
from dlt.common.storages.load_package import load_package_state
from dlt.extract.resource import DltResource
from dlt.extract.source import DltSource

from analytics_ingest.common.column_names import OTHER_FIELDS
from analytics_ingest.common.errors import ApiError, WarehouseError
from analytics_ingest.common.lazy_list import LazyList
from analytics_ingest.common.log import LogLine
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.extractor import Extractor
from analytics_ingest.extract.http.errors import UnexpectedErrors
from analytics_ingest.extract.page import PageSignal, Rows
from analytics_ingest.load.resource_columns import (
    build_coercer,
    build_field_names,
    read_stored_types,
)
from analytics_ingest.load.rows.arrow import can_be_columnar
from analytics_ingest.load.rows.batches import Batches
from analytics_ingest.load.rows.coercion import RowCoercer
from analytics_ingest.load.rows.column_types import ColumnTypes
from analytics_ingest.load.rows.field_names import TableColumns
from analytics_ingest.load.rows.imported_files import ImportedFiles
from analytics_ingest.load.rows.merge_marks import MergeMarks
from analytics_ingest.load.rows.nested_rows import NestedRowCoercer
from analytics_ingest.load.rows.routing import RowRouter
from analytics_ingest.load.rows.row_versions import RowVersions
from analytics_ingest.load.stored_table import (
    build_table_hints,
    prepare_stored_table,
    read_nested_hints,
)
from analytics_ingest.load.warehouse.deletes.marked_table import lacks_mark
from analytics_ingest.load.warehouse.tables.dlt_hints import (
    build_column_hints,
    build_rejected_hints,
    build_resource_hints,
    name_rejected_table,
)
from analytics_ingest.load.warehouse.tables.load_plan import LoadPlan

SECTION = "source"
"""The section of dlt's settings for all sources of this project."""


def build_source(
    schema: Schema,
    resources: list[ResourceDeclaration],
    extractor: Extractor,
    *,
    files: Path,
    plan: LoadPlan,
    log: LogLine,
) -> DltSource:
    """Build the source of one load; it can be run once.

    Args:
        schema: A new one, named after the API.
        files: A folder for the files that dlt imports.
        plan: How to load the destination.
        log: Called with a line about fields that get no column.
    """

    tables = [
        _build_dlt_resource(resource, extractor, files=files, plan=plan, log=log)
        for resource in resources
    ]
    # Without dlt's decorator, which derives a class of settings from the function at each load.
    source = DltSource(schema, SECTION, tables)
    # dlt forgets the nesting of a new table whose columns have a contract, and takes the source's.
    source.max_table_nesting = 0
    return source


def _build_dlt_resource(
    resource: ResourceDeclaration,
    extractor: Extractor,
    *,
    files: Path,
    plan: LoadPlan,
    log: LogLine,
) -> DltResource:
    def yield_rows() -> Iterator[Any]:
        schema = dlt.current.source_schema()
        problem = prepare_stored_table(resource, schema, hints, table_hints, dlt_resource)
        if problem:
            extractor.fail(resource.name, WarehouseError(problem))
        if resource.name in extractor.failures:
            return
        nested = read_nested_hints(resource, schema.naming, dlt_resource)
        yield from yield_items(resource, extractor, schema, nested, files=files, plan=plan, log=log)

    hints = build_resource_hints(resource, plan)
    # An empty `spec`: otherwise dlt derives a class of settings from the function at each load.
    dlt_resource: DltResource = dlt.resource(
        yield_rows, section=SECTION, spec=BaseConfiguration, **hints
    )()
    table_hints = build_table_hints(extractor.templates[resource.name], plan)
    if table_hints:
        dlt_resource.apply_hints(additional_table_hints=table_hints)
    # Not `apply_hints`, which would give the rejected table the columns of the resource's own.
    dlt_resource._set_hints(build_rejected_hints(resource.table, plan), create_table_variant=True)
    return dlt_resource


def yield_items(
    resource: ResourceDeclaration,
    extractor: Extractor,
    schema: Schema,
    nested_hints: Mapping[str, TTableSchemaColumns],
    *,
    files: Path,
    plan: LoadPlan,
    log: LogLine,
) -> Generator[Any, None, None]:
    """Yield the items of one table for dlt; None lets dlt go on with another table.

    Args:
        schema: The stored schema, empty before the first load.
        nested_hints: Nested table → its declared columns.
    """
    types = read_stored_types(schema, resource, plan)
    imported = _open_imported_files(types, files, plan)
    is_new = not _is_stored(resource, schema)
    if is_new:
        yield from _create_empty_table(resource, types, plan, imported)
    elif lacks_mark(resource, schema):
        yield dlt.mark.materialize_table_schema()
    template, stats = extractor.templates[resource.name], extractor.stats[resource.name]
    router = RowRouter(
        resource,
        template.window,
        types,
        stats,
        template.window_filters,
        stored_window=template.stored_window,
        rejected_before=extractor.parts.rejected[resource.name],
    )
    names = build_field_names(resource, types, schema.tables)
    versions = RowVersions(resource) if resource.has_history else None
    marks = MergeMarks(resource, types)
    coercer = build_coercer(resource, types, names.table, schema, nested_hints)
    batches = Batches(coercer, names, imported if can_be_columnar(resource) else None, versions)
    pages = extractor.read_pages(resource.name)
    try:
        with UnexpectedErrors(f"{resource.api}.{resource.name}"):
            yield from _batch_pages(
                pages, router, marks, batches, table_of_rejected=name_rejected_table(resource.table)
            )
    except ApiError as error:
        extractor.fail(resource.name, error)
    if resource.replaces_window and not is_new and not stats.rows_loaded:
        # Without an item, dlt would keep the rows of the window.
        yield dlt.mark.materialize_table_schema()
    _log_others(resource, names.table, coercer, log)
    if problem := router.find_problem(is_new=is_new) or marks.find_problem():
        extractor.fail(resource.name, ApiError(problem))
    if versions:
        stats.warn(versions.list_warnings())
        if problem := versions.find_problem():
            extractor.fail(resource.name, ApiError(problem))


def _log_others(
    resource: ResourceDeclaration,
    table: TableColumns,
    coercer: RowCoercer | NestedRowCoercer,
    log: LogLine,
) -> None:
    most = resource.declared.max_new_columns
    nested = coercer.list_nested_tables() if isinstance(coercer, NestedRowCoercer) else ()
    for name in [t.name for t in (table, *nested) if t.has_others]:
        log(
            f"{resource.api}.{name}: new fields beyond max_new_columns {most} are kept as "
            f"JSON in the column {OTHER_FIELDS}"
        )


def _batch_pages(
    pages: Iterable[Rows],
    router: RowRouter,
    marks: MergeMarks,
    batches: Batches,
    *,
    table_of_rejected: str,
) -> Iterator[Any]:
    """Yield the items of pages for dlt; None lets dlt go on with another resource."""
    for page in pages:
        if page is PageSignal.NONE_YET:
            yield None
            continue
        if page is PageSignal.RESTART:
            router.restart()
            continue
        for rows in page.iterate_blocks() if isinstance(page, LazyList) else (page,):
            loaded, rejected = router.route(rows)
            marks.note(loaded)
            if rejected:
                yield dlt.mark.with_table_name(rejected, table_of_rejected)
            yield from batches.add(loaded)
    yield from batches.close()


def _create_empty_table(
    resource: ResourceDeclaration,
    types: ColumnTypes,
    plan: LoadPlan,
    imported: ImportedFiles | None,
) -> Iterator[Any]:
    """Yield the item that creates the table of the declared fields, even without rows."""
    if (
        resource.has_history
        or not any(field.data_type for field in resource.fields.values())
        or not all(types.get(name) for name in resource.primary_key)
    ):
        return
    if plan.is_lake and resource.is_merged and imported:
        # dlt's own item is a row without fields: an upsert would look for the key in it.
        yield from imported.write_empty(build_column_hints(resource))
    else:
        yield dlt.mark.materialize_table_schema()


def _is_stored(resource: ResourceDeclaration, schema: Schema) -> bool:
    return C_DLT_LOAD_ID in schema.tables.get(resource.table, {}).get("columns", {})


def _open_imported_files(types: ColumnTypes, folder: Path, plan: LoadPlan) -> ImportedFiles | None:
    if plan.imports is None:
        return None
    try:
        load_id = load_package_state().get("load_id", "")
    except CurrentLoadPackageStateNotAvailable:
        return None  # A source that is read without a pipeline yields rows.
    return ImportedFiles(types, folder, load_id, plan.imports)
