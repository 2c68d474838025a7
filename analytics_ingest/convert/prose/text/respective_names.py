"""Parts a line below a heading on several resources, where it gives each a name of its own.

## Orders and items
- Cursor: `changed_at` and `seen_at`, respectively
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from analytics_ingest.convert.markdown import Line

_NAME = re.compile(r"`[^`]+`")
_LIST = re.compile(
    rf"(?P<label>[^`:]{{1,60}}:[\s*_]*)(?P<names>{_NAME.pattern}"
    rf"(?:(?:\s*,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+|\s*/\s*){_NAME.pattern})+)"
    r"(?P<each>,? \(?respectively\)?)?[.\s]*"
)
_OR = re.compile(r"`\s*,?\s*or\s+`")


def part_names(line: Line, scope: tuple[str, ...]) -> Iterator[tuple[Line, tuple[str, ...]]]:
    """Yield a line with what it is about; one that lists a name for each, once for each.

    What names one of several for each, and does not say which, says nothing.
    """
    match = _LIST.fullmatch(line.text)
    names = _NAME.findall(match["names"]) if match else []
    if match is None or len(names) != len(scope) or len(scope) == 1:
        yield line, scope
    elif match["each"]:
        for name, resource in zip(names, scope, strict=True):
            yield replace(line, text=f"{match['label']}{name}"), (resource,)
    elif not _OR.search(match["names"]):
        yield line, scope
