"""How an API compares the start of a window: whether it excludes it, or asks for all since then.

`updated__gt=10:00` gives no row of 10:00, and the window before ends there: it would be in neither.
Such a start is sent one unit of its format earlier; rows before the window are filtered as always.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from analytics_ingest.common.expressions.text import Embedded, split_text
from analytics_ingest.declaration.parents import END_PLACEHOLDER, INCREMENTAL_PLACEHOLDERS
from analytics_ingest.declaration.resolved import ResourceDeclaration
from analytics_ingest.declaration.window_cursors import find_cursor_bounds

Names = tuple[str, ...]

_NAMES = [re.escape(name) for name in INCREMENTAL_PLACEHOLDERS if name != END_PLACEHOLDER]
_START = re.compile(rf"\{{(?:{'|'.join(_NAMES)})\}}")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_GREATER = re.compile(r"\bgt\b|\bgreater than\b(?! or)|^>$")
_COMPARES = re.compile(r"\b(?:gte?|ge|lte?|le|eq|greater|less)\b|^[<>=]+$")
_OPERATOR = re.compile(
    r"(?:(?<![<=-])>|(?<![a-z])gt(?:\([\w.]+,|\]?[.=,]?)(?![a-z]))"
    r"\s*(?:date\w*|timestamp\w*|to_?date\w*)?[\s'\"(:]*$",
    re.IGNORECASE,
)
_OPEN_ENDED = {"since", "after", "newer", "min", "gt", "gte", "ge"}
_TAG = re.compile(r"<[/!?\w][^<>]*>\s*$")
"""Of XML: the sign that ends it compares nothing."""


def excludes_start(resource: ResourceDeclaration) -> bool:
    """Return whether rows of the very start of a window are missing in the answer for it.

    Unless `exclusive_start` is declared, true where a request compares the start by `gt` or `>`.
    A report adds up its window, and no row of it is filtered: there nothing is guessed.
    """
    incremental = resource.incremental
    if incremental is None:
        return False
    if incremental.exclusive_start is not None:
        return incremental.exclusive_start
    if incremental.inclusive_end or find_cursor_bounds(resource):
        return False
    places = _list_starts(resource)
    return any(_is_operator(before) or _is_greater(names) for names, before in places)


def is_open_ended(resource: ResourceDeclaration) -> bool:
    """Return whether requests ask for everything since the start, by a name or an operator."""
    return any(
        ">" in before or not _OPEN_ENDED.isdisjoint(_split_words(" ".join([*names, before])))
        for names, before in _list_starts(resource)
    )


def _list_starts(resource: ResourceDeclaration) -> list[tuple[Names, str]]:
    """List where requests hold the start of the window: the names around it, the text before."""
    param = resource.incremental and resource.incremental.start_param
    return [*([((param,), "")] if param else []), *_iterate_starts(resource.sent_parts)]


def _split_words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _is_operator(before: str) -> bool:
    return _OPERATOR.search(before) is not None and not _TAG.search(before)


def _is_greater(names: Iterable[str]) -> bool:
    """Return whether the first name that compares is that of greater, and not or equal."""
    spelled = (" ".join(_split_words(name)) or name.strip() for name in names)
    compares = next(filter(_COMPARES.search, spelled), "")
    return _GREATER.search(compares) is not None


def _iterate_starts(value: Any, names: Names = ()) -> Iterator[tuple[Names, str]]:
    """Yield where a request holds the start of the window, and the text before it.

    Args:
        names: The keys and the operators around the value, the nearest first.
    """
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _iterate_starts(item, (str(key), *_list_plain(value.values()), *names))
    elif isinstance(value, list):
        for item in value:
            yield from _iterate_starts(item, (*_list_plain(value), *names))
    elif isinstance(value, str):
        for before, start in _find_starts(value):
            yield (names if start == value.strip() else ()), before


def _list_plain(values: Iterable[Any]) -> list[str]:
    return [value for value in values if isinstance(value, str) and "{" not in value]


def _find_starts(text: str) -> Iterator[tuple[str, str]]:
    """Yield the placeholders and expressions of a text that hold the start, and what is before."""
    before = ""
    for part in split_text(text):
        if isinstance(part, Embedded):
            if "start" in part.references.bounds:
                yield before, part.source
            before += part.source
        else:
            for match in _START.finditer(part):
                yield before + part[: match.start()], match[0]
            before += part
