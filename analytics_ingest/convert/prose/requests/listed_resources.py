"""Reads the resources that a document lists with their paths, beside those that it configures.

A list or a table counts if it has a resource of the configuration with its own path: then its other
items are resources too. A comment within the code counts if it names one with a path, and another
that it is like: `# labels: same as comments, path /admin/labels`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from analytics_ingest.convert.markdown import Block, Document, Line
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.responses.selector_cells import read_selector_cell
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.sentences import is_outdated, is_statement

_VERBS = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
_METHOD = rf"(?:\b(?P<method>{_VERBS})\b[\s`*:]*)?"
_ABSOLUTE = rf"{_METHOD}(?P<path>(?<![\w/{{}}])/[\w{{}}][\w/{{}}.:-]*)"
_PATH = re.compile(rf"{_ABSOLUTE}|\b(?P<verb>{_VERBS})\s+`?(?P<bare>[\w{{}}][\w/{{}}.:-]*)")
_WHOLE = re.compile(rf"[`*\s]*{_METHOD}(?P<path>/?[\w{{}}][\w/{{}}.:-]*)[`*\s]*")
_ITEM = re.compile(r"^(?:\*\*`?|`)(?P<name>[\w .-]{1,80}?)(?:`?\*\*|`)(?P<rest>\W.*)$")
_LABEL = re.compile(r"^\W*(?:endpoint|path|url|route|request)s?(?: path)?\W*?:(?P<rest>.*)", re.I)
_PATH_TITLE = re.compile(r"\b(?:path|endpoint|url|route|request)s?\b", re.IGNORECASE)
_ROWS_TITLE = re.compile(r"\bselectors?\b|\brecords?(?: path)?\b|\bdata path\b", re.IGNORECASE)
_ROWS = re.compile(r"\b(?:selector|records?)\W+[`\"']?(?P<rows>[A-Za-z$][\w.*$]*)[`\"']?")
_COMMENT = re.compile(r"^\s*(?:#|//)\s*(?P<text>\S.*)$", re.MULTILINE)
_COMMENTS = re.compile(r"^[^\S\n]*(?:#|//).*(?:\n[^\S\n]*(?:#|//).*)+", re.MULTILINE)
_COMMENT_MARK = re.compile(r"^\s*(?:#|//)\s*")
_AND = r"\s*,\s*(?:and\s+)?|\s+and\s+"
_FOLLOWS = re.compile(
    r"(?P<names>\b[a-z][\w-]*(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)[a-z][\w-]*){0,9})"
    r" (?:follows?|(?:is|are)(?: (?:defined|configured|declared|loaded|read))? in) the same"
    r" (?:pattern|way|manner)\b(?: as [`'\"]?(?P<like>\w+))?"
)
_NOT_NAMED = re.compile(
    r"(?:other|all|each|these|those|they|which|that|rest|request|response|page|path|param\w*"
    r"|resource|endpoint|stream|row|record|field|error|date|header|value|item|call|webhook|export)s?"
)
"""Words of a comment that are not the name of a resource."""
_IN_COMMENT = re.compile(
    rf"\b(?P<name>[A-Za-z][\w-]*)[`'\"]?\s*(?:\(|:(?!/)[^/]{{0,60}}?|(?:at|->|=|-)\s)[`'\"]?{_ABSOLUTE}"
)
_LIKE = re.compile(
    r"(?:\bsame(?: \w+){0,2} as|\b(?:similar|analogous|identical)(?:ly)? to|\b(?<!such )like)"
    r" [`'\"]?(?P<name>\w+)",
    re.IGNORECASE,
)
_PATTERN = re.compile(
    r"\b(?:same|this|similar|identical) (?:pattern|way|manner|structure|form|configuration)\b",
    re.IGNORECASE,
)
_CAN = re.compile(r"\b(?:can|may|could|might) be\b")
"""How a pattern is offered, `can be added following the same pattern`, which states it."""
_ON_RESOURCES = re.compile(r"\b(?:resources?|endpoints?|streams?|reports?|listings?)\b", re.I)
_MOST_CHARACTERS = 400
"""Of a comment; a longer one compares nothing."""
_OTHERS = re.compile(
    r"\b(?:additional|further|other|more|remaining) (?:resources|streams|endpoints|reports)\b"
    r"[^.(]{0,40}?"
    r"(?:\((?P<names>[^()]{1,200})\)|\bsuch as (?P<such>[\w, `]{1,100}?) (?:can|are|follow))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ListedResource:
    """A resource with a path that the configuration lacks."""

    name: str
    path: str
    method: str = "GET"
    selector: str | None = None
    like: str | None = None
    """The configured resource that a comment or a sentence compares it with."""
    is_paging: bool = False
    """Only its paging is like that of the other."""
    is_stated: bool = True
    """Whether a sentence states it; one that hedges or denies only names it."""


def read_listed_resources(document: Document, paths: Mapping[str, str]) -> list[ListedResource]:
    """List the resources of comments and of lists, each name once.

    Args:
        paths: Of the configured resources, by their names.
    """
    known = {_squeeze(path) for path in paths.values()}
    listed: dict[str, ListedResource] = {}
    for item in [*_read_comments(document, paths), *_read_lists(document, paths)]:
        if item.name and item.name not in paths and _squeeze(item.path) not in known:
            listed.setdefault(item.name, item)
    return list(listed.values())


def follows_a_pattern(document: Document) -> bool:
    """Return whether a comment or a line says that other resources are like those configured."""
    texts = [text for text in _list_texts(document) if _PATTERN.search(text)]
    return any(_ON_RESOURCES.search(text) and is_statement(_CAN.sub("", text)) for text in texts)


def read_other_resources(document: Document) -> list[str]:
    """List the names of more resources, as comments and lines write them: `quotes, tasks`."""
    matches = map(_OTHERS.search, _list_texts(document))
    names = [to_plain(match["names"] or match["such"]) for match in matches if match]
    return list(dict.fromkeys(names))


def read_pattern_names(document: Document) -> dict[str, str | None]:
    """Read the names that comments say to follow the same pattern: `# tags and teams follow …`.

    Each has the name of the resource that it is like, None for all.
    """
    comments = [text for block in document.blocks for text in _list_comments(block)]
    matches = [m for text in filter(is_statement, comments) for m in _FOLLOWS.finditer(text)]
    pairs = [(name, m["like"]) for m in matches for name in re.split(_AND, m["names"])]
    if any(_NOT_NAMED.fullmatch(name) for name, _ in pairs):
        return {}
    return {to_valid_name(name): like and to_valid_name(like) for name, like in pairs}


def _list_comments(block: Block) -> list[str]:
    """List the comments of a block of code: each line, and those of several lines as one."""
    lines = [match["text"] for match in _COMMENT.finditer(block.text)]
    several = [
        " ".join(_COMMENT_MARK.sub("", line) for line in match[0].splitlines())
        for match in _COMMENTS.finditer(block.text)
    ]
    return [text for text in [*lines, *several] if len(text) <= _MOST_CHARACTERS]


def _list_texts(document: Document) -> list[str]:
    """List the comments of a document's code, and its lines."""
    comments = [text for block in document.blocks for text in _list_comments(block)]
    return [*comments, *(line.text for line in document.lines)]


def _read_comments(document: Document, paths: Mapping[str, str]) -> Iterator[ListedResource]:
    for block in document.blocks:
        for text in _list_comments(block):
            like = _find_like(text, paths) if is_statement(text) else None
            for match in _IN_COMMENT.finditer(text) if like else ():
                rows = _ROWS.search(text)
                selector = rows["rows"] if rows else None
                yield _build(match["name"], match, selector, like)


def _find_like(text: str, paths: Mapping[str, str]) -> str | None:
    names = (to_valid_name(match["name"]) for match in _LIKE.finditer(text))
    return next((name for name in names if name in paths), None)


def _read_lists(document: Document, paths: Mapping[str, str]) -> Iterator[ListedResource]:
    items = [*_iterate_rows(document), *_iterate_items(document), *_iterate_sections(document)]
    for _, group in groupby(items, key=lambda pair: pair[0]):
        listed = [item for _, item in group]
        if any(_squeeze(paths.get(item.name, "\0")) == _squeeze(item.path) for item in listed):
            yield from listed


def _iterate_rows(document: Document) -> Iterator[tuple[Any, ListedResource]]:
    """Yield the rows of tables with a column of paths, each with what its table is."""
    titles: tuple[str, ...] = ()
    table = 0
    for part in document.parts:
        if isinstance(part, Block) or not part.cells:
            titles = ()
        elif not titles:
            titles, table = part.cells, table + 1
        else:
            cells = dict(zip(titles, part.cells, strict=False))
            place = next((c for t, c in list(cells.items())[1:] if _PATH_TITLE.search(t)), "")
            rows = next((c for t, c in cells.items() if _ROWS_TITLE.search(t)), None)
            selector = read_selector_cell(rows) if rows else None
            method = next((c for c in map(to_plain, part.cells) if re.fullmatch(_VERBS, c)), None)
            match = _WHOLE.fullmatch(place) if is_statement(part.text) else None
            if match and not _is_outdated(part):
                item = _build(part.cells[0], match, selector)
                yield ("table", table), replace(item, method=method or item.method)


def _iterate_items(document: Document) -> Iterator[tuple[Any, ListedResource]]:
    """Yield the items of lists that begin with a marked name and hold a path."""
    for line in document.lines:
        item = _ITEM.match(line.text) if line.level else None
        match = _PATH.search(item["rest"]) if item else None
        # What follows the comma may deny a parameter: the resource is there.
        is_there = is_statement(re.split(r"[,;.]\s", line.text)[0])
        if item and match and is_there and not _is_outdated(line):
            rows = _ROWS.search(item["rest"])
            selector = rows["rows"] if rows else None
            listed = _build(item["name"], match, selector)
            is_stated = is_statement(line.text)
            yield ("list", line.headings, line.level), replace(listed, is_stated=is_stated)


def _iterate_sections(document: Document) -> Iterator[tuple[Any, ListedResource]]:
    """Yield the headings, and the items without more, below which a label names a path."""
    above: Line | None = None
    for line in document.lines:
        item = re.fullmatch(r"(?:\*\*|`)+([\w .-]+?)(?:\*\*|`)+:?", line.text)
        if line.is_heading or (item and line.level):
            above = line
            continue
        label = None if line.cells else _LABEL.match(line.text)
        match = _PATH.search(label["rest"]) or _WHOLE.fullmatch(label["rest"]) if label else None
        if above and match and not _is_outdated(line):
            place = ("section", above.headings[:-1] if above.is_heading else above.headings)
            yield place, _build(to_plain(above.text).strip(": "), match, None)
            above = None


def _is_outdated(line: Line) -> bool:
    """Return whether a heading below the title says that a line is no longer valid."""
    return any(map(is_outdated, line.headings[1:]))


def _build(
    name: str, match: re.Match[str], selector: str | None, like: str | None = None
) -> ListedResource:
    groups = match.groupdict()
    path = str(groups["path"] or groups.get("bare")).rstrip(".:")
    method = groups["method"] or groups.get("verb") or "GET"
    return ListedResource(to_valid_name(to_plain(name)), path, method, selector, like)


def _squeeze(path: str) -> str:
    return re.sub(r"\{[^{}]*\}|:\w+|<[^<>]*>", "{}", path).strip("/").lower()
