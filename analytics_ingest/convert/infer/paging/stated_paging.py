"""Gives resources without a paginator the one that the prose describes."""

import re
from collections.abc import Sequence

from analytics_ingest.convert.conversion_log import FROM_TEXT
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.requests.paging_statements import read_paging
from analytics_ingest.convert.prose.requests.unpaged_statements import read_unpaged
from analytics_ingest.convert.prose.text.passages import Prose

_SENT = ("params", "json", "data")
_PAGE = re.compile(r"p|page|page[-_]?(?:no|num|number)|page\[number\]", re.IGNORECASE)
_FIRST = (0, 1, "0", "1")


def infer_stated_paging(draft: Draft, prose: Prose) -> None:
    """Add the paginators that sections on paging describe, where the configuration has none."""
    unpaged = read_unpaged(prose)
    open_resources = [r for r in draft.resources if draft.find_paginator(r) is None]
    for name in sorted(unpaged.named, key=list(draft.by_name).index):
        resource = draft.by_name[name]
        if "paginator" not in resource["endpoint"] and not _has_one_page(draft, resource):
            _read_one_page(draft, resource)
    stated = read_paging(prose) if open_resources else {}
    of_all = stated.get(None)
    # The paging of a POST may have to move into its body.
    is_post = any(
        str(draft.merge_endpoint(r).get("method")).upper() == "POST" for r in open_resources
    )
    if of_all and len(open_resources) == len(draft.resources) and not is_post:
        draft.shared["paginator"] = _drop_sent_size(draft, draft.resources, of_all)
        _log(draft, None, of_all)
    for resource in open_resources:
        name, endpoint = resource["name"], resource["endpoint"]
        paginator = stated.get(name, None if "paginator" in draft.shared else of_all)
        if "paginator" in endpoint:
            continue
        if paginator:
            endpoint["paginator"] = _drop_sent_size(draft, [resource], paginator)
            _log(draft, name, paginator)
        elif name in unpaged.others and "paginator" not in draft.shared:
            _read_one_page(draft, resource)
    for resource in draft.resources:
        if draft.find_paginator(resource) is None:
            _count_pages(draft, resource)


def _count_pages(draft: Draft, resource: Json) -> None:
    """Count the pages from the first one, which requests hold as a constant: `page: 1`."""
    params = resource["endpoint"].get("params")
    named = [key for key in params if _PAGE.fullmatch(key)] if isinstance(params, dict) else []
    if len(named) != 1 or params[named[0]] not in _FIRST:
        return
    first = int(params.pop(named[0]))
    paginator = {"type": "page_number", "page_param": named[0], "base_page": first}
    resource["endpoint"]["paginator"] = paginator
    reason = f"pages are counted by {named[0]} from {first}, which requests hold as a constant"
    draft.log.assume(resource["name"], reason, key="endpoint.paginator")


def _has_one_page(draft: Draft, resource: Json) -> bool:
    paginator = draft.find_paginator(resource)
    kind = paginator.get("type") if isinstance(paginator, dict) else paginator
    return kind == "single_page"


def _read_one_page(draft: Draft, resource: Json) -> None:
    resource["endpoint"]["paginator"] = "single_page"
    reason = "it has one page, as the prose says"
    draft.log.assume(resource["name"], reason, key="endpoint.paginator", comment=FROM_TEXT)


def _drop_sent_size(draft: Draft, resources: Sequence[Json], paginator: Json) -> Json:
    """Return a paginator without the size where requests send it already."""
    blocks = [draft.merge_endpoint(r).get(key) for r in resources for key in _SENT]
    size = paginator.get("limit_param")
    is_sent = any(isinstance(block, dict) and size in block for block in blocks)
    return {k: v for k, v in paginator.items() if not (is_sent and k.startswith("limit"))}


def _log(draft: Draft, name: str | None, paginator: Json) -> None:
    key = "endpoint.paginator" if name else "resource_defaults.endpoint.paginator"
    reason = f"pages are read by {paginator['type']}, as the prose says"
    draft.log.assume(name, reason, key=key, comment=FROM_TEXT)
