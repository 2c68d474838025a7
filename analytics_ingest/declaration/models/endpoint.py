"""The endpoint's vocabulary: error handler, incremental, and the request itself.

dlt's keys keep dlt's names and meaning; the keys of our own say so in their docstring.
"""

from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from analytics_ingest.declaration.airbyte.models import IncrementalSync, PartitionRouter
from analytics_ingest.declaration.durations import parse_duration
from analytics_ingest.declaration.models.auth import Auth
from analytics_ingest.declaration.models.base import DeclarationModel
from analytics_ingest.declaration.models.paginator import Paginator


class ErrorHandler(DeclarationModel):
    """Which answers are asked for again, how often, and after which waits."""

    also_written_as: ClassVar[tuple[str, ...]] = ("null",)

    retry_on_status_codes: list[int] = Field(default_factory=list)
    """Statuses worth another try; a status that is not listed is not retried."""
    max_retries: int = Field(default=3, ge=0)
    """Further tries after the first."""
    backoff: Literal["exponential", "constant"] = "exponential"
    """exponential doubles backoff_factor each time; constant always waits backoff_factor."""
    backoff_factor: float = Field(default=2, ge=0)
    """Seconds of the first wait. A Retry-After header replaces the computed wait."""


class Incremental(DeclarationModel):
    """The cursor that decides in which window a row is loaded."""

    also_written_as: ClassVar[tuple[str, ...]] = ("null",)

    cursor_path: str = "updated_at"
    """Where a row holds its cursor."""
    cursor_format: str = "iso8601"
    """iso8601, epoch_s, epoch_ms, or a strptime pattern: how the cursor is read."""
    start_param: str | None = None
    """Query parameter that sends the start of the window."""
    end_param: str | None = None
    """Query parameter that sends the end of the window."""
    param_format: str = "iso8601"
    """iso8601, epoch_s, epoch_ms, or a strftime pattern: how the window is sent."""
    row_order: Literal["asc", "desc"] | None = None
    """How the API sorts by the cursor; paging stops when the window is passed."""
    lookback: str | None = None
    """Widens every window to the past: 2d."""

    @field_validator("lookback")
    @classmethod
    def _is_duration(cls, value: str | None) -> str | None:
        if value is not None:
            parse_duration(value)
        return value


class Endpoint(DeclarationModel):
    """One listing of the API: the request, its pages and the rows in them."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string", "null")

    path: str | None = None
    """Relative to the base URL; {name} is bound by params, {resources.x.id} by a parent's row,
    {settings.x} by sources.<api>.x."""
    method: Literal["GET", "POST", "get", "post"] = "GET"
    """GET or POST."""
    http_method: Literal["GET", "POST", "get", "post"] | None = None
    """The documents' name of method."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Query parameters; {type: resolve, resource, field} binds a placeholder to a parent, and
    {type: each, values, column} makes a listing for each value, which its rows hold in a column."""
    json_body: dict[str, Any] | None = Field(default=None, alias="json")
    """JSON body of the request."""
    data: Any = None
    """Form fields or raw body of the request."""
    headers: dict[str, Any] = Field(default_factory=dict)
    """Headers of the request."""
    auth: Auth | None = None
    """Authentication of this endpoint alone."""
    paginator: Paginator | None = None
    """How the listing goes on; without it dlt's detection decides."""
    data_selector: str | list[str] | None = None
    """JSONPath of the rows in the body, or a list of keys; $ is the whole body."""
    response_actions: list[dict[str, Any]] = Field(default_factory=list)
    """dlt's actions by status or content; only `ignore` can be declared."""
    error_handler: ErrorHandler | None = None
    """Retries of this endpoint; without it dlt's: 429 and 5xx, five tries."""
    incremental: Incremental | None = Field(default_factory=Incremental)
    """The cursor; null makes the resource a snapshot, loaded whole."""
    incremental_sync: IncrementalSync | None = None
    """The documents' form of incremental."""
    partition_router: PartitionRouter | list[PartitionRouter] | None = None
    """The documents' form of params that a parent or a list of values fills."""
    max_pages: int | None = Field(default=None, gt=0)
    """A listing longer than this is an error."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"path": value} if isinstance(value, str) else value
