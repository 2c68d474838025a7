"""Reads which parameter asks for a page, an offset or a size, where a clause says what it is.

the offset is sent as `skip`, the page size as `count`      `per_page`: rows per page
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analytics_ingest.convert.prose.fields.field_notes import is_in_field_section
from analytics_ingest.convert.prose.requests.key_headers import is_in_auth_section
from analytics_ingest.convert.prose.text.passages import Clause, Prose
from analytics_ingest.convert.prose.text.sentences import is_on_other_source, is_statement

_ROWS = r"(?:records|rows|items|entries|results|elements|objects)"
_ROLES = {
    "size": (
        rf"(?:page[- ]?size|size of (?:a |each |the |all )?pages?|(?:maximum )?number of {_ROWS}"
        rf" (?:per|in a|of a|on a|in each) page|number per page|{_ROWS} per page|page length"
        r"|page limit|limit)"
    ),
    "offset": (
        rf"(?:offset|(?:number of )?{_ROWS} to skip|start(?:ing)? (?:index|position|record|row)"
        rf"|(?:index|position) of the first (?:record|row|item|entry|result))"
    ),
    "page": r"(?:page[- ]?(?:number|index)|number of the page|index of the page)",
    "cursor": (
        r"(?:(?:^|(?<=[^\w\s`.-])\s*|(?<=[^\w\s`.-] )|\b(?:the|an?|this|that|its) )"
        r"(?:(?:next[- ]?page |page |pagination |continuation )?(?:cursor|token)|bookmark))"
    ),
}
_SENT = r"(?:sent|passed|given|supplied|transmitted|set|requested|specified|provided|controlled)"
_PLACE = (
    r"(?:the |an? )?(?:(?:query|request|url|body|json) )?(?:(?:parameter|field|param|key|argument)"
    r"s? )?(?:called |named )?"
)
_MARKED = r"[`](?P<name>[A-Za-z_$][\w\[\].$-]*)(?:=[^`]*)?[`]"
_VERBS = rf"(?:(?:is|are|goes|gets) )?(?:then |always )?(?:{_SENT} )?"
_BEFORE = {
    role: re.compile(
        rf"(?<![-_.`\w])(?<!rate )(?<!time ){words}(?:"
        rf" {_VERBS}(?P<way>as|in|into|by|through|via|under|with|using|to) {_PLACE}"
        rf"|(?: query| request)? param(?:eter)?(?: name)?(?: is|:| =)? "
        rf"|(?P<bare> ))[\"']?{_MARKED}",
        re.IGNORECASE,
    )
    for role, words in _ROLES.items()
}
_PARAMETER = {
    role: re.compile(
        rf"\bparam(?:eter)? (?:for|of) (?:the )?{words}(?: is|:) (?:called |named )?{_MARKED}", re.I
    )
    for role, words in _ROLES.items()
}
_BEHIND = {
    role: re.compile(
        rf"{_MARKED}(?: (?:is|holds|carries|contains|sets|gives|controls|specifies|as)"
        r"|,|:| \(| (?=the ))"
        rf" ?(?:the |an? )?{words}(?![-_`\w]| (?:of|is|in) (?:the )?(?:next|last|response))",
        re.IGNORECASE,
    )
    for role, words in _ROLES.items()
}
_SAYS_SENT = re.compile(rf"\b{_SENT}\b|\bparam", re.IGNORECASE)
_RESPONSE = re.compile(
    r"\b(?:respon[sd]\w*|answer\w*|return\w*|found|contain\w*|names|echo\w*|read from|taken from)\b"
    r"|\bnext\b",
    re.IGNORECASE,
)
_ON_PAGES = re.compile(r"\bpag(?:e|ing|inat)|\bnext|\bcursor\b|\bcontinuation|\bbookmark", re.I)
"""What a line has that is on the token of a page, not on that of a user."""
_LITERAL = re.compile(r"`[^`]*`")


class PageRole(NamedTuple):
    """What a parameter of requests is."""

    role: str
    """page, offset, cursor or size."""
    parameter: str
    resources: Sequence[str]
    """Those that the clause is on; empty for all."""

    def is_on(self, resource: str) -> bool:
        """Return whether it is a parameter of a resource."""
        return not self.resources or resource in self.resources


def read_page_roles(prose: Prose) -> list[PageRole]:
    """Read the roles of parameters, in order."""
    return [
        PageRole(role, name, clause.subjects or passage.scope)
        for passage in prose.passages
        if not (passage.line.is_heading or is_in_field_section(passage.line))
        and not is_in_auth_section(passage.line)
        for clause in passage.clauses
        for role, name in _read_clause(clause)
        if role != "cursor" or _ON_PAGES.search(passage.line.text)
    ]


def _read_clause(clause: Clause) -> Iterator[tuple[str, str]]:
    text = clause.text.replace("*", "")
    plain = _LITERAL.sub("``", text)
    is_sent = _SAYS_SENT.search(plain) is not None
    if is_on_other_source(plain) or not is_statement(text):
        return
    if _RESPONSE.search(plain) and not is_sent:
        return
    for role in _ROLES:
        for pattern in (_PARAMETER[role], _BEFORE[role], _BEHIND[role]):
            match = pattern.search(text)
            if match is None or (role == "cursor" and not is_sent):
                continue
            yield role, match["name"]
            break
