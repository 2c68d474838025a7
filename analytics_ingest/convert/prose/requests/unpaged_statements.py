"""Reads which resources the prose says are not paged.

`orders` is not paginated     - **Pagination Strategy**: None     | orders | single page |

A label without a resource is on all of them, but for those of which another label says otherwise.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from analytics_ingest.convert.prose.text.line_subjects import find_cell, to_plain
from analytics_ingest.convert.prose.text.mentions import (
    find_mentions,
    list_excepted,
    speaks_of_all,
)
from analytics_ingest.convert.prose.text.passages import Passage, Prose
from analytics_ingest.convert.prose.text.sentences import MOST_CHARACTERS

UNPAGED = re.compile(r"\b(?:is|are) not (?:paginated|paged)\b", re.IGNORECASE)
ON_PAGING = re.compile(r"\bpag(?:ing|inat\w+)\b", re.IGNORECASE)
GENERAL_TITLE = re.compile(
    r"^\W*(?:the )?(?:resources?|endpoints?|streams?|apis?|requests?|overview|general|configuration"
    r"|notes?|details)\b",
    re.IGNORECASE,
)
"""A section that is not on the rows of something."""
_TITLE = r"(?:is )?(?:paginat(?:ed|ion)|paging|paged)(?: (?:strategy|type|method|style))?\??"
_PAGING_TITLE = re.compile(_TITLE, re.IGNORECASE)
_NONE = (
    r"(?:no|none|false|no (?:paging|pagination)|not paginated|not paged|unpaginated|unpaged"
    r"|(?:a )?single[ _-]page|one page)"
)
_UNPAGED_CELL = re.compile(rf"{_NONE}(?: \([^()]*\))?\.?", re.IGNORECASE)
_LABEL = re.compile(rf"\W*{_TITLE}\s*:\s*(?P<value>.*)", re.IGNORECASE)
_UNPAGED_VALUE = re.compile(
    rf"{_NONE}(?: (?:is (?:used|needed|required|applied)|for (?:this|the) (?:resource|endpoint)))?"
    r"(?P<rest>\s*[,;.(\u2013\u2014].*)?\W*",
    re.IGNORECASE,
)
_VERB = re.compile(r"\b(?:is|are|uses?|has|have|takes?|accepts?)\b", re.IGNORECASE)
_RELATIVE = re.compile(r"\b(?:which|that)\W*$", re.IGNORECASE)
_RESTRICTS = re.compile(
    r"\b(?:but|only|most|some|other\w*|both|either|except|unless|unlike|instead|default\w*|if|when"
    r"|offset|cursors?|next|pages|page (?:number|token)\w*|detect\w*|configured|declared)\b",
    re.IGNORECASE,
)
"""What, behind `none`, may say that there are pages after all."""


@dataclass(frozen=True)
class Unpaged:
    """The resources that are not paged."""

    named: frozenset[str]
    """By a statement on them."""
    others: frozenset[str]
    """By a label on all resources, with nothing said of them alone."""


def read_unpaged(prose: Prose) -> Unpaged:
    """Read the resources of which a label, a clause or a cell says that they are not paged."""
    rows = [find_cell(p.line, _PAGING_TITLE, prose.resources) for p in prose.passages]
    unpaged = {row[0] for row in rows if row and _UNPAGED_CELL.fullmatch(to_plain(row[1]))}
    for clause in [text for passage in prose.passages for text in passage.line.clauses]:
        unpaged.update(_read_clause(clause, prose.resources))
    said = _read_labels(prose)
    named = unpaged | {name for name in prose.resources if said.get(name) == {True}}
    others = prose.resources if said.get(None) == {True} else ()
    return Unpaged(frozenset(named), frozenset(others) - named - said.keys())


def _read_clause(clause: str, resources: Collection[str]) -> list[str]:
    """Read the resources that a clause says are not paged; it may say more of others before."""
    match = UNPAGED.search(clause) if len(clause) <= MOST_CHARACTERS else None
    if match is None or _RESTRICTS.search(clause, match.end()):
        return []
    text = _VERB.split(clause[: match.start()])[-1]
    mentions = [mention for mention in find_mentions(text, resources) if mention.resource]
    excepted = list_excepted(text, mentions)
    if excepted and _RELATIVE.search(text):
        return [mention.name for mention in excepted]  # Except those, which are not paged.
    if speaks_of_all(text):
        return [name for name in resources if name not in {each.name for each in excepted}]
    return [mention.name for mention in mentions if mention not in excepted]


def list_named(text: str, resources: Collection[str]) -> list[str]:
    """List the resources that a text names."""
    return [m.resource for m in find_mentions(text, resources) if m.resource]


def _read_labels(prose: Prose) -> dict[str | None, set[bool]]:
    """Read whether labels say that there is one page: of resources, and of all under None."""
    said: dict[str | None, set[bool]] = {}
    for passage in prose.passages:
        if (is_unpaged := _read_label(passage)) is not None:
            for name in passage.scope or (None,):
                said.setdefault(name, set()).add(is_unpaged)
    return said


def _read_label(passage: Passage) -> bool | None:
    """Return whether a label says that there is one page; None for any other line."""
    line = passage.line
    titles = line.headings[-1:]
    is_general = all(GENERAL_TITLE.search(title) or ON_PAGING.search(title) for title in titles)
    if line.cells or line.is_heading or len(line.text) > MOST_CHARACTERS:
        return None
    label = _LABEL.match(to_plain(line.text))
    if label is None or not (passage.scope or is_general):
        return None
    value = _UNPAGED_VALUE.fullmatch(label["value"])
    rest = (value["rest"] or "") if value else ""
    return value is not None and not (_RESTRICTS.search(rest) or _names_others(passage, rest))


def is_unpaged(text: str) -> bool:
    """Return whether a label or a cell says that there is one page."""
    plain = to_plain(text)
    label = _LABEL.match(plain)
    value = _UNPAGED_VALUE.fullmatch((label["value"] if label else plain).strip())
    return value is not None and not _RESTRICTS.search(value["rest"] or "")


def _names_others(passage: Passage, text: str) -> bool:
    return not set(list_named(text, passage.resources)) <= {*passage.scope}
