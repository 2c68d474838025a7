"""Sends settings that the prose calls optional only where they are set.

`query` (optional)      optional filter: `query` on `campsites`      `query`: a text, optional
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from analytics_ingest.common.json_tree import Path, map_leaves
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.prose.fields import is_in_field_section
from analytics_ingest.convert.prose.passages import Prose
from analytics_ingest.convert.prose.sentences import (
    MOST_CHARACTERS,
    is_conditional,
    is_on_other_source,
)

_NAMED = r"`(?P<name>[\w.\[\]-]+)`"
_BEFORE = (
    re.compile(rf"{_NAMED}(?=[^()]*\(optional\b)", re.IGNORECASE),
    re.compile(rf"{_NAMED},? (?:(?:which|that) )?(?:is|are) optional\W*$", re.IGNORECASE),
    re.compile(rf"^\W*{_NAMED}\W*[:,\u2013\u2014-][^`]{{0,60}}\boptional\W*$", re.IGNORECASE),
)
"""What calls the last name before it optional."""
_AFTER = re.compile(r"\boptional(?: [\w-]+){0,3}\W{1,6}(?=`)|\boptionally,? (?=`)", re.IGNORECASE)
_OTHERWISE = re.compile(
    r"\b(?:not|required|mandatory|must|although|though|no longer|defaults?|nullable|column|field)\b"
    r"|n['\u2019]t\b",
    re.IGNORECASE,
)
"""What says that it is required, that something else is sent, or that rows are meant."""
_NAME = re.compile(_NAMED)
_RUN = re.compile(r"`[^`]+`(?:\s*(?:,|and|or|,\s*(?:and|or))\s*`[^`]+`)*")
_ALONE = re.compile(r"\{settings\.(?P<name>\w+)\}|\{\{ config(?:\.|\[')(?P<other>\w+)(?:'\])? \}\}")
_BLOCKS = ("params", "headers", "json", "data")


def make_settings_optional(draft: Draft, prose: Prose) -> None:
    """Let requests be sent without the settings that the prose calls optional."""
    endpoints = [draft.shared, *(resource["endpoint"] for resource in draft.resources)]
    known = {name for endpoint in endpoints for name in _list_names(endpoint)}
    for line, named in prose.iterate_lines():
        clauses = [] if is_in_field_section(line) else line.clauses
        for name in (name for clause in clauses for name in _iterate_optional(clause, known)):
            for endpoint in [draft.by_name[named]["endpoint"]] if named else endpoints:
                _make_optional(endpoint, name)


def _list_names(endpoint: Json) -> set[str]:
    """List the settings that are values by themselves, and the parameters that hold them."""
    names: set[str] = set()

    def note(path: Path, leaf: Any) -> Any:
        if setting := _find_setting(leaf):
            names.update((setting, path[-1]))
        return leaf

    for block in [block for block in _BLOCKS if block in endpoint]:
        map_leaves(endpoint[block], note, (block,))
    return names


def _find_setting(leaf: Any) -> str | None:
    match = _ALONE.fullmatch(leaf) if isinstance(leaf, str) else None
    return (match["name"] or match["other"]) if match else None


def _make_optional(endpoint: Json, name: str) -> None:
    """Send a setting, or what a parameter holds, only where it is set."""

    def change(path: Path, leaf: Any) -> Any:
        setting = _find_setting(leaf)
        is_named = setting is not None and name in (setting, path[-1] if path else "")
        return f"{{{{ config.get('{setting}') }}}}" if is_named else leaf

    for block in [block for block in _BLOCKS if block in endpoint]:
        endpoint[block] = map_leaves(endpoint[block], change)


def _iterate_optional(clause: str, known: Collection[str]) -> Iterator[str]:
    """Yield the names that a clause calls optional: before the word, or listed behind it."""
    is_short = len(clause) <= MOST_CHARACTERS and "optional" in clause.lower()
    is_other = not is_short or is_conditional(clause) or is_on_other_source(clause)
    if is_other or _OTHERWISE.search(clause):
        return
    for pattern in _BEFORE:
        if names := [match["name"] for match in pattern.finditer(clause) if match["name"] in known]:
            yield names[-1]
            return
    if match := _AFTER.search(clause):
        run = _RUN.match(clause, match.end())
        yield from _NAME.findall(run[0]) if run else ()
