"""Changes of the shape of a row: its keys, and the objects in it."""

import re
from collections.abc import Callable
from typing import Any

from analytics_ingest.common.json_tree import copy_tree
from analytics_ingest.declaration.models.processing import FlattenPath
from analytics_ingest.extract.processing import paths

Row = dict[str, Any]

_TOKEN = re.compile(r"[A-Z]+[a-z]*|[a-z]+|\d+|[^a-zA-Z\d]+")


def lower_keys(row: Row) -> Row:
    """Return a row with its own keys in small letters."""
    return _rename_keys(row, str.lower, is_deep=False)


def rename_to_snake_case(row: Row) -> Row:
    """Return a row with all keys in snake_case, those of the objects in it too."""
    return _rename_keys(row, _to_snake_case)


def replace_in_keys(row: Row, old: str, new: str) -> Row:
    """Return a row with a part of its keys replaced, in the objects in it too."""
    return _rename_keys(row, lambda key: key.replace(old, new))


def flatten(
    row: Row, *, has_lists: bool, is_whole: Callable[[str], bool] = lambda path: False
) -> Row:
    """Return a row with the fields of its objects as fields of its own.

    A name that is taken is preceded by its path, as are all names after the first item of a list.
    The row's own fields keep their names.

    Args:
        is_whole: Says of a path that its object or list is one value: it has a mask.
    """
    nests = (dict, list) if has_lists else (dict,)

    def is_nest(value: Any, path: str) -> bool:
        return isinstance(value, nests) and not is_whole(path)

    flat = {key: value for key, value in row.items() if not is_nest(value, key)}
    waiting = [(value, key, key) for key, value in row.items() if key not in flat]
    places: dict[str, str] = {}
    """Of nested fields, by their names."""
    is_in_list = False
    while waiting:
        value, name, path = waiting.pop()
        is_nested = is_nest(value, path)
        if is_nested and isinstance(value, dict):
            for key, item in value.items():
                is_taken = is_in_list or key in flat
                waiting.append((item, f"{name}.{key}" if is_taken else key, f"{path}.{key}"))
        elif is_nested:
            is_in_list = is_in_list or bool(value)
            waiting += [(item, f"{name}.{at}", f"{path}.{at}") for at, item in enumerate(value)]
        elif name in places:  # The field that is less deep has the name, as in Airbyte.
            flat[_find_free(places[name], flat)] = flat[name]
            flat[name], places[name] = value, path
        else:
            free = _find_free(path, flat) if name in flat else name
            flat[free], places[free] = value, path
    return flat


def _find_free(path: str, flat: Row) -> str:
    """Find a name for a value that no other has, so that none is lost."""
    free = path
    while free in flat:
        free += "_"
    return free


def flatten_path(row: Row, step: FlattenPath) -> Row:
    """Return a row with the fields of one of its objects as fields of its own."""
    path = _find_existing(row, step.path)
    value = paths.get(row, path) if path is not None else None
    if path is None or not isinstance(value, dict):
        return row
    fields = {f"{step.prefix}{key}{step.suffix}": item for key, item in value.items()}
    if step.replace_record and fields:
        return fields
    if not fields.keys() & row.keys():
        if step.delete_origin:
            paths.delete(row, step.path)
        else:
            fields = copy_tree(fields)  # Later steps may change one of the two.
        row.update(fields)
    return row


def _find_existing(value: Any, path: list[str]) -> list[str] | None:
    """Find the first path of a row that a path with `*` matches."""
    if not path:
        return []
    first, *rest = path
    keys = [first]
    if first == "*":
        keys = list(value) if isinstance(value, dict) else list(map(str, range(_measure(value))))
    for key in keys:
        child = paths.get(value, [key])
        if child is not paths.MISSING and (below := _find_existing(child, rest)) is not None:
            return [key, *below]
    return None


def _measure(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0


def _rename_keys(row: Row, rename: Callable[[str], str], *, is_deep: bool = True) -> Row:
    names = {key: rename(key) for key in row}
    if len(set(names.values())) < len(row):
        names = _resolve_clashes(names)
    return {
        names[key]: _rename_keys(value, rename) if is_deep and isinstance(value, dict) else value
        for key, value in row.items()
    }


def _resolve_clashes(names: dict[str, str]) -> dict[str, str]:
    """Return new names of keys of which each has another, so that no value is lost.

    Of keys with the same new name, the one that has it already gets it, else the first by name.
    The others stay as they are: the load gives each of them a column.
    """
    owners = {name: key for key, name in sorted(names.items(), reverse=True)}
    owners |= {key: key for key, name in names.items() if key == name}
    return {key: name if owners[name] == key else key for key, name in names.items()}


def _to_snake_case(key: str) -> str:
    if not key.isascii():
        from anyascii import anyascii  # Its tables are read for keys that need them alone.

        key = anyascii(key)
    tokens = [token if token[0].isalnum() else "" for token in _TOKEN.findall(key)]
    tokens = [*tokens[:1], *filter(None, tokens[1:-1]), *tokens[1:][-1:]]
    if tokens and tokens[0].isdigit():
        tokens.insert(0, "")
    return "_".join(token.lower() for token in tokens)
