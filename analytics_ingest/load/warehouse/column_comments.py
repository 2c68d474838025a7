"""Declared descriptions of columns → comments in the warehouse, for those who read it there.

Each load writes them, because one that replaces a table may lose them. dlt writes none. A load does
not fail where it may not write them: its rows are stored.
"""

from collections.abc import Iterator, Mapping, Sequence

from dlt.destinations.exceptions import DatabaseException
from dlt.destinations.job_client_impl import SqlJobClientBase
from dlt.pipeline.pipeline import Pipeline

from analytics_ingest.common.log import LogLine
from analytics_ingest.common.printable import printable
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.warehouse.load_plan import LoadPlan

_DIALECTS = ("duckdb", "postgres")
"""Of SQL, in which a comment is the statement below."""


def write_comments(
    pipeline: Pipeline, resources: Sequence[ResourceDeclaration], plan: LoadPlan, log: LogLine
) -> None:
    """Write the comments of the columns that are described, where the warehouse has them.

    Args:
        log: Called with a line if the warehouse refuses them.
    """
    tables = {r.table: described for r in resources if (described := dict(_describe(r, plan)))}
    if not tables or plan.is_lake:
        return
    with pipeline.destination_client() as client:
        if isinstance(client, SqlJobClientBase):
            try:
                _write(client, tables)
            except DatabaseException as error:
                kind = type(error.dbapi_exception).__name__
                log(f"{pipeline.pipeline_name}: the comments of columns are not written ({kind})")


def _write(client: SqlJobClientBase, tables: Mapping[str, Mapping[str, str]]) -> None:
    sql = client.sql_client
    if sql.capabilities.sqlglot_dialect not in _DIALECTS:
        return
    for table, columns in client.get_storage_tables(tables):
        for name in columns.keys() & tables[table].keys():
            place = f"{sql.make_qualified_table_name(table)}.{sql.escape_column_name(name)}"
            text = tables[table][name].replace("'", "''")
            sql.execute_sql(f"COMMENT ON COLUMN {place} IS '{text}'")


def _describe(resource: ResourceDeclaration, plan: LoadPlan) -> Iterator[tuple[str, str]]:
    for field, hint in resource.column_hints.items():
        if description := hint.get("description"):
            yield plan.column_name(field), printable(str(description))
