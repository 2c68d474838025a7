"""Converts a document into a declaration: the passes, in their order."""

from collections.abc import Mapping
from datetime import date

from analytics_ingest.convert.conversion_log import ConversionLog
from analytics_ingest.convert.declaration import Declaration
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.paging.next_cursors import log_missing_cursors
from analytics_ingest.convert.infer.parents.repeated_values import note_repeated_values
from analytics_ingest.convert.infer.passes import infer_all
from analytics_ingest.convert.infer.report.login_remarks import log_login_remarks
from analytics_ingest.convert.infer.report.paging_defaults import log_paging_defaults
from analytics_ingest.convert.infer.report.unread_blocks import log_unread_blocks
from analytics_ingest.convert.infer.report.unused_names import log_unused_names
from analytics_ingest.convert.infer.requests.connections import infer_connection, log_missing_auth
from analytics_ingest.convert.infer.requests.present_placeholders import (
    bind_present,
    bind_present_of_all,
)
from analytics_ingest.convert.infer.requests.settings_log import log_settings
from analytics_ingest.convert.infer.requests.settings_tables import omit_settings
from analytics_ingest.convert.infer.resources.listed_resources import (
    add_listed_resources,
    list_paths,
)
from analytics_ingest.convert.infer.resources.placeholder_resources import (
    replace_placeholder_resources,
)
from analytics_ingest.convert.infer.responses.waits import take_constant_waits
from analytics_ingest.convert.infer.rows.field_unions import log_unions
from analytics_ingest.convert.infer.rows.fragments import add_fragments
from analytics_ingest.convert.infer.rows.general_fields import take_general_fields
from analytics_ingest.convert.infer.rows.nested_fields import select_own_types
from analytics_ingest.convert.infer.rows.step_lists import add_step_lists
from analytics_ingest.convert.manifest.documents.document_blocks import translate_document_blocks
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.normalize.airbyte_blocks import translate_blocks
from analytics_ingest.convert.normalize.conversions import translate_conversions
from analytics_ingest.convert.normalize.defaults import settle_defaults
from analytics_ingest.convert.normalize.end_margins import keep_end_margins
from analytics_ingest.convert.normalize.fit_to_model import (
    fit_to_model,
    make_resolvable,
    translate_airbyte_keys,
)
from analytics_ingest.convert.normalize.names import normalize_names
from analytics_ingest.convert.normalize.paginators import replace_unknown_types
from analytics_ingest.convert.normalize.partition_start import (
    drop_unsent_starts,
    limit_partitions,
    read_partitions,
    settle_partition_length,
    take_partition_start,
)
from analytics_ingest.convert.normalize.row_functions import translate_row_functions
from analytics_ingest.convert.normalize.secrets import remove_secrets
from analytics_ingest.convert.normalize.selectors import simplify_selectors
from analytics_ingest.convert.normalize.settings import fill_address, replace_references
from analytics_ingest.convert.normalize.structure import normalize_structure
from analytics_ingest.convert.normalize.window_placeholders import bind_window_placeholders
from analytics_ingest.convert.prose.fields.fields import Fields, read_fields
from analytics_ingest.convert.prose.text.passages import Prose, read_prose
from analytics_ingest.convert.python.find import find_configuration
from analytics_ingest.convert.report import summarize
from analytics_ingest.declaration.fields import ANY

_OPEN = f"{ANY}?"
"""The type of a field whose values decide it."""


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
    take_constant_waits(draft, document)
    _normalize(draft, document, today)
    log.stated = summarize(draft)
    fields = read_fields(prose)
    omit_settings(draft, prose, fields)
    infer_all(draft, prose, fields)
    schema = _build_schema(draft, prose, fields)
    log_unions(draft, fields, schema)
    fit_to_model(draft)
    make_resolvable(draft, schema)
    log_missing_cursors(draft)
    log_paging_defaults(draft, prose)
    log_missing_auth(draft, document)
    log_login_remarks(draft, document)
    log_settings(draft, prose)
    log_unread_blocks(draft, prose)
    log_unused_names(draft, prose, fields)
    return Declaration(draft.attributes, schema, log)


def _normalize(draft: Draft, document: Document, today: date) -> None:
    """Bring what the document configures into the form of a declaration, without secrets."""
    translate_row_functions(draft)
    translate_conversions(draft)
    keep_end_margins(draft)
    translate_document_blocks(draft)
    translate_blocks(draft)
    remove_secrets(draft)
    replace_references(draft)
    bind_present_of_all(draft, document)
    fill_address(draft)
    bind_window_placeholders(draft)
    bind_present(draft, document)
    simplify_selectors(draft)
    take_partition_start(draft)
    replace_unknown_types(draft)
    fit_to_model(draft)
    stated = read_partitions(draft)
    translate_airbyte_keys(draft)
    settle_partition_length(draft, stated)
    drop_unsent_starts(draft)
    limit_partitions(draft, today)


def _build_schema(draft: Draft, prose: Prose, fields: Mapping[str, Fields]) -> dict[str, Json]:
    """Build the schema file: the primary key is required where it is among the fields."""
    schema: dict[str, Json] = {}
    for name, resource in draft.by_name.items():
        types = select_own_types(draft, resource, fields[name]) if name in fields else {}
        if types:
            types = {**types, **dict.fromkeys(fields[name].list_open(), _OPEN)}
        _add_fields(draft, schema, resource, types)
    general = take_general_fields(draft, prose, fields, schema)
    for resource in draft.resources:
        _add_fields(draft, schema, resource, general.get(resource["name"], {}))
    return schema


def _add_fields(
    draft: Draft, schema: dict[str, Json], resource: Json, types: Mapping[str, str]
) -> None:
    """Add the fields of a resource, if it has some."""
    if types := _leave_keys_open(draft, resource, types):
        required = [field for field in draft.list_key_fields(resource) if field in types]
        certain = {field: types[field].rstrip("?") for field in required}
        schema[resource["name"]] = {"required": required, "fields": {**types, **certain}}


def _leave_keys_open(draft: Draft, resource: Json, types: Mapping[str, str]) -> Mapping[str, str]:
    """Return types without those of keys that the prose calls objects or lists: no key is one."""
    keys = draft.list_key_fields(resource)
    wrong = [key for key in keys if types.get(key, "").rstrip("?") in ("object", "array")]
    for key in wrong:
        reason = f"its key {key} is called an {types[key].rstrip('?')}, which no key is"
        draft.log.assume(resource["name"], f"{reason}, so its type is left open")
    return {field: kind for field, kind in types.items() if field not in wrong}
