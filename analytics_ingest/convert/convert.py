"""Converts a document into a declaration: the steps, in their order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from analytics_ingest.common.expressions.syntax import settings_of
from analytics_ingest.convert.conversion_log import ConversionLog, listed
from analytics_ingest.convert.infer.bodies import with_paging_in_bodies
from analytics_ingest.convert.infer.cursors import DEFAULT_CURSOR, with_cursors
from analytics_ingest.convert.infer.error_handlers import with_handler
from analytics_ingest.convert.infer.hints import with_hints
from analytics_ingest.convert.infer.keys import with_keys
from analytics_ingest.convert.infer.open_questions import tell_gaps
from analytics_ingest.convert.infer.parents import with_parents
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.normalize.address import with_settings
from analytics_ingest.convert.normalize.credentials import SECRETS
from analytics_ingest.convert.normalize.fit_to_model import fitted, resolvable, translated
from analytics_ingest.convert.normalize.names import named
from analytics_ingest.convert.normalize.partition_start import with_few_partitions, with_partitions
from analytics_ingest.convert.normalize.references import without_code
from analytics_ingest.convert.normalize.secrets import without_secrets
from analytics_ingest.convert.normalize.selectors import EXPRESSIONS, with_plain_selectors
from analytics_ingest.convert.normalize.structure import shaped
from analytics_ingest.convert.prose.error_handler import handler_in_prose
from analytics_ingest.convert.prose.fields import Fields, fields_in_prose
from analytics_ingest.convert.prose.keys import keys_in_prose
from analytics_ingest.convert.python.find import find_configuration
from analytics_ingest.convert.python.values import walk
from analytics_ingest.convert.report import taken_from
from analytics_ingest.declaration.placeholders import setting_names

Json = dict[str, Any]


@dataclass(frozen=True)
class Declaration:
    """What a document was turned into."""

    attributes: Json
    schema: dict[str, Json]
    """`{resource: {required, fields}}`, as far as the prose names fields."""
    notes: ConversionLog


def turned(name: str, document: Document, today: date) -> Declaration:
    """Turn a document into the declaration of an API.

    Raises:
        ConversionError: Something without which there is no declaration is missing.
    """
    notes = ConversionLog()
    api = with_few_partitions(_clean(name, document, notes), notes, today)
    notes.taken = taken_from(api)
    fields = fields_in_prose(document, {r["name"]: r for r in api["resources"]})
    api = _completed(api, document, fields, notes)
    schema = _schema(api, fields)
    api = resolvable(name, fitted(api, notes), schema, notes)
    tell_gaps(api, notes)
    _note_settings(name, api, notes)
    return Declaration(api, schema, notes)


def _clean(name: str, document: Document, notes: ConversionLog) -> Json:
    """What the document configures, in its clean form and without secrets."""
    written = find_configuration(document, notes)
    api = without_secrets(named(shaped(written, notes), notes), notes)
    api = with_settings(without_code(api, notes), notes)
    api = with_partitions(with_plain_selectors(api), notes)
    return translated(name, fitted(api, notes), notes)


def _completed(
    api: Json, document: Document, fields: Mapping[str, Fields], notes: ConversionLog
) -> Json:
    """The configuration with what has to be inferred and what only the prose says."""
    keys = keys_in_prose(document, {r["name"]: r for r in api["resources"]})
    api = with_keys(api, keys.primary, fields, notes)
    is_told = DEFAULT_CURSOR in document.text
    api = with_cursors(api, keys.cursors, fields, notes, is_told=is_told)
    api = with_paging_in_bodies(with_parents(api, notes), notes)
    api = with_handler(api, handler_in_prose(document), notes)
    return with_hints(api, document, notes)


def _note_settings(name: str, api: Json, notes: ConversionLog) -> None:
    """Note where settings stand, and beside auth where its secrets are read from."""
    for setting in _settings_in(api):
        places = [
            resource["name"] for resource in api["resources"] if setting in _settings_in(resource)
        ]
        of = f" of {listed(places)}" if places else " of the client"
        notes.must_set(setting, f"takes the place of {{settings.{setting}}} in requests{of}")
    auth = api["client"].get("auth")
    if isinstance(auth, dict) and (read := SECRETS.get(auth["type"])):
        keys = " and ".join(f"sources.{name}.{key}" for key in read.values())
        verb = "are" if len(read) > 1 else "is"
        notes.comments[None, "client.auth"] = f"{keys} {verb} read when a load begins"


def _settings_in(value: Any) -> list[str]:
    """The settings that placeholders and a paginator's expressions name."""
    expressions = [
        item
        for part in walk(value)
        if isinstance(part, dict)
        for key, item in part.items()
        if key in EXPRESSIONS and isinstance(item, str)
    ]
    named = [name for text in expressions for name in settings_of(text)]
    return list(dict.fromkeys([*setting_names(value), *named]))


def _schema(api: Json, fields: Mapping[str, Fields]) -> dict[str, Json]:
    """The schema file: the primary key is required where it is among the fields."""
    default = api.get("resource_defaults", {}).get("primary_key")
    schema: dict[str, Json] = {}
    for resource in api["resources"]:
        found = fields.get(resource["name"])
        if found is None:
            continue
        key = resource.get("primary_key", default) or []
        names = [key] if isinstance(key, str) else key
        required = [name for name in names if name in found.types]
        types = {n: t.rstrip("?") if n in required else t for n, t in found.types.items()}
        schema[resource["name"]] = {"required": required, "fields": types}
    return schema
