"""Explains a failed load by fields whose declared type is not that of their column.

dlt never changes a column's type: values that do not fit the old type end the load, with the
warehouse's own message. This one names the field, both types and what to do.
"""

from collections.abc import Iterator, Sequence

import duckdb
from dlt.common.destination.exceptions import DestinationException
from dlt.pipeline.pipeline import Pipeline

from analytics_ingest.common.errors import WarehouseError
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.load.rows.column_types import build_column_name
from analytics_ingest.load.warehouse.dlt_hints import build_column_hints
from analytics_ingest.load.warehouse.sql_tables import Columns, open_tables


def explain_type_conflicts(pipeline: Pipeline, resources: Sequence[ResourceDeclaration]) -> str:
    """Return one sentence for each conflict.

    Empty without any, or if the warehouse does not respond.
    """
    try:
        return "; ".join(_list_conflicts(pipeline, resources))
    except (DestinationException, WarehouseError, duckdb.Error):
        return ""


def _list_conflicts(pipeline: Pipeline, resources: Sequence[ResourceDeclaration]) -> Iterator[str]:
    with open_tables(pipeline) as tables:
        stored = tables.list_columns([resource.table for resource in resources])
    for resource in resources:
        for field, declared, actual in _find_conflicts(pipeline, resource, stored[resource.table]):
            yield (
                f"{resource.api}.{resource.name}: the field {field} is declared as {declared}, but "
                f"its column is {actual} in the warehouse; declare that type, or drop the datasets "
                f"{resource.api} and {resource.api}_staging and load all partitions again"
            )


def _find_conflicts(
    pipeline: Pipeline, resource: ResourceDeclaration, stored: Columns
) -> Iterator[tuple[str, str, str]]:
    """Yield field, declared type and stored type, where these differ."""
    normalize = pipeline.default_schema.naming.normalize_path
    for field, column in build_column_hints(resource).items():
        declared, actual = column.get("data_type"), stored.get(build_column_name(field, normalize))
        if declared and actual and declared != actual:
            yield field, declared, actual
