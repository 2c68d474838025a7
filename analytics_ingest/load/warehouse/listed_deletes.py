"""Marks or removes the rows whose deletion the API lists: `deletes: {from: …, key: …}`.

The whole table of that listing is compared with each load of either, so neither the order of loads
nor a load that was killed matters. A row with a newer cursor than its deletion has come back.
"""

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.warehouse.marked_table import MarkedTable
from analytics_ingest.load.warehouse.sql_tables import Columns


def delete_listed(
    table: MarkedTable,
    stats: Stats,
    source: ResourceDeclaration,
    listed: Columns,
) -> None:
    """Mark or remove the rows that the table of another resource names.

    Args:
        listed: The columns of that table.
    """
    if not listed or not table.columns:
        return  # One of the two has not been loaded yet.
    names = table.deletes.key or "", source.cursor_column or ""
    column, cursor = map(table.normalize, names)
    stats.deletes_skipped = table.problem or _problem(table, source, listed, column, cursor)
    if stats.deletes_skipped:
        return
    (own,) = table.keys
    at = f"d.{table.tables.quoted(cursor)}"
    name = table.tables.source(source.table, staged=False)
    same = f"from {name} as d where d.{table.tables.quoted(column)} = {table.column(own)}"
    stored = table.column(table.cursor or "")
    condition = f"exists (select 1 {same} and ({at} >= {stored} or {stored} is null))"
    if rows := table.count(condition):
        table.delete(condition, f"(select max({at}) {same})")
        stats.rows_deleted += rows


def _problem(
    table: MarkedTable, source: ResourceDeclaration, listed: Columns, column: str, cursor: str
) -> str:
    """Why the rows of the two tables cannot be compared."""
    (own,) = table.keys
    if column not in listed:
        return f"{source.name} has no column {column}"
    if listed[column] != table.columns[own]:
        return f"{source.name}.{column} is {listed[column]}, and {own} is {table.columns[own]}"
    if listed.get(cursor) != "timestamp" or table.columns.get(table.cursor or "") != "timestamp":
        return f"the cursors of {source.name} and of the resource are not both timestamps"
    return ""
