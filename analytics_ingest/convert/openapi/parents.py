"""Binds the variables of a path to a parent's rows; what no listing has is a setting.

A listing has one parent. Ids of its ancestors come from the parent's own rows, which inherit them
by `include_from_parent`.
"""

import re

from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.infer.matching import segments
from analytics_ingest.convert.normalize.names import valid_name
from analytics_ingest.convert.openapi.keys import STRONG
from analytics_ingest.convert.openapi.listings import Listing
from analytics_ingest.convert.openapi.words import is_same_word, singular, words
from analytics_ingest.convert.python.values import setting_name

VARIABLE = re.compile(r"\{([^{}]+)\}")
_GENERAL = STRONG | {"name", "key", "type", "slug", "code", "number", "value", "identifier"}


def bind_variables(listings: list[Listing]) -> None:
    """Bind the variables of all paths; the listings have names and keys."""
    done: list[Listing] = []
    for listing in sorted(listings, key=lambda each: len(segments(each.operation.path))):
        _bind(listing, done)
        done.append(listing)


def find_parent(path: str, name: str, listings: list[Listing]) -> Listing | None:
    """The listing whose path comes before a variable."""
    before = segments(path.partition(f"{{{name}}}")[0])
    fitting = [each for each in listings if segments(each.operation.path) == before]
    fitting.sort(key=lambda each: each.operation.method)
    return fitting[0] if before and fitting else None


def _bind(listing: Listing, others: list[Listing]) -> None:
    path = listing.operation.path
    bound: dict[str, Json] = {}
    names = list(dict.fromkeys(VARIABLE.findall(path)))
    descriptions = {p.name: p.description for p in listing.operation.of("path")}
    for name in reversed(names):
        if listing.parent is None:
            parent = find_parent(path, name, others) or _by_name(name, others)
            field = _field(parent, name) if parent else ""
            if parent and field:
                listing.parent = parent
                bound[name] = resolve(parent, field)
        elif inherited := _inherit(listing.parent, path, name):
            bound[name] = inherited
    for name in names:
        variable = f"{{{name}}}"
        if name in bound:
            own = re.sub(r"\W", "_", name)
            path = path.replace(variable, f"{{{own}}}")
            listing.endpoint.setdefault("params", {})[own] = bound[name]
            continue
        setting = _setting(listing.operation.path, name)
        path = path.replace(variable, f"{{settings.{setting}}}")
        listing.settings[setting] = (
            shorten(descriptions.get(name, "")) or f"takes the place of {variable} in paths"
        )
    listing.endpoint["path"] = path


def resolve(parent: Listing, field: str) -> Json:
    """What fills a variable from the rows of a parent."""
    return {"type": "resolve", "resource": parent.name, "field": field}


def shorten(text: str, most: int = 100) -> str:
    """The first sentence of a text, on one line."""
    first = re.split(r"(?<=[a-z)])\.\s", text, maxsplit=1)[0].rstrip(".")
    return first if len(first) <= most else f"{first[:most].rpartition(' ')[0]} …"


def _setting(path: str, name: str) -> str:
    """The setting for a variable; of one with a general name, after the part before it."""
    own = "_".join(words(name)) or "value"
    before = path.partition(f"{{{name}}}")[0].rstrip("/").rpartition("/")[2]
    if own in _GENERAL and before and "{" not in before:
        own = f"{singular(valid_name(before))}_{own}"
    return setting_name(own)


def _by_name(name: str, others: list[Listing]) -> Listing | None:
    """The only listing that an id is named after."""
    own = words(name)
    if len(own) < 2 or own[-1] not in STRONG:
        return None
    stem = "_".join(own[:-1])
    fitting = [each for each in others if is_same_word(each.name, stem) and not each.parent]
    return fitting[0] if len(fitting) == 1 else None


def _field(parent: Listing, name: str) -> str:
    """The field of a parent's rows that fills a variable; empty where there is none."""
    if (own := parent.row.named(name)) and parent.row.field(own).is_scalar:
        return own
    return parent.key if "." not in parent.key else ""


def _inherit(parent: Listing, path: str, name: str) -> Json | None:
    """The id of an ancestor, which the parent's rows have or inherit."""
    if (own := parent.row.named(name)) and parent.row.field(own).is_scalar:
        return resolve(parent, own)
    before = segments(path.partition(f"{{{name}}}")[0])
    above = parent.operation.path
    for other in VARIABLE.findall(above):
        binding = parent.endpoint.get("params", {}).get(re.sub(r"\W", "_", other))
        is_same = segments(above.partition(f"{{{other}}}")[0]) == before
        if is_same and isinstance(binding, dict) and binding.get("type") == "resolve":
            return resolve(parent, include(parent, binding))
    return None


def include(listing: Listing, binding: Json) -> str:
    """Copy the field of a parent that fills a variable into each row; returns its column."""
    fields = listing.resource.setdefault("include_from_parent", [])
    if binding["field"] not in fields:
        fields.append(binding["field"])
    return f"_{binding['resource']}_{binding['field']}"
