"""Reads a document's prose: which resource each line speaks of."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from analytics_ingest.convert.markdown import Block, Document, Line
from analytics_ingest.convert.normalize.names import to_valid_name

_MARKS = re.compile(r"[`*#\\]")
_AROUND = re.compile(
    r"^(the )?(schema|fields?|columns?|resource|stream|table|endpoint)s?( of| for)?\W+"
    r"|\W+(schema|fields?|columns?|resource|stream|table|endpoint)s?$",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"`([^`]+)`")


def iterate_parts_with_resource(
    document: Document, resources: Mapping[str, Any]
) -> Iterator[tuple[Block | Line, str | None]]:
    """Yield each line and block with the resource that it speaks of, if the prose names it.

    Args:
        resources: By their names, which are known to the prose in any spelling.
    """
    heading: str | None = None
    """What the headings say."""
    item: tuple[int, str] | None = None
    """A line that names a resource and nothing else, and how deep it is."""
    for part in document.parts:
        if isinstance(part, Block):
            yield part, item[1] if item else heading
            continue
        named = _find_named(part.text, resources)
        if part.is_heading:
            outer = [_find_named(text, resources) for text in part.headings]
            heading, item = next((name for name in reversed(outer) if name), None), None
        elif named:
            item = (part.level, named)
        elif item and part.level < item[0]:
            item = None
        yield part, item[1] if item else heading


def to_plain(text: str) -> str:
    """Return a text without the marks of Markdown."""
    return _MARKS.sub("", text).strip()


def _find_named(text: str, resources: Mapping[str, Any]) -> str | None:
    """Find the resource that a heading, or the line above a list, names."""
    quoted = [name for name in map(to_valid_name, _QUOTED.findall(text)) if name in resources]
    if len(quoted) == 1 and text.rstrip("*_ ").endswith(":"):
        return quoted[0]
    words = to_plain(text).rstrip(":. ")
    for candidate in (words, _AROUND.sub("", words)):
        if (name := to_valid_name(candidate)) in resources:
            return name
    return None
