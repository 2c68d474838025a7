"""The cursor of a resource: how it is read from a row, and how the window is sent to the API."""

from typing import ClassVar, Literal

from analytics_ingest.declaration.models.base import DeclarationModel
from analytics_ingest.declaration.models.scalars import Duration


class Incremental(DeclarationModel):
    """The cursor that decides in which window a row is loaded."""

    also_written_as: ClassVar[tuple[str, ...]] = ("null",)

    cursor_path: str = "updated_at"
    """JSONPath of the cursor in a row."""
    cursor_format: str = "iso8601"
    """How the cursor is read: iso8601, epoch_s, epoch_ms, or a strptime pattern."""
    start_param: str | None = None
    """Query parameter that sends the start of the window."""
    end_param: str | None = None
    """Query parameter that sends the end of the window."""
    param_format: str = "iso8601"
    """How the window is sent: iso8601, epoch_s, epoch_ms, or a strftime pattern."""
    row_order: Literal["asc", "desc"] | None = None
    """How the API sorts rows by the cursor; paging stops when the window is passed."""
    lookback: Duration | None = None
    """Moves the start of every window back: 2d."""
