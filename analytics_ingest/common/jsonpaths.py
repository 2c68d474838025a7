"""The JSONPaths of a declaration: parsed once a process, and checked before they are used.

The parser is imported when the first path is parsed: a project without any does not pay for it.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from analytics_ingest.common.errors import SettingError

if TYPE_CHECKING:
    from jsonpath_ng import JSONPath


@lru_cache(maxsize=1_000)
def compile_path(path: str) -> "JSONPath":
    """Parse a JSONPath, once a process: the parser is slow.

    Raises:
        JSONPathError: It is not one.
    """
    from jsonpath_ng.ext.parser import parse

    return parse(path)


def parse_path(place: str, path: str) -> "JSONPath":
    """Parse a JSONPath, or refuse it by its place in the declaration.

    Raises:
        SettingError: It is not a JSONPath.
    """
    from jsonpath_ng.exceptions import JSONPathError

    try:
        return compile_path(path)
    except JSONPathError:
        raise SettingError(
            f"{place}: '{path}' is not a JSONPath; write e.g. data, data.items, items[*].data"
        ) from None


def find_first_value(path: "JSONPath", body: Any) -> Any:
    """Find the first value at a path, None where there is none."""
    matches = path.find(body)
    return matches[0].value if matches else None


def build_value_reader(path: str) -> Callable[[Any], Any]:
    """Build a function that reads the first value at a path of a row, quickly if it is a field."""
    name, parsed = read_field_name(path), compile_path(path)
    if name is None:
        return lambda row: find_first_value(parsed, row)
    return lambda row: row.get(name) if isinstance(row, dict) else None


def read_field_name(path: str) -> str | None:
    """Read the field that a JSONPath names, None where it is more than a name."""
    from jsonpath_ng import Fields

    parsed = compile_path(path)
    names = parsed.fields if isinstance(parsed, Fields) else ()
    return names[0] if len(names) == 1 and names[0] != "*" else None
