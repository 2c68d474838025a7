"""Finds the resources that a heading, an item, a row of a table or the begin of a line names.

## Orders     - `orders` and `users`: …     | orders | … |     The fields of `orders`: …

`passages` follows a document with these: what they name also holds for what is below them.
"""

import re
from collections.abc import Collection

from analytics_ingest.convert.markdown import Line, split_clauses
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.text.mentions import find_mentions

_MARKS = re.compile(r"[`*#\\]")
_CHANGES = r"(?:(?:row|record|field)[- ])?(?:transformations?|changes|processing(?: steps)?)"
_AROUND = re.compile(
    r"^(the )?(schema|fields?|columns?|resource|stream|table|endpoint)s?( of| for| name)?\W+"
    rf"|^(?:the )?{_CHANGES} (?:of|for|in|on) (?:the )?"
    rf"|\W+(?:schemas?|fields?|columns?|resource|stream|table|endpoint)$|: {_CHANGES}$",
    re.IGNORECASE,
)
_SECTIONS = re.compile(
    r"(?:notes?|fields?|resources?|errors?|parameters?|filters?|settings|records?|pages?|schema"
    r"|remarks?|details)",
    re.IGNORECASE,
)
"""Titles of whole sections, which are names of resources below another heading only."""
_NOTE = re.compile(r"\([^()]*\)$")
_LONGEST_NAME = 200
"""Characters of a line that names a resource and nothing else."""
MARKED = r"(?:`[^`]+`|\*\*[^*]+\*\*|`\*\*[^*]+\*\*`|\*\*`[^`]+`\*\*)"
MARKED_NAMES = rf"{MARKED}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){MARKED})*"
_SUBJECTS = re.compile(
    rf"(?P<names>{MARKED_NAMES})\s*(?::|(?=\()|[-\u2013\u2014]\s|\s(?!and\s+{MARKED})(?=[a-z]))"
)
_GROUPED = re.compile(rf"\W*[A-Za-z][\w -]{{0,60}}\W* \((?P<names>{MARKED_NAMES})\)\W*?:\s")
"""Resources in brackets behind what they have in common: **Reports** (`views`, `clicks`): …"""
_OF_SUBJECT = re.compile(
    rf"\W*(?:the )?(?:fields?|columns?|schema) (?:of|for) (?P<names>{MARKED_NAMES})\W*?:\s", re.I
)
_BARE_SUBJECT = re.compile(r"(?P<names>\w+)\s*:\s")
_OF = re.compile(
    rf"\b(?:cursors?|keys?|fields?|schemas?) (?:of|for) (?P<names>{MARKED_NAMES})", re.I
)
OF_RESOURCES = re.compile(r"(resource|stream|table|endpoint|entity|object|listing)s?( name)?", re.I)
"""The title of a column that names resources."""
_LABEL = re.compile(r"\W*?(?:`(?P<code>[^`]+)`|\*\*(?P<bold>[a-z]\w*)\*\*)\**:\s")
_SEPARATOR = re.compile(r"\s*(?:,|&|/|\band\b)\s*")
_BEFORE_SUBJECT = re.compile(r"\W*(?:(?:the|each|every|all|of|for|in)\W+){0,9}", re.IGNORECASE)


def to_plain(text: str) -> str:
    """Return a text without the marks of Markdown."""
    return _MARKS.sub("", text).strip()


def find_section(line: Line, resources: Collection[str]) -> tuple[str, ...]:
    """Find the resource that a heading names, or all that it lists, else the nearest above it."""
    titles = line.headings[1:] if _SECTIONS.fullmatch(line.headings[0]) else line.headings
    return next(filter(None, (_list_titled(text, resources) for text in reversed(titles))), ())


def _list_titled(heading: str, resources: Collection[str]) -> tuple[str, ...]:
    for title in (heading, _NOTE.sub("", heading).strip()):
        name = find_label(title, resources)
        if names := (name,) if name else find_group(title, resources):
            return names
    return ()


def find_label(text: str, resources: Collection[str]) -> str | None:
    """Find the resource that a heading, or the line above a list, names."""
    if text.rstrip("*_ ").endswith(":"):
        mentions = find_mentions(text, resources)
        marked = [m.resource for m in mentions if m.mark == "code" and m.resource]
        if len(marked) == 1:
            return marked[0]
    words = to_plain(text).rstrip(":. ")
    if len(words) > _LONGEST_NAME:
        return None
    for candidate in (words, _AROUND.sub("", words)):
        if (name := to_valid_name(candidate)) in resources:
            return name
    joined = to_valid_name(words).replace("_", "")
    fitting = [name for name in resources if name.replace("_", "") == joined]
    return fitting[0] if len(fitting) == 1 else None


def find_group(heading: str, resources: Collection[str]) -> tuple[str, ...]:
    """Find the resources that a heading lists, if it lists several: Users, Teams and Services."""
    plain = to_plain(heading).rstrip(":. ")
    for text in (plain, _AROUND.sub("", plain)):
        names = [to_valid_name(part) for part in _SEPARATOR.split(text) if part]
        if len(names) > 1 and set(names) <= set(resources):
            return tuple(dict.fromkeys(names))
    return ()


def find_titled_group(line: Line, resources: Collection[str]) -> tuple[str, ...]:
    """Find the resources that the nearest heading above a line lists, if one lists several."""
    listed = (find_group(heading, resources) for heading in reversed(line.headings))
    return next(filter(None, listed), ())


def find_line_subjects(line: Line, resources: Collection[str]) -> list[str]:
    """Find the resources that a line begins with, or whose cursor or key it is about."""
    if line.cells:
        is_of_resources = line.titles and OF_RESOURCES.fullmatch(to_plain(line.titles[0]))
        name = to_valid_name(to_plain(line.cells[0]))
        return [name] if is_of_resources and name in resources else []
    for match in (
        _SUBJECTS.match(line.text),
        _GROUPED.match(line.text),
        _OF.search(line.text),
        _BARE_SUBJECT.match(line.text),
    ):
        if match and (names := list_resources(match["names"], resources)):
            return names
    return []


def find_last_subjects(line: Line, resources: Collection[str]) -> list[str]:
    """Find the resources that the last clause of a line that marks any is about."""
    for clause in reversed(line.clauses):
        mentions = find_mentions(clause, resources)
        if names := dict.fromkeys(m.resource for m in mentions if m.mark and m.resource):
            return [*names]
    return []


def find_first_subject(text: str, resources: Collection[str]) -> str | None:
    """Find the resource with which a clause of a text begins: `The order lines have …`."""
    for clause in split_clauses(text):
        for mention in find_mentions(clause, resources)[:1]:
            if mention.resource and _BEFORE_SUBJECT.fullmatch(clause[: mention.start]):
                return mention.resource
    return None


def find_only_subject(line: Line, resources: Collection[str]) -> str | None:
    """Find the one resource that a line marks, in whichever place."""
    mentions = find_mentions(line.text, resources)
    marked = {mention.resource for mention in mentions if mention.mark and mention.resource}
    return marked.pop() if len(marked) == 1 else None


def find_unknown_label(line: Line) -> str | None:
    """Find the name with which a line begins, as an item on a resource does: `` `refunds`: … ``.

    What is not marked as code is one only in lower case: not the label **Cursor**.
    """
    label = _LABEL.match(line.text)
    return (label["code"] or label["bold"]) if label else None


def find_cell(
    line: Line, title: re.Pattern[str], resources: Collection[str]
) -> tuple[str, str] | None:
    """Find the resource of a row, which its first cell names, and its cell in a column.

    Args:
        title: Of the column; with several such columns none is meant.
    """
    columns = [n for n, text in enumerate(line.titles) if title.fullmatch(to_plain(text))]
    if len(columns) != 1 or len(line.cells) != len(line.titles):
        return None
    name = to_valid_name(to_plain(line.cells[0]))
    return (name, line.cells[columns[0]]) if name in resources else None


def list_resources(text: str, resources: Collection[str]) -> list[str]:
    """List the resources of which a text is a list; none where it names anything else."""
    names = dict.fromkeys(mention.resource for mention in find_mentions(text, resources))
    return [] if None in names else [name for name in names if name]


def remove_subjects(text: str, resource: str, resources: Collection[str]) -> str:
    """Remove the resources at the beginning of a line, one of which it is about.

    A line such as `**orders**: id (integer)`. The name of another one may be that of a field.
    """
    patterns = (_SUBJECTS, _GROUPED, _OF_SUBJECT, _BARE_SUBJECT)
    match = next(filter(None, (pattern.match(text) for pattern in patterns)), None)
    names = list_resources(match["names"], resources) if match else []
    return text[match.end() :] if match and resource in names else text
