"""Gives each resource a name that a table can have; every mention of it follows."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain, count
from typing import Any

from analytics_ingest.convert.draft import Draft, Json

LONGEST_NAME = 55
"""Letters of a name: PostgreSQL cuts those of 63, and dlt appends `_staging`."""

_WORD_BEGINS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def normalize_names(draft: Draft) -> None:
    """Rename resources where it is needed: a-z, 0-9 and single _, each name once."""
    used: set[str] = set()
    renamed: dict[str, str] = {}
    for number, resource in enumerate(draft.resources, start=1):
        raw = resource.get("name")
        name = _find_unused(_build_base(resource, number), used)
        used.add(name)
        if isinstance(raw, str) and raw:
            renamed.setdefault(raw, name)
        if name != raw:
            problem = f"'{raw}' does not fit a table, or is taken" if raw else "has no name"
            reason = f"{problem}, so it is called {name}"
            comment = f"{raw} in the document" if isinstance(raw, str) and raw else ""
            draft.log.assume(name, reason, key="name", comment=comment)
        resource["name"] = name
    changed = {old: new for old, new in renamed.items() if old != new}
    draft.resources = [_rename_mentions(resource, changed) for resource in draft.resources]


@lru_cache(maxsize=4096)
def to_valid_name(text: str) -> str:
    """Return the nearest valid name; empty where a text has no letter or digit of ours."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", _WORD_BEGINS.sub("_", plain).lower()).strip("_")
    name = f"resource_{name}" if re.match(r"\d|dlt(_|$)", name) else name
    return name[:LONGEST_NAME].rstrip("_")


def _build_base(resource: Json, number: int) -> str:
    raw = resource.get("name")
    if isinstance(raw, str) and (name := to_valid_name(raw)):
        return name
    path = resource.get("endpoint", {}).get("path")
    segments = [s for s in str(path or "").split("/") if s and "{" not in s]
    return to_valid_name(segments[-1] if segments else "") or f"resource_{number}"


def _find_unused(name: str, used: set[str]) -> str:
    names = chain([name], (f"{name}_{number}" for number in count(2)))
    return next(name for name in names if name not in used)


def _rename_mentions(value: Any, renamed: Mapping[str, str]) -> Any:
    """Copy a resource in which the names of other resources are the new ones."""
    if isinstance(value, list):
        return [_rename_mentions(item, renamed) for item in value]
    if isinstance(value, str):
        for old, new in renamed.items():
            value = value.replace(f"{{resources.{old}.", f"{{resources.{new}.")
        return value
    if not isinstance(value, dict):
        return value
    mentions = ("resource",) if value.get("type") == "resolve" else ("parent_stream", "stream")
    return {
        key: renamed.get(item, item)
        if key in mentions and isinstance(item, str)
        else _rename_mentions(item, renamed)
        for key, item in value.items()
    }
