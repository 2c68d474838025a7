"""Finds the parents of a resource: the placeholders of its request → the resources that fill them.

A placeholder is bound by a param of type resolve or fields, by a plain param of its name, or
written as {resources.<parent>.<field>}. The window fills {incremental.…} and the API's settings
fill {settings.…}. A param of type each is filled with each of its values in turn.
"""

import string
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analytics_ingest.common.expressions.text import (
    find_references,
    list_literals,
)
from analytics_ingest.declaration.errors import Place
from analytics_ingest.declaration.field_lists import is_field_list
from analytics_ingest.declaration.models.job import list_filled_parts
from analytics_ingest.declaration.placeholders import find_non_name
from analytics_ingest.declaration.value_lists import check_group

END_PLACEHOLDER = "incremental.end_value"
INCREMENTAL_PLACEHOLDERS = (
    "incremental.start_value",
    "incremental.last_value",
    "incremental.initial_value",
    END_PLACEHOLDER,
)
_PARTS = ("path", "params", "json", "data", "headers", "job")
"""Keys of an endpoint that may hold placeholders."""

ALL_ROWS = sys.maxsize
"""The group of a parent all of whose rows share a listing."""

Binding = tuple[str, tuple[str, str]]
"""A placeholder, and the parent and field that fill it."""


@dataclass(frozen=True)
class Parent:
    """The resource whose rows ask for the child's listings."""

    resource: str
    bindings: tuple[tuple[str, str], ...]
    """Pairs of placeholder and JSONPath of the parent's field."""
    group: int | None = None
    """How many rows share a listing, whose placeholders are lists then; None for one row each."""


def find_parents(
    place: Place,
    endpoint: dict[str, Any],
    each: Collection[str],
    read_by_steps: Collection[str] = (),
) -> tuple[Parent, ...]:
    """Read the parents from a merged endpoint: a listing is requested for each set of their rows.

    Args:
        each: Names that a list of values fills.
        read_by_steps: Fields of the partition that the processing steps read.

    Raises:
        DeclarationError: Nothing fills a placeholder.
    """
    if job := endpoint.get("job"):
        endpoint = {**endpoint, "job": list_filled_parts(job)}
    params: dict[str, Any] = endpoint.get("params", {})
    bound = dict(_resolve_params(place, params, each))
    plain = (name for name, param in params.items() if not isinstance(param, dict))
    named = _find_fields_in_expressions(place, endpoint, {*bound, *each})
    if unbound := sorted(set(read_by_steps) - {*bound, *each}):
        raise place.build_error("processing_steps", _describe_unbound(unbound[0]))
    named |= set(read_by_steps)
    named |= set(_find_placeholders(place, "job", endpoint.get("job")))
    groups = _find_groups(place, params)
    # Placeholders of a group are sent as parameters where nothing else holds them.
    grouped = {name for name in bound if bound[name][0] in groups}
    named |= grouped
    _check_path(place, endpoint["path"], bound, {*each, *plain}, named)
    bound |= dict(_resolve_expressions(place, endpoint, {*each, *grouped}, bound.keys()))
    bindings: dict[str, list[tuple[str, str]]] = {}
    for name, (parent, field) in bound.items():
        bindings.setdefault(parent, []).append((name, field))
    for parent in groups:
        for name, _ in bindings[parent]:
            if name not in params or _read_group(params[name]) != groups[parent]:
                problem = f"all fields of {parent} need the same group; declare {name} in params"
                raise place.build_error("endpoint.params", problem)
    return tuple(Parent(p, tuple(fields), groups.get(p)) for p, fields in bindings.items())


def _resolve_params(
    place: Place, params: Mapping[str, Any], each: Collection[str]
) -> Iterator[Binding]:
    for name, param in params.items():
        if name in each or not isinstance(param, dict) or "type" not in param:
            continue
        key = f"endpoint.params.{name}"
        if param["type"] == "resolve":
            yield name, _resolve_param(place, key, param)
        elif is_field_list(param):
            yield name, (param["resource"], param["field"])
        elif param["type"] != "incremental":
            problem = (
                f"'{param['type']}' is unknown; allowed are resolve, each, fields, incremental"
            )
            raise place.build_error(f"{key}.type", problem)


def _resolve_param(place: Place, key: str, param: Mapping[str, Any]) -> tuple[str, str]:
    if unknown := sorted(set(param) - {"type", "resource", "field", "group"}):
        raise place.build_error(
            f"{key}.{unknown[0]}", "is unknown; allowed are type, resource, field, group"
        )
    if missing := [k for k in ("resource", "field") if not isinstance(param.get(k), str)]:
        raise place.build_error(f"{key}.{missing[0]}", "is required; name it")
    return param["resource"], param["field"]


def _find_groups(place: Place, params: Mapping[str, Any]) -> dict[str, int]:
    """Find the parents whose rows share listings, and how many do."""
    groups: dict[str, int] = {}
    for name, param in params.items():
        if isinstance(param, Mapping) and param.get("type") == "resolve" and "group" in param:
            check_group(place, f"endpoint.params.{name}", param)
            groups[param["resource"]] = param["group"]
        elif is_field_list(param) and "resource" in param:
            groups[param["resource"]] = ALL_ROWS
    return groups


def _read_group(param: Mapping[str, Any]) -> int | None:
    return ALL_ROWS if is_field_list(param) else param.get("group")


def _find_fields_in_expressions(
    place: Place, endpoint: Mapping[str, Any], bound: Collection[str]
) -> set[str]:
    """Find the fields of the partition that expressions name; an error if one is not bound."""
    names: set[str] = set()
    for part in _PARTS:
        references = find_references(endpoint.get(part))
        if unbound := sorted(name for name in references.partition if name not in bound):
            raise place.build_error(f"endpoint.{part}", _describe_unbound(unbound[0]))
        if unknown := sorted(references.bounds - {"start", "end"}):
            problem = f"stream_interval.{unknown[0]} is unknown; use start_time or end_time"
            raise place.build_error(f"endpoint.{part}", problem)
        if references.bounds and endpoint.get("incremental", {}) is None:
            problem = "an expression reads the window, and a snapshot has none; remove it"
            raise place.build_error(f"endpoint.{part}", problem)
        names |= references.partition
    return names


def _describe_unbound(name: str) -> str:
    if not name:
        return "an expression reads the partition as a whole; name a field of it"
    return (
        f"an expression reads stream_partition.{name}, which nothing fills; bind it in params: "
        f"{name}: {{type: resolve, resource: <parent>, field: id}}, or to a list of values"
    )


def _check_path(
    place: Place,
    path: str,
    bound: Collection[str],
    filled: Collection[str],
    named: Collection[str],
) -> None:
    """Check that each placeholder of the path is filled, and that something uses each bound one.

    Args:
        named: What expressions and the requests of a job use.
    """
    names = _find_placeholders(place, "path", path)
    for name in names:
        if name not in bound and name not in filled and not _is_expression(name):
            raise place.build_error(
                "endpoint.path",
                f"the placeholder {{{name}}} of '{path}' has no parent; bind it in "
                f"params: {name}: {{type: resolve, resource: <parent>, field: id}}, or write "
                f"{{settings.{name}}} for a setting of the API",
            )
    if unused := [name for name in bound if name not in {*names, *named}]:
        raise place.build_error(
            f"endpoint.params.{unused[0]}",
            f"is resolved from a parent, but '{path}' has no {{{unused[0]}}}; in other "
            "places write {resources.<parent>.<field>}",
        )


def _resolve_expressions(
    place: Place, endpoint: Mapping[str, Any], each: Collection[str], bound: Collection[str]
) -> Iterator[Binding]:
    is_snapshot = endpoint.get("incremental", {}) is None
    for part in _PARTS:
        for name in _find_placeholders(place, part, endpoint.get(part)):
            root, *rest = name.split(".", 2)
            if root == "resources" and rest:
                if len(rest) != 2:
                    problem = f"{{{name}}} is not {{resources.<parent>.<field>}}"
                    raise place.build_error(f"endpoint.{part}", problem)
                yield name, (rest[0], rest[1])
            elif root == "incremental" and rest:
                _check_window(place, part, name, is_snapshot=is_snapshot)
            elif part == "job" and name in bound:
                continue
            elif part != "path" and name not in each and not _is_expression(name):
                raise place.build_error(
                    f"endpoint.{part}",
                    f"the placeholder {{{name}}} is unknown; use {{resources.<parent>.<field>}}, "
                    "{settings.<name>} or {incremental.start_value}, and write a literal brace "
                    "twice",
                )


def _check_window(place: Place, part: str, name: str, *, is_snapshot: bool) -> None:
    if name not in INCREMENTAL_PLACEHOLDERS:
        allowed = ", ".join(INCREMENTAL_PLACEHOLDERS)
        raise place.build_error(f"endpoint.{part}", f"{{{name}}} is unknown; allowed are {allowed}")
    if is_snapshot:
        problem = f"{{{name}}} has no value: a snapshot has no window; remove it"
        raise place.build_error(f"endpoint.{part}", problem)


def _find_placeholders(place: Place, part: str, value: Any) -> list[str]:
    """Find the names in braces in one part of an endpoint."""
    try:
        names = list(_names(value))
    except ValueError as error:
        problem = f"{error}; write a literal brace twice: {{{{ or }}}}"
        raise place.build_error(f"endpoint.{part}", problem) from None
    if problem := find_non_name(value):
        raise place.build_error(f"endpoint.{part}", problem)
    return names


def _names(value: Any) -> Iterator[str]:
    """Yield all {names} in a string, and in the strings of nested dicts and lists."""
    for part in list_literals(value):
        yield from (n for _, n, _, _ in string.Formatter().parse(part) if n is not None)


def _is_expression(name: str) -> bool:
    return name.startswith(("resources.", "incremental.", "settings."))
