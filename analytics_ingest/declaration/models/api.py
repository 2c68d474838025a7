"""The declaration of one API as it is written in `defs.yaml`: client, defaults and resources.

This is dlt's `RESTAPIConfig` with the dialect's own keys; `declaration.resolve` makes it usable.
"""

from typing import Any, ClassVar, Literal

from pydantic import (
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    field_validator,
    model_validator,
)

from analytics_ingest.declaration.airbyte.models import IncrementalSync, PartitionRouter
from analytics_ingest.declaration.durations import parse_duration
from analytics_ingest.declaration.models.auth import Auth
from analytics_ingest.declaration.models.base import DeclarationModel
from analytics_ingest.declaration.models.endpoint import Endpoint
from analytics_ingest.declaration.models.paginator import Paginator


class Client(DeclarationModel):
    """What all requests to the API share."""

    base_url: str
    """May hold {settings.<name>}; the setting sources.<api>.base_url replaces it as a whole."""
    allow_http: bool = False
    """Allows plain http to another machine; the key is then sent in the clear."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Headers of every request; never a secret, but {settings.<name>}."""
    auth: Auth | None = None
    """Authentication; the secret is read from sources.<api>."""
    paginator: Paginator | None = None
    """Paginator of every endpoint that has none of its own."""


class Partitions(DeclarationModel):
    """The windows of time in which rows are loaded, by their cursor."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string",)

    every: Literal["hourly", "daily", "weekly", "monthly"] = "daily"
    """Length of a partition."""
    start: str = "2026-01-01"
    """First day; the first partition also takes every older row."""
    timezone: str = "UTC"
    """Time zone in which partitions begin."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"every": value} if isinstance(value, str) else value


class Schedule(DeclarationModel):
    """When the API's job runs once its schedule is switched on."""

    cron: str = "15 0 * * *"
    """Five cron fields."""
    timezone: str = "UTC"
    """Time zone of the cron fields."""
    catch_up: int = Field(default=7, ge=1)
    """Ended partitions that are not loaded yet and are loaded at once, the newest of them."""


class Freshness(DeclarationModel):
    """How old data may become."""

    also_written_as: ClassVar[tuple[str, ...]] = ("null",)

    warn_after: str = "26h"
    """Older than this is a warning."""
    fail_after: str = "36h"
    """Older than this is a failure."""

    @field_validator("warn_after", "fail_after")
    @classmethod
    def _is_duration(cls, value: str) -> str:
        parse_duration(value)
        return value

    @model_validator(mode="after")
    def _is_ordered(self) -> "Freshness":
        if parse_duration(self.warn_after) >= parse_duration(self.fail_after):
            raise ValueError(
                f"warn_after '{self.warn_after}' is not shorter than fail_after "
                f"'{self.fail_after}'; declare both"
            )
        return self


class Volume(DeclarationModel):
    """The band in which a window's row count is expected, around the median of earlier loads."""

    low: float = Field(default=0.25, ge=0)
    """Fewer rows than this share of the median are a warning."""
    high: float = Field(default=4, gt=0)
    """More rows than this multiple of the median are a warning."""
    history: int = Field(default=5, ge=1)
    """Earlier loads of as many partitions that are needed before anything is said."""
    ignore_below: int = Field(default=20, ge=0)
    """Medians below this say nothing: a few rows more or less are chance."""


class Timeouts(DeclarationModel):
    """Seconds after which a request is given up."""

    connect: float = Field(default=10, gt=0)
    """Seconds to wait for a connection."""
    read: float = Field(default=60, gt=0)
    """Seconds to wait for the next bytes of an answer; a whole answer may take five times that."""


class ResourceDefaults(DeclarationModel):
    """What resources share; a resource's own keys win, params and json are merged."""

    endpoint: Endpoint | None = None
    """The listing; a bare string is its path."""
    incremental_sync: IncrementalSync | None = None
    """The documents' form of endpoint.incremental."""
    partition_router: PartitionRouter | list[PartitionRouter] | None = None
    """The documents' form of endpoint.params that a parent or a list of values fills."""
    primary_key: str | list[str] | None = None
    """Column or columns that identify a row."""
    write_disposition: Any = None
    """merge, or replace for a snapshot."""
    merge_key: Any = None
    """dlt's hint of the same name."""
    columns: Any = None
    """dlt's column hints; `fields` is the shorter form."""
    schema_contract: Any = None
    """dlt's hint of the same name."""
    table_format: Any = None
    """dlt's hint of the same name."""
    file_format: Any = None
    """dlt's hint of the same name."""
    references: Any = None
    """dlt's hint of the same name."""
    nested_hints: Any = None
    """dlt's hint of the same name."""
    max_table_nesting: int = 0
    """0 keeps objects and lists as JSON columns; more makes nested tables."""
    parallelized: bool = False
    """Accepted for dlt's sake: requests of all resources overlap anyway."""
    selected: bool = True
    """False: read for its children only, no table and no asset."""
    include_from_parent: list[str] = Field(default_factory=list)
    """Parent's fields to copy into each row as _<parent>_<field>."""
    owners: list[str] = Field(default_factory=list)
    """Owners shown in Dagster: an e-mail address or team:name."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags shown in Dagster."""
    freshness: Freshness | None = None
    """Limits of this resource; without it the API's."""
    volume: Volume = Field(default_factory=Volume)
    """The expected row count of a window."""
    future_tolerance: str = "1h"
    """Cursors further in the future than this are a warning."""
    blocking: bool | None = None
    """true: a failed check stops what is downstream; without it the API's."""

    @field_validator("future_tolerance")
    @classmethod
    def _is_duration(cls, value: str) -> str:
        parse_duration(value)
        return value


class Resource(ResourceDefaults):
    """One listing of the API, one asset in Dagster, one table in the warehouse."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string",)

    name: str
    """Name of the asset and the table."""
    table_name: str | None = None
    """dlt's hint; must equal the name, because one resource is one table of its name."""
    description: str = ""
    """Shown in Dagster."""
    fields: dict[str, str] = Field(default_factory=dict)
    """Field → type: string, number, integer, boolean, timestamp, date, object, array<…>, with ?."""
    required: list[str] = Field(default_factory=list)
    """Fields that must be there and not null."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"name": value, "endpoint": {"path": value}} if isinstance(value, str) else value


class Api(DeclarationModel):
    """A REST API in the form of dlt's rest_api configuration: each resource becomes an asset."""

    description: str = ""
    """Shown in Dagster."""
    owners: list[str] = Field(default_factory=list)
    """Owners of every asset: an e-mail address or team:name."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags of every asset."""
    partitions: Partitions = Field(default_factory=Partitions)
    """daily, or {every, start, timezone}."""
    schedule: Schedule = Field(default_factory=Schedule)
    """When the API's job runs once it is switched on."""
    freshness: Freshness = Field(default_factory=Freshness)
    """How old the API's data may become."""
    blocking: bool = False
    """true: a failed check of any resource stops what is downstream of it."""
    concurrency: int = Field(default=10, gt=0)
    """Requests in flight at most, of all resources together."""
    timeouts: Timeouts = Field(default_factory=Timeouts)
    """Seconds after which a request is given up."""
    client: Client
    """What all requests share."""
    resource_defaults: ResourceDefaults = Field(default_factory=ResourceDefaults)
    """What all resources share."""
    resources: list[Resource]
    """The listings to load."""

    @model_validator(mode="wrap")
    @classmethod
    def _hide_values(cls, value: Any, handler: ModelWrapValidatorHandler["Api"]) -> "Api":
        # Dagster rebuilds the error with its inputs shown, whatever hide_input_in_errors says.
        try:
            return handler(value)
        except ValidationError as error:
            hidden: Any = [{**line, "input": None} for line in error.errors(include_url=False)]
            raise ValidationError.from_exception_data(error.title, hidden) from None
