"""The flag by which a body says that there is another page."""

from typing import Any

from dlt.common import jsonpath

from analytics_ingest.common.errors import PagingError


def has_more(body: Any, path: jsonpath.TJsonPath) -> bool:
    """Read the flag, which may be a text.

    Raises:
        PagingError: There is none.
    """
    values = jsonpath.find_values(path, body)
    value = values[0] if values else None
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise PagingError(f"the page holds no true or false at has_more_path '{path}'")
    return value
