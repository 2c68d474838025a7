"""Finds the values of a placeholder of a path: a list, or a setting whose name is its plural."""

from typing import Any

from analytics_ingest.convert.normalize.placeholders import SETTING, make_settings
from analytics_ingest.convert.normalize.plurals import list_singulars


def find_values(placeholder: str, value: object) -> Any:
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
