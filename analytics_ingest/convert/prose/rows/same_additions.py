"""Reads of which resource a field is added in the same way as of another one.

`uuid` for domains, added in the same way as for versions
"""

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from analytics_ingest.convert.prose.rows.row_changes import is_on_other_rows
from analytics_ingest.convert.prose.text.mentions import find_mentions
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import (
    MOST_CHARACTERS,
    is_conditional,
    is_statement,
)

_NAMES = r"(?:[\w`*]+ ){0,3}?[\w`*]+"
_TO = r"(?:for|of|in|to) (?:the |each |every |all )?"
_SAME = re.compile(
    rf"\W*(?:and |the |also |a |field ){{0,4}}`(?P<field>[A-Za-z_]\w*)`,? (?:is (?:also )?added )?"
    rf"{_TO}(?P<to>{_NAMES}),? (?:(?:is |and )?(?:also )?added )?(?:in )?the same way as"
    rf" (?:it is )?{_TO}(?P<of>{_NAMES})\W*",
    re.IGNORECASE,
)
_ADDED = re.compile(r"\badded\b", re.IGNORECASE)


class SameAddition(NamedTuple):
    """A field that is added to a resource as it is to another one."""

    field: str
    resource: str
    like: str


def read_same_additions(prose: Prose) -> Iterator[SameAddition]:
    """Yield the fields that clauses add in the same way as those of another resource."""
    for line, _ in prose.iterate_lines():
        for clause in line.clauses if len(line.text) <= MOST_CHARACTERS else ():
            match = _SAME.fullmatch(clause)
            is_plain = is_statement(clause) and not is_conditional(clause)
            if not match or not _ADDED.search(clause) or not is_plain:
                continue
            to, like = (_find(match[group], prose.resources) for group in ("to", "of"))
            if to and like and to != like and not is_on_other_rows(line, clause):
                yield SameAddition(match["field"], to, like)


def _find(text: str, resources: Collection[str]) -> str | None:
    """Find the one resource that a text names, with no other words."""
    mentions = find_mentions(text, resources)
    is_whole = len(mentions) == 1 and len(mentions[0].names) == 1
    rest = f"{text[: mentions[0].start]}{text[mentions[0].end :]}" if is_whole else text
    is_plain = re.fullmatch(r"[\s`*]*(?:records?|rows?|resources?)?[\s`*]*", rest)
    return mentions[0].names[0] if is_plain else None
