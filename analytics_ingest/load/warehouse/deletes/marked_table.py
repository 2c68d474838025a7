"""A table whose deleted rows are marked or removed, each time by one statement of SQL."""

from collections.abc import Callable, Sequence
from typing import Any

from dlt.common.schema import Schema

from analytics_ingest.declaration.models.deletes import Deletes
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.warehouse.sql_tables import Columns, StoredTables


class MarkedTable:
    """The table of a resource that declares `deletes`.

    Args:
        columns: The columns that the warehouse has.
        normalize: The function from the name of a field to that of its column.
    """

    def __init__(
        self,
        resource: ResourceDeclaration,
        tables: StoredTables,
        columns: Columns,
        normalize: Callable[[str], str],
    ) -> None:
        self.deletes = resource.declared.deletes or Deletes()
        self.tables = tables
        self.columns = columns
        self.normalize = normalize
        self.name = tables.name_source(resource.table, staged=False)
        self.staged = tables.name_source(resource.table, staged=True)
        self.keys = list(map(normalize, resource.primary_key))
        self.cursor = normalize(resource.cursor_column) if resource.cursor_column else None
        self.mark = self.deletes.column

    @property
    def problem(self) -> str:
        """Why no row can be marked; empty if rows can."""
        needed = [*self.keys, *filter(None, [self.mark])]
        missing = [column for column in needed if column not in self.columns]
        return f"the table has no column {missing[0]} yet" if missing else ""

    def name_column(self, name: str) -> str:
        """Name one of its columns in SQL with its table, unlike those of tables in a subquery."""
        return f"{self.name}.{self.tables.quote(name)}"

    def matches(self, source: str, columns: Sequence[str]) -> str:
        """Return the condition that a source has a row with the same values in some columns."""
        pairs = (f"s.{self.tables.quote(c)} = {self.name_column(c)}" for c in columns)
        return f"exists (select 1 from {source} as s where {' and '.join(pairs)})"

    def count(self, condition: str = "", *arguments: Any) -> int:
        """Return how many rows that are not marked meet a condition."""
        where = self._build_condition(condition)
        ((rows,),) = self.tables.query(f"select count(*) from {self.name}{where}", *arguments)
        return rows

    def count_staged(self, *, distinct: bool = False) -> int:
        """Return how many rows, or keys, a load has brought."""
        source = self.staged
        if distinct:
            keys = ", ".join(map(self.tables.quote, self.keys))
            source = f"(select distinct {keys} from {self.staged}) as keys"
        ((rows,),) = self.tables.query(f"select count(*) from {source}")
        return rows

    def delete(self, condition: str, moment: str, *arguments: Any) -> None:
        """Mark the rows that meet a condition with a moment, or remove them.

        Args:
            moment: An expression in SQL.
            arguments: Those of the moment, if there are marks, then those of the condition.
        """
        where = self._build_condition(condition)
        if self.mark is None:
            self.tables.query(f"delete from {self.name}{where}", *arguments)
            return
        mark = self.tables.quote(self.mark)
        self.tables.query(f"update {self.name} set {mark} = {moment}{where}", *arguments)

    def _build_condition(self, condition: str) -> str:
        unmarked = f"{self.name_column(self.mark)} is null" if self.mark else ""
        conditions = [c for c in (unmarked, condition) if c]
        return f" where {' and '.join(conditions)}" if conditions else ""


def lacks_mark(resource: ResourceDeclaration, schema: Schema) -> bool:
    """Return whether the stored table has no column yet for the marks of deleted rows."""
    deletes = resource.declared.deletes
    column = deletes and deletes.column
    return bool(column) and column not in schema.tables[resource.table].get("columns", {})
