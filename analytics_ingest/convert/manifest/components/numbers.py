"""Whole numbers of a manifest, which a setting may give."""

from typing import Any

from analytics_ingest.convert.manifest.components.component import Component, UnsupportedError
from analytics_ingest.convert.manifest.components.interpolation import Interpolation


def read_number(
    holder: Component, key: str, texts: Interpolation, default: Any = None
) -> int | None:
    """Read a whole number of a component; of one that a setting gives, the default.

    Raises:
        UnsupportedError: It is not a number, or its setting has no default.
    """
    declared = holder.take(key, default)
    value = texts.evaluate_constant(declared, holder.parameters)
    if "{{" in str(value):
        value = texts.connection.evaluate_with_defaults(str(value))
    if value is None and declared is None:
        return None
    if isinstance(value, int | str) and str(value).strip().isdecimal():
        return int(value)
    raise UnsupportedError(f"{holder.kind}.{key} is not a whole number: {declared}")
