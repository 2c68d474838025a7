"""What looks wrong with the cursor, by which rows belong to windows."""

from collections.abc import Iterator

from analytics_ingest.common.cursor import write
from analytics_ingest.declaration.models.endpoint import Incremental
from analytics_ingest.extract.probes.empty_results import window_with_a_row
from analytics_ingest.preview.cursors import (
    cursor_values,
    fitting_format,
    is_plausible,
    readable_cursors,
    timestamp_fields,
)
from analytics_ingest.preview.first_pages import ResourcePreview


def cursor_problems(tried: ResourcePreview) -> Iterator[str]:
    """What is wrong with the cursor of the rows, and with the window that is sent."""
    incremental = tried.resource.incremental
    if incremental is None:
        return
    values = cursor_values(incremental, tried.rows)
    moments = readable_cursors(incremental, tried.rows)
    if not values:
        yield _absent(tried, incremental)
    elif len(moments) < len(values):
        yield (
            f"the cursor '{incremental.cursor_path}' cannot be read as {incremental.cursor_format} "
            f"in {len(values) - len(moments)} of {len(tried.rows)} rows, which would be loaded "
            f"with every window; {_suggestion(fitting_format(values))}"
        )
    elif not is_plausible(max(moments)):
        yield (
            f"the newest cursor is of the year {max(moments).year}, so cursor_format "
            f"{incremental.cursor_format} looks wrong; {_suggestion(fitting_format(values))}"
        )
    if values and len(values) < len(tried.rows):
        yield (
            f"the cursor '{incremental.cursor_path}' is missing in "
            f"{len(tried.rows) - len(values)} of {len(tried.rows)} rows, which are loaded with "
            "every window"
        )
    if tried.is_filter_unknown and (day := window_with_a_row(moments).start):
        names = [name for name in (incremental.start_param, incremental.end_param) if name]
        yield (
            f"no row comes for the day of a row that was listed, sent by {' and '.join(names)} as "
            f"{write(day, incremental.param_format)}: the API does not know the parameter or its "
            "format; correct start_param, end_param or param_format"
        )


def _absent(tried: ResourcePreview, incremental: Incremental) -> str:
    found = timestamp_fields(tried.rows)
    hint = f"these fields look like timestamps: {', '.join(found)}" if found else "no field fits"
    return (
        f"the cursor '{incremental.cursor_path}' is in none of {len(tried.rows)} rows, so all "
        f"would be loaded with every window; {hint}. Without one, declare incremental: null"
    )


def _suggestion(written: str | None) -> str:
    return f"declare cursor_format: '{written}'" if written else "declare its cursor_format"
