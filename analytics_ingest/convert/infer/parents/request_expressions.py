"""Binds what the expressions of a request read of a parent's row: `{{ stream_slice.id | upper }}`.

An expression may read the window, the settings and the token of a page as well; one of which
nothing fills a part is omitted by the binding of its text.
"""

import re
from collections.abc import Mapping

from analytics_ingest.common.expressions.text import find_references
from analytics_ingest.common.json_tree import map_strings
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.row_steps import bind_field
from analytics_ingest.convert.normalize.placeholders import clean_text, list_names
from analytics_ingest.convert.python.values import to_setting_name

_PARTS = ("path", "params", "headers", "json", "data")
_READ = re.compile(
    r"""\b(?P<root>stream_(?:partition|slice))
    (?:\.(?!get\b)(?P<dotted>\w+)|\[\s*(?P<quote>['"])(?P<quoted>\w+)(?P=quote)\s*\])""",
    re.VERBOSE,
)
_BOUNDS = frozenset(("start", "end"))


def list_placeholders(path: str) -> list[str]:
    """List the placeholders of a clean path, and what its expressions read of the partition."""
    return [*sorted(find_references(path).partition), *list_names(path)]


def bind_expressions(resource: Json) -> None:
    """Name what expressions read of the partition as the parameters of a resource do.

    What nothing fills is a setting in the path, without which there is no request.
    """
    endpoint = resource["endpoint"]
    texts = {key: endpoint[key] for key in _PARTS if endpoint.get(key)}
    names = find_references(texts).partition
    bindings = {name: bind_field(resource, name) for name in sorted(names)}
    renamed = {name: str(bound).strip("{} ") for name, bound in bindings.items() if bound}

    for key in texts if names else ():
        unbound = names - {*renamed} if key == "path" else ()
        filled = {name: f"config['{to_setting_name(name)}']" for name in unbound} | renamed
        endpoint[key] = map_strings(endpoint[key], lambda text, of=filled: _rename(text, of))


def _rename(text: str, names: Mapping[str, str]) -> str:
    if not find_references(text).partition:
        return text
    return _READ.sub(lambda match: names.get(match["dotted"] or match["quoted"], match[0]), text)


def write_text(text: str, resource: Json, *, has_window: bool) -> str | None:
    """Write a text of a request with its placeholders `{x}`; None where nothing fills it."""
    cleaned = clean_text(text, is_of_listing=True)
    references = find_references(cleaned)
    params = resource["endpoint"].get("params") or {}
    is_filled = all(isinstance(params.get(name), dict) for name in references.partition)
    is_in_window = has_window or not references.bounds
    return cleaned if is_filled and is_in_window and references.bounds <= _BOUNDS else None


def explain_unfilled(text: str, *, has_window: bool) -> str:
    """Explain why nothing fills a text of a request."""
    reads_window = "{incremental." in text or find_references(text).bounds
    if reads_window and not has_window:
        return "it reads a window, and the resource is loaded whole"
    return "its expression cannot be evaluated"


def is_in_windows(draft: Draft, name: str) -> bool:
    """Return whether a resource is merged, within windows."""
    resource = draft.by_name[name]
    is_snapshot = resource["endpoint"].get("incremental", {}) is None
    return bool(draft.find_key(resource)) and not is_snapshot
