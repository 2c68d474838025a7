"""Marks or removes the rows whose deletion the API lists: `deletes: {from: …, key: …}`.

The whole table of that listing is compared with each load of either, so neither the order of loads
nor a load that was killed matters. A row with a newer cursor than its deletion has come back. A
deletion that is declared as a date counts until the end of its day: on that day, a row rather
changes before it is deleted than comes back. A deletion without a key or a moment marks nothing,
and is counted.
"""

from datetime import datetime, tzinfo

from analytics_ingest.common.cursor import read_grain
from analytics_ingest.declaration.models.incremental import Incremental
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.stats import Stats
from analytics_ingest.load.warehouse.deletes.marked_table import MarkedTable
from analytics_ingest.load.warehouse.sql_tables import Columns

_DAY = 24 * 60 * 60
"""Seconds."""


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
    stats.deletes_skipped = table.problem or _find_problem(table, source, listed, column, cursor)
    if stats.deletes_skipped:
        return
    (own,) = table.keys
    at = f"d.{table.tables.quote(cursor)}"
    name = table.tables.name_source(source.table, staged=False)
    keys = f"d.{table.tables.quote(column)} = {table.name_column(own)}"
    same = f"from {name} as d where {keys} and {at} is not null"
    stored = table.name_column(table.cursor or "")
    ends = f"{at} + interval '1 day'"
    are_dates = read_grain(None, (source.incremental or Incremental()).cursor_format) == "day"
    seconds = f"cast(floor(extract(epoch from {at})) as bigint) % {_DAY}"
    is_midnight = f"{seconds} in ({', '.join(map(str, _list_midnights(source.day_zone)))})"
    # A cursor in ISO 8601 is read whatever its format is, and may be a moment of the day.
    is_day = f"({ends} > {stored} and {is_midnight}) or " if are_dates else ""
    is_later = f"({is_day}{at} >= {stored})"
    condition = f"exists (select 1 {same} and ({is_later} or {stored} is null))"
    if rows := table.count(condition):
        table.delete(condition, f"(select max({at}) {same})")
        stats.rows_deleted += rows
    problems = _list_unusable(table, source, listed, column, cursor)
    if not are_dates:
        same_day = f"{at} < {stored} and {ends} > {stored} and {is_midnight}"
        if rows := table.count(f"exists (select 1 {same} and {same_day})"):
            problems.append(
                f"{rows} rows changed on the day at whose beginning {source.name} says that they "
                f"were deleted; if it holds dates, declare cursor_format: '%Y-%m-%d' of it"
            )
    stats.deletes_skipped = "; ".join(problems)


def _list_unusable(
    table: MarkedTable, source: ResourceDeclaration, listed: Columns, column: str, cursor: str
) -> list[str]:
    """List what is wrong with deletions that name no row or no moment: they mark nothing."""
    key, at = (f"d.{table.tables.quote(name)}" for name in (column, cursor))
    is_blank = f"{key} is null" + (f" or trim({key}) = ''" if listed[column] == "text" else "")
    place = table.tables.name_source(source.table, staged=False)
    query = f"select count(*) from {place} as d where {is_blank} or {at} is null"
    ((rows,),) = table.tables.query(query)
    if not rows:
        return []
    lack = "row lacks" if rows == 1 else "rows lack"
    return [
        f"{rows} {lack} {column} or {cursor} in {source.name}, which lists the deletions; correct "
        "deletes.key, or filter out of it what deletes no row"
    ]


def _list_midnights(zone: tzinfo) -> list[int]:
    """List the seconds of a day in UTC at which the days of a zone begin, in all months."""
    days = (datetime(2026, month, 1, tzinfo=zone) for month in range(1, 13))
    return sorted({int(day.timestamp()) % _DAY for day in days})


def _find_problem(
    table: MarkedTable, source: ResourceDeclaration, listed: Columns, column: str, cursor: str
) -> str:
    """Return why the rows of the two tables cannot be compared."""
    (own,) = table.keys
    if column not in listed:
        return f"{source.name} has no column {column}"
    if listed[column] != table.columns[own]:
        return f"{source.name}.{column} is {listed[column]}, and {own} is {table.columns[own]}"
    if listed.get(cursor) != "timestamp" or table.columns.get(table.cursor or "") != "timestamp":
        return f"the cursors of {source.name} and of the resource are not both timestamps"
    return ""
