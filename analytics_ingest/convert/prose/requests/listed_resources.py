"""Reads the resources that a document lists with their paths, beside those that it configures.

A list or a table counts if it has a resource of the configuration with its own path: then its other
items are resources too. A comment within the code counts if it names one with a path, and another
that it is like: `# labels: same as comments, path /admin/labels`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from analytics_ingest.convert.markdown import Block, Document, Line
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.requests.pattern_statements import (
    list_comments,
    read_named_resources,
)
from analytics_ingest.convert.prose.requests.resource_statements import (
    KEY_TITLE,
    NOT_LOADED,
    VERBS,
    ListedResource,
    are_all_lists,
    describe,
    list_denied,
    read_size,
)
from analytics_ingest.convert.prose.responses.selector_cells import read_selector_cell
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.sentences import is_outdated, is_statement

_METHOD = rf"(?:\b(?P<method>{VERBS})\b[\s`*:]*)?"
_ABSOLUTE = rf"{_METHOD}(?P<path>(?<![\w/{{}}])/[\w{{}}][\w/{{}}.:-]*)"
_PATH = re.compile(rf"{_ABSOLUTE}|\b(?P<verb>{VERBS})\s+`?(?P<bare>[\w{{}}][\w/{{}}.:-]*)")
_WHOLE = re.compile(rf"[`*\s]*{_METHOD}(?P<path>/?[\w{{}}][\w/{{}}.:-]*)[`*\s]*")
_ITEM = re.compile(r"^(?:\*\*`?|`)(?P<name>[\w .-]{1,80}?)(?:`?\*\*|`)(?P<rest>\W.*)$")
_LABEL = re.compile(r"^\W*(?:endpoint|path|url|route|request)s?(?: path)?\W*?:(?P<rest>.*)", re.I)
_MARKED = re.compile(r"`(?:GET )?(/?[\w{}.-]+(?:/[\w{}.-]+)+)`")
_PATH_TITLE = re.compile(r"\b(?:path|endpoint|url|route|request)s?\b", re.IGNORECASE)
_ROWS_TITLE = re.compile(r"\bselectors?\b|\brecords?(?: path)?\b|\bdata path\b", re.IGNORECASE)
_ROWS = re.compile(r"\b(?:selector|records?)\W+[`\"']?(?P<rows>[A-Za-z$][\w.*$]*)[`\"']?")
_IN_COMMENT = re.compile(
    rf"\b(?P<name>[A-Za-z][\w-]*)[`'\"]?\s*(?:\(|:(?!/)[^/]{{0,60}}?|(?:at|->|=|-)\s)[`'\"]?"
    rf"(?:{_ABSOLUTE}|\bpath[ :='\"`]{{1,3}}(?P<relative>[a-z][\w{{}}-]*(?:/[\w{{}}-]+)*))"
)
_LIKE = re.compile(
    r"(?:\bsame(?: \w+){0,2} as|\b(?:similar|analogous|identical)(?:ly)? to|\b(?<!such )like)"
    r" [`'\"]?(?P<name>\w+)",
    re.IGNORECASE,
)
_SIZE_TITLE = re.compile(r"\bpage size\b|\bper page\b|(?<!rate )\blimit\b", re.IGNORECASE)
_RESOURCES_TITLE = re.compile(
    r"\W*(?:the |api |available )?(?:resources|endpoints|streams)\W*", re.IGNORECASE
)
_LOADED_TITLE = re.compile(r"\b(?:load|sync|import|includ|enabl|support|us)ed\b", re.IGNORECASE)
_NO = re.compile(r"(?:no|false|off|[\u2717\u2718\u274c\u2716])\W*", re.IGNORECASE)
_DENIABLE_TITLE = re.compile(r"\bpag(?:ing|inat\w+|ed)\b|\bincremental\b|\bcursor", re.IGNORECASE)
"""Columns in whose cells `no` says nothing against the resource."""
_PAGING_TITLE = re.compile(r"\b(?:pagination|paging|paginator|paginated|paged)\b", re.IGNORECASE)


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
    comments = [text for block in document.blocks for text in list_comments(block)]
    clauses = [text for line in document.lines for text in line.clauses]
    denied = list_denied([*clauses, *comments], listed)
    is_list = are_all_lists(document)
    named = {to_valid_name(name) for name in read_named_resources(document)}
    return [
        replace(
            each,
            is_stated=each.is_stated and name not in denied,
            is_list=is_list,
            is_described=each.is_described or name in named,
        )
        for name, each in listed.items()
    ]


def find_marked_path(document: Document, name: str) -> str | None:
    """Find the only path that lines mark and that ends with the name of a resource."""
    marked = (mark for line in document.lines for mark in _MARKED.findall(line.text))
    ends = {_squeeze(mark): mark for mark in marked if to_valid_name(_end(mark)) == name}
    return next(iter(ends.values())) if len(ends) == 1 else None


def _end(path: str) -> str:
    return path.rpartition("/")[2]


def _read_comments(document: Document, paths: Mapping[str, str]) -> Iterator[ListedResource]:
    for block in document.blocks:
        for text in list_comments(block):
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
            rows = _find_cell(cells, _ROWS_TITLE)
            selector = read_selector_cell(rows) if rows else None
            paging = _find_cell(dict(list(cells.items())[1:]), _PAGING_TITLE) or ""
            method = next((c for c in map(to_plain, part.cells) if re.fullmatch(VERBS, c)), None)
            match = _WHOLE.fullmatch(place) if _is_row_stated(cells) else None
            if match and not _is_outdated(part):
                item = replace(
                    _build(part.cells[0], match, selector),
                    page_size=read_size(_find_cell(cells, _SIZE_TITLE)),
                    has_key=_find_cell(cells, KEY_TITLE) is not None,
                    has_parent=any(title.lower().startswith("parent") for title in cells),
                    is_described=True,
                    paging=paging if re.search(r"\w", paging) else "",
                )
                yield ("table", table), replace(item, method=method or item.method)


def _is_row_stated(cells: Mapping[str, str]) -> bool:
    """Return whether the cells of a row deny nothing but pages and cursors."""
    if any(_LOADED_TITLE.search(t) and _NO.fullmatch(to_plain(cell)) for t, cell in cells.items()):
        return False
    return all(is_statement(cell) for t, cell in cells.items() if not _DENIABLE_TITLE.search(t))


def _find_cell(cells: Mapping[str, str], title: re.Pattern[str]) -> str | None:
    return next((cell for name, cell in cells.items() if title.search(name)), None)


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
            added = replace(
                listed,
                is_stated=is_statement(line.text),
                is_described=any(map(_RESOURCES_TITLE.fullmatch, line.headings[-1:])),
                paging=line.text if _PAGING_TITLE.search(item["rest"]) else "",
            )
            yield ("list", line.headings, line.level), added


def _iterate_sections(document: Document) -> Iterator[tuple[Any, ListedResource]]:
    """Yield the headings, and the items without more, below which a label names a path."""
    for above, lines in _part_sections(document):
        item = next(filter(None, (_read_path(above, line) for line in lines)), None)
        if item is None:
            continue
        place = ("section", above.headings[:-1] if above.is_heading else above.headings)
        yield place, describe(item, [line for line in lines if not line.cells])


def _part_sections(document: Document) -> Iterator[tuple[Line, list[Line]]]:
    """Yield the headings, and the items without more, with the lines below them."""
    above: Line | None = None
    lines: list[Line] = []
    for line in document.lines:
        item = re.fullmatch(r"(?:\*\*|`)+([\w .-]+?)(?:\*\*|`)+:?", line.text)
        if not (line.is_heading or (item and line.level)):
            lines.append(line)
            continue
        if above:
            yield above, lines
        above, lines = line, []
    if above:
        yield above, lines


def _read_path(above: Line, line: Line) -> ListedResource | None:
    """Read the path of a label below the name of a resource."""
    label = None if line.cells else _LABEL.match(line.text)
    match = _PATH.search(label["rest"]) or _WHOLE.fullmatch(label["rest"]) if label else None
    if match is None or _is_outdated(line):
        return None
    return _build(to_plain(above.text).strip(": "), match, None)


def _is_outdated(line: Line) -> bool:
    """Return whether a heading below the title says that a line is no longer valid, or not used."""
    is_denied = any(map(NOT_LOADED.search, line.headings))
    return is_denied or any(map(is_outdated, line.headings[1:]))


def _build(
    name: str, match: re.Match[str], selector: str | None, like: str | None = None
) -> ListedResource:
    groups = match.groupdict()
    path = str(groups["path"] or groups.get("bare") or groups.get("relative")).rstrip(".:")
    method = groups["method"] or groups.get("verb") or "GET"
    return ListedResource(to_valid_name(to_plain(name)), path, method, selector, like)


def _squeeze(path: str) -> str:
    return re.sub(r"\{[^{}]*\}|:\w+|<[^<>]*>", "{}", path).strip("/").lower()
