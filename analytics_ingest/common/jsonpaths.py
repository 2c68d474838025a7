"""The JSONPaths of a declaration: parsed once, and checked before anything is asked of the API."""

from collections.abc import Iterator
from functools import lru_cache

from dlt.common import jsonpath
from jsonpath_ng import JSONPath
from jsonpath_ng.exceptions import JSONPathError

from analytics_ingest.common.cursor_paths import RootedPath
from analytics_ingest.common.errors import SettingError
from analytics_ingest.declaration.resolve import ResourceDeclaration

_PAGINATOR_PATHS = ("total_path", "has_more_path", "next_url_path", "cursor_path")


@lru_cache(maxsize=1_000)
def compile_path(path: str) -> JSONPath:
    """Parse a JSONPath, once a process: the parser is slow.

    Raises:
        JSONPathError: It is none.
    """
    return jsonpath.compile_path(path)


def field_name(path: str) -> str | None:
    """The field that a JSONPath names, None where it is more than a name."""
    return jsonpath.extract_simple_field_name(compile_path(path))


def check_paths(resource: ResourceDeclaration) -> None:
    """Refuse what is no JSONPath, by the name of its key."""
    for key, path in _paths(resource):
        checked_path(f"{resource.api}.{resource.name}: endpoint.{key}", path)


def checked_path(place: str, path: str) -> JSONPath:
    """Parse a JSONPath, or refuse it by its place in the declaration."""
    try:
        return compile_path(path)
    except JSONPathError:
        raise SettingError(
            f"{place}: '{path}' is no JSONPath; write e.g. data, data.items, items[*].data"
        ) from None


def _paths(resource: ResourceDeclaration) -> Iterator[tuple[str, str]]:
    endpoint = resource.endpoint
    if isinstance(endpoint.data_selector, str):
        yield "data_selector", endpoint.data_selector
    if endpoint.incremental:
        yield "incremental.cursor_path", endpoint.incremental.cursor_path
    for key, value in (endpoint.paginator.declared() if endpoint.paginator else {}).items():
        is_rooted = key == "cursor_path" and RootedPath.parse(str(value))
        if key in _PAGINATOR_PATHS and value and not is_rooted:
            yield f"paginator.{key}", value
    for _, field in resource.parent.bindings if resource.parent else ():
        yield "params", field
