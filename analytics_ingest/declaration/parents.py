"""Finds the parent of a resource: the placeholders of its request → the resource that fills them.

A placeholder is bound by a param of type resolve, by a plain param of its name, or written as
{resources.<parent>.<field>}; {incremental.…} is filled from the window, {settings.…} from the
API's settings, and a name of params of type each with one of its values after the other.
"""

import string
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from analytics_ingest.declaration.errors import DeclarationError
from analytics_ingest.declaration.placeholders import more_than_a_name

INCREMENTAL_PLACEHOLDERS = (
    "incremental.start_value",
    "incremental.last_value",
    "incremental.initial_value",
    "incremental.end_value",
)


@dataclass(frozen=True)
class Parent:
    """The resource whose rows ask for the child's listings."""

    resource: str
    bindings: tuple[tuple[str, str], ...]
    """Pairs of placeholder and JSONPath of the parent's field."""


def placeholders(value: Any) -> Iterator[str]:
    """All {names} in a string, and in the strings of nested dicts and lists."""
    if isinstance(value, str):
        yield from (n for _, n, _, _ in string.Formatter().parse(value) if n is not None)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from placeholders(key)
            yield from placeholders(item)
    elif isinstance(value, list):
        for item in value:
            yield from placeholders(item)


def find_parent(
    api: str, resource: str, endpoint: dict[str, Any], each: Collection[str]
) -> Parent | None:
    """Read the parent from a merged endpoint, refusing placeholders that nothing fills.

    Args:
        each: Names that a list of values fills.
    """
    params: dict[str, Any] = endpoint.get("params", {})
    resolved = {
        k: v for k, v in params.items() if isinstance(v, dict) and "type" in v and k not in each
    }
    bound = dict(_declared(api, resource, resolved))
    path_names = list(_parse(api, resource, "path", endpoint["path"], each))
    for name in path_names:
        is_plain = name in each or (name in params and not isinstance(params[name], dict))
        if name not in bound and not is_plain and not _is_expression(name):
            raise DeclarationError(
                api,
                resource,
                "endpoint.path",
                f"the placeholder {{{name}}} of '{endpoint['path']}' has no parent; bind it in "
                f"params: {name}: {{type: resolve, resource: <parent>, field: id}}, or write "
                f"{{settings.{name}}} for a setting of the API",
            )
    if unused := [name for name in bound if name not in path_names]:
        raise DeclarationError(
            api,
            resource,
            f"endpoint.params.{unused[0]}",
            f"is resolved from a parent, but '{endpoint['path']}' has no {{{unused[0]}}}; in other "
            "places write {resources.<parent>.<field>}",
        )
    is_snapshot = endpoint.get("incremental", {}) is None
    for key in ("path", "params", "json", "data", "headers"):
        names = _parse(api, resource, key, endpoint.get(key), each)
        bound |= dict(_expressions(api, resource, f"endpoint.{key}", names, is_snapshot))
    parents = {parent for parent, _ in bound.values()}
    if len(parents) > 1:
        raise DeclarationError(
            api,
            resource,
            "endpoint",
            f"has several parents ({', '.join(sorted(parents))}); use one",
        )
    if not parents:
        return None
    return Parent(parents.pop(), tuple((name, field) for name, (_, field) in bound.items()))


def _declared(
    api: str, resource: str, params: dict[str, Any]
) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, value in params.items():
        key = f"endpoint.params.{name}"
        if value["type"] == "incremental":
            continue
        if value["type"] != "resolve":
            raise DeclarationError(
                api,
                resource,
                f"{key}.type",
                f"'{value['type']}' is unknown; allowed are resolve, each, incremental",
            )
        if unknown := sorted(set(value) - {"type", "resource", "field"}):
            raise DeclarationError(
                api,
                resource,
                f"{key}.{unknown[0]}",
                "is unknown; allowed are type, resource, field",
            )
        if missing := [k for k in ("resource", "field") if not isinstance(value.get(k), str)]:
            raise DeclarationError(api, resource, f"{key}.{missing[0]}", "is required; name it")
        yield name, (value["resource"], value["field"])


def _expressions(
    api: str, resource: str, key: str, names: list[str], is_snapshot: bool
) -> Iterator[tuple[str, tuple[str, str]]]:
    for name in names:
        if name.startswith("resources."):
            parts = name.split(".", 2)
            if len(parts) != 3:
                raise DeclarationError(
                    api, resource, key, f"{{{name}}} is not {{resources.<parent>.<field>}}"
                )
            yield name, (parts[1], parts[2])
        elif name.startswith("incremental.") and name not in INCREMENTAL_PLACEHOLDERS:
            allowed = ", ".join(INCREMENTAL_PLACEHOLDERS)
            raise DeclarationError(api, resource, key, f"{{{name}}} is none of {allowed}")
        elif name.startswith("incremental.") and is_snapshot:
            raise DeclarationError(
                api, resource, key, f"{{{name}}} has no value: a snapshot has no window; remove it"
            )


def _parse(api: str, resource: str, key: str, value: Any, each: Collection[str]) -> list[str]:
    try:
        names = list(placeholders(value))
    except ValueError as error:
        raise DeclarationError(
            api, resource, f"endpoint.{key}", f"{error}; write a literal brace twice: {{{{ or }}}}"
        ) from None
    if expression := more_than_a_name(value):
        raise DeclarationError(
            api,
            resource,
            f"endpoint.{key}",
            f"{expression} says more than a name; write {{settings.<name>}}, or {{<name>}} of a "
            "parent or of values",
        )
    for name in names:
        if key != "path" and name not in each and not _is_expression(name):
            raise DeclarationError(
                api,
                resource,
                f"endpoint.{key}",
                f"the placeholder {{{name}}} is unknown; use {{resources.<parent>.<field>}}, "
                "{settings.<name>} or {incremental.start_value}, and write a literal brace twice",
            )
    return names


def _is_expression(name: str) -> bool:
    return name.startswith(("resources.", "incremental.", "settings."))
