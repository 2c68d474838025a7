"""What the responses of a job say: the addresses of its results, and whether it failed in part."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from jsonpath_ng import Child, Fields, Index, JSONPath, Root

from analytics_ingest.common.jsonpaths import compile_path
from analytics_ingest.extract.error_words import (
    has_error,
    has_failed_status,
    has_text,
    is_partial,
    iterate_meta_objects,
    normalize_names,
)


def has_problem(body: Any, paths: Sequence[str], status: str = "") -> bool:
    """Return whether a response reports an error: in an object that leads to what is read of it.

    Args:
        paths: What is read of it.
        status: The declared status of the job: it is not an error, whatever its name.
    """
    for part in _iterate_parts(body, paths):
        keys = normalize_names(part)
        if str(keys.get("status")) == status:
            del keys["status"]
        if has_error(keys) or is_partial(keys):
            return True
    return any(
        has_error(meta) or (has_text(meta) and has_failed_status(meta))
        for meta in iterate_meta_objects(normalize_names(body))
    )


def _iterate_parts(body: Any, paths: Sequence[str]) -> Iterator[Any]:
    """Yield a body and the values that lead to those at some paths, each once."""
    yield body
    known = {id(body)}
    for match in chain.from_iterable(compile_path(path).find(body) for path in paths):
        part = match.context
        while part is not None and id(part.value) not in known:
            known.add(id(part.value))
            yield part.value
            part = part.context


def find_addresses(selector: str, body: Any) -> list[str] | None:
    """Find the addresses of results, each once; None if one of them is missing.

    Each object that the path enters must have the next field. An empty list has no results.
    """
    holders = [body]
    for step in _list_steps(compile_path(selector)):
        matches = [[match.value for match in step.find(holder)] for holder in holders]
        is_named = isinstance(step, Fields) and step.fields != ("*",)
        may_be_empty = not (is_named or isinstance(step, Index | Root))
        if not may_be_empty and any(not values or values[0] is None for values in matches):
            return None
        holders = [value for values in matches for value in values]
    if len(holders) == 1 and isinstance(holders[0], list):
        holders = holders[0]
    if not all(isinstance(address, str) for address in holders):
        return None
    return list(dict.fromkeys(holders))


def _list_steps(path: JSONPath) -> list[JSONPath]:
    return [*_list_steps(path.left), path.right] if isinstance(path, Child) else [path]
