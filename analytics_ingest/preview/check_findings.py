"""What the checks of a load say of a preview's rows, each with a suggestion.

The sentences are the checks' own. Only what a page shows and a table no longer does is added: rows
that are not objects, equal keys that a merge would hide, and a cursor that is read in a wrong unit.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from dlt.common import jsonpath

from analytics_ingest.common.jsonpaths import compile_path
from analytics_ingest.declaration.models.incremental import Incremental
from analytics_ingest.declaration.models.scalars import format_duration
from analytics_ingest.extract.previews.resource_preview import ResourcePreview
from analytics_ingest.extract.windows.repeated_hours import write_start
from analytics_ingest.load.warehouse.tables.dlt_hints import name_rejected_table
from analytics_ingest.orchestration.checks.cursor import check_cursor, describe_dates
from analytics_ingest.orchestration.checks.outcome import CheckOutcome
from analytics_ingest.orchestration.checks.primary_key import check_primary_key
from analytics_ingest.orchestration.checks.schema import check_schema
from analytics_ingest.preview.contract_findings import find_contract_changes
from analytics_ingest.preview.cursor_formats import (
    find_fitting_format,
    find_timestamp_fields,
    is_plausible,
)
from analytics_ingest.preview.fields import find_unique_fields
from analytics_ingest.preview.profile import profile_rows


def check_findings(preview: ResourcePreview) -> Iterator[str]:
    """Yield what looks wrong with the rows: their keys, their cursors and their declared fields."""
    resource, rows = preview.resource, preview.rows
    if scalars := len(rows) - len(preview.objects):
        yield f"{scalars} of {len(rows)} rows are not objects; data_selector must lead to objects"
    profile, reasons, stats = profile_rows(preview)
    key = check_primary_key(profile, resource.primary_key, name_rejected_table(resource.table))
    why = f"{', '.join(reasons)}; {_suggest_key(preview)}" if reasons else ""
    yield from _report_outcome("primary_key", key, why)
    yield from _find_duplicates(preview)
    if incremental := resource.incremental:
        tolerance = format_duration(resource.declared.future_tolerance)
        cursor = check_cursor(profile, incremental.cursor_path, tolerance)
        yield from _report_outcome("cursor", cursor, _suggest_cursor(preview, incremental))
        if stats.cursors_of_days:
            yield f"check cursor: {describe_dates(resource, stats.cursors_of_days)}"
        yield from _find_wrong_units(preview, incremental)
        yield from _find_rows_outside(preview, incremental)
    schema = check_schema(profile)
    suggestion = "" if schema.is_warning else "correct the declared fields"
    yield from _report_outcome("schema", schema, suggestion)
    yield from find_contract_changes(preview)


def _report_outcome(check: str, outcome: CheckOutcome, suggestion: str) -> Iterator[str]:
    if not outcome.passed:
        sentence = f"check {check}: {outcome.description.removesuffix('.')}"
        yield f"{sentence}; {suggestion}" if suggestion else sentence


def _find_duplicates(preview: ResourcePreview) -> Iterator[str]:
    """Yield equal keys on the first page: until a later page comes, rows may have moved."""
    names, rows = preview.resource.primary_key, preview.pages[0]
    keys = [[row.get(name) for name in names] for row in rows if isinstance(row, dict)]
    complete = [repr(key) for key in keys if None not in key]
    if names and (repeated := len(complete) - len(set(complete))):
        yield (
            f"the primary key ({', '.join(names)}) is not unique: {repeated} of {len(rows)} rows "
            f"share that of another row, and would replace it; {_suggest_key(preview)}"
        )


def _suggest_key(preview: ResourcePreview) -> str:
    objects = [row for row in preview.pages[0] if isinstance(row, dict)]
    names = [
        name for name in find_unique_fields(objects) if name not in preview.resource.primary_key
    ]
    if names:
        return f"unique on this page: {', '.join(names[:3])}"
    return "no single field is unique on this page; a list of fields can be declared"


def _suggest_cursor(preview: ResourcePreview, incremental: Incremental) -> str:
    values = _list_cursor_values(preview, incremental)
    if not values:
        names = ", ".join(find_timestamp_fields(preview.objects))
        hint = f"these fields look like timestamps: {names}" if names else "no field fits"
        return f"no row has it; {hint}. Without a cursor, declare incremental: null"
    if unreadable := len(values) - len(preview.moments):
        number = f"{unreadable} of {len(values)} values are not {incremental.cursor_format}"
        return f"{number}; {_format_suggestion(values)}"
    return ""


def _find_wrong_units(preview: ResourcePreview, incremental: Incremental) -> Iterator[str]:
    """Yield cursors that are readable as declared, though their unit must be another one."""
    values = _list_cursor_values(preview, incremental)
    newest = max(preview.moments, default=None)
    if newest and len(preview.moments) == len(values) and not is_plausible(newest):
        yield (
            f"the newest cursor is of the year {newest.year}, so cursor_format "
            f"{incremental.cursor_format} looks wrong; {_format_suggestion(values)}"
        )


def _format_suggestion(values: Sequence[Any]) -> str:
    fitting = find_fitting_format(values)
    return f"declare cursor_format: '{fitting}'" if fitting else "declare its cursor_format"


def _find_rows_outside(preview: ResourcePreview, incremental: Incremental) -> Iterator[str]:
    names = " and ".join(preview.resource.sent_names)
    if preview.window_refusal and not preview.is_window_refused:
        yield (
            f"the API lists rows without a window, and one sent by {names} fails for another "
            f"reason, so it is not known whether it filters: {preview.window_refusal}"
        )
    elif preview.window_refusal:
        yield (
            f"the API lists rows without a window, and refuses one sent by {names} "
            f"as {incremental.param_format}: {preview.window_refusal}; correct start_param, "
            "end_param or param_format"
        )
    if preview.rows_outside:
        yield (
            f"{preview.rows_outside} rows lie more than a day outside the windows that were sent "
            f"by {names}: the API ignores them, or filters by another field than "
            f"{incremental.cursor_path}; correct start_param, end_param or param_format"
        )
    window = preview.lost_window
    if window and window.start and window.end:
        zone = preview.resource.cursor_zone
        sent = write_start(window.start, incremental.param_format, zone)
        part = "day of" if window.end - window.start >= timedelta(hours=1) else "minutes around"
        yield (
            f"the API lists a row without a window, and leaves it out for the {part} this row, "
            f"sent by {names} as {sent}: it does not know the parameter or its format, or filters "
            f"by another field than {incremental.cursor_path}; correct start_param, end_param, "
            "param_format, timezone or cursor_path"
        )


def _list_cursor_values(preview: ResourcePreview, incremental: Incremental) -> list[Any]:
    """Return what the rows hold at the cursor's path, without nulls."""
    path = compile_path(incremental.cursor_path)
    matches = (jsonpath.find_values(path, row) for row in preview.rows)
    return [values[0] for values in matches if values and values[0] is not None]
