"""Treats a placeholder that is surely a setting in one resource alike in all others.

    organizations/{organization}/releases      no resource lists organizations: a setting
    projects/{organization}/{project}/events   the same one, not a field of projects

Where a parent's rows surely fill it elsewhere, the difference is logged.
"""

from collections.abc import Collection, Mapping

from analytics_ingest.convert.draft import Draft, is_resolved
from analytics_ingest.convert.infer.matching import list_candidates, read_stem
from analytics_ingest.convert.infer.parents.request_expressions import list_placeholders
from analytics_ingest.convert.normalize.placeholders import EXPRESSIONS, SETTING


def list_sure_settings(draft: Draft) -> dict[str, str]:
    """List the placeholders that no other resource can fill, each with the first that has it."""
    sure: dict[str, str] = {}
    shared = draft.shared.get("params") or {}
    for name, resource in draft.by_name.items():
        endpoint = resource["endpoint"]
        path, params = endpoint["path"], endpoint.get("params") or {}
        for setting in SETTING.findall(path):
            sure.setdefault(setting, name)
        for placeholder in list_placeholders(path):
            candidates = {each for each, _ in list_candidates(placeholder, path, draft.by_name)}
            is_filled = placeholder in params or placeholder in shared
            if not (is_filled or placeholder.startswith(EXPRESSIONS) or candidates - {name}):
                sure.setdefault(placeholder, name)
    return sure


def explain_likeness(
    name: str,
    placeholder: str,
    candidates: Collection[tuple[str, str]],
    sure: Mapping[str, str],
) -> str | None:
    """Say why a placeholder is a setting though resources may fill it; None if they do.

    A bare `{id}` is another one in each path.

    Args:
        name: The resource that has it in its path.
        sure: What is surely a setting, each with the resource that has it.
    """
    other = sure.get(placeholder) if candidates and read_stem(placeholder) else None
    return f"as for {other}" if other and other != name else None


def log_unlike_placeholders(draft: Draft, settings: Mapping[str, str]) -> None:
    """Log that what is a setting for some resources is a parent's field for others.

    Args:
        settings: Placeholders that have become settings, each with the last such resource.
    """
    for name, resource in draft.by_name.items():
        for placeholder, value in (resource["endpoint"].get("params") or {}).items():
            if placeholder in settings and is_resolved(value):
                source = f"the {value['field']} of {value['resource']}"
                reason = f"{{{placeholder}}} is {source}, but a setting for {settings[placeholder]}"
                draft.log.assume(name, f"{reason}: declare one, if they are the same")
