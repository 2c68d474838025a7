"""Values that a declaration lists for a param, itself or in a setting."""

import itertools
from collections.abc import Sequence
from typing import Any

from analytics_ingest.common.errors import SettingError
from analytics_ingest.common.expressions.setting_text import SettingText
from analytics_ingest.common.expressions.text import interpret_value
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.value_lists import Values
from analytics_ingest.extract.settings import SettingValues


def list_combinations(
    resource: ResourceDeclaration, settings: SettingValues
) -> list[dict[str, Any]]:
    """List all combinations of the listed values; one empty set if nothing is listed."""
    lists = [_list_values(resource, name, settings) for name in resource.each]
    return [dict(zip(resource.each, values, strict=True)) for values in itertools.product(*lists)]


def read_values(
    resource: ResourceDeclaration, name: str, declared: Values, settings: SettingValues
) -> Sequence[Any]:
    """Read the values of a param, each once: a second request for one would double its rows.

    Raises:
        SettingError: The setting that lists them is empty.
    """
    values = declared if isinstance(declared, list) else _read_listed(settings.fill(declared))
    if values:
        return list({str(value): value for value in values}.values())
    raise SettingError(
        f"{resource.api}.{resource.name}: endpoint.params.{name}.values: {declared} is empty; "
        "set it to values separated by commas"
    )


def _list_values(
    resource: ResourceDeclaration, name: str, settings: SettingValues
) -> Sequence[Any]:
    values = read_values(resource, name, resource.each[name], settings)
    size = resource.endpoint.params[name].get("group")
    return [values[i : i + size] for i in range(0, len(values), size)] if size else values


def _read_listed(text: str) -> list[Any]:
    """Read the values in a setting: a list, or texts separated by commas."""
    listed = interpret_value(text) if text.startswith("[") else None
    return list(listed if isinstance(listed, list) else SettingText(text))
