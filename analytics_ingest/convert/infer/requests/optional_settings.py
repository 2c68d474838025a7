"""Sends settings that the prose calls optional only where they are set, others as their default.

`query` (optional)      optional filter: `query` on `campsites`      `query` (default `news`)
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from analytics_ingest.common.json_tree import Path, map_leaves, walk
from analytics_ingest.convert.draft import Draft, Json
from analytics_ingest.convert.normalize.secrets import is_secret_name
from analytics_ingest.convert.prose.fields.fields import is_in_field_section
from analytics_ingest.convert.prose.requests.setting_defaults import read_defaults
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import (
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
_LISTED = re.compile(
    rf"^\W*(?P<names>{_NAMED}(?:\s*(?:,|/|and|,\s*and)\s*`[\w.\[\]-]+`)*)\W*[:\u2013\u2014-]"
    r" (?:an? )?optional\b",
    re.IGNORECASE,
)
"""What calls all names before it optional: `since` / `until`: optional dates."""
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
_NATIVE = re.compile(r"-?\d+(?:\.\d+)?|true|false", re.IGNORECASE)
_BLOCKS = ("params", "headers", "json", "data")


def make_settings_optional(draft: Draft, prose: Prose) -> None:
    """Let requests be sent without the settings that the prose calls optional."""
    known = {name for endpoint in _list_endpoints(draft) for name in _list_names(endpoint)}
    _fill_defaults(draft, prose, known)
    for line, named in prose.iterate_lines():
        clauses = [] if is_in_field_section(line) else line.clauses
        for name in (name for clause in clauses for name in _iterate_optional(clause, known)):
            for endpoint in _list_endpoints(draft, named):
                _make_optional(endpoint, name)


def _fill_defaults(draft: Draft, prose: Prose, known: Collection[str]) -> None:
    """Send defaults where nothing is set; what the prose says in several ways is reported."""
    defaults: dict[tuple[str | None, str], dict[str | None, None]] = {}
    for line, named in prose.iterate_lines():
        clauses = [] if is_in_field_section(line) else line.clauses
        for default in (default for clause in clauses for default in read_defaults(clause)):
            if default.name in known and default.value not in known:
                defaults.setdefault((named, default.name), {})[default.value] = None
    for (named, name), values in defaults.items():
        if len(values) > 1:
            listed = ", ".join(str(value) for value in values)
            draft.log.assume(named, f"the prose gives {name} several defaults: {listed}")
            continue
        for endpoint in _list_endpoints(draft, named):
            _make_optional(endpoint, name, next(iter(values)))


def _list_endpoints(draft: Draft, named: str | None = None) -> list[Json]:
    """List the endpoint of a resource; for None all, the shared one included."""
    resources = [resource["endpoint"] for resource in draft.list_named(named)]
    return resources if named else [draft.shared, *resources]


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


def _make_optional(endpoint: Json, name: str, default: str | None = None) -> None:
    """Send a setting, or what a parameter holds, only where it is set; else its default."""

    def change(path: Path, leaf: Any) -> Any:
        setting = _find_setting(leaf)
        if setting is None or name not in (setting, path[-1]):
            return leaf
        if default is None:
            return f"{{{{ config.get('{setting}') }}}}"
        # The values of a list are one text of several, and no default of a key is written.
        is_other = "values" in path or is_secret_name(setting) or is_secret_name(name)
        is_native = path[0] in ("json", "data") and _NATIVE.fullmatch(default)
        text = default.lower() if is_native else f"'{default}'"
        return leaf if is_other else f"{{{{ config.get('{setting}', {text}) }}}}"

    for block in [block for block in _BLOCKS if block in endpoint]:
        endpoint[block] = map_leaves(endpoint[block], change, (block,))


def find_default(attributes: Json, setting: str) -> str | None:
    """Find what is sent where a setting is not set; None where that is nothing, or differs."""
    pattern = re.compile(rf"config\.get\('{re.escape(setting)}', (?:'([^']*)'|([^()']+))\)")
    texts = [text for text in walk(attributes) if isinstance(text, str)]
    values = {match[1] or match[2] for text in texts for match in pattern.finditer(text)}
    return values.pop() if len(values) == 1 else None


def _iterate_optional(clause: str, known: Collection[str]) -> Iterator[str]:
    """Yield the names that a clause calls optional: before the word, or listed behind it."""
    is_short = len(clause) <= MOST_CHARACTERS and "optional" in clause.lower()
    is_other = not is_short or is_conditional(clause) or is_on_other_source(clause)
    if is_other or _OTHERWISE.search(clause):
        return
    if listed := _LISTED.match(clause):
        yield from _NAME.findall(listed["names"])
        return
    for pattern in _BEFORE:
        if names := [match["name"] for match in pattern.finditer(clause) if match["name"] in known]:
            yield names[-1]
            return
    if match := _AFTER.search(clause):
        run = _RUN.match(clause, match.end())
        yield from _NAME.findall(run[0]) if run else ()
