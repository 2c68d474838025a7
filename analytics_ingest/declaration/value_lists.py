"""Params of type each: a listing of its own for each of some values.

`params: {repo: {type: each, values: [a, b]}}` is sent as `repo=a` and `repo=b`; where `{repo}`
is in the path, in a header or in the body, it is filled there instead. With `column: repo` each
row holds the value it came for, so that a primary key can tell rows of different values apart.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.placeholders import list_settings

Values = list[Any] | str
"""The values, or a text with {settings.…} that gives them, separated by commas."""


def find_value_lists(place: Place, params: Mapping[str, Any]) -> dict[str, Values]:
    """Read the params that have a list of values, by name."""
    return {
        name: _read_values(place, f"endpoint.params.{name}", param)
        for name, param in params.items()
        if isinstance(param, Mapping) and param.get("type") == "each"
    }


def _read_values(place: Place, key: str, param: Mapping[str, Any]) -> Values:
    if unknown := sorted(set(param) - {"type", "values", "column", "group"}):
        raise place.build_error(
            f"{key}.{unknown[0]}", "is unknown; allowed are type, values, column, group"
        )
    column = param.get("column")
    check_group(place, key, param)
    if column is not None and "group" in param:
        problem = "rows of a group come for several values; remove column or group"
        raise place.build_error(f"{key}.column", problem)
    if column is not None and (not isinstance(column, str) or not column.isidentifier()):
        problem = f"'{column}' is not the name of a column; use a-z, 0-9 and _"
        raise place.build_error(f"{key}.column", problem)
    values = param.get("values")
    if isinstance(values, str) and list_settings(values):
        return values
    if isinstance(values, list) and values and all(map(_is_sendable, values)):
        return values
    raise place.build_error(
        f"{key}.values",
        "is not a list of texts, numbers or booleans; write [a, b], or {settings.<name>} for a "
        "setting that holds them, separated by commas",
    )


def check_group(place: Place, key: str, param: Mapping[str, Any]) -> None:
    """Check how many values or rows share a listing.

    Raises:
        DeclarationError: That is not a number of at least 2.
    """
    group = param.get("group")
    if "group" in param and (type(group) is not int or group < 2):
        problem = f"'{group}' is not a number of values; write 2 or more"
        raise place.build_error(f"{key}.group", problem)


def _is_sendable(value: Any) -> bool:
    return isinstance(value, str | int | float | date)
