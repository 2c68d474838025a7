"""Reads which placeholders of paths are sent as parameters too.

`symbol`: the ticker, same as in the path     `shop` is sent in the path and as a query parameter.
"""

import re
from collections.abc import Iterator

from analytics_ingest.convert.prose.text.mentions import find_mentions
from analytics_ingest.convert.prose.text.passages import Passage, Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement

_PATH = r"(?:in|of|part of|into) (?:the |its )?(?:path|url)\b"
_QUERY = r"(?:in|as|of|into) (?:the |a |its )?(?:query\b|(?:query |request )?param)"
_BOTH = re.compile(
    rf"\bsame (?:value |one )?as {_PATH}"
    rf"|{_PATH}[^`;]{{0,20}}\b(?:and|as well as)\b[^`;]{{0,30}}{_QUERY}"
    rf"|{_QUERY}[^`;]{{0,30}}\b(?:and|as well as)\b[^`;]{{0,20}}{_PATH}"
    r"|\bin both the (?:path|url) and the query\b|\bin both the query and the (?:path|url)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(r"\beither\b|\bor\b", re.IGNORECASE)


def read_repeated_values(prose: Prose) -> Iterator[tuple[str | None, str]]:
    """Yield resources, None for all, with the placeholders that their requests send twice."""
    for passage in prose.passages:
        for clause in passage.line.clauses:
            if name := _find_name(clause, passage):
                yield from ((resource, name) for resource in passage.scope or (None,))


def _find_name(clause: str, passage: Passage) -> str | None:
    """Find the one name of which a clause says that it is in the path and in the query."""
    if not _BOTH.search(clause) or _OTHER.search(clause) or is_conditional(clause):
        return None
    mentions = find_mentions(clause, passage.resources)
    names = {mention.text.strip("{}") for mention in mentions if mention.mark == "code"}
    names -= {mention.text for mention in mentions if mention.resource}
    return names.pop() if len(names) == 1 and is_statement(clause) else None
