"""Whether an API excludes the moment that is sent as the start of a window.

`updated__gt=10:00` gives no row of 10:00, and the window before ends there: it would be in neither.
Such a start is sent one unit of its format earlier; rows before the window are filtered as always.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.common.expressions.text import Embedded, split_text
from analytics_ingest.declaration.parents import END_PLACEHOLDER, INCREMENTAL_PLACEHOLDERS
from analytics_ingest.declaration.resolved import ResourceDeclaration

_NAMES = [re.escape(name) for name in INCREMENTAL_PLACEHOLDERS if name != END_PLACEHOLDER]
_START = re.compile(rf"\{{(?:{'|'.join(_NAMES)})\}}")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_GREATER = re.compile(r"\bgt\b|\bgreater than\b(?! or)")
_OPERATOR = re.compile(r"""(?:(?<![<=-])>|\bgt\b)[\s'"(:]*$""", re.IGNORECASE)


def excludes_start(resource: ResourceDeclaration) -> bool:
    """Return whether rows of the very start of a window are missing in the answer for it.

    Unless `exclusive_start` is declared, true where a request compares the start by `gt` or `>`.
    """
    incremental = resource.incremental
    if incremental is None:
        return False
    if incremental.exclusive_start is not None:
        return incremental.exclusive_start
    places = [(incremental.start_param or "", ""), *_iterate_starts(resource.sent_parts)]
    return any(_OPERATOR.search(before) or _is_greater(name) for name, before in places)


def _is_greater(name: str) -> bool:
    """Return whether a parameter or an operator is called greater, and not or equal."""
    return name.strip() == ">" or bool(_GREATER.search(" ".join(_WORD.findall(name)).lower()))


def _iterate_starts(value: Any, keys: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Yield what compares the start of the window: each key or operator, and the text before it."""
    if isinstance(value, Mapping):
        operators = tuple(v for v in value.values() if isinstance(v, str) and "{" not in v)
        for key, item in value.items():
            yield from _iterate_starts(item, (str(key), *operators))
    elif isinstance(value, list):
        for item in value:
            yield from _iterate_starts(item, keys)
    elif isinstance(value, str):
        for before, start in _find_starts(value):
            is_whole = start == value.strip()
            yield from ((key, before) for key in (keys if is_whole else ("",)))


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
