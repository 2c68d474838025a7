"""Declared descriptions of columns → comments in the warehouse, for those who read it there.

dlt writes none. Each load compares them with those that are there, because a load that replaces a
table may lose them, and writes those that differ. A load does not fail where it may not write them:
its rows are stored.
"""

from collections.abc import Iterator, Mapping, Sequence

from dlt.common.destination.exceptions import DestinationException
from dlt.destinations.job_client_impl import SqlJobClientBase
from dlt.pipeline.pipeline import Pipeline

from analytics_ingest.common.log import LogLine
from analytics_ingest.common.printable import to_printable
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.warehouse.tables.load_plan import LoadPlan

_STORED = {
    "duckdb": (
        "SELECT table_name, column_name, comment FROM duckdb_columns() "
        "WHERE database_name = current_database() AND schema_name = %s"
    ),
    "postgres": (
        "SELECT c.relname, a.attname, col_description(c.oid, a.attnum) FROM pg_class c "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
        "WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s)"
    ),
}
"""Language of SQL in which a comment is the statement below → the query of all comments."""


def write_comments(
    pipeline: Pipeline, resources: Sequence[ResourceDeclaration], plan: LoadPlan, log: LogLine
) -> None:
    """Write the comments of the columns that are described, where the warehouse has them.

    Args:
        log: Called with a line if the warehouse refuses them.
    """
    described = dict(_describe(resources, plan))
    if not described or plan.is_lake:
        return
    try:
        with pipeline.destination_client() as client:
            if isinstance(client, SqlJobClientBase):
                _write(client, described)
    except DestinationException as error:
        kind = type(getattr(error, "dbapi_exception", error)).__name__
        log(f"{pipeline.pipeline_name}: the comments of columns are not written ({kind})")


def _write(client: SqlJobClientBase, described: Mapping[tuple[str, str], str]) -> None:
    sql = client.sql_client
    query = _STORED.get(str(sql.capabilities.sqlglot_dialect))
    for table, column, comment in (query and sql.execute_sql(query, sql.dataset_name)) or ():
        text = described.get((table, column), comment)
        if text != comment:
            place = f"{sql.make_qualified_table_name(table)}.{sql.escape_column_name(column)}"
            literal = text.replace("'", "''")
            sql.execute_sql(f"COMMENT ON COLUMN {place} IS '{literal}'")


def _describe(
    resources: Sequence[ResourceDeclaration], plan: LoadPlan
) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield table and column → description."""
    for resource in resources:
        for field, description in resource.descriptions.items():
            yield (resource.table, plan.column_name(field)), to_printable(description)
