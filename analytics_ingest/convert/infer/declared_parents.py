"""Chooses the parent of a resource that names several.

Where one of them descends from the others, it is the parent, and its rows hold what is asked of
the others: each of them is the ancestor under which a row was listed. Otherwise each combination is
requested.
"""

import re
from collections.abc import Iterator, Mapping

from analytics_ingest.convert.draft import Draft, Json, build_parent_param


def choose_parent(draft: Draft, name: str, declared: Mapping[str, Json]) -> str | None:
    """Choose the parent of a resource; None if it names none.

    Args:
        declared: Its parameters of type resolve, by their names, whose parents are bound. Those of
            ancestors become fields of the parent.
    """
    parents = list(dict.fromkeys(str(value["resource"]) for value in declared.values()))
    if len(parents) < 2:
        return next(iter(parents), None)
    for parent in parents:
        if {*parents} - {parent} <= set(iterate_ancestors(draft, parent)):
            for key, value in declared.items():
                if value["resource"] != parent:
                    _inherit(draft, name, key, parent)
            return parent
    reason = f"it is requested for each combination of {' and '.join(parents)}"
    draft.log.assume(name, reason)
    return parents[-1]


def iterate_ancestors(draft: Draft, name: str) -> Iterator[str]:
    """Yield the parent of a resource, its parent, and so on."""
    for parent in _list_parents(draft.by_name[name]["endpoint"]):
        yield parent
        yield from iterate_ancestors(draft, parent)


def _list_parents(endpoint: Json) -> list[str]:
    params = (endpoint.get("params") or {}).values()
    resolved = [str(p["resource"]) for p in params if is_resolved(p)]
    named = re.findall(r"\{resources\.(\w+)\.", str(endpoint))
    return list(dict.fromkeys([*resolved, *named]))


def is_resolved(param: object) -> bool:
    """Return whether a parameter is a field of a parent."""
    return isinstance(param, dict) and param.get("type") == "resolve"


def _inherit(draft: Draft, name: str, key: str, parent: str) -> None:
    """Take from the parent's rows what a parameter asks of one of its ancestors."""
    params = draft.by_name[name]["endpoint"]["params"]
    asked = params[key]
    field = include_field(draft, parent, asked["resource"], asked["field"])
    params[key] = build_parent_param(parent, field)


def include_field(draft: Draft, name: str, ancestor: str, field: str) -> str:
    """Make the rows of a resource hold a field of an ancestor, and return its name in them."""
    resource = draft.by_name[name]
    (parent, *_) = _list_parents(resource["endpoint"])
    if parent != ancestor:
        field = include_field(draft, parent, ancestor, field)
    included = resource.setdefault("include_from_parent", [])
    if field not in included:
        included.append(field)
    return f"_{parent}_{field}"
