"""Chooses the parent of a resource that names several.

Where one of them descends from the others, it is the parent, and its rows hold what is asked of
the others: each of them is the ancestor under which a row was listed. Otherwise each combination is
requested.
"""

import re
from collections.abc import Mapping

from analytics_ingest.convert.draft import Draft, Json, build_parent_param, is_resolved

_TEXTS = ("path", "params", "headers", "json", "data")


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
        others = {*parents} - {parent}
        if others <= {*list_ancestors(draft, parent)} and has_line(draft, parent, others):
            for key, value in declared.items():
                if value["resource"] != parent:
                    _inherit(draft, name, key, parent)
            return parent
    if related := _find_related(draft, parents):
        for key in [key for key, value in declared.items() if value["resource"] == related]:
            del draft.by_name[name]["endpoint"]["params"][key]
            reason = f"{related} is also above another of its parents, which has several"
            draft.log.leave_out(name, f"params.{key}", reason)
        rest = {key: value for key, value in declared.items() if value["resource"] != related}
        return choose_parent(draft, name, rest)
    reason = f"it is requested for each combination of {' and '.join(parents)}"
    draft.log.assume(name, reason)
    return parents[-1]


def list_ancestors(draft: Draft, name: str) -> list[str]:
    """List the parents of a resource, their parents, and so on; each once."""
    ancestors: list[str] = []
    below = [name]
    while below:
        above = list_parents(draft, below.pop())
        below += [parent for parent in above if parent not in ancestors]
        ancestors += [parent for parent in above if parent not in ancestors]
    return ancestors


def has_line(draft: Draft, name: str, ancestors: set[str]) -> bool:
    """Return whether each of some ancestors is above a resource by single parents only."""
    line: list[str] = []
    while len(parents := list_parents(draft, name)) == 1 and parents[0] not in line:
        (name,) = parents
        line.append(name)
    return ancestors <= {*line}


def _find_related(draft: Draft, parents: list[str]) -> str | None:
    """Find the parent that is also above another one."""
    above = {ancestor for parent in parents for ancestor in list_ancestors(draft, parent)}
    return next((parent for parent in parents if parent in above), None)


def list_parents(draft: Draft, name: str) -> list[str]:
    """List the resources whose fields the requests of a resource hold."""
    endpoint = draft.by_name[name]["endpoint"]
    texts = {key: endpoint[key] for key in _TEXTS if key in endpoint}
    params = (endpoint.get("params") or {}).values()
    resolved = [str(p["resource"]) for p in params if is_resolved(p)]
    named = re.findall(r"\{resources\.(\w+)\.", str(texts))
    return [each for each in dict.fromkeys([*resolved, *named]) if each in draft.by_name]


def _inherit(draft: Draft, name: str, key: str, parent: str) -> None:
    """Take from the parent's rows what a parameter asks of one of its ancestors."""
    params = draft.by_name[name]["endpoint"]["params"]
    asked = params[key]
    field = include_field(draft, parent, asked["resource"], asked["field"])
    params[key] = build_parent_param(parent, field)


def include_field(draft: Draft, name: str, ancestor: str, field: str) -> str:
    """Make the rows of a resource hold a field of an ancestor, and return its name in them."""
    resource = draft.by_name[name]
    (parent, *_) = list_parents(draft, name)
    if parent != ancestor:
        field = include_field(draft, parent, ancestor, field)
    included = resource.setdefault("include_from_parent", [])
    if field not in included:
        included.append(field)
    return f"_{parent}_{field}"
