"""A query of an asset's newest rows, in the SQL of the warehouse, to copy from the catalogue."""

from analytics_ingest.common.column_names import to_snake_case
from analytics_ingest.declaration.resolved import ResourceDeclaration

_QUOTES = {
    "duckdb": '"',
    "motherduck": '"',
    "postgres": '"',
    "redshift": '"',
    "snowflake": '"',
    "bigquery": "`",
    "databricks": "`",
    "clickhouse": "`",
}
"""Destination → the quotes around a name. Others have no query, such as the files of a lake."""


def write_sample_query(resource: ResourceDeclaration, destination_type: str) -> str | None:
    """Write the query; None for a destination whose SQL is not known."""
    quote = _QUOTES.get(destination_type)
    if quote is None:
        return None

    def quote_name(name: str) -> str:
        # In Snowflake, dlt creates the names of SQL without quotes.
        return f"{quote}{name.upper() if destination_type == 'snowflake' else name}{quote}"

    table = f"{quote_name(resource.api)}.{quote_name(resource.table)}"
    if destination_type == "clickhouse":  # where dlt makes the dataset a part of the name
        table = quote_name(f"{resource.api}___{resource.table}")
    cursor = resource.cursor_column
    order = f" order by {quote_name(to_snake_case(cursor))} desc" if cursor else ""
    return f"select * from {table}{order} limit 10"
