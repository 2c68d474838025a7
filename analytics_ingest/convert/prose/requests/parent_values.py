"""Reads which field of a parent's rows fills a placeholder or a query parameter.

The placeholder `year` in its path is the field `year` of `accounting_years`
the `key` of the component is passed in the query parameter `componentKeys`

A clause counts only if all of its other words are on this.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analytics_ingest.convert.normalize.placeholders import list_names
from analytics_ingest.convert.prose.text.mentions import (
    find_by_name,
    find_mentions,
    replace_mentions,
)
from analytics_ingest.convert.prose.text.parts import Part, list_texts, list_words, take_apart
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import MOST_CHARACTERS, is_statement

_ORDINARY = re.compile(
    "a|an|the|in|into|of|its|this|their|it|path|urls?|placeholder|is|are|fields?|values?|each|every"
    "|record|rows?|parent|resource|filled|replaced|with|by|taken|from|comes|stan(?:d|ds)|for|holds?"
    "|takes?|means|resolved|read|used|as|sent|passed|given|inserted|put|fills?|query|parameters?"
    "|requests?|to|one"
)
_OWN = r"(?:its|(?:that|the) (?P=parent)['\u2019]s)"
_PARAM = r"(?:the )?(?:(?:query )?parameter )?`(?P<name>[\w.\[\]-]+)`"
_ONCE = (
    re.compile(
        rf"\brequires? (?:an? )?{_PARAM},? (?:so|and|hence)\b[^`]{{0,60}}\b(?:for|per) "
        rf"(?:each |every )?(?P<parent>\w+),? with {_OWN} `(?P<field>\w+)`",
        re.IGNORECASE,
    ),
    re.compile(
        r"\bonce (?:for|per) (?:each |every )?(?P<parent>\w+),? (?:with|passing|sending)"
        rf" {_OWN} `(?P<field>\w+)` (?:as|in) {_PARAM}",
        re.IGNORECASE,
    ),
)
_REQUIRED = re.compile(
    rf"\brequires {_PARAM}[.:;,] (?:it is |and is )?(?:requested|called|read) (?:once )?"
    r"(?:for|per) (?:each |every |all )?(?:rows? of )?`?(?P<parent>\w+)`?,? (?:with|by) (?:"
    r"(?:its|(?:that|the) \w+['\u2019]s) `(?P<field>\w+)`"
    r"|(?:the )?`(?P<of>\w+)` of (?:the|that|each) \w+)",
    re.IGNORECASE,
)
"""What two sentences say: that there is a parameter, and what fills it."""
_SUBJECT = re.compile(
    r"(?:.*[:.;])?\W*(?:(?:the|this|its|an?|each) )?(?:endpoint|resource|listing|request|path|it"
    r"|they|x)?\W*(?:(?:is|are) )?(?:requested|called|read|listed|loaded|fetched)?\W*",
    re.IGNORECASE | re.DOTALL,
)
"""What may precede `requires` and `once for each`: x is the resource."""
_LEAST_MARKS = 4
"""Those of a field, and of what it fills."""
_QUERY = frozenset({"query", "parameter"})
_PATH = frozenset({"path", "url", "placeholder"})


@dataclass(frozen=True)
class ParentValue:
    """A field of a parent's rows, and what it fills."""

    child: str | None
    """None where the line does not say which resource it speaks of."""
    parent: str | None
    field: str
    name: str
    """Of a placeholder, or of a query parameter."""


def read_placeholder_values(prose: Prose, resources: Mapping[str, Any]) -> Iterator[ParentValue]:
    """Yield the fields that fill placeholders of paths."""
    paths = [str(resource["endpoint"].get("path")) for resource in resources.values()]
    placeholders = {name for path in paths for name in list_names(path)}
    for child, parts in _iterate_clauses(prose):
        names = [text.strip("{}") for text in list_texts(parts, "name")]
        filled = [name for name in names if name in placeholders]
        words = list_words(parts)
        parents = _list_parents(parts, child)
        if len(names) != 2 or not words.isdisjoint(_QUERY) or len(parents) > 1:
            continue
        if not (parents or "parent" in words):
            continue
        if filled == names[:1] or names[0] == names[1]:
            yield ParentValue(child, next(iter(parents), None), names[1], names[0])
        elif filled == names[1:]:
            yield ParentValue(child, next(iter(parents), None), names[0], names[1])


def read_parameter_values(prose: Prose) -> Iterator[ParentValue]:
    """Yield the fields that fill query parameters of a resource, each of a named parent."""
    yield from _iterate_repeated(prose)
    yield from _iterate_required(prose)
    for child, parts in _iterate_clauses(prose):
        names = [n for n, part in enumerate(parts) if part.kind == "name"]
        fields = [n for n in names if parts[n + 1 : n + 2] == [Part("word", "of")]]
        words = list_words(parts)
        parents = _list_parents(parts, child)
        is_query = not words.isdisjoint(_QUERY) and words.isdisjoint(_PATH)
        if is_query and child and len(names) == 2 and len(fields) == len(parents) == 1:
            other = next(n for n in names if n not in fields)
            yield ParentValue(child, parents.pop(), parts[fields[0]].text, parts[other].text)


def _iterate_repeated(prose: Prose) -> Iterator[ParentValue]:
    """Yield the fields of requests that are sent once for each row of a parent."""
    for clause, child in _iterate_ends(prose):
        match = next(filter(None, (pattern.search(clause) for pattern in _ONCE)), None)
        parents = find_by_name(match["parent"], prose.resources) if match else ()
        if match and not _is_on_listing(clause[: match.start()], str(child)):
            continue
        if match and child and len(parents) == 1 and parents != (child,):
            yield ParentValue(child, parents[0], match["field"], match["name"])


def _iterate_required(prose: Prose) -> Iterator[ParentValue]:
    """Yield the fields of parameters that are required, each of the parent that follows."""
    for line, child in prose.iterate_lines():
        match = _REQUIRED.search(line.text) if len(line.text) <= MOST_CHARACTERS else None
        parents = find_by_name(match["parent"], prose.resources) if match else ()
        if match and child and len(parents) == 1 and parents != (child,):
            field = match["field"] or match["of"]
            if is_statement(match[0]) and _is_on_listing(line.text[: match.start()], child):
                yield ParentValue(child, parents[0], field, match["name"])


def _is_on_listing(before: str, child: str) -> bool:
    """Return whether a requirement is that of the listing, by what precedes it."""
    mentions = [m for m in find_mentions(before, [child]) if m.resource]
    return _SUBJECT.fullmatch(replace_mentions(before, mentions, "x")) is not None


def _iterate_ends(prose: Prose) -> Iterator[tuple[str, str | None]]:
    """Yield what clauses state behind their colon, if they have one."""
    for line, name in prose.iterate_lines():
        ends = (clause.rpartition(": ")[2] for clause in line.clauses)
        yield from ((end, name) for end in ends if is_statement(end))


def _iterate_clauses(prose: Prose) -> Iterator[tuple[str | None, list[Part]]]:
    """Yield the clauses that state what fills what, with the resource of their line."""
    for clause, child in prose.iterate_statements():
        text = _without_child(clause, child)
        is_read = len(text) <= MOST_CHARACTERS and text.count("`") >= _LEAST_MARKS
        parts = take_apart(text, prose.resources, _ORDINARY) if is_read else []
        is_plain = all(map(_ORDINARY.fullmatch, list_words(parts)))
        if parts and is_plain and not list_texts(parts, "unclear"):
            yield child, parts


def _without_child(clause: str, child: str | None) -> str:
    """Remove the resource with which a clause begins: `**lines**: the `id` of …`."""
    head, colon, rest = clause.partition(": ")
    is_label = bool(colon) and child is not None and head.strip("`* ") == child
    return rest if is_label else clause


def _list_parents(parts: list[Part], child: str | None) -> set[str]:
    return set(list_texts(parts, "resource")) - {child or ""}
