"""Corrects the cursor: its field, its format, and whether the API can be sent the window."""

from collections.abc import Iterator, Sequence
from typing import Any

from analytics_ingest.common import cursor
from analytics_ingest.common.jsonpaths import build_value_reader
from analytics_ingest.common.update_names import names_update
from analytics_ingest.declaration.models.incremental import Incremental
from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.preview.corrections.correction import REMOVED, Correction
from analytics_ingest.preview.cursor_formats import (
    find_fitting_format,
    find_timestamp_fields,
    is_plausible,
    sounds_like_update,
)

_INCREMENTAL = ("endpoint", "incremental")
_ENOUGH = 2
"""Rows without a field that show that the API does not have it."""
_PARAM_FORMATS = ("iso8601", "%Y-%m-%d", "epoch_s")
"""The usual formats of a filter's bounds."""


def correct_cursor(preview: ResourcePreview) -> Iterator[Correction]:
    """Correct the field of the cursor, or else its format."""
    incremental, rows = preview.resource.incremental, preview.objects
    if incremental is None or not rows:
        return
    read = build_value_reader(incremental.cursor_path)
    values = [value for row in rows if (value := read(row)) is not None]
    if not values:
        if _is_absent(preview, incremental):
            yield from _try_other_field(preview, incremental)
    elif _is_misread(preview, values) and (fitting := _find_only_format(values)):
        evidence = f"all {len(values)} values of {incremental.cursor_path} are {fitting}"
        yield _build_correction(preview, "cursor_format", fitting, evidence)


def _try_other_field(preview: ResourcePreview, incremental: Incremental) -> Iterator[Correction]:
    """Yield another field for a cursor that no row has; without one the listing is loaded whole."""
    rows, name = preview.objects, preview.resource.name
    absent = f"none of {len(rows)} rows has {incremental.cursor_path}"
    stamps = find_timestamp_fields(rows)
    fields = [field for field in stamps if names_update(field, name)]
    if not fields and not any(map(sounds_like_update, stamps)):
        evidence = f"{absent}, and no field is the moment of an update: each load reads it whole"
        yield Correction(name, _INCREMENTAL, None, evidence)
    if len(fields) != 1:
        return
    values = [row[fields[0]] for row in rows if row.get(fields[0]) is not None]
    fitting = _find_only_format(values)
    if fitting is None:
        return
    evidence = f"{absent}; {fields[0]} alone is the moment of an update"
    yield _build_correction(preview, "cursor_path", fields[0], evidence)
    if fitting != incremental.cursor_format:
        yield _build_correction(preview, "cursor_format", fitting, f"its values are {fitting}")


def _is_absent(preview: ResourcePreview, incremental: Incremental) -> bool:
    """Return whether the API does not have the field: one that no row sets may be null."""
    rows, first = preview.objects, incremental.cursor_path.partition(".")[0]
    is_declared = incremental.cursor_path in preview.resource.required
    return len(rows) >= _ENOUGH and not is_declared and not any(first in row for row in rows)


def correct_window(
    preview: ResourcePreview, corrected: Sequence[Correction]
) -> Iterator[Correction]:
    """Correct how the window is sent; where no format is understood, send none.

    Args:
        corrected: What was corrected before: another format is tried once.
    """
    incremental = preview.resource.incremental
    is_refused = preview.is_window_refused or preview.lost_window is not None
    if incremental is None or not is_refused:
        return
    names = [n for n in ("start_param", "end_param") if getattr(incremental, n)]
    if not names:
        return  # A placeholder of the request sends it.
    sent = f"the API {'refuses' if preview.is_window_refused else 'loses rows of'} a window"
    evidence = f"{sent} in {incremental.param_format}"
    tried = [c for c in corrected if c.key == (*_INCREMENTAL, "param_format")]
    may_try = not tried and preview.requests_left >= 1
    if may_try and (other := _choose_param_format(preview, incremental)):
        yield _build_correction(preview, "param_format", other, evidence)
        return
    for name in names:
        why = f"{evidence}, so all rows are read, and filtered here"
        yield _build_correction(preview, name, REMOVED, why)


def _choose_param_format(preview: ResourcePreview, incremental: Incremental) -> str | None:
    """Choose the format to try: that of the cursors, or another usual one."""
    formats = (incremental.cursor_format, *_PARAM_FORMATS)
    return next((f for f in formats if f not in (incremental.param_format, "sequence")), None)


def _is_misread(preview: ResourcePreview, values: Sequence[Any]) -> bool:
    newest = max(preview.moments, default=None)
    return len(preview.moments) < len(values) or newest is None or not is_plausible(newest)


def _find_only_format(values: Sequence[Any]) -> str | None:
    """Find the format of all values, unless they can be read with day and month exchanged too."""
    fitting = find_fitting_format(values)
    if fitting and fitting.startswith(("%d/%m/", "%d.%m.")):
        exchanged = cursor.build_reader(f"%m{fitting[2]}%d{fitting[5:]}")
        if all(exchanged(value) for value in values):
            return None
    return fitting


def _build_correction(preview: ResourcePreview, key: str, value: Any, evidence: str) -> Correction:
    return Correction(preview.resource.name, (*_INCREMENTAL, key), value, evidence)
