"""Converts a document into a declaration: the passes, in their order."""

from collections.abc import Mapping
from datetime import date

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.declaration import Declaration
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.bodies import move_paging_into_bodies
from analytics_ingest.convert.infer.combined_rows import log_combined_rows
from analytics_ingest.convert.infer.connections import infer_connection, log_missing_auth
from analytics_ingest.convert.infer.cursor_formats import infer_formats
from analytics_ingest.convert.infer.cursors import infer_cursors
from analytics_ingest.convert.infer.date_parts import infer_date_parts
from analytics_ingest.convert.infer.decoders import infer_decoders
from analytics_ingest.convert.infer.doubtful_keys import log_doubtful_keys
from analytics_ingest.convert.infer.end_margins import infer_end_margins
from analytics_ingest.convert.infer.error_handlers import add_error_handler, log_several_waits
from analytics_ingest.convert.infer.field_unions import log_unions
from analytics_ingest.convert.infer.fragments import add_fragments
from analytics_ingest.convert.infer.ignored_messages import infer_ignored_messages
from analytics_ingest.convert.infer.ignored_responses import infer_ignored_responses
from analytics_ingest.convert.infer.included_fields import infer_included_fields
from analytics_ingest.convert.infer.inclusive_ends import infer_inclusive_ends
from analytics_ingest.convert.infer.key_headers import infer_key_header
from analytics_ingest.convert.infer.keys import drop_generated_keys, infer_keys
from analytics_ingest.convert.infer.listed_resources import add_listed_resources, list_paths
from analytics_ingest.convert.infer.listed_settings import list_settings_of_requests
from analytics_ingest.convert.infer.lookbacks import infer_lookbacks
from analytics_ingest.convert.infer.methods import infer_methods
from analytics_ingest.convert.infer.more_flags import infer_more_flags
from analytics_ingest.convert.infer.nested_fields import select_own_types
from analytics_ingest.convert.infer.next_cursors import infer_next_cursors, log_missing_cursors
from analytics_ingest.convert.infer.open_points import log_open_points
from analytics_ingest.convert.infer.optional_settings import make_settings_optional
from analytics_ingest.convert.infer.paging import infer_paging
from analytics_ingest.convert.infer.parent_fields import ParentFields
from analytics_ingest.convert.infer.parent_parameters import infer_parent_parameters
from analytics_ingest.convert.infer.parents import bind_placeholders
from analytics_ingest.convert.infer.placeholder_resources import replace_placeholder_resources
from analytics_ingest.convert.infer.repeated_values import (
    note_repeated_values,
    send_repeated_values,
)
from analytics_ingest.convert.infer.request_fields import infer_request_fields
from analytics_ingest.convert.infer.request_values import infer_request_values
from analytics_ingest.convert.infer.required_windows import (
    begin_open_windows,
    infer_required_windows,
)
from analytics_ingest.convert.infer.row_changes import infer_row_changes
from analytics_ingest.convert.infer.row_formats import use_row_formats
from analytics_ingest.convert.infer.row_objects import infer_row_objects
from analytics_ingest.convert.infer.same_additions import repeat_additions
from analytics_ingest.convert.infer.selectors import infer_selectors
from analytics_ingest.convert.infer.settings_log import log_settings
from analytics_ingest.convert.infer.settings_tables import omit_settings
from analytics_ingest.convert.infer.single_pages import read_single_pages
from analytics_ingest.convert.infer.stated_paging import infer_stated_paging
from analytics_ingest.convert.infer.step_lists import add_step_lists
from analytics_ingest.convert.infer.stepped_windows import begin_stepped_windows
from analytics_ingest.convert.infer.token_requests import infer_token_request
from analytics_ingest.convert.infer.unread_blocks import log_unread_blocks
from analytics_ingest.convert.infer.unsent_parameters import omit_unsent_parameters
from analytics_ingest.convert.infer.unused_names import log_unused_names
from analytics_ingest.convert.infer.window_params import infer_window_params
from analytics_ingest.convert.infer.windows import infer_windows
from analytics_ingest.convert.manifest.document_blocks import translate_document_blocks
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.normalize.airbyte_blocks import translate_blocks
from analytics_ingest.convert.normalize.body_settings import interpret_body_settings
from analytics_ingest.convert.normalize.conversions import translate_conversions
from analytics_ingest.convert.normalize.defaults import settle_defaults
from analytics_ingest.convert.normalize.end_margins import keep_end_margins
from analytics_ingest.convert.normalize.fit_to_model import (
    fit_to_model,
    make_resolvable,
    translate_airbyte_keys,
)
from analytics_ingest.convert.normalize.names import normalize_names
from analytics_ingest.convert.normalize.partition_start import (
    drop_unsent_starts,
    limit_partitions,
    read_formatted_starts,
    restore_sent_starts,
    take_partition_start,
)
from analytics_ingest.convert.normalize.row_functions import translate_row_functions
from analytics_ingest.convert.normalize.secrets import remove_secrets
from analytics_ingest.convert.normalize.selectors import simplify_selectors
from analytics_ingest.convert.normalize.settings import fill_address, replace_references
from analytics_ingest.convert.normalize.structure import normalize_structure
from analytics_ingest.convert.normalize.window_placeholders import bind_window_placeholders
from analytics_ingest.convert.prose.error_handler import (
    is_wait_of_all,
    list_several_waits,
    read_error_handler,
    read_failing_statuses,
)
from analytics_ingest.convert.prose.fields import Fields, read_fields
from analytics_ingest.convert.prose.keys import read_keys
from analytics_ingest.convert.prose.passages import Prose, read_prose
from analytics_ingest.convert.prose.path_values import read_path_values
from analytics_ingest.convert.prose.sync_modes import read_sync_modes
from analytics_ingest.convert.python.find import find_configuration
from analytics_ingest.convert.report import summarize


def convert(name: str, document: Document, today: date) -> Declaration:
    """Convert a document into the declaration of an API.

    Raises:
        ConversionError: Something without which there is no declaration is missing.
    """
    log = ConversionLog()
    configuration = settle_defaults(find_configuration(document, log), log)
    draft = normalize_structure(name, configuration, log)
    normalize_names(draft)
    replace_placeholder_resources(draft, document)
    add_listed_resources(draft, document)
    prose = read_prose(document, draft.by_name, list_paths(draft))
    add_fragments(draft, prose)
    add_step_lists(draft, prose)
    infer_connection(draft, document)
    note_repeated_values(draft)
    _normalize(draft, today)
    log.stated = summarize(draft)
    fields = read_fields(prose)
    omit_settings(draft, prose, fields)
    _infer(draft, prose, fields)
    schema = _build_schema(draft, fields)
    log_unions(draft, fields, schema)
    fit_to_model(draft)
    make_resolvable(draft, schema)
    log_missing_cursors(draft)
    log_missing_auth(draft, document)
    log_settings(draft)
    log_unread_blocks(draft, prose)
    log_unused_names(draft, prose, fields)
    return Declaration(draft.attributes, schema, log)


def _normalize(draft: Draft, today: date) -> None:
    """Bring what the document configures into the form of a declaration, without secrets."""
    translate_row_functions(draft)
    translate_conversions(draft)
    keep_end_margins(draft)
    translate_document_blocks(draft)
    translate_blocks(draft)
    remove_secrets(draft)
    replace_references(draft)
    fill_address(draft)
    bind_window_placeholders(draft)
    simplify_selectors(draft)
    take_partition_start(draft)
    fit_to_model(draft)
    translate_airbyte_keys(draft)
    drop_unsent_starts(draft)
    limit_partitions(draft, today)


def _infer(draft: Draft, prose: Prose, fields: Mapping[str, Fields]) -> None:
    """Add what the configuration leaves open: from the prose, or the likeliest."""
    infer_selectors(draft, prose)
    keys = read_keys(prose)
    infer_keys(draft, keys.primary, fields)
    log_doubtful_keys(draft, prose)
    modes = read_sync_modes(prose)
    infer_cursors(draft, keys.cursors, fields, keys.mentions, modes)
    use_row_formats(draft, prose, fields)
    infer_formats(draft, prose, fields)
    infer_stated_paging(draft, prose)
    read_single_pages(draft, prose)
    infer_paging(draft, prose)
    infer_next_cursors(draft, prose)
    infer_more_flags(draft, prose)
    infer_parent_parameters(draft, prose)
    parents = ParentFields(draft, fields, read_path_values(prose, draft.by_name))
    infer_date_parts(draft, prose.document, parents)
    bind_placeholders(draft, parents)
    _infer_windows(draft, prose, fields, {**keys.cursors, **modes.cursors})
    infer_request_fields(draft, prose)
    _infer_rows(draft, prose, fields)
    infer_inclusive_ends(draft, prose)
    _infer_requests(draft, prose)
    list_settings_of_requests(draft, prose)
    interpret_body_settings(draft)
    make_settings_optional(draft, prose)
    log_open_points(draft)


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
    infer_lookbacks(draft, prose, fields)
    infer_end_margins(draft, prose)
    restore_sent_starts(draft)
    read_formatted_starts(draft)
    infer_required_windows(draft, prose)
    begin_stepped_windows(draft, prose)
    begin_open_windows(draft)


def _infer_requests(draft: Draft, prose: Prose) -> None:
    """Add what else requests hold, and what responses mean."""
    infer_methods(draft, prose)
    infer_decoders(draft, prose)
    move_paging_into_bodies(draft, prose)
    is_of_all = is_wait_of_all(prose.document, draft.by_name)
    failing = read_failing_statuses(prose.document, draft.by_name)
    add_error_handler(draft, read_error_handler(prose.document), failing, is_of_all=is_of_all)
    log_several_waits(draft, list_several_waits(prose.document))
    infer_ignored_responses(draft, prose)
    infer_ignored_messages(draft, prose)
    infer_request_values(draft, prose)
    omit_unsent_parameters(draft, prose)
    send_repeated_values(draft, prose)
    infer_key_header(draft, prose.document)
    infer_token_request(draft, prose.document)


def _build_schema(draft: Draft, fields: Mapping[str, Fields]) -> dict[str, Json]:
    """Build the schema file: the primary key is required where it is among the fields."""
    schema: dict[str, Json] = {}
    for name, resource in draft.by_name.items():
        if types := select_own_types(draft, resource, fields[name]) if name in fields else {}:
            required = [field for field in draft.list_key_fields(resource) if field in types]
            certain = {field: types[field].rstrip("?") for field in required}
            schema[name] = {"required": required, "fields": {**types, **certain}}
    return schema
