"""Fields whose declared type is no longer that of their column in the warehouse.

dlt never changes a column's type: values that do not fit into the old one end the load, in the
warehouse's own words. Here it is said in ours.
"""

from collections.abc import Iterator, Mapping, Sequence

import duckdb
from dlt.common.destination.exceptions import DestinationException
from dlt.pipeline.pipeline import Pipeline

from analytics_ingest.common.errors import WarehouseError
from analytics_ingest.declaration.resolve import ResourceDeclaration
from analytics_ingest.load.warehouse.dlt_hints import columns
from analytics_ingest.load.warehouse.sql_tables import open_tables


def explain_changed_types(pipeline: Pipeline, resources: Sequence[ResourceDeclaration]) -> str:
    """What is declared otherwise than it is stored, in sentences.

    Empty where nothing is, or where the warehouse does not answer any more.
    """
    try:
        return _explained(pipeline, resources)
    except (DestinationException, WarehouseError, duckdb.Error):
        return ""


def _explained(pipeline: Pipeline, resources: Sequence[ResourceDeclaration]) -> str:
    with open_tables(pipeline) as tables:
        stored = tables.columns([resource.name for resource in resources])
    sentences: list[str] = []
    for resource in resources:
        place = f"{resource.api}.{resource.name}"
        sentences += [
            f"{place}: the field {name} is declared as {declared}, but its column is {is_now} in "
            f"the warehouse; declare that type, or drop the datasets {resource.api} and "
            f"{resource.api}_staging and load all partitions again"
            for name, declared, is_now in _changed(pipeline, resource, stored[resource.name])
        ]
    return "; ".join(sentences)


def _changed(
    pipeline: Pipeline, resource: ResourceDeclaration, stored: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Field, declared type and stored type, where these differ."""
    normal = pipeline.default_schema.naming.normalize_identifier
    for name, column in columns(resource).items():
        declared, is_now = column.get("data_type"), stored.get(normal(name))
        if declared and is_now and declared != is_now:
            yield name, declared, is_now
