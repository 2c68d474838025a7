"""What an API answered for the preview of one resource."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from requests import Request

from analytics_ingest.common.window import Window
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.processing.masking import RowMask
from analytics_ingest.extract.selectors.plain_values import may_be_values, unwrap_value
from analytics_ingest.extract.windows.window_filter import build_row_cursor_reader


@dataclass
class ResourcePreview:
    """What the API answered for one resource."""

    resource: ResourceDeclaration
    requests: int = 0
    most_requests: float = math.inf
    """How many requests it may take; what would take more stays unknown."""
    bindings: Mapping[str, Any] = field(default_factory=dict)
    """What fills the placeholders of its listing."""
    inherited: Sequence[Mapping[str, Any]] = ({},)
    """Fields of the parent's row, which each row of its listing has too."""
    status: int | None = None
    first_request: Request | None = None
    """None where there is nothing to ask by: the parent's first page has no rows."""
    first_position: int | None = None
    """The page number or offset of the first request; None where it names none."""
    next_request: Request | None = None
    """The request after the first page; None where the listing ends there."""
    page_size: int | None = None
    """Rows that the first request asks for; None where it names no number."""
    body: Any = None
    """The first page as it came."""
    pages: list[list[Any]] = field(default_factory=list)
    """The rows of the first page, and of the second where there is one."""
    is_repeated: bool = False
    """The second page holds the rows of the first."""
    error: str = ""
    """Why there is no first page, or no second one."""
    warnings: list[str] = field(default_factory=list)
    """What contradicts the end of the listing."""
    messages: list[str] = field(default_factory=list)
    """What is worth knowing about it."""
    lost_window: Window | None = None
    """What the API was asked for when it omitted a listed row."""
    rows_outside: int = 0
    """Rows in answers to windows that lie far outside them, where most do."""
    window_refusal: str = ""
    """Why the API refuses to list the day of a row."""
    is_window_refused: bool = False
    """It refuses the day itself: neither the key nor the number of requests."""
    rows_before: int = 0
    """Rows at position 0, where the listing is declared to begin at 1 and they are not in it."""
    rows_at_one: int = 0
    """Rows at position 1, where the listing is declared to begin at 0, which has no rows."""
    is_position_read: bool = True
    """False where positions 0, 1 and 2 have the same rows: the API does not read the parameter."""
    row_mask: RowMask | None = None
    mask_warnings: list[str] = field(default_factory=list)
    keys_shared: int = 0
    """Rows of another listing with the key of a row of this one."""
    parents_skipped: int = 0
    """Rows of the parent's first page that lack a field which the request needs."""
    key_problem: str = ""
    """Why its key may be wrong, though the API has answered without an error."""

    @property
    def requests_left(self) -> float:
        """How many requests more it may take."""
        return self.most_requests - self.requests

    @property
    def rows(self) -> list[Any]:
        """The rows of all pages."""
        return [row for page in self.pages for row in page]

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The rows that are objects or may be plain values, as all should be, masked."""
        rows = self.rows
        if not may_be_values(self.resource.primary_key):
            rows = list(map(unwrap_value, rows))
        rows = [row for row in rows if isinstance(row, dict)]
        return self.row_mask.apply(rows) if self.row_mask else rows

    @property
    def moments(self) -> list[datetime]:
        """The cursors that can be read as declared."""
        if self.resource.incremental is None:
            return []
        read = build_row_cursor_reader(self.resource)
        return [at for at in map(read, self.rows) if at is not None]
