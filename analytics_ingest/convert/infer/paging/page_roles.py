"""Takes from the prose the parameter of a page, an offset, a cursor or a size that it names alone.

Only what the configuration leaves open is taken: it declares no parameter of that role.
"""

from typing import Any

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.requests.page_roles import PageRole, read_page_roles
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.paginators import list_paginator_types

_SIZED = ("page_number", "offset", "cursor")
"""Types of paginators that send a size."""
_KEYS = {"page": "page", "offset": "offset", "cursor": "cursor", "size": "limit"}
"""Role → what the keys of a paginator for its parameter begin with."""


def take_page_roles(draft: Draft, prose: Prose) -> None:
    """Name the parameters of paginators as clauses do."""
    for stated in read_page_roles(prose):
        for resource in filter(lambda each: stated.is_on(each["name"]), draft.resources):
            _take(draft, resource, stated)


def _take(draft: Draft, resource: Json, stated: PageRole) -> None:
    paginator = draft.find_paginator(resource)
    if not isinstance(paginator, dict) or not _is_open(paginator, stated.role):
        return
    params = draft.merge_endpoint(resource).get("params") or {}
    key = f"{_KEYS[stated.role]}_param"
    others = [value for name, value in paginator.items() if name.endswith("_param")]
    default = list_paginator_types()[paginator["type"]].params.get(_KEYS[stated.role])
    if stated.parameter in (*params, *others, default):
        return
    resource["endpoint"]["paginator"] = {**paginator, key: stated.parameter}
    what = "the size of its pages" if stated.role == "size" else f"its {stated.role}"
    draft.log.assume(resource["name"], f"{what} is sent as {stated.parameter}, as the prose says")


def _is_open(paginator: Json, role: str) -> bool:
    """Return whether a paginator sends something of a role and does not say under which name."""
    kinds, key = list_paginator_types(), _KEYS[role]
    kind: Any = kinds.get(str(paginator.get("type")))
    if kind is None or {f"{key}_param", f"{key}_body_path"} & paginator.keys():
        return False
    if role == "size":
        return paginator.get("limit") is not None and kind.name in _SIZED
    return key in kind.params
