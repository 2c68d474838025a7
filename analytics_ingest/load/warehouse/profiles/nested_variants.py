"""Counts the values of another type in the tables that are nested in another one."""

from dlt.common.normalizers.json.relational import DataItemNormalizer
from dlt.common.schema.typing import C_DLT_ID, TSchemaTables

from analytics_ingest.common.column_names import is_variant
from analytics_ingest.load.warehouse.sql_tables import StoredTables
from analytics_ingest.load.warehouse.tables.missing_tables import with_nested


def count_nested_variants(
    tables: StoredTables, schema: TSchemaTables, table: str, *, staged: bool
) -> dict[str, int]:
    """Count `table.column` → the rows with a value there, of the nested tables of a table.

    Args:
        staged: Counts those of the load that has just ended; they have been merged.
    """
    nested = [name for name in with_nested(schema, [table]) if name != table]
    where = ""
    if staged:
        root_id, row_id = map(tables.quote, (DataItemNormalizer.C_DLT_ROOT_ID, C_DLT_ID))
        where = (
            f" where {root_id} in (select {row_id} from {tables.name_source(table, staged=True)})"
        )
    counts: dict[str, int] = {}
    for name, columns in tables.list_columns(nested).items():
        if variants := [column for column in columns if is_variant(column, columns)]:
            counted = ", ".join(f"count({tables.quote(column)})" for column in variants)
            source = tables.name_source(name, staged=False)
            (row,) = tables.query(f"select {counted} from {source}{where}")
            names = (f"{name}.{column}" for column in variants)
            counts |= dict(zip(names, row, strict=True))
    return counts
