"""Whether a list has the name of its resource.

orders               for the resource orders, and /v1/orders, /orders.json or /orders/list
order, orders_list   only resemble it, as they do get_orders
data, items          are usual names, which dlt knows
"""

from functools import lru_cache

from dlt.sources.helpers.rest_client.detector import RECORD_KEY_PATTERNS

from analytics_ingest.common.plurals import list_singulars
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.extract.key_names import normalize_name

_GENERIC = ("all", "fetch", "find", "get", "index", "list", "lookup", "query", "read", "search")
"""Words that say what is done, and not with which things."""


def is_named(name: str, resource: ResourceDeclaration) -> bool:
    """Return whether a list has the name of the resource, or of the end of its path."""
    return normalize_name(name) in _list_names(resource.name, resource.path)


def is_similar(name: str, resource: ResourceDeclaration) -> bool:
    """Return whether a list has such a name in the singular or plural, or with a verb."""
    forms = _list_forms(name)
    own = _list_names(resource.name, resource.path)
    return any(not forms.isdisjoint(_list_forms(each)) for each in own)


def is_usual(name: str) -> bool:
    return name in RECORD_KEY_PATTERNS


@lru_cache(maxsize=1_000)
def _list_names(name: str, path: str) -> frozenset[str]:
    """List the resource's name, the end of its path, and what is before a `list` or `search`."""
    segments = path.rstrip("/").split("/")
    names = [name, segments.pop().partition(".")[0]]
    while segments and normalize_name(names[-1]) in _GENERIC:
        names.append(segments.pop())
    return frozenset(map(normalize_name, names))


@lru_cache(maxsize=10_000)
def _list_forms(name: str) -> frozenset[str]:
    """List the forms of a name that say which things a list holds: in the singular, no verbs."""
    words = normalize_name(name).replace("-", "_").split("_")
    while words and words[0] in _GENERIC:
        words.pop(0)
    while words and words[-1] in _GENERIC:
        words.pop()
    forms = list_singulars(words[-1]) if words else ()
    return frozenset("_".join([*words[:-1], form]) for form in forms)
