"""DuckDB whose columns are read table by table.

dlt asks `information_schema.columns`, for which DuckDB lists all columns of the file and of its own
views: a tenth of the processor time of a small load.
"""

import re
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any

import duckdb
from dlt.common.schema.typing import TTableSchemaColumns
from dlt.destinations import duckdb as dlt_duckdb
from dlt.destinations.impl.duckdb.duck import DuckDbClient

MOST_TABLES = 30
"""For more, one query of all columns is quicker."""

_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_BITS = {
    "TINYINT": 8,
    "SMALLINT": 16,
    "INTEGER": 32,
    "BIGINT": 64,
    "HUGEINT": 128,
    "FLOAT": 24,
    "DOUBLE": 53,
}


class DescribingDuckDb(dlt_duckdb):
    """dlt's destination, with a quicker way to the columns of a few tables."""

    @property
    def client_class(self) -> type[DuckDbClient]:
        """What reads and changes the tables."""
        return _DescribingClient

    @property
    def destination_type(self) -> str:
        """dlt's name for it, which dlt stores and this project prints."""
        return "dlt.destinations.duckdb"


class _DescribingClient(DuckDbClient):
    def get_storage_tables(
        self, table_names: Iterable[str]
    ) -> Iterable[tuple[str, TTableSchemaColumns]]:
        names = list(table_names)
        if 0 < len(names) <= MOST_TABLES:
            try:
                return self._describe(names)
            except duckdb.CatalogException:  # One does not exist.
                return super().get_storage_tables(names)
        return super().get_storage_tables(names)

    def _describe(self, names: Sequence[str]) -> list[tuple[str, TTableSchemaColumns]]:
        """Describe tables that all exist.

        Not in the connection's own transaction, which a table that does not exist would abort:
        nobody asks after a change that is not committed.
        """
        places = map(self.sql_client.make_qualified_table_name, names)
        queries = [
            f"SELECT {number}, cid, name, type, \"notnull\" FROM pragma_table_info('{place}')"
            for number, place in enumerate(place.replace("'", "''") for place in places)
        ]
        tables: list[tuple[str, TTableSchemaColumns]] = [(name, {}) for name in names]
        with closing(self.sql_client.native_connection.cursor()) as cursor:
            columns = cursor.execute(" UNION ALL ".join(queries)).fetchall()
        for number, _, name, kind, is_required in sorted(columns):
            column: Any = {"name": name, "nullable": not is_required}
            tables[number][1][name] = {**column, **self._from_db_type(kind, *_find_digits(kind))}
        return tables


def _find_digits(kind: str) -> tuple[int, int] | tuple[None, None]:
    """Find the precision and the scale of a type as the information schema tells them."""
    if decimal := _DECIMAL.fullmatch(kind):
        return int(decimal[1]), int(decimal[2])
    return (_BITS[kind], 0) if kind in _BITS else (None, None)
