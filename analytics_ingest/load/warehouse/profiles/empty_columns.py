"""Finds the declared columns that have no value in any row: of a load, or of the whole table.

An API that renames or drops a field goes on answering with rows, in which only this value is
missing. A field that is rarely filled is empty in a few rows by chance: so the share of earlier
rows that have a value decides how many rows without one are a sign.
"""

from collections.abc import Collection, Sequence

from dlt.common.schema.typing import C_DLT_LOAD_ID

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.warehouse.profiles.table_profile import TableProfile
from analytics_ingest.load.warehouse.sql_tables import StoredTables

_SAMPLE = 1_000
"""Earlier rows that are looked at, at most."""
_CHANCE = 0.001
"""How likely it may be that all rows of the load have no value by chance."""


def list_nulled(resource: ResourceDeclaration) -> set[str]:
    """List the fields that are null on purpose: masked ones, and the mark of deleted rows."""
    deletes = resource.declared.deletes
    masked = {name for name, rule in resource.declared.mask.items() if not rule}
    return masked | ({deletes.column} if deletes and deletes.column else set())


def note_empty(
    tables: StoredTables, source: str, profile: TableProfile, *, excluded: Collection[str]
) -> None:
    """Note the declared columns that are null in all rows; required ones are counted elsewhere.

    Undeclared ones without a value are not named: they stay of the rows of earlier loads.

    Args:
        source: The rows, as SQL names them.
        excluded: Columns that are null on purpose.
    """
    optional = [name for name in profile.expected if name not in profile.nulls]
    columns = [name for name in optional if name in profile.columns and name not in excluded]
    counted = [*columns, *profile.undeclared]
    if not counted or not profile.rows:
        return
    (counts,) = tables.query(f"select {_count_values(tables, counted)} from {source}")
    filled = {name for name, count in zip(counted, counts, strict=True) if count}
    profile.empty = [name for name in columns if name not in filled]
    profile.undeclared = [name for name in profile.undeclared if name in filled]


def find_emptied(tables: StoredTables, table: str, profile: TableProfile) -> list[str]:
    """Find the empty columns of a load that usually have a value in earlier rows.

    Args:
        table: Its rows of the load are still staged, and merged.
    """
    if not profile.empty:
        return []
    staged, stored = (tables.name_source(table, staged=is_staged) for is_staged in (True, False))
    load_id = tables.quote(C_DLT_LOAD_ID)
    names = ", ".join(map(tables.quote, profile.empty))
    is_earlier = f"{load_id} <> (select max({load_id}) from {staged})"
    earlier = f"select {names} from {stored} where {is_earlier} limit {_SAMPLE}"
    ((total, *filled),) = tables.query(
        f"select count(*), {_count_values(tables, profile.empty)} from ({earlier}) as earlier"
    )
    return [
        name
        for name, count in zip(profile.empty, filled, strict=True)
        # Two more rows without a value: a few earlier ones prove little.
        if count and (1 - count / (total + 2)) ** profile.rows < _CHANCE
    ]


def _count_values(tables: StoredTables, columns: Sequence[str]) -> str:
    return ", ".join(f"count({tables.quote(name)})" for name in columns)
