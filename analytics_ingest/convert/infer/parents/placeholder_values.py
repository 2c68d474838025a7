"""Finds the values of a placeholder of a path: a list, or a setting whose name is its plural."""

from typing import Any

from analytics_ingest.common.plurals import list_singulars
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.normalize.placeholders import SETTING, list_names, make_settings


def list_values(draft: Draft, name: str) -> None:
    """Request a path for each of the values that a parameter lists for a placeholder of it."""
    endpoint = draft.by_name[name]["endpoint"]
    for placeholder in list_names(endpoint["path"]):
        if values := _find_values(placeholder, endpoint["params"].get(placeholder)):
            endpoint["params"][placeholder] = {"type": "each", "values": values}
            draft.log.assume(name, f"{{{placeholder}}} is each of the listed values")


def _find_values(placeholder: str, value: object) -> Any:
    """Find what lists the values of a placeholder; None where it has one value.

    Args:
        value: What the parameter of its name holds.
    """
    if isinstance(value, list):
        return value or None
    match = SETTING.fullmatch(make_settings(value) or "") if isinstance(value, str) else None
    if match is None or match["name"] == placeholder:
        return None
    plurals = {*list_singulars(match["name"]), match["name"].removesuffix("_list")}
    return match[0] if placeholder in plurals else None
