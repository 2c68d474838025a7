"""The JSON body of a request: an object or a list, as YAML writes it."""

from typing import Any

from pydantic import WithJsonSchema

JSON_SCHEMA = WithJsonSchema({"type": ["object", "array", "null"]})


def check_json(value: Any) -> Any:
    """Return a body that is an object or a list.

    Raises:
        ValueError: It is neither.
    """
    if value is not None and not isinstance(value, dict | list):
        raise ValueError("is not an object or a list; write the body as YAML, or use data")
    return value
