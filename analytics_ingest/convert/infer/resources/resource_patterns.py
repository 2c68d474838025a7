"""Builds a resource that a document lists by the pattern of those that it configures.

What all of them share is the pattern: keys, requests and pages, which may differ in their size.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from analytics_ingest.common.json_tree import copy_tree
from analytics_ingest.common.plurals import list_singulars
from analytics_ingest.convert.draft import Draft, Json, is_resolved
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.requests.paging_statements import (
    find_kind,
    find_size,
    read_paging_text,
)
from analytics_ingest.convert.prose.requests.resource_statements import ListedResource
from analytics_ingest.convert.prose.requests.unpaged_statements import is_unpaged

_BODIES = ("json", "data")
_COMMON = (
    *("primary_key", "write_disposition", "method", "paginator", "headers", "error_handler"),
    "data_selector",
)
"""What a resource has in common with a single other one that it is like."""
_COUNTED = ("page_number", "offset")
"""Types of which a text that names the parameters leaves the rest to the others."""
_SIZE = "limit"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_OWN = ("name", "endpoint", "description")


def build_like(draft: Draft, listed: ListedResource, models: Sequence[Json]) -> Json | None:
    """Build a resource like others; None where they do not tell how it is requested."""
    is_child = "{" in listed.path
    models = [m for m in models if ("{" in str(m["endpoint"].get("path"))) == is_child]
    models = _select_by_rows(listed, models)
    merged = [draft.merge_endpoint(model) for model in models]
    if not models or any(str(m.get("method", "GET")).upper() != listed.method for m in merged):
        return None
    own = _find_shared([{k: v for k, v in m.items() if k not in _OWN} for m in models])
    endpoint = _find_shared([_take_pattern(model, listed.path) for model in models])
    if len(models) == 1 and not listed.like:  # One is not a pattern of rows and filters.
        own = {key: own[key] for key in _COMMON if key in own}
        endpoint = {key: endpoint[key] for key in _COMMON if key in endpoint}
    if listed.has_key:
        own.pop("primary_key", None)
    selector = listed.selector or _find_selector(models, listed)
    is_rowless = selector is None and any("data_selector" in m["endpoint"] for m in models)
    has_body = len(models) == 1 and any(key in merged[0] for key in _BODIES)
    pages = _find_pages(draft, listed, models, is_pattern=True)
    if pages is None or not (pages or _are_paged_alike(models)) or is_rowless or has_body:
        return None
    endpoint |= pages
    rows = {"data_selector": selector} if selector else {}
    return {"name": listed.name, **own, "endpoint": {"path": listed.path, **endpoint, **rows}}


def _select_by_rows(listed: ListedResource, models: Sequence[Json]) -> Sequence[Json]:
    """Select the models whose rows are in the same place, where the others page differently."""
    if _are_paged_alike(models) or listed.selector is None or listed.paging:
        return models
    selectors = [model["endpoint"].get("data_selector") or "$" for model in models]
    pairs = zip(models, selectors, strict=True)
    return [model for model, selector in pairs if selector == listed.selector]


def _are_paged_alike(models: Sequence[Json]) -> bool:
    """Return whether no paginators differ but in the size of a page.

    Without the pages of some of them, only its first page might be loaded.
    """
    pages = [_without_size(model["endpoint"].get("paginator")) for model in models]
    are_read = any(page is not None and "single_page" not in str(page) for page in pages)
    return not are_read or all(page == pages[0] for page in pages)


def build_described(draft: Draft, listed: ListedResource, others: Sequence[Json]) -> Json | None:
    """Build a resource from what its section or row states; None where that is not enough.

    That is a path, a key, and where its rows are. Pages are its own, else those of all others.
    """
    stated = listed.selector or listed.is_list or "data_selector" in draft.shared
    has_key = listed.has_key or "primary_key" in draft.defaults
    others_paths = {name for other in others for name in list_placeholders(other)}
    is_open = not (listed.has_parent or others_paths.issuperset(_PLACEHOLDER.findall(listed.path)))
    if not (listed.is_described and stated and has_key) or is_open or listed.method != "GET":
        return None
    pages = _find_pages(draft, listed, others, is_pattern=False)
    if pages is None or str(draft.shared.get("method", "GET")).upper() != "GET":
        return None
    if not pages and _are_paged(others) and _are_paged_alike(others):
        pages = _take_pages(others)
    rows = {"data_selector": listed.selector} if listed.selector else {}
    return {"name": listed.name, "endpoint": {"path": listed.path, **pages, **rows}}


def list_placeholders(resource: Json) -> list[str]:
    """List the placeholders of the path of a resource."""
    return _PLACEHOLDER.findall(str(resource["endpoint"].get("path")))


def _are_paged(models: Sequence[Json]) -> bool:
    return all(isinstance(model["endpoint"].get("paginator"), dict) for model in models)


def _find_pages(
    draft: Draft, listed: ListedResource, models: Sequence[Json], *, is_pattern: bool
) -> Json | None:
    """Find the paginator of a resource: its own, else of the models, whose sizes may differ.

    None where it states one that is not read, and that no model has.
    """
    if is_unpaged(listed.paging):
        return {"paginator": "single_page"}
    own = read_paging_text(listed.paging)
    kind = own["type"] if own else find_kind(listed.paging)
    same = _list_paged(models, kind)
    if own:
        rest = same[0]["endpoint"]["paginator"] if same and kind in _COUNTED else {}
        return {"paginator": {**copy_tree(rest), **own}}
    if not listed.paging or (is_pattern and not kind):
        return _merge_pages(listed, models) if _are_paged_alike(models) else {}
    if kind and _get_type(draft.shared.get("paginator")) == kind:
        return {}
    sized = replace(listed, page_size=find_size(listed.paging) or listed.page_size)
    return (_merge_pages(sized, same) or _take_pages(same)) if same else None


def _list_paged(models: Sequence[Json], kind: str | None) -> list[Json]:
    """List the models with a paginator if they have the same one, and it is of a type."""
    paged = [model for model in models if _are_paged([model])]
    is_same = all(_get_type(model["endpoint"]["paginator"]) == kind for model in paged)
    return paged if is_same and _are_paged_alike(paged) else []


def _take_pages(models: Sequence[Json]) -> Json:
    return {"paginator": copy_tree(models[0]["endpoint"]["paginator"])}


def _get_type(paginator: Any) -> Any:
    return paginator.get("type") if isinstance(paginator, dict) else paginator


def _merge_pages(listed: ListedResource, models: Sequence[Json]) -> Json:
    """Return the paginator of models that differ in the size of a page: with its own, or theirs."""
    pages = [model["endpoint"].get("paginator") for model in models]
    sizes = list_page_sizes(models)
    if len(sizes) < len(pages):
        return {}
    return {"paginator": {**copy_tree(pages[0]), _SIZE: listed.page_size or min(sizes)}}


def list_page_sizes(models: Sequence[Json]) -> list[int]:
    """List the sizes of pages that models configure."""
    pages = [model["endpoint"].get("paginator") for model in models]
    sizes = [page.get(_SIZE) for page in pages if isinstance(page, dict)]
    return [size for size in sizes if isinstance(size, int)]


def _without_size(page: Any) -> Any:
    return {k: v for k, v in page.items() if k != _SIZE} if isinstance(page, dict) else page


def build_paged(draft: Draft, listed: ListedResource, others: Sequence[Json]) -> Json | None:
    """Build a resource that is paged like another, else by what all others have in common."""
    model = draft.by_name[str(listed.like)]
    merged = draft.merge_endpoint(model)
    selector = listed.selector or _find_selector(others, listed)
    has_rows = selector or not any("data_selector" in other["endpoint"] for other in others)
    is_like = str(merged.get("method", "GET")).upper() == listed.method
    if not has_rows or not is_like or any(key in merged for key in _BODIES):
        return None
    kept = [key for key in _COMMON if key not in ("paginator", "data_selector")]
    own = _find_shared([{k: other[k] for k in kept if k in other} for other in others])
    endpoints = [_take_pattern(other, listed.path) for other in others]
    names = kept if len(others) == 1 else [*kept, "params"]
    shared = _find_shared([{k: e[k] for k in names if k in e} for e in endpoints])
    pages = {"paginator": copy_tree(model["endpoint"].get("paginator"))}
    rows = {"data_selector": selector} if selector else {}
    paging = pages if "paginator" in model["endpoint"] else {}
    return {
        "name": listed.name,
        **own,
        "endpoint": {"path": listed.path, **shared, **paging, **rows},
    }


def _find_shared(blocks: Sequence[Json]) -> Json:
    """Find the keys that have the same value in all blocks."""
    first, *others = blocks
    return copy_tree({k: v for k, v in first.items() if all(o.get(k) == v for o in others)})


def _take_pattern(model: Json, path: str) -> Json:
    """Take what an endpoint does not say of its own path, rows and parents."""
    endpoint = {k: v for k, v in model["endpoint"].items() if k not in ("path", "data_selector")}
    params = endpoint.pop("params", None)
    if isinstance(params, dict):
        kept = {k: v for k, v in params.items() if not is_resolved(v) or f"{{{k}}}" in path}
        endpoint |= {"params": kept} if kept else {}
    return endpoint


def _find_selector(models: Sequence[Json], listed: ListedResource) -> str | None:
    """Find where rows are: at the end of the path or the name, as elsewhere, or the same."""
    by_path = [_end(model["endpoint"].get("path")) for model in models]
    by_name = [str(model["name"]) for model in models]
    selectors = [str(model["endpoint"].get("data_selector")) for model in models]
    likely: list[str] = []
    single = [min(list_singulars(name), key=len) for name in (*by_name, listed.name)]
    own_names = ((by_path, _end(listed.path)), (by_name, listed.name), (single[:-1], single[-1]))
    for names, own in own_names:
        pairs = list(zip(selectors, names, strict=True))
        patterns = {_replace(selector, name, "\0") for selector, name in pairs}
        if len(patterns) == 1 and "\0" in (pattern := patterns.pop()).split("."):
            likely.append(_replace(pattern, "\0", own))
    if likely:
        return likely[0] if len(set(likely)) == 1 else None
    same = set(selectors)
    is_common = len(same) == 1 and "None" not in same
    return same.pop() if is_common and not _is_called_after(selectors[0], models) else None


def _is_called_after(selector: str, models: Sequence[Json]) -> bool:
    """Return whether a selector is that of a single model only: `features`, at `/feature`."""
    ends = [to_valid_name(_end(model["endpoint"].get("path"))) for model in models]
    words = list_singulars(to_valid_name(selector.rpartition(".")[2]))
    names = {*ends, *(str(model["name"]) for model in models)}
    return len(models) == 1 and any(words & list_singulars(name) for name in names)


def _replace(selector: str, old: str, new: str) -> str:
    return ".".join(new if part == old else part for part in selector.split("."))


def _end(path: Any) -> str:
    return str(path).rstrip("/").rpartition("/")[2]
