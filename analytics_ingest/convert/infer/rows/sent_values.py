"""Finds what requests hold under the name of a field: a setting, a bound of the window.

{"startDate": "{incremental.start_value}", "account": "{settings.account_id}"}
"""

from collections.abc import Iterator
from typing import Any

from analytics_ingest.common.json_tree import walk
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.normalize.placeholders import SETTING
from analytics_ingest.convert.normalize.secrets import is_secret_name
from analytics_ingest.declaration.airbyte.incremental_sync import BOUNDS

_BLOCKS = ("params", "json", "data")


def find_sent_value(draft: Draft, resource: Json, field: str) -> str | None:
    """Find an expression for what the request of each row holds under the name of a field.

    None where it holds nothing of that name, or several values.
    """
    values = set(_iterate_values(draft, resource, field))
    return values.pop() if len(values) == 1 else None


def _iterate_values(draft: Draft, resource: Json, field: str) -> Iterator[str]:
    endpoint = draft.merge_endpoint(resource)
    incremental = draft.find_incremental(resource) or {}
    for bound, placeholder in BOUNDS.items():
        sent = [f"{{{placeholder}}}"] if incremental.get(f"{bound}_param") == field else []
        if f"{{{placeholder}}}" in [*sent, *_list_sent(endpoint, field)]:
            yield f"{{{{ stream_interval.{bound}_time }}}}"
    settings = [s for s in SETTING.findall(str(endpoint.get("path"))) if s == field]
    texts = [text for text in _list_sent(endpoint, field) if isinstance(text, str)]
    settings += [match[1] for match in map(SETTING.fullmatch, texts) if match]
    for setting in settings:
        if not (is_secret_name(setting) or is_secret_name(field)):
            yield f"{{{{ config['{setting}'] }}}}"


def _list_sent(endpoint: Json, field: str) -> list[Any]:
    """List the values that parameters and bodies hold under a name."""
    parts = walk([endpoint.get(block) for block in _BLOCKS])
    return [part[field] for part in parts if isinstance(part, dict) and field in part]
