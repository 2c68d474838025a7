"""The rows of one table, or those of it that a load has just brought, queried in SQL."""

from collections.abc import Sequence
from typing import Any

from analytics_ingest.load.warehouse.sql_tables import StoredTables
from analytics_ingest.load.warehouse.tables.histories import VALID_TO


class RowSource:
    """The rows of one table, or those of it that a load has just brought, queried in SQL."""

    def __init__(
        self, tables: StoredTables, name: str, *, staged: bool, active: bool = False
    ) -> None:
        self.source = tables.name_source(name, staged=staged)
        if active and not staged:
            self.source = f"(select * from {self.source} where {VALID_TO} is null) as active"
        self.quote = tables.quote
        self.query = tables.query

    def select(self, *expressions: str, arguments: Sequence[Any] = ()) -> Sequence[Any]:
        """Return the one row of aggregates over the table."""
        return self.query(f"select {', '.join(expressions)} from {self.source}", *arguments)[0]
