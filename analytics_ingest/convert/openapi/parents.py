"""Binds the variables of a path to a parent's rows; what no listing has is a setting.

A listing has one parent. Ids of its ancestors come from the parent's own rows, which inherit them
by `include_from_parent`.
"""

import re

from analytics_ingest.common.words import split_words
from analytics_ingest.convert.draft import Json, build_parent_param, is_resolved
from analytics_ingest.convert.infer.matching import split_path
from analytics_ingest.convert.openapi.keys import STRONG, is_strong
from analytics_ingest.convert.openapi.listings import Listing
from analytics_ingest.convert.openapi.settings import GENERAL, VARIABLE, name_path_setting, shorten
from analytics_ingest.convert.openapi.words import is_same_word

_SEARCHES = ("list", "search", "query")
"""Last parts of paths that list the rows of the part before."""
_OPTIONS = {"sort", "order", "direction", "format", "period", "interval", "unit", "granularity"} | {
    *("date", "year", "month", "day", "from", "to", "start", "end", "locale", "language"),
    *("currency", "version", "page", "limit", "offset"),
}
"""Last words of variables that choose what is shown of a row, and do not identify one."""


def bind_variables(listings: list[Listing]) -> None:
    """Bind the variables of all paths; the listings have names and keys."""
    done: list[Listing] = []
    for listing in sorted(listings, key=lambda each: len(split_path(each.operation.path))):
        _bind(listing, done)
        done.append(listing)


def find_parent(path: str, name: str, listings: list[Listing]) -> Listing | None:
    """Find the listing whose path comes before a variable, or else the search by POST."""
    before = split_path(path.partition(f"{{{name}}}")[0])
    fitting = [each for each in listings if split_path(each.operation.path) == before]
    if not fitting:
        places = [[*before, last] for last in _SEARCHES]
        posts = [each for each in listings if each.operation.method == "post"]
        fitting = [each for each in posts if split_path(each.operation.path) in places]
    fitting.sort(key=lambda each: each.operation.method)
    return fitting[0] if before and fitting else None


def _bind(listing: Listing, others: list[Listing]) -> None:
    path = listing.operation.path
    bound: dict[str, Json] = {}
    names = list(dict.fromkeys(VARIABLE.findall(path)))
    descriptions = {p.name: p.description for p in listing.operation.list_parameters("path")}
    chosen = {p.name for p in listing.operation.list_parameters("path") if p.shape.enum}
    for name in reversed(names):
        if listing.parent is None:
            parent = find_parent(path, name, others) or _find_by_name(name, others)
            is_own = parent is not None and (name not in chosen or parent.row.find_name(name))
            field = _find_field(parent, name) if parent and is_own else ""
            if parent and field:
                listing.parent = parent
                bound[name] = build_parent_param(parent.name, field)
        elif inherited := _inherit(listing.parent, path, name):
            bound[name] = inherited
    for name in names:
        variable = f"{{{name}}}"
        if name in bound:
            own = re.sub(r"\W", "_", name)
            path = path.replace(variable, f"{{{own}}}")
            listing.endpoint.setdefault("params", {})[own] = bound[name]
            continue
        setting = name_path_setting(listing.operation.path, name)
        path = path.replace(variable, f"{{settings.{setting}}}")
        listing.settings[setting] = (
            shorten(descriptions.get(name, "")) or f"takes the place of {variable} in paths"
        )
    listing.endpoint["path"] = path
    if listing.parent is None:
        _bind_query(listing, others)


def _bind_query(listing: Listing, others: list[Listing]) -> None:
    """Bind the required parameter that takes the id of another listing's rows."""
    for parameter in listing.operation.list_parameters("query"):
        if not parameter.is_required or parameter.only_value is not None:
            continue
        is_id = re.search(r"\b(id|ids|identifier|gid|uuid)\b", parameter.description, re.IGNORECASE)
        own = split_words(parameter.name)
        name = parameter.name if own[-1:] and own[-1] in STRONG else f"{parameter.name}_id"
        parent = _find_by_name(name, others) if is_id or name == parameter.name else None
        if parent and parent.key and "." not in parent.key:
            listing.parent = parent
            text = f"{{resources.{parent.name}.{parent.key}}}"
            listing.endpoint.setdefault("params", {})[parameter.name] = text
            return


def _find_by_name(name: str, others: list[Listing]) -> Listing | None:
    """Find the only listing that an id is named after."""
    own = split_words(name)
    if len(own) < 2 or own[-1] not in STRONG:
        return None
    stem = "_".join(own[:-1])
    fitting = [each for each in others if is_same_word(each.name, stem) and not each.parent]
    return fitting[0] if len(fitting) == 1 else None


def _find_field(parent: Listing, name: str) -> str:
    """Find the field of a parent's rows that fills a variable; empty where there is none."""
    key = parent.key if "." not in parent.key else ""
    *stem, last = split_words(name) or [""]
    is_own = is_same_word(parent.name.rpartition("_")[2], "_".join(stem).rpartition("_")[2])
    if key and last in STRONG and is_strong(key) and is_own:
        return key
    bare = [word for word in stem if not is_same_word(word, parent.name.rpartition("_")[2])]
    # external_customer_id is the external_id of a customer
    other = "_".join([*bare, last]) if last in STRONG and bare else name
    for own in (parent.row.find_name(name), parent.row.find_name(other)):
        if own and parent.row.get_field(own).is_scalar:
            return own
    if last in GENERAL - STRONG and (stem or last != "value"):  # issue_number is a number
        own = parent.row.find_name(last) if is_own or not stem else None
        return own if own and parent.row.get_field(own).is_scalar else ""
    is_parent = is_same_word(name, parent.name.rpartition("_")[2])  # {order} of orders
    return "" if last in _OPTIONS and not is_parent else key


def _inherit(parent: Listing, path: str, name: str) -> Json | None:
    """Return the id of an ancestor, which the parent's rows have or inherit."""
    own = parent.row.find_name(name) if "_".join(split_words(name)) not in GENERAL else None
    if own and parent.row.get_field(own).is_scalar:
        return build_parent_param(parent.name, own)
    before = split_path(path.partition(f"{{{name}}}")[0])
    above = parent.operation.path
    for other in VARIABLE.findall(above):
        binding = parent.endpoint.get("params", {}).get(re.sub(r"\W", "_", other))
        is_same = split_path(above.partition(f"{{{other}}}")[0]) == before
        if is_same and is_resolved(binding):
            return build_parent_param(
                parent.name, include(parent, binding["resource"], binding["field"])
            )
    return None


def find_binding(listing: Listing) -> tuple[str, str] | None:
    """Find the parent and the field of its rows that a request is for."""
    for value in reversed(listing.endpoint.get("params", {}).values()):
        if isinstance(value, dict):
            return value["resource"], value["field"]
        if isinstance(value, str) and value.startswith("{resources."):
            _, resource, field = value.strip("{}").split(".", 2)
            return resource, field
    return None


def include(listing: Listing, resource: str, field: str) -> str:
    """Copy the field of a parent that a request is for into each row; returns its column."""
    fields = listing.resource.setdefault("include_from_parent", [])
    if field not in fields:
        fields.append(field)
    return f"_{resource}_{field}"
