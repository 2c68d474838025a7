"""Refuses a field whose declared type is no longer that of its column in the warehouse.

dlt never changes a column's type: the load would fail at its end, in the warehouse's own words.
"""

from collections.abc import Iterator, Mapping, Sequence

from dlt.common.destination.client import WithStagingDataset
from dlt.common.schema.typing import TColumnSchema
from dlt.destinations.job_client_impl import SqlJobClientBase
from dlt.pipeline.pipeline import Pipeline

from analytics_ingest.config.declaration import ResourceDeclaration
from analytics_ingest.loading.errors import SettingError
from analytics_ingest.loading.tables import columns


def refuse_changed_types(pipeline: Pipeline, resources: Sequence[ResourceDeclaration]) -> None:
    """Compare declarations with the warehouse, whoever calls holding it.

    Raises:
        SettingError: A column is of another type than its field.
    """
    if pipeline.default_schema_name is None:
        return
    schema = pipeline.default_schema
    for resource in resources:
        remembered = schema.tables.get(resource.name, {}).get("columns", {})
        if not any(_changed(pipeline, resource, remembered)):
            continue
        stored = _stored(pipeline, resource)
        for name, declared, is_now in _changed(pipeline, resource, stored):
            place = f"{resource.api}.{resource.name}"
            raise SettingError(
                f"{place}: the field {name} is declared as {declared}, but its column is {is_now} "
                f"in the warehouse; declare that type, or drop the table {place} and load its "
                "partitions again"
            )
        if not stored:
            _forget(pipeline, resource)


def _changed(
    pipeline: Pipeline, resource: ResourceDeclaration, stored: Mapping[str, TColumnSchema]
) -> Iterator[tuple[str, str, str]]:
    """Field, declared type and stored type, where these differ."""
    normal = pipeline.default_schema.naming.normalize_identifier
    for name, column in columns(resource).items():
        declared, is_now = column.get("data_type"), stored.get(normal(name), {}).get("data_type")
        if declared and is_now and declared != is_now:
            yield name, declared, is_now


def _forget(pipeline: Pipeline, resource: ResourceDeclaration) -> None:
    """Let a table that somebody dropped be made anew, its staging table as well."""
    with pipeline.destination_client() as client:
        if isinstance(client, WithStagingDataset) and isinstance(client, SqlJobClientBase):
            with client.with_staging_dataset():
                client.drop_tables(resource.name, delete_schema=False)
    pipeline.default_schema.drop_tables([resource.name])


def _stored(pipeline: Pipeline, resource: ResourceDeclaration) -> Mapping[str, TColumnSchema]:
    with pipeline.destination_client() as client:
        if not isinstance(client, SqlJobClientBase):
            return {}
        _, found = client.get_storage_table(resource.name)
        return found
