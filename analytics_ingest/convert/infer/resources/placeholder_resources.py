"""Replaces a resource that only stands for others, as the prose says, by those others."""

import re
from collections.abc import Mapping

from analytics_ingest.common.json_tree import copy_tree, walk
from analytics_ingest.convert.conversion_log import abbreviate
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.infer.resources.listed_resources import list_paths
from analytics_ingest.convert.infer.resources.resource_patterns import build_like
from analytics_ingest.convert.markdown import Document
from analytics_ingest.convert.prose.requests.listed_resources import read_listed_resources
from analytics_ingest.convert.prose.requests.placeholder_resources import read_placeholder_resources
from analytics_ingest.convert.prose.requests.resource_statements import ListedResource
from analytics_ingest.convert.prose.text.parts import NamedPath


def replace_placeholder_resources(draft: Draft, document: Document) -> None:
    """Replace each placeholder, unless one of its resources cannot be built."""
    stated = read_placeholder_resources(document, draft.by_name)
    listed = {r.name: r for r in read_listed_resources(document, list_paths(draft))}
    for placeholder, named in stated.items():
        names = abbreviate([each.name for each in named])
        reason = f"it stands for {names}, as the prose says"
        resources = _build_all(draft, placeholder, named, listed)
        if not resources:
            problem = "their paths or rows are not clear; declare them in its place"
            draft.log.assume(placeholder, f"{reason}: {problem}")
            continue
        place = draft.resources.index(draft.by_name[placeholder])
        draft.resources[place : place + 1] = resources
        for resource in resources:
            text = f"it is configured like {placeholder}, which stands for it, as the prose says"
            comment = f"{placeholder} in the document"
            draft.log.assume(resource["name"], text, key="name", comment=comment)


def _build_all(
    draft: Draft,
    placeholder: str,
    named: list[NamedPath],
    listed: Mapping[str, ListedResource],
) -> list[Json] | None:
    """Build what a placeholder stands for; None where it has other uses, or one is not clear."""
    model = copy_tree(draft.by_name[placeholder])
    step = _find_step(str(model["endpoint"].get("path")), placeholder)
    others = [r for r in draft.resources if r["name"] != placeholder]
    if step is None or placeholder in str([r["endpoint"] for r in others]):
        return None
    model["endpoint"]["path"] = _replace(str(model["endpoint"]["path"]), step, step.strip("{<}>"))
    items = [_place(each, listed.get(each.name), placeholder, model) for each in named]
    built = [build_like(draft, item, [model]) for item in items]
    spelled = _spell(placeholder)
    texts = [text for resource in built for text in walk(resource) if isinstance(text, str)]
    is_left = any(not spelled.isdisjoint(re.split(r"[^\w<>]", text)) for text in texts)
    return None if is_left else [r for r in built if r] if all(built) else None


def _place(
    named: NamedPath, listed: ListedResource | None, placeholder: str, model: Json
) -> ListedResource:
    """Give a resource the path and the rows of its sentence, of a list, or of the pattern."""
    endpoint = model["endpoint"]
    path = named.path or (listed.path if listed else None)
    selector = named.selector or (listed.selector if listed else None)
    steps, rows = endpoint["path"].split("/"), str(endpoint.get("data_selector")).split(".")
    spelled = _spell(placeholder)
    if path is None:
        path = "/".join(named.name if step in spelled else step for step in steps)
        is_pattern = selector is None and not spelled.isdisjoint(rows)
        by_pattern = ".".join(named.name if part in spelled else part for part in rows)
        selector = by_pattern if is_pattern else selector
    method = listed.method if listed else str(endpoint.get("method", "GET")).upper()
    return ListedResource(named.name, path, method, selector, like=placeholder)


def _find_step(path: str, placeholder: str) -> str | None:
    """Find the step of a path that is the placeholder: `resource`, of `resource_name`."""
    steps = [step for step in path.split("/") if step in _spell(placeholder)]
    return steps[0] if len(steps) == 1 else None


def _spell(placeholder: str) -> set[str]:
    """List how a path may write a placeholder."""
    names = (placeholder, placeholder.removesuffix("_name"))
    return {text for name in names for text in (name, f"{{{name}}}", f"<{name}>")}


def _replace(path: str, old: str, new: str) -> str:
    return "/".join(new if step == old else step for step in path.split("/"))
