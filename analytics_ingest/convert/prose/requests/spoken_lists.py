"""Reads of which values sentences say that there are several, and that a request is for one.

results for a list of URLs and strategies       each request returns a single result
"""

import re
from collections.abc import Collection, Iterator

from analytics_ingest.convert.prose.fields.field_notes import is_in_field_section
from analytics_ingest.convert.prose.requests.each_values import says_together
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement

_LIST = re.compile(
    r"\b(?:for|of|from|over|through) (?:(?:an?|the|your)(?: configurable| configured| given)?"
    r" list of|one or more|multiple|several)(?: configured| given)? (?P<words>[^`.;:()]{1,60})",
    re.IGNORECASE,
)
_END = re.compile(
    r"\b(?:over|for|within|during|between|which|that|with|by|in|from|to|is|are|per|through|via"
    r"|using|can)\b",
    re.IGNORECASE,
)
"""Where the words for the values end: `symbols over a range`."""
_ONE_ROW = re.compile(
    r"\b(?:each|every|one|a single) (?:request|call|response|query)\b[^`.;,]{0,20}?\b"
    r"(?:returns|contains|holds|yields|gives|retrieves|fetches|is for|covers|takes) "
    r"(?:only |just |exactly )?(?:an? single|one)\b"
    r"(?! (?:or more|of|page|batch|list|array|set|chunk|group))",
    re.IGNORECASE,
)


def read_spoken_lists(prose: Prose) -> list[str]:
    """Read what sentences call the values of which there is a list: `URLs and strategies`."""
    return [
        _END.split(match["words"])[0].strip(" ,")
        for clause in _iterate_statements(prose)
        if not says_together(clause)
        for match in _LIST.finditer(clause)
    ]


def says_one_row_each(prose: Prose) -> bool:
    """Return whether the prose says that each request returns a single result."""
    return any(_ONE_ROW.search(clause) for clause in _iterate_statements(prose))


def are_sent_together(prose: Prose, names: Collection[str]) -> bool:
    """Return whether a clause that has one of some names says that values are sent together."""
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b", re.IGNORECASE)
    clauses = (clause for passage in prose.passages for clause in passage.line.clauses)
    return any(says_together(clause) and pattern.search(clause) for clause in clauses)


def _iterate_statements(prose: Prose) -> Iterator[str]:
    lines = (p.line for p in prose.passages if not is_in_field_section(p.line))
    for clause in (clause for line in lines for clause in line.clauses):
        # `None, each request returns …` denies paging, not what follows.
        said = re.sub(
            r"(?:^|: )\W*(?:none|no pagination|no paging)\W+(?=\w)",
            " ",
            clause,
            flags=re.IGNORECASE,
        )
        if is_statement(said) and not is_conditional(said):
            yield said
