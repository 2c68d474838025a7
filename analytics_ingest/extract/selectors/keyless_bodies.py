"""Where no data_selector is declared: a body without a list that lacks the key cannot be a row."""

from collections.abc import Iterator
from typing import Any

from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.selectors.body_lists import (
    DEEPEST,
    ListPath,
    has_key,
    is_name,
    join_names,
)

_EACH = "*"


def lacks_key(body: Any, resource: ResourceDeclaration) -> bool:
    """Return whether a body is neither a row nor a list of any: it lacks the key that is sent."""
    names = _list_sent_key(resource)
    is_list = isinstance(body, list) and bool(body)
    return bool(names) and not is_list and not has_key([body], names)


def describe_keyless(body: Any, resource: ResourceDeclaration) -> str:
    """Say what to do about a body that is taken for a row without a key; empty if it has nothing.

    That row is rejected, as no step gives it a key.
    """
    if not body:
        return ""
    names = _list_sent_key(resource)
    places = list(dict.fromkeys(_find_keyed(body, names)))
    elsewhere = f", and objects with it are at {join_names(places)}" if places else ""
    return (
        f"a response has no list of rows, so it was taken for one, but it lacks the key "
        f"({', '.join(names)}){elsewhere}; declare data_selector"
    )


def _list_sent_key(resource: ResourceDeclaration) -> list[str]:
    added = resource.added_columns
    return [name for name in resource.primary_key if name not in added]


def _find_keyed(body: Any, names: list[str], path: ListPath = ()) -> Iterator[ListPath]:
    """Yield the paths to the outermost objects with the key; those of a map by `*`."""
    values = body if isinstance(body, dict) else {}
    keyed = [key for key, value in values.items() if has_key([value], names)]
    is_map = len(keyed) == len(values) and (len(keyed) > 1 or not all(map(is_name, keyed)))
    for key, value in values.items():
        if key in keyed:
            yield (*path, _EACH if is_map else key)
        elif len(path) + 1 < DEEPEST:
            yield from _find_keyed(value, names, (*path, key))
