"""Params of type each: a listing of its own for each of some values.

`params: {repo: {type: each, values: [a, b]}}` is sent as `repo=a` and `repo=b`; where `{repo}`
stands in the path, in a header or in the body, it is filled there instead. With `column: repo` each
row holds the value it came for, so that a primary key can tell rows of different values apart.
"""

from collections.abc import Mapping
from typing import Any

from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.placeholders import setting_names

Values = list[Any] | str
"""The values, or a text with {settings.…} that gives them, separated by commas."""


def find_values(api: str, resource: str, params: Mapping[str, Any]) -> dict[str, Values]:
    """Read the names that have a list of values, refusing what is none."""
    return {
        name: _values(api, resource, f"endpoint.params.{name}", written)
        for name, written in params.items()
        if isinstance(written, Mapping) and written.get("type") == "each"
    }


def _values(api: str, resource: str, key: str, written: Mapping[str, Any]) -> Values:
    if unknown := sorted(set(written) - {"type", "values", "column"}):
        raise DeclarationError(
            api, resource, f"{key}.{unknown[0]}", "is unknown; allowed are type, values, column"
        )
    column = written.get("column")
    if column is not None and (not isinstance(column, str) or not column.isidentifier()):
        raise DeclarationError(
            api, resource, f"{key}.column", f"'{column}' is no name of a column; use a-z, 0-9 and _"
        )
    values = written.get("values")
    if isinstance(values, str) and setting_names(values):
        return values
    if isinstance(values, list) and values and all(map(_is_sendable, values)):
        return values
    raise DeclarationError(
        api,
        resource,
        f"{key}.values",
        "is no list of texts, numbers or booleans; write [a, b], or {settings.<name>} for a "
        "setting that holds them, separated by commas",
    )


def _is_sendable(value: Any) -> bool:
    return isinstance(value, str | int | float)
