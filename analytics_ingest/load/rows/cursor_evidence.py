"""What the values of a cursor show about its declaration: its unit, its format, its field."""

from datetime import datetime, timezone
from typing import Any

from analytics_ingest.common.jsonpaths import read_field_name
from analytics_ingest.declaration.models.incremental import Incremental
from analytics_ingest.declaration.resolved import ResourceDeclaration

_LATER_THAN_UNITS = datetime(1971, 1, 1, tzinfo=timezone.utc)
"""Seconds that are read as milliseconds are moments of 1970."""


class CursorEvidence:
    """Collects what the cursors of a resource's rows show."""

    def __init__(self, resource: ResourceDeclaration, incremental: Incremental) -> None:
        self._place = f"{resource.api}.{resource.name}"
        self._incremental = incremental
        self._is_epoch = incremental.cursor_format.startswith("epoch_")
        self._newest: datetime | None = None
        self._unread_types: set[type] = set()
        self._has_read_cursor = False
        hints = {**resource.fields, **resource.column_hints}
        self._has_declared_field = read_field_name(incremental.cursor_path) in hints

    def note(self, value: Any, at: datetime | None) -> None:
        """Note the cursor of a row, and the moment that it is; None if it cannot be read."""
        if at is None:
            self._unread_types.add(type(value))
            return
        self._has_read_cursor = True
        if self._is_epoch and value and (self._newest is None or at > self._newest):
            self._newest = at

    def find_problem(self, *, is_new: bool) -> str | None:
        """Return why the rows, the first ones of a new table or not, cannot be stored as read."""
        return self._find_unit_problem() or (self._find_field_problem() if is_new else None)

    def _find_unit_problem(self) -> str | None:
        """Return why numbers are not epochs in the declared unit: all of them lie in 1970."""
        if self._newest is None or self._newest >= _LATER_THAN_UNITS:
            return None
        return (
            f"{self._place}: endpoint.incremental.cursor_format: the newest "
            f"{self._incremental.cursor_path} is of {self._newest.date()} in "
            f"{self._incremental.cursor_format}; declare the unit of the numbers, such as epoch_s"
        )

    def _find_field_problem(self) -> str | None:
        """Return why an undeclared field cannot be the cursor: no row has a moment there."""
        if self._has_read_cursor or self._has_declared_field:
            return None
        path, kind = self._incremental.cursor_path, self._incremental.cursor_format
        types = self._unread_types - {type(None)}
        is_declared = "cursor_path" in self._incremental.model_fields_set
        if not types or not types <= ({int, float, str} if is_declared else {int, float}):
            return None
        values = "texts" if str in types else "numbers"
        return (
            f"{self._place}: endpoint.incremental.cursor_path: {path} holds {values} that are not "
            f"moments in {kind}; declare cursor_format (epoch_s, epoch_ms, a pattern such as "
            "%d.%m.%Y, or sequence for values that only grow), or another cursor_path"
        )
