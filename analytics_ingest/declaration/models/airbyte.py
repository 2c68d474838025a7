"""Airbyte's low-code blocks that a declaration accepts and `translate` rewrites.

Their keys keep the names and the meaning that Airbyte's declarative component schema gives them.
"""

from typing import Any, ClassVar

from pydantic import Field, model_validator

from analytics_ingest.declaration.models.base import DeclarationModel


class RequestOption(DeclarationModel):
    """Where a request carries a value."""

    also_written_as: ClassVar[tuple[str, ...]] = ("string", "null")

    type: str | None = None
    """Ignored."""
    field_name: str
    """Name of the query parameter, header or field of the body."""
    inject_into: str = "request_parameter"
    """request_parameter, header, body_json or body_data."""

    @model_validator(mode="before")
    @classmethod
    def _expand(cls, value: Any) -> Any:
        return {"field_name": value} if isinstance(value, str) else value


class IncrementalSync(DeclarationModel):
    """Airbyte's way to declare `incremental` and `partitions`."""

    also_written_as: ClassVar[tuple[str, ...]] = ("null",)

    type: str | None = None
    """Ignored."""
    cursor_field: str
    """incremental.cursor_path."""
    start_datetime: Any = None
    """partitions.start, where it is a date; and incremental.initial_value where requests hold the
    start of the window."""
    end_datetime: Any = None
    """Has no effect: the window ends a load."""
    datetime_format: str | None = None
    """incremental.param_format and cursor_format; %s and %ms are epochs."""
    cursor_datetime_formats: list[str] = Field(default_factory=list)
    """incremental.cursor_format, where cursors are written otherwise than bounds."""
    step: str | None = None
    """partitions.every: PT1H, P1D, P1W or P1M. Where requests hold the window, also the longest
    one: incremental.max_window."""
    cursor_granularity: str | None = None
    """Has no effect: windows are half-open."""
    lookback_window: str | None = None
    """incremental.lookback: PT6H, P2D."""
    start_time_option: RequestOption | None = None
    """incremental.start_param, or {incremental.start_value} in a header or the body."""
    end_time_option: RequestOption | None = None
    """incremental.end_param, or {incremental.end_value} in a header or the body."""


class PartitionRouter(DeclarationModel):
    """Airbyte's way to declare a parent, or a request for each of some values."""

    also_written_as: ClassVar[tuple[str, ...]] = ("array", "null")

    type: str | None = None
    """list or substream, by Airbyte's names of them too."""
    values: list[Any] | str | None = None
    """list: the values; each has a listing of its own."""
    cursor_field: str | None = None
    """list: the placeholder that is filled with the value."""
    request_option: RequestOption | None = None
    """Where the request carries the value, if not in its path."""
    parent_stream: str | None = None
    """substream: the parent resource."""
    stream: str | None = None
    """substream: another name of parent_stream."""
    parent_key: str | None = None
    """substream: the parent's field."""
    partition_field: str | None = None
    """substream: the placeholder that is filled with the parent's field."""
    incremental_dependency: bool = False
    """substream: parents: changed."""
    parent_stream_configs: list["PartitionRouter"] = Field(default_factory=list)
    """substream: the parents, where they are written as a list."""


class ResponseFilter(DeclarationModel):
    """Airbyte's way to declare `response_actions`: an action for some statuses."""

    type: str | None = None
    """Ignored."""
    action: str | None = None
    """SUCCESS, IGNORE, FAIL, RETRY or RATE_LIMITED: the action of the same name."""
    http_codes: list[int] | int | None = None
    """The statuses, each a response_actions.status_code."""
    error_message_contains: str | None = None
    """A response_actions.message."""
    predicate: str | None = None
    """A response_actions.predicate."""
    error_message: Any = None
    """Has no effect: messages quote the API's own words."""
    failure_type: Any = None
    """Has no effect: every failure is reported alike."""
