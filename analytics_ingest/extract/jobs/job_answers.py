"""What the responses of a job say: the addresses of its results, and whether it failed in part."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import chain
from typing import Any

from jsonpath_ng import Child, Fields, Index, JSONPath, Root

from analytics_ingest.common.json_tree import spell
from analytics_ingest.common.jsonpaths import compile_path
from analytics_ingest.extract.paging.evidence import as_flag
from analytics_ingest.extract.responses.error_words import (
    STATUSES,
    SUCCESS_FLAGS,
    WAITING,
    has_error,
    has_failed_status,
    has_text,
    is_partial,
    iterate_meta_objects,
    normalize_names,
)

_END_FLAGS = (
    *("done", "is_done", "complete", "is_complete", "completed", "is_completed"),
    *("finished", "is_finished", "ready", "is_ready"),
)
"""Names of flags that are false until a job has ended."""


def has_problem(body: Any, paths: Sequence[str], status: str = "", status_path: str = "") -> bool:
    """Return whether a response reports an error: in an object that leads to what is read of it.

    Args:
        paths: What is read of it.
        status: The declared status of the job: it is not an error, whatever its name.
        status_path: Where it is read, so that what is there is not an error.
    """
    body = _clear_status(body, status_path)
    for part in _iterate_parts(body, paths):
        keys = normalize_names(part)
        own = [name for name in ("status", "result") if str(keys.get(name)) == status]
        keys = {name: value for name, value in keys.items() if name not in own}
        if has_error(keys) or is_partial(keys):
            return True
    return any(map(_is_failed_meta, iterate_meta_objects(normalize_names(body))))


def is_refused(body: Any, running: Sequence[str], status_path: str) -> bool:
    """Return whether a response to the creation of a job reports an error.

    A job that has just begun has neither all of its rows nor a success.

    Args:
        running: The statuses of a job that has not ended.
        status_path: Where responses to polls have the status.
    """
    read = {str(spell(match.value)) for match in compile_path(status_path).find(body)}
    parts = [normalize_names(_clear_status(body, status_path))]
    parts += iterate_meta_objects(parts[0])
    is_begun = not read.isdisjoint(running) or any(
        as_flag(keys.get(name)) is False for keys in parts for name in _END_FLAGS
    )
    known = [_drop_waiting(keys, is_begun=is_begun) for keys in parts]
    return has_error(known[0]) or any(map(_is_failed_meta, known[1:]))


def _drop_waiting(keys: Mapping[str, Any], *, is_begun: bool) -> dict[str, Any]:
    """Return an object without what it says of a job that has not ended."""
    names = SUCCESS_FLAGS if is_begun else ()
    return {
        name: value
        for name, value in keys.items()
        if name not in names and not (name in STATUSES and str(value).lower() in WAITING)
    }


def _is_failed_meta(meta: Mapping[str, Any]) -> bool:
    return has_error(meta) or (has_text(meta) and has_failed_status(meta))


def _clear_status(body: Any, path: str) -> Any:
    """Return a body without the values at a path; their keys stay, so that it leads there."""
    if not path or not isinstance(body, dict | list):
        return body
    copy = deepcopy(body)
    for match in compile_path(path).find(copy):
        if match.context is not None and isinstance(match.path, Fields):
            match.context.value.update(dict.fromkeys(match.path.fields))
    return copy


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
