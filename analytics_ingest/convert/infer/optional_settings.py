"""Sends settings that the prose calls optional only where they are set.

`query` (optional)      optional filter: `query` on `campsites`      `query`: a text, optional
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.common.json_tree import Path, map_leaves
from analytics_ingest.convert.draft import Draft
from analytics_ingest.convert.prose.passages import Prose
from analytics_ingest.convert.prose.sentences import (
    MOST_CHARACTERS,
    is_conditional,
    is_on_other_source,
)

_OPTIONAL = re.compile(r"\boptional(?:ly)?\b", re.IGNORECASE)
_OTHERWISE = re.compile(
    r"\b(?:not optional|no longer optional|defaults?|nullable)\b", re.IGNORECASE
)
"""What says that it is required, that something else is sent, or that rows are meant."""
_NAME = re.compile(r"`([\w.\[\]-]+)`")
_AND = re.compile(r"\s*(?:,|and|or|,\s*(?:and|or))\s*")
_ALONE = re.compile(r"\{settings\.(?P<name>\w+)\}|\{\{ config(?:\.|\[')(?P<other>\w+)(?:'\])? \}\}")
_BLOCKS = ("params", "headers", "json", "data")


def make_settings_optional(draft: Draft, prose: Prose) -> None:
    """Let requests be sent without the settings that the prose calls optional."""
    endpoints = [draft.shared, *(resource["endpoint"] for resource in draft.resources)]
    by_name: dict[str, str] = {}
    for path, setting in (pair for endpoint in endpoints for pair in _iterate_settings(endpoint)):
        by_name |= {path[-1]: setting, setting: setting}
    optional = {by_name[name] for name in _iterate_optional(prose, by_name)}

    def change(_: Path, leaf: Any) -> Any:
        setting = _find_setting(leaf)
        return f"{{{{ config.get('{setting}') }}}}" if setting in optional else leaf

    for endpoint in endpoints if optional else ():
        for block in [block for block in _BLOCKS if block in endpoint]:
            endpoint[block] = map_leaves(endpoint[block], change)


def _iterate_settings(endpoint: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield the place of each setting that is a value by itself in a request."""
    pairs: list[tuple[Path, str]] = []

    def note(path: Path, leaf: Any) -> Any:
        if setting := _find_setting(leaf):
            pairs.append((path, setting))
        return leaf

    for block in [block for block in _BLOCKS if block in endpoint]:
        map_leaves(endpoint[block], note, (block,))
    yield from pairs


def _find_setting(leaf: Any) -> str | None:
    match = _ALONE.fullmatch(leaf) if isinstance(leaf, str) else None
    return (match["name"] or match["other"]) if match else None


def _iterate_optional(prose: Prose, known: Mapping[str, str]) -> Iterator[str]:
    """Yield the names beside the word: the last one before it, else those that follow."""
    for line, _ in prose.iterate_lines():
        for clause in line.clauses:
            match = _OPTIONAL.search(clause) if len(clause) <= MOST_CHARACTERS else None
            is_other = is_conditional(clause) or is_on_other_source(clause)
            if match is None or is_other or _OTHERWISE.search(clause):
                continue
            names = [name for name in _NAME.finditer(clause) if name[1] in known]
            before = [name for name in names if name.end() <= match.start()]
            if before:
                yield before[-1][1]
            else:
                yield from _list_coordinated(clause, names)


def _list_coordinated(clause: str, names: list[re.Match[str]]) -> Iterator[str]:
    """Yield the first name, and those that are listed with it."""
    for before, name in zip([None, *names], names, strict=False):
        if before is not None and not _AND.fullmatch(clause[before.end() : name.start()]):
            return
        yield name[1]
