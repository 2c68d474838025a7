"""Adds the resources that a document lists with their paths and says to be like the configured.

Without such a word, or where the pattern does not tell their rows, they are named in the report.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from analytics_ingest.common.json_tree import copy_tree
from analytics_ingest.common.plurals import list_singulars
from analytics_ingest.convert.draft import Draft, Json, is_resolved
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.requests.comparisons import read_comparisons
from analytics_ingest.convert.prose.requests.listed_resources import (
    ListedResource,
    follows_a_pattern,
    read_listed_resources,
    read_other_resources,
    read_pattern_names,
)

_BODIES = ("json", "data")
_COMMON = (
    *("primary_key", "write_disposition", "method", "paginator", "headers", "error_handler"),
    "data_selector",
)
"""What a resource has in common with a single other one that it is like."""
_OWN = ("name", "endpoint", "description")


def add_listed_resources(draft: Draft, document: Document) -> None:
    """Add the resources of lists and comments that the configuration lacks, or name them."""
    paths = list_paths(draft)
    has_pattern = follows_a_pattern(document)
    configured = list(draft.resources)
    listed_resources = read_listed_resources(document, paths)
    following = read_pattern_names(document)
    listed_resources, unplaced = _compare(document, listed_resources, paths)
    _log_unplaced(draft, [", ".join(unplaced)] if unplaced else [])
    known = {*paths, *unplaced, *(listed.name for listed in listed_resources)}
    listed_resources += _place(draft, {k: v for k, v in following.items() if k not in known}, paths)
    for listed in listed_resources:
        follows = has_pattern or listed.name in following
        models = [draft.by_name[listed.like]] if listed.like else configured if follows else []
        models = models if listed.is_stated else []
        resource = (
            _build_paged(draft, listed, configured)
            if listed.is_paging
            else build_like(draft, listed, models)
        )
        place = f"{listed.name} ({listed.path})"
        if resource is None:
            reason = f"{place} is not loaded: the document lists it and does not configure it"
            draft.log.assume(None, f"{reason}; add it to resources")
        else:
            draft.resources.append(resource)
            verb = "paged" if listed.is_paging else "configured"
            like = listed.like or "the other resources"
            reason = f"{verb} like {like}: the document lists its path and says so"
            comment = f"paged like {like}" if listed.is_paging else f"like {like}"
            draft.log.assume(listed.name, reason, key="name", comment=comment)
    _log_unplaced(draft, read_other_resources(document))


def list_paths(draft: Draft) -> dict[str, str]:
    """List the paths of the resources by their names."""
    paths = ((r["name"], r["endpoint"].get("path")) for r in draft.resources)
    return {name: path for name, path in paths if isinstance(path, str)}


def _compare(
    document: Document, listed_resources: Sequence[ListedResource], paths: Mapping[str, str]
) -> tuple[list[ListedResource], list[str]]:
    """Add what the prose compares; return also the names to which it gives no path."""
    listed = {each.name: each for each in listed_resources}
    unplaced: list[str] = []
    for each in read_comparisons(document, paths, listed):
        before = listed.get(each.name)
        path = each.path or (before.path if before else None)
        if path is None:
            unplaced.append(each.name)
        elif before is None or (before.like in (None, each.like) and path == before.path):
            selector = each.selector or (before.selector if before else None)
            method = before.method if before else "GET"
            listed[each.name] = ListedResource(
                each.name, path, method, selector, each.like, is_paging=each.is_paging
            )
    return list(listed.values()), unplaced


def _place(
    draft: Draft, following: Mapping[str, str | None], paths: Mapping[str, str]
) -> list[ListedResource]:
    """Give the names of comments a path by the pattern of one resource, or of all; log the rest."""
    placed: list[ListedResource] = []
    for name, raw in following.items():
        like = raw if raw in paths else None
        if path := _find_path(name, {like: paths[like]} if like else paths, least=1 if like else 2):
            placed.append(ListedResource(name, path, like=like))
            draft.log.assume(name, f"its path is {path}, by the pattern of {like or 'the others'}")
    unplaced = [name for name in following if name not in {listed.name for listed in placed}]
    _log_unplaced(draft, [", ".join(unplaced)] if unplaced else [])
    return placed


def _log_unplaced(draft: Draft, lists: list[str]) -> None:
    for names in lists:
        reason = f"{names} are not loaded: the document gives them no path; add them to resources"
        draft.log.assume(None, reason)


def _find_path(name: str, paths: Mapping[str, str], *, least: int) -> str | None:
    """Find the path of a resource by the pattern of others: `/orders/list` of orders."""
    patterns = {_replace_step(path, other) for other, path in paths.items()}
    pattern = patterns.pop() if len(patterns) == 1 and len(paths) >= least else ""
    return pattern.replace("\0", name) if "\0" in pattern else None


def _replace_step(path: str, name: str) -> str:
    return "/".join("\0" if step == name else step for step in path.split("/"))


def build_like(draft: Draft, listed: ListedResource, models: Sequence[Json]) -> Json | None:
    """Build a resource like others; None where they do not tell how it is requested."""
    is_child = "{" in listed.path
    models = [m for m in models if ("{" in str(m["endpoint"].get("path"))) == is_child]
    merged = [draft.merge_endpoint(model) for model in models]
    if not models or any(str(m.get("method", "GET")).upper() != listed.method for m in merged):
        return None
    own = _find_shared([{k: v for k, v in m.items() if k not in _OWN} for m in models])
    endpoint = _find_shared([_take_pattern(model, listed.path) for model in models])
    if len(models) == 1 and not listed.like:  # One is not a pattern of rows and filters.
        own = {key: own[key] for key in _COMMON if key in own}
        endpoint = {key: endpoint[key] for key in _COMMON if key in endpoint}
    selector = listed.selector or _find_selector(models, listed)
    pages = [model["endpoint"].get("paginator") for model in models]
    # Without the pages of some of them, only its first page might be loaded.
    are_read = [page for page in pages if page is not None and "single_page" not in str(page)]
    is_unlike = bool(are_read) and any(page != pages[0] for page in pages)
    is_rowless = selector is None and any("data_selector" in m["endpoint"] for m in models)
    if is_unlike or is_rowless or (len(models) == 1 and any(key in merged[0] for key in _BODIES)):
        return None
    rows = {"data_selector": selector} if selector else {}
    return {"name": listed.name, **own, "endpoint": {"path": listed.path, **endpoint, **rows}}


def _build_paged(draft: Draft, listed: ListedResource, others: Sequence[Json]) -> Json | None:
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
    for names, own in ((by_path, _end(listed.path)), (by_name, listed.name)):
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
