"""The cursor of a resource: how it is read from a row, and how the window is sent to the API."""

from datetime import timedelta
from typing import Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from analytics_ingest.common.cursor import is_date
from analytics_ingest.declaration.models.base import DeclarationModel
from analytics_ingest.declaration.models.scalars import Duration, TimeZone

ONE_MEANING: dict[str, tuple[str | None, str]] = {
    "end_value": (None, "the partitions of a run end its window; remove it"),
    "range_start": ("closed", "a window includes its start; remove it"),
    "range_end": ("open", "a window excludes its end; remove it"),
    "on_cursor_value_missing": (
        "include",
        "every window loads the rows without a cursor and the check cursor counts them; remove it",
    ),
    "convert": (None, "a declaration holds no code; param_format writes the bounds of the window"),
}
"""dlt's keys that have one meaning here: the value that says so, and why no other is possible."""

SEQUENCE = "sequence"

SHORTEST_MONTH = timedelta(days=28)
"""The length of the shortest month: windows of at most this length start in each month."""


class Incremental(DeclarationModel):
    """The cursor that decides in which window a row is loaded."""

    also_written_as: ClassVar[tuple[str, ...]] = ("null",)

    cursor_path: str = "updated_at"
    """JSONPath of the cursor in a row."""
    cursor_format: str = "iso8601"
    """How the cursor is read: iso8601, epoch_s, epoch_ms, or a strptime pattern. sequence: it only
    grows and is not a moment; the resource is loaded whole, and its newest versions stay."""
    start_param: str | None = None
    """Query parameter that sends the start of the window."""
    end_param: str | None = None
    """Query parameter that sends the end of the window."""
    param_format: str = "iso8601"
    """How the window is sent: iso8601, epoch_s, epoch_ms, or a strftime pattern; ignored where no
    request or processing step reads it."""
    inclusive_end: bool = False
    """The API includes the day, week or month that is sent as the end of a window: its last one is
    sent, not the one after it. For reports that add up what a window holds."""
    exclusive_start: bool | None = None
    """The API excludes the moment that is sent as the start of a window: the one before it is sent.
    Without it, true where the request compares the start by gt or >, as in updated__gt, and rows
    have a cursor of their own."""
    timezone: TimeZone | None = None
    """Time zone of cursors and of bounds that name none; without it UTC. A date is a day of the
    partitions' time zone."""
    row_order: Literal["asc", "desc"] | None = None
    """How the API sorts rows by the cursor; paging stops when the window is passed."""
    lookback: Duration | None = None
    """Moves the start of every window back: 2d."""
    lag: float | None = Field(default=None, ge=0)
    """dlt's lookback: seconds, or days if the cursor or initial_value is declared as a date."""
    initial_value: Any = None
    """Start of the first window, a date or a moment; it replaces the API's own default. Older rows
    are not loaded. Without it the first window has no start."""
    end_margin: Duration | None = None
    """The window ends this long before now at the latest, and the next one begins as much earlier:
    for an API that refuses the present, or shows rows late."""
    max_window: Duration | None = None
    """A longer window is requested in pieces of this length: 31d; of a day less where bounds are
    dates, whose last day an API may include. A run over more than a week is loaded in parts that
    begin as short. Where requests hold only their start, which names a day, a week or a month, 28d
    at most; more is only for parts of runs, and needs row_order: asc."""
    end_value: Any = None
    """dlt's key; only null, because the partitions of a run end its window."""
    range_start: str | None = None
    """dlt's key; only closed, because a window includes its start."""
    range_end: str | None = None
    """dlt's key; only open, because a window excludes its end."""
    on_cursor_value_missing: str | None = None
    """dlt's key; only include, because rows without a cursor are loaded and reported."""
    convert: Any = None
    """dlt's key; only null, because a declaration holds no code."""

    @field_validator(*ONE_MEANING, mode="before")
    @classmethod
    def _check_meaning(cls, value: Any, info: ValidationInfo) -> Any:
        only, reason = ONE_MEANING[info.field_name or ""]
        if value not in (None, only):
            raise ValueError(f"'{value}' is not possible: {reason}")
        return value

    @field_validator("max_window")
    @classmethod
    def _check_length(cls, value: timedelta | None) -> timedelta | None:
        if value is not None and not value:
            raise ValueError("'0s' is too short; write how much the API accepts at a time: 31d")
        return value

    @model_validator(mode="after")
    def _check_lag(self) -> "Incremental":
        if self.lag is not None and self.lookback is not None:
            raise ValueError("lag cannot be combined with lookback; remove one of them")
        return self

    @property
    def earlier(self) -> timedelta:
        """How much earlier every window begins than its partitions."""
        back = self.lookback or timedelta()
        if self.lag is not None:
            is_of_days = is_date(self.initial_value, self.cursor_format)
            back = timedelta(days=self.lag) if is_of_days else timedelta(seconds=self.lag)
        return back + (self.end_margin or timedelta())
