"""Adds what a configuration leaves open, from the prose or as the likeliest, in its order."""

from collections.abc import Mapping

from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.infer.paging.bodies import move_paging_into_bodies
from analytics_ingest.convert.infer.paging.more_flags import infer_more_flags
from analytics_ingest.convert.infer.paging.next_cursors import infer_next_cursors
from analytics_ingest.convert.infer.paging.paging import infer_paging
from analytics_ingest.convert.infer.paging.single_pages import read_single_pages
from analytics_ingest.convert.infer.paging.stated_paging import infer_stated_paging
from analytics_ingest.convert.infer.parents.listed_settings import list_settings_of_requests
from analytics_ingest.convert.infer.parents.parent_fields import ParentFields
from analytics_ingest.convert.infer.parents.parent_parameters import infer_parent_parameters
from analytics_ingest.convert.infer.parents.parents import bind_placeholders
from analytics_ingest.convert.infer.parents.repeated_values import send_repeated_values
from analytics_ingest.convert.infer.report.open_points import log_open_points
from analytics_ingest.convert.infer.requests.body_keys import send_body_keys
from analytics_ingest.convert.infer.requests.key_headers import infer_key_header
from analytics_ingest.convert.infer.requests.login_bodies import infer_login_body
from analytics_ingest.convert.infer.requests.methods import infer_methods
from analytics_ingest.convert.infer.requests.optional_settings import make_settings_optional
from analytics_ingest.convert.infer.requests.rates import infer_rate
from analytics_ingest.convert.infer.requests.request_values import infer_request_values
from analytics_ingest.convert.infer.requests.token_requests import infer_token_request
from analytics_ingest.convert.infer.requests.unsent_parameters import omit_unsent_parameters
from analytics_ingest.convert.infer.resources.doubtful_keys import log_doubtful_keys
from analytics_ingest.convert.infer.resources.keys import drop_generated_keys, infer_keys
from analytics_ingest.convert.infer.responses.decoders import infer_decoders
from analytics_ingest.convert.infer.responses.error_handlers import (
    add_error_handler,
    log_retry_conditions,
    log_several_waits,
)
from analytics_ingest.convert.infer.responses.ignored_messages import infer_ignored_messages
from analytics_ingest.convert.infer.responses.ignored_responses import infer_ignored_responses
from analytics_ingest.convert.infer.responses.retried_codes import infer_retried_codes
from analytics_ingest.convert.infer.responses.row_objects import infer_row_objects
from analytics_ingest.convert.infer.responses.selectors import infer_selectors
from analytics_ingest.convert.infer.responses.waits import log_wait_headers
from analytics_ingest.convert.infer.rows.combined_rows import log_combined_rows
from analytics_ingest.convert.infer.rows.included_fields import infer_included_fields
from analytics_ingest.convert.infer.rows.request_fields import infer_request_fields
from analytics_ingest.convert.infer.rows.row_changes import infer_row_changes
from analytics_ingest.convert.infer.rows.same_additions import repeat_additions
from analytics_ingest.convert.infer.windows.bodies import move_windows_into_bodies
from analytics_ingest.convert.infer.windows.cursor_formats import infer_formats
from analytics_ingest.convert.infer.windows.cursors import infer_cursors
from analytics_ingest.convert.infer.windows.date_parts import infer_date_parts
from analytics_ingest.convert.infer.windows.end_margins import infer_end_margins
from analytics_ingest.convert.infer.windows.inclusive_ends import infer_inclusive_ends
from analytics_ingest.convert.infer.windows.lookbacks import infer_lookbacks
from analytics_ingest.convert.infer.windows.required_windows import (
    begin_open_windows,
    infer_required_windows,
)
from analytics_ingest.convert.infer.windows.row_formats import use_row_formats
from analytics_ingest.convert.infer.windows.row_order import infer_row_order
from analytics_ingest.convert.infer.windows.start_windows import infer_months
from analytics_ingest.convert.infer.windows.stepped_windows import begin_stepped_windows
from analytics_ingest.convert.infer.windows.window_params import infer_window_params
from analytics_ingest.convert.infer.windows.windows import infer_windows
from analytics_ingest.convert.normalize.body_settings import interpret_body_settings
from analytics_ingest.convert.normalize.partition_start import (
    log_open_starts,
    read_formatted_starts,
    restore_sent_starts,
)
from analytics_ingest.convert.normalize.window_placeholders import (
    bind_bounds,
    complete_days,
    infer_day_cursors,
)
from analytics_ingest.convert.prose.fields.fields import Fields
from analytics_ingest.convert.prose.fields.keys import read_keys
from analytics_ingest.convert.prose.requests.path_values import read_path_values
from analytics_ingest.convert.prose.requests.sent_places import read_sent_places
from analytics_ingest.convert.prose.requests.stated_parents import read_stated_parents
from analytics_ingest.convert.prose.responses.error_handler import (
    is_wait_of_all,
    list_retry_conditions,
    list_retry_counts,
    list_several_waits,
    read_error_handler,
    read_failing_statuses,
)
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.windows.sync_modes import read_sync_modes


def infer_all(draft: Draft, prose: Prose, fields: Mapping[str, Fields]) -> None:
    """Add what the configuration leaves open: from the prose, or the likeliest."""
    infer_selectors(draft, prose)
    keys = read_keys(prose)
    infer_keys(draft, keys.primary, fields)
    log_doubtful_keys(draft, prose)
    infer_day_cursors(draft)
    modes = read_sync_modes(prose)
    infer_cursors(draft, keys, fields, modes)
    _infer_sent_bounds(draft, prose, fields)
    infer_stated_paging(draft, prose)
    read_single_pages(draft, prose)
    infer_paging(draft, prose)
    infer_next_cursors(draft, prose)
    infer_more_flags(draft, prose)
    infer_parent_parameters(draft, prose)
    values = read_path_values(prose, draft.by_name)
    parents = ParentFields(draft, fields, values, read_stated_parents(prose, draft.by_name))
    infer_date_parts(draft, prose.document, parents)
    bind_placeholders(draft, parents)
    _infer_windows(draft, prose, fields, {**keys.cursors, **modes.cursors})
    infer_request_fields(draft, prose)
    _infer_rows(draft, prose, fields)
    infer_inclusive_ends(draft, prose)
    _infer_requests(draft, prose)
    list_settings_of_requests(draft, prose)
    _infer_actions(draft, prose)
    interpret_body_settings(draft)
    send_body_keys(draft)
    make_settings_optional(draft, prose)
    log_open_points(draft)


def _infer_sent_bounds(draft: Draft, prose: Prose, fields: Mapping[str, Fields]) -> None:
    """Add where requests hold the bounds of windows, and how they are written."""
    bind_bounds(draft)
    use_row_formats(draft, prose, fields)
    infer_formats(draft, prose, fields)


def _infer_actions(draft: Draft, prose: Prose) -> None:
    """Add which responses are ignored or requested again, beside what an error handler says."""
    infer_ignored_responses(draft, prose)
    infer_ignored_messages(draft, prose)
    infer_retried_codes(draft, prose)


def _infer_rows(draft: Draft, prose: Prose, fields: Mapping[str, Fields]) -> None:
    """Add how rows change before they are loaded."""
    infer_included_fields(draft, prose, fields)
    infer_row_changes(draft, prose, fields)
    repeat_additions(draft, prose)
    infer_row_objects(draft, fields)
    drop_generated_keys(draft)
    log_combined_rows(draft, prose)


def _infer_windows(
    draft: Draft,
    prose: Prose,
    fields: Mapping[str, Fields],
    cursors: Mapping[str | None, str],
) -> None:
    """Add how windows are sent, and where the first one begins."""
    infer_window_params(draft, prose, cursors)
    infer_windows(draft, prose, fields)
    complete_days(draft)
    infer_months(draft)
    infer_lookbacks(draft, prose, fields)
    infer_end_margins(draft, prose)
    restore_sent_starts(draft)
    read_formatted_starts(draft)
    infer_required_windows(draft, prose)
    begin_stepped_windows(draft, prose)
    begin_open_windows(draft)
    infer_row_order(draft, prose)
    log_open_starts(draft)


def _infer_requests(draft: Draft, prose: Prose) -> None:
    """Add what else requests hold, and which are sent again."""
    infer_methods(draft, prose)
    infer_rate(draft, prose)
    infer_decoders(draft, prose)
    places = read_sent_places(prose)
    move_paging_into_bodies(draft, places, move_windows_into_bodies(draft, places))
    is_of_all = is_wait_of_all(prose.document, draft.by_name)
    failing = read_failing_statuses(prose.document, draft.by_name)
    retries = list_retry_counts(prose.document, draft.by_name)
    handler = read_error_handler(prose.document)
    add_error_handler(draft, handler, failing, is_of_all=is_of_all, retries=retries)
    log_several_waits(draft, list_several_waits(prose.document))
    log_retry_conditions(draft, list_retry_conditions(prose.document))
    log_wait_headers(draft, prose.document)
    infer_request_values(draft, prose)
    omit_unsent_parameters(draft, prose)
    send_repeated_values(draft, prose)
    infer_key_header(draft, prose.document)
    infer_token_request(draft, prose.document)
    infer_login_body(draft, prose.document)
