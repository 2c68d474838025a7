"""Finds the resource whose rows can fill a placeholder: by the path before it, else by its name."""

import re
from collections.abc import Mapping

from analytics_ingest.common.plurals import list_singulars
from analytics_ingest.convert.draft import Json
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.normalize.placeholders import list_names

_SUFFIXES = {
    *("id", "ids", "iid", "gid", "sid", "uid", "uuid", "guid", "key", "slug", "name", "number"),
    *("code", "ref", "handle", "identifier"),
}
_WILD = "{}"


def split_path(path: str) -> list[str]:
    """Return the parts of a path, every placeholder alike; without an ending such as .json."""
    plain = re.sub(r"\.(json|xml)$", "", path.partition("?")[0].strip("/"))
    return [_WILD if "{" in part else part.lower() for part in plain.split("/") if part]


def list_candidates(
    placeholder: str, path: str, resources: Mapping[str, Json]
) -> list[tuple[str, str]]:
    """List resources that may fill a placeholder of a path, likeliest first, with the reason."""
    before = path.partition(f"{{{placeholder}}}")[0] if f"{{{placeholder}}}" in path else ""
    by_path = [
        (name, "whose path comes before it")
        for name, resource in resources.items()
        if split_path(before) and split_path(resource["endpoint"]["path"]) == split_path(before)
    ]
    stem = read_stem(placeholder) or read_stem(next(iter(reversed(_list_static_parts(before))), ""))
    ranked = sorted(
        (rank, resource["endpoint"]["path"].count("{"), order, name)
        for order, (name, resource) in enumerate(resources.items())
        if stem and (rank := _rank(stem, name, resource["endpoint"]["path"])) is not None
    )
    by_name = [(name, "whose name fits") for *_, name in ranked]
    if not (by_path or by_name):
        by_name = _list_by_key(placeholder, before, resources)
    fitting = [name for name, _ in by_name]
    by_path.sort(key=lambda pair: fitting.index(pair[0]) if pair[0] in fitting else len(fitting))
    known = {name for name, _ in by_path}
    return by_path + [pair for pair in by_name if pair[0] not in known]


def _list_by_key(
    placeholder: str, before: str, resources: Mapping[str, Json]
) -> list[tuple[str, str]]:
    """List resources of the name before a placeholder that is their key: devices/{serial}."""
    stem = read_stem(next(iter(reversed(_list_static_parts(before))), ""))
    keys = {name: resource.get("primary_key") for name, resource in resources.items()}
    return [
        (name, "whose name is before it, and whose key it is")
        for name, key in keys.items()
        if stem and key in (placeholder, [placeholder])
        if _rank(stem, name, resources[name]["endpoint"]["path"]) == 0
    ]


def _rank(stem: str, name: str, path: str) -> int | None:
    """Return how well a resource fits the stem of a placeholder; None where it does not."""
    last = next((to_valid_name(part) for part in reversed(_list_static_parts(path))), "")
    words, own = stem.split("_"), name.split("_")
    if _are_alike(own, words):
        return 0
    if last and _are_alike(last.split("_"), words):
        return 1
    if len(own) > len(words) and _are_alike(own[-len(words) :], words):
        return 2
    return 3 if len(words) > 1 and _are_alike(own, words[-1:]) else None


def _list_static_parts(path: str) -> list[str]:
    return [part for part in path.strip("/").split("/") if part and "{" not in part]


def read_stem(placeholder: str) -> str:
    """Return what a placeholder is of: `storyId` → story; nothing for a bare `id`."""
    words = to_valid_name(placeholder).split("_")
    while words and words[-1] in _SUFFIXES:
        words.pop()
    return "_".join(words)


def _are_alike(some: list[str], others: list[str]) -> bool:
    return some[:-1] == others[:-1] and bool(list_singulars(some[-1]) & list_singulars(others[-1]))


def find_same_place(path: str, placeholder: str, parents_path: str) -> str | None:
    """Find the placeholder of the parent's path in the same place as this one in the child's."""
    names = list_names(parents_path)
    if placeholder in names:
        return placeholder
    if placeholder not in list_names(path):
        return None  # An expression reads it.
    above, below = split_path(parents_path), split_path(path)
    number = list_names(path).index(placeholder)
    return names[number] if below[: len(above)] == above and number < len(names) else None
