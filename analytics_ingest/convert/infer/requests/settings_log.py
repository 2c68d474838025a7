"""Says in the report which settings are to be set, and what each is for."""

import re
from collections.abc import Collection
from typing import Any

from analytics_ingest.common.expressions.syntax import find_references
from analytics_ingest.common.json_tree import walk
from analytics_ingest.convert.conversion_log import abbreviate
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.requests.optional_settings import find_default
from analytics_ingest.convert.normalize.credentials import list_needed_secrets
from analytics_ingest.convert.normalize.secrets import is_secret_name
from analytics_ingest.convert.normalize.selectors import EXPRESSIONS
from analytics_ingest.convert.prose.requests.list_settings import read_list_settings
from analytics_ingest.convert.prose.requests.setting_defaults import read_spoken_default
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.declaration.placeholders import list_settings

_SEPARATORS = {",": "commas", ";": "semicolons", " ": "spaces"}


def log_settings(draft: Draft, prose: Prose) -> None:
    """Log where settings are used, and comment on auth where its secrets are read from."""
    lists = read_list_settings(prose)
    texts = (clause for line, _ in prose.iterate_lines() for clause in line.clauses)
    clauses = [text for text in texts if "default" in text.lower()]
    of_client = _list_settings(draft.client)
    requested = _list_settings([draft.client, *(end for _, end in draft.iterate_endpoints())])
    for setting in _list_settings(draft.attributes):
        places = [r["name"] for r in draft.resources if setting in _list_settings(r)]
        shared = "the client" if setting in of_client else "all resources"
        of = f" of {abbreviate(places) or shared}"
        option = "optional; " if _is_optional(draft.attributes, setting) else ""
        place = f"takes the place of {{settings.{setting}}} in requests{of}"
        place = place if setting in requested else f"filters rows{of}"
        if option and (default := find_default(draft.attributes, setting)):
            place = f"{place}; {default} by default"
        elif not option and (default := _find_spoken(setting, clauses)):
            place = f"{place}; the document's default is {default}"
        if separator := draft.log.separators.get(setting):
            between = _SEPARATORS.get(separator, f"'{separator}'")
            place = f"{place}; several values are separated by {between}"
        elif form := _find_list_form(draft, setting, lists):
            place = f"{place}; {form}"
        draft.log.require(setting, f"{option}{place}")
    auth = draft.client.get("auth")
    if isinstance(auth, dict) and (secrets := list_needed_secrets(auth["type"])):
        keys = " and ".join(f"sources.{draft.name}.{s.setting}" for s in secrets.values())
        verb = "are" if len(secrets) > 1 else "is"
        draft.log.comments[None, "client.auth"] = f"{keys} {verb} read when a load begins"


def _find_spoken(setting: str, clauses: Collection[str]) -> str | None:
    """Find the default that the text gives a setting, unless it is a secret."""
    return None if is_secret_name(setting) else read_spoken_default(setting, clauses)


def _find_list_form(draft: Draft, setting: str, lists: Collection[str]) -> str | None:
    """Find how a list is written in a setting; None for one that may not be a list.

    Args:
        lists: Settings of which the prose says that they are lists.
    """
    endpoints = [endpoint for _, endpoint in draft.iterate_endpoints()]
    blocks = [part for part in walk(endpoints) if isinstance(part, dict)]
    if any(block.get("values") == f"{{settings.{setting}}}" for block in blocks):
        return "a list, separated by commas"
    if setting not in lists:
        return None
    alone = re.compile(rf"\{{\{{ config(?:\.|\[['\"]){re.escape(setting)}(?:['\"]\])? \}}\}}")
    texts = [part for each in endpoints for part in walk(each.get("json")) if isinstance(part, str)]
    if any(map(alone.fullmatch, texts)):
        return 'a list, written as JSON: ["a", "b"]'
    return "a list, sent as it is written"


def _is_optional(attributes: Json, setting: str) -> bool:
    """Return whether a setting has a default wherever it is used."""
    texts = [text for text in walk(attributes) if isinstance(text, str) and setting in text]
    return all(find_references(text).settings.get(setting) for text in texts)


def _list_settings(value: Any) -> list[str]:
    """List the settings that placeholders, a paginator's expressions and filters name."""
    items = [item for part in walk(value) if isinstance(part, dict) for item in part.items()]
    read = (*EXPRESSIONS, "filter")
    texts = [text for key, text in items if key in read and isinstance(text, str)]
    names = [name for text in texts for name in find_references(text).settings]
    return list(dict.fromkeys([*list_settings(value), *names]))
