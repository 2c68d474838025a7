"""A resource: its listing, its table in the warehouse, and its asset in Dagster."""

from datetime import timedelta
from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from analytics_ingest.declaration.models.airbyte import IncrementalSync, PartitionRouter
from analytics_ingest.declaration.models.asked_parents import AskedParents
from analytics_ingest.declaration.models.base import DeclarationModel
from analytics_ingest.declaration.models.changes import Changes
from analytics_ingest.declaration.models.deletes import Deletes
from analytics_ingest.declaration.models.endpoint import Endpoint
from analytics_ingest.declaration.models.limits import Freshness, Volume
from analytics_ingest.declaration.models.processing import ProcessingSteps
from analytics_ingest.declaration.models.scalars import Duration

MaskRule = Literal["hash", "redact", "last4", None]
"""What takes the place of a value; None: nothing does."""


class ResourceDefaults(DeclarationModel):
    """What resources share. A resource's own keys win; params and json are merged."""

    endpoint: Endpoint | None = None
    """The listing; a bare string is its path."""
    incremental_sync: IncrementalSync | None = None
    """Airbyte's low-code form of endpoint.incremental."""
    partition_router: PartitionRouter | list[PartitionRouter] | None = None
    """Airbyte's low-code form of endpoint.params that a parent or a list of values fills."""
    primary_key: str | list[str] | None = None
    """Column or columns that identify a row."""
    write_disposition: Any = None
    """merge, or replace for a snapshot. `{disposition: merge, strategy: scd2}` keeps each version
    of a snapshot's rows. merge without primary_key replaces the rows of a load's window."""
    merge_key: Any = None
    """dlt's hint of the same name."""
    deletes: Deletes | None = None
    """What becomes of rows that the API has deleted; without it they stay. null opts out of that of
    resource_defaults."""
    columns: Any = None
    """dlt's column hints; `fields` is the shorter form. A description is shown in Dagster, and a
    comment in DuckDB and PostgreSQL. nullable: false is checked like `required`."""
    schema_contract: Any = None
    """dlt's hint of the same name. What it refuses fails the resource alone; the rows that it
    discards are counted."""
    table_format: Any = None
    """dlt's hint of the same name."""
    file_format: Any = None
    """Accepted for dlt compatibility; ignored, because the destination decides the file format."""
    references: Any = None
    """dlt's hint of the same name."""
    nested_hints: Any = None
    """dlt's hint of the same name."""
    max_table_nesting: int = 0
    """0 keeps objects and lists as JSON columns; more makes nested tables."""
    max_new_columns: int = Field(default=500, ge=1)
    """Maximum number of columns that a load adds to the declared ones. Further new
    fields are kept as JSON in the column _other_fields, and the schema check warns."""
    parallelized: bool = False
    """Accepted for dlt compatibility; ignored, because requests of all resources overlap anyway."""
    selected: bool = True
    """false: the resource is read for its children only. It has no table and no asset, and the
    settings of these are ignored."""
    processing_steps: ProcessingSteps = Field(default_factory=list)
    """What happens to each row, in order, before its key and its cursor are read. dlt's functions
    are code and refused."""
    include_from_parent: list[str] = Field(default_factory=list)
    """Fields of the parent to copy into each row, as _<parent>_<field>."""
    mask: dict[str, MaskRule] = Field(default_factory=dict)
    """Field → what its values become after the processing steps, in every table and message: hash
    (keyed by the setting mask_key), redact, last4 or null. Defaults and own keys are merged."""
    changes: Changes | None = None
    """A second listing, of what has changed, such as events: recent windows are read from it. In
    resource_defaults, what resources with changes share."""
    parents: AskedParents = Field(default_factory=AskedParents)
    """all, or changed: a load asks only for children of parents that may have changed since its
    window began."""
    owners: list[str] = Field(default_factory=list)
    """Owners shown in Dagster: an e-mail address or team:name."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags shown in Dagster."""
    freshness: Freshness | None = None
    """Limits of this resource; without it the API's."""
    volume: Volume = Field(default_factory=Volume)
    """The expected row count of a window."""
    future_tolerance: Duration = timedelta(hours=1)
    """A cursor further in the future than this is a warning."""
    allow_empty: bool = False
    """true: a snapshot, or a window of rows without a key, may come back empty. Otherwise that is
    an error, and the table keeps its rows. Other resources with a cursor may be empty in a window;
    a check warns if the API has no rows of any window."""
    blocking: bool | None = None
    """true: a failed check stops what is downstream. Without it the API's value holds."""


class Resource(ResourceDefaults):
    """One listing of the API, one asset in Dagster, one table in the warehouse."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string",)

    name: str
    """Name of the asset and, without table_name, of the table."""
    table_name: str | None = None
    """Name of the table, where it is not that of the asset."""
    description: str = ""
    """Shown in Dagster."""
    fields: dict[str, str] = Field(default_factory=dict)
    """Field → type: string, number, integer, boolean, timestamp, date, time, decimal, object,
    array, array<…> or any: the values decide. A ? after the type allows null."""
    required: list[str] = Field(default_factory=list)
    """Fields that must be present and not null."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"name": value, "endpoint": {"path": value}} if isinstance(value, str) else value
