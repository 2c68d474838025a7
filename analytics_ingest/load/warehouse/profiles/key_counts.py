"""Counts the keys of a table's rows: those that are null, the duplicates, and each key once."""

from collections import Counter
from collections.abc import Sequence

from analytics_ingest.extract.partition_rows import PartitionRows
from analytics_ingest.load.warehouse.profiles.row_source import RowSource
from analytics_ingest.load.warehouse.profiles.table_profile import (
    KEYS_SHOWN,
    TableProfile,
    count_where,
    format_key,
)

STARTS_A_QUERY = 100
"""Partitions that one query counts, at most: a long list of columns is slow, or refused."""


def count_keys(profile: TableProfile, table: RowSource, primary_key: Sequence[str]) -> None:
    """Count the null keys and the duplicates."""
    keys = ", ".join(map(table.quote, primary_key))
    is_whole = " and ".join(f"{table.quote(key)} is not null" for key in primary_key)
    grouped = f"select {keys} from {table.source} where {is_whole} group by {keys}"
    ((distinct,),) = table.query(f"select count(*) from ({grouped}) as keys")
    (with_key,) = table.select(count_where(is_whole))
    profile.null_keys = profile.rows - with_key
    profile.duplicates = with_key - distinct
    if profile.duplicates and not profile.is_merged:
        examples = table.query(f"{grouped} having count(*) > 1 limit {KEYS_SHOWN}")
        profile.duplicate_keys = [format_key(key) for key in examples]


def count_partitions(
    rows: PartitionRows, table: RowSource, cursor: str, primary_key: Sequence[str]
) -> None:
    """Count each row of a partition once: a merge keeps the newest version of a row."""
    keys = ", ".join(map(table.quote, primary_key))
    newest = f"select max({table.quote(cursor)}) as newest from {table.source} group by {keys}"
    since: list[int] = []
    for first in range(0, len(rows.starts), STARTS_A_QUERY):
        starts = rows.starts[first : first + STARTS_A_QUERY]
        counts = ", ".join([count_where("newest >= %s")] * len(starts))
        since += table.query(f"select {counts} from ({newest}) as kept", *starts)[0]
    later = [*since, 0][1:]
    counted = zip(rows.starts, since, later, strict=True)
    rows.inside = Counter({start: n - m for start, n, m in counted})
