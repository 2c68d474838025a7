"""The types and the names of the columns of a resource's table, as declared and as stored."""

from collections.abc import Callable, Mapping

from dlt.common.schema import Schema
from dlt.common.schema.typing import TSchemaTables, TTableSchemaColumns

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.rows.coercion import RowCoercer
from analytics_ingest.load.rows.column_types import ColumnTypes
from analytics_ingest.load.rows.field_names import FieldNames, TableColumns
from analytics_ingest.load.rows.nested_rows import NestedRowCoercer
from analytics_ingest.load.warehouse.tables.dlt_hints import build_column_hints
from analytics_ingest.load.warehouse.tables.load_plan import LoadPlan


def read_stored_types(schema: Schema, resource: ResourceDeclaration, plan: LoadPlan) -> ColumnTypes:
    """Read the types of a resource's columns in the stored schema."""
    stored = schema.tables.get(resource.table, {}).get("columns", {})
    return build_types(resource, stored, schema.naming.normalize_path, holds_nul=plan.holds_nul)


def build_types(
    resource: ResourceDeclaration,
    stored: TTableSchemaColumns,
    normalize: Callable[[str], str],
    *,
    holds_nul: bool = True,
) -> ColumnTypes:
    """Build the types of a resource's columns that are declared or stored."""
    own = (*resource.primary_key, *resource.added_columns)
    declared: TTableSchemaColumns = {name: {} for name in own}
    declared.update(build_column_hints(resource))
    cursor = resource.cursor_column
    return ColumnTypes(declared, stored, normalize, cursor=cursor, holds_nul=holds_nul)


def build_field_names(
    resource: ResourceDeclaration, types: ColumnTypes, tables: TSchemaTables
) -> FieldNames:
    """Build what gives the fields of a resource's rows their columns, besides stored tables."""
    stored = {name: frozenset(table.get("columns", {})) for name, table in tables.items()}
    most, deletes = resource.declared.max_new_columns, resource.declared.deletes
    own = frozenset(filter(None, [deletes.column])) if deletes else frozenset[str]()
    table = TableColumns(resource.table, stored, frozenset(types.owners), most, own)
    nests = resource.declared.max_table_nesting > 0
    return FieldNames(types, table, types.owners, unnests=nests)


def build_coercer(
    resource: ResourceDeclaration,
    types: ColumnTypes,
    table: TableColumns,
    schema: Schema,
    nested_hints: Mapping[str, TTableSchemaColumns],
) -> RowCoercer | NestedRowCoercer:
    """Build what coerces the rows of a resource.

    Args:
        types: Those of the resource's own table.
        table: The columns of that table.
        schema: The stored one.
        nested_hints: Nested table → its declared columns.
    """
    nesting = resource.declared.max_table_nesting
    if not nesting:
        return RowCoercer(types)

    def find_types(path: str) -> ColumnTypes:
        if path == resource.table:
            return types
        name = schema.naming.shorten_fragments(path)
        stored = schema.tables.get(name, {}).get("columns", {})
        normalize = schema.naming.normalize_path
        return ColumnTypes(nested_hints.get(name, {}), stored, normalize, holds_nul=types.holds_nul)

    return NestedRowCoercer(table, nesting, find_types)
