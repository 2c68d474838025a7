"""Finds the declared columns that a load leaves empty, though earlier rows have values in them.

An API that renames or drops a field goes on answering with rows, in which only this value is
missing. A field that is rarely filled is empty in a few rows by chance: so the share of earlier
rows that have a value decides how many rows without one are a sign.
"""

from collections.abc import Sequence

from dlt.common.schema.typing import C_DLT_LOAD_ID

from analytics_ingest.load.warehouse.sql_tables import StoredTables
from analytics_ingest.load.warehouse.table_profile import TableProfile

_SAMPLE = 1_000
"""Earlier rows that are looked at, at most."""
_CHANCE = 0.001
"""How likely it may be that all rows of the load have no value by chance."""


def find_emptied_columns(tables: StoredTables, table: str, profile: TableProfile) -> list[str]:
    """Find the columns that are null in all rows of a load, and usually not in earlier ones.

    Required ones are counted elsewhere.

    Args:
        table: Its rows of the load are still staged, and merged.
    """
    columns = [n for n in profile.expected if n in profile.columns and n not in profile.nulls]
    if not columns or not profile.rows:
        return []
    staged, stored = (tables.name_source(table, staged=is_staged) for is_staged in (True, False))
    load_id = tables.quote(C_DLT_LOAD_ID)
    ((load, *filled),) = tables.query(
        f"select max({load_id}), {_count_values(tables, columns)} from {staged}"
    )
    empty = [name for name, count in zip(columns, filled, strict=True) if not count]
    if not empty:
        return []
    names = ", ".join(map(tables.quote, empty))
    earlier = f"select {names} from {stored} where {load_id} <> %s limit {_SAMPLE}"
    ((total, *filled),) = tables.query(
        f"select count(*), {_count_values(tables, empty)} from ({earlier}) as earlier", load
    )
    return [
        name
        for name, count in zip(empty, filled, strict=True)
        # Two more rows without a value: a few earlier ones prove little.
        if count and (1 - count / (total + 2)) ** profile.rows < _CHANCE
    ]


def _count_values(tables: StoredTables, columns: Sequence[str]) -> str:
    return ", ".join(f"count({tables.quote(name)})" for name in columns)
