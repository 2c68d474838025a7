"""Reads which two parameters ask for a page: ``with the parameters `page` and `per_page` ``.

Of a list of three, or of names in a response, nothing is read.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from analytics_ingest.convert.prose.fields.field_notes import is_in_field_section
from analytics_ingest.convert.prose.text.mentions import Mention, find_mentions
from analytics_ingest.convert.prose.text.passages import Passage, Prose
from analytics_ingest.convert.prose.text.sentences import is_on_other_source, is_statement

_NAME = r"`[^`\n]+`(?: ?\([^()`]{0,40}\))?"
_RUN = re.compile(rf"{_NAME}(?:(?:,? and |, | ?/ ?| & )(?:the )?{_NAME})*")
_IN_MARKS = re.compile(r"`(?P<name>[\w\[\].-]+)(?:=[^`]*)?`")
_ASKS = re.compile(
    r"\bpag(?:e|ing|inat)|\b(?:param|quer|request)|\b(?:uses?|using|via|with|by|sen[dt]s?|pass\w*"
    r"|takes?|accepts?)\b",
    re.IGNORECASE,
)
_OF_ROWS = re.compile(r"\b(?:fields?|columns?|attributes?|properties)\b", re.IGNORECASE)
_RESPONSE = re.compile(r"\b(?:respon[sd]|answer|return)\w*", re.IGNORECASE)
_REQUEST = re.compile(r"\b(?:param|request|quer)\w*", re.IGNORECASE)
_EXCEPT = re.compile(
    r"[,(]? ?\b(?:except|besides|other than|apart from|with the exception of|but not)\b", re.I
)
_WORDS = ("pages", "page", "results", "items", "lists", "requests", "parameters", "queries")
"""Words of clauses on paging, which name a resource only where they are marked."""
_SIZE = re.compile(r"len|size|limit|per|count|max|rows|take|amount|results", re.IGNORECASE)


class PageParameters(NamedTuple):
    """Two parameters that a clause names side by side."""

    token: str
    """That of the page, the offset or the cursor."""
    size: str
    text: str
    resources: Sequence[str]
    """Those that the clause is on; empty for all."""
    excepted: Sequence[str]

    def is_on(self, resource: str) -> bool:
        """Return whether they are parameters of a resource."""
        is_named = not self.resources or resource in self.resources
        return is_named and resource not in self.excepted


def read_page_parameters(prose: Prose) -> list[PageParameters]:
    """Read the pairs of parameters of which one alone has the name of a size."""
    return [
        parameters
        for passage in prose.passages
        if not (passage.line.is_heading or is_in_field_section(passage.line))
        for clause in passage.line.clauses
        for parameters in _read_clause(clause, passage)
    ]


def _read_clause(clause: str, passage: Passage) -> Iterator[PageParameters]:
    text, excepted = _cut_exception(clause, passage.resources)
    plain = _IN_MARKS.sub("``", text)
    is_of_response = _RESPONSE.search(plain) and not _REQUEST.search(plain)
    is_other = is_of_response or _OF_ROWS.search(plain) or is_on_other_source(plain)
    if is_other or not _ASKS.search(plain) or not is_statement(text):
        return
    mentions = find_mentions(text, passage.resources)
    resources = _list_named(mentions) or passage.scope
    for run in _RUN.finditer(text):
        names = [match["name"] for match in _IN_MARKS.finditer(run[0])]
        sizes = [name for name in names if _SIZE.search(name)]
        if run[0].count("`") == 4 and len(names) == 2 and len(sizes) == 1:
            token = next(name for name in names if name not in sizes)
            yield PageParameters(token, sizes[0], text, resources, excepted)


def _cut_exception(clause: str, resources: Collection[str]) -> tuple[str, list[str]]:
    """Cut off the resources that a clause excepts at its end: except for `zones`."""
    match = _EXCEPT.search(clause)
    mentions = find_mentions(clause[match.end() :], resources) if match else []
    excepted = [mention.resource for mention in mentions if mention.resource]
    if match is None or not excepted or len(excepted) < len(mentions):
        return clause, []
    return clause[: match.start()], excepted


def _list_named(mentions: Sequence[Mention]) -> list[str]:
    named = [m for m in mentions if m.resource and (m.mark or m.text.lower() not in _WORDS)]
    return [mention.name for mention in named]
