"""Adds the resources that a document lists with their paths, and that its configuration lacks.

They are like the configured, where it says so, or are described whole: with a key, and where their
rows are. All others are named in the report.
"""

from collections.abc import Mapping, Sequence

from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.resources.resource_patterns import (
    build_described,
    build_like,
    build_paged,
    list_page_sizes,
)
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.prose.requests.comparisons import read_comparisons
from analytics_ingest.convert.prose.requests.listed_resources import (
    find_marked_path,
    read_listed_resources,
)
from analytics_ingest.convert.prose.requests.pattern_statements import (
    follows_a_pattern,
    read_other_resources,
    read_pattern_names,
)
from analytics_ingest.convert.prose.requests.resource_statements import ListedResource


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
    open_names = {k: v for k, v in following.items() if k not in known}
    listed_resources += _place(draft, document, open_names, paths)
    for listed in listed_resources:
        follows = has_pattern or listed.name in following
        models = [draft.by_name[listed.like]] if listed.like else configured if follows else []
        models = models if listed.is_stated else []
        resource, like = _build(draft, listed, models, configured)
        place = f"{listed.name} ({listed.path})"
        if resource is None:
            reason = f"{place} is not loaded: the document lists it and does not configure it"
            draft.log.assume(None, f"{reason}; add it to resources")
            continue
        draft.resources.append(resource)
        _log_added(draft, listed, like, models or configured)
        if not models or any("paginator" in model["endpoint"] for model in configured):
            draft.described.add(listed.name)
    named = {*draft.by_name, *unplaced, *following, *(each.name for each in listed_resources)}
    _log_unplaced(draft, read_other_resources(document, named))


def _build(
    draft: Draft, listed: ListedResource, models: Sequence[Json], configured: Sequence[Json]
) -> tuple[Json | None, str | None]:
    """Build a resource, and say what it is like: None where it is of what the text states alone."""
    like = listed.like or "the other resources"
    if listed.is_paging:
        return build_paged(draft, listed, configured), like
    if resource := build_like(draft, listed, models):
        return resource, like
    is_own = listed.is_stated and not listed.like
    return (build_described(draft, listed, configured) if is_own else None), None


def _log_added(
    draft: Draft, listed: ListedResource, like: str | None, models: Sequence[Json]
) -> None:
    """Log why a resource is added, and which size its pages have."""
    verb = "paged" if listed.is_paging else "configured"
    reason = f"{verb} like {like}: the document lists its path and says so"
    comment = f"paged like {like}" if listed.is_paging else f"like {like}"
    if like is None:
        reason = "configured as the document describes it: it is not in the configuration"
        comment = "as the document describes it"
    paginator = draft.by_name[listed.name]["endpoint"].get("paginator")
    if like is None and paginator and not listed.paging:
        reason = f"{reason}; its pages are read like those of the other resources"
    size = paginator.get("limit") if isinstance(paginator, dict) else None
    sizes = {*list_page_sizes(models)}
    if len(sizes) > 1 and size == min(sizes) and not (listed.page_size or listed.paging):
        reason = f"{reason}; its pages have the smallest size of theirs"
    draft.log.assume(listed.name, reason, key="name", comment=comment)


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
    draft: Draft, document: Document, following: Mapping[str, str | None], paths: Mapping[str, str]
) -> list[ListedResource]:
    """Give the names of comments a path: a marked one, or by the pattern of one or all others."""
    placed: list[ListedResource] = []
    for name, raw in following.items():
        like = raw if raw in paths else None
        if path := find_marked_path(document, name):
            placed.append(ListedResource(name, path, like=like))
        elif path := _find_path(
            name, {like: paths[like]} if like else paths, least=1 if like else 2
        ):
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
