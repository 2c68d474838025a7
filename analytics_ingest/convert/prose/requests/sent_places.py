"""Reads what the prose says is sent in the body of requests, or in the query.

`from` and `to` in the request body     The date range is sent in the body     All parameters are
sent in the JSON body     The body holds `from` and `to`, `page` is sent in the query
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analytics_ingest.convert.prose.fields.field_notes import is_in_field_section
from analytics_ingest.convert.prose.requests.key_headers import is_in_auth_section
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_on_other_source, is_statement

_KIND = r"(?:(?:json|http|post|form|request|requests'?|request's)[ -])*"
_OF = r"(?:in|within|into|inside|of|through|via|as (?:a )?parts? of)"
_PLACE = re.compile(
    rf"\b{_OF} (?:(?:the|a|an|its|their|each) )?{_KIND}(?:(?P<body>body|payload|form data)"
    r"|query(?: string)?|urls?|path|headers?)\b"
    r"|\bas (?:(?:a|the) )?(?:(?P<field>(?:json|form|body)[ -](?:body )?fields?)|query param\w*)\b"
    r"|(?:(?<=`)|(?:is|are)(?: the| a)?) query param\w*"
    r"|\b(?:is|are)(?: the| a)? (?P<own>(?:(?:json|request) )?body (?:fields?|keys?|param\w*))"
    rf"|\((?:the )?{_KIND}(?P<note>body|payload)\)",
    re.IGNORECASE,
)
"""Where something is that is named before."""
_BODY = ("body", "field", "note", "own")
_HOLDS = re.compile(
    rf"(?<!response )\b(?:{_KIND}(?P<body>body|payload)(?: of (?:the|each|a|every) (?:\w+ )?"
    r"requests?)?|query(?: string)?)(?:(?: must)? (?:has|have|holds?|contains?|includes?|carries"
    r"|carry|takes?|accepts?|with)\b|(?: (?:fields?|keys?|param\w*|properties))?[*_]*:"
    r"| (?:fields?|keys?|param\w*|properties)(?= `))",
    re.IGNORECASE,
)
"""What is before the names of that which a body or the query holds."""
_OF_OTHER = re.compile(
    r" of (?!(?:(?:the|each|a|an|every|all|these|its) )?(?:\w+ )?(?:requests?|calls?)\b)", re.I
)
"""What is behind a body that is not that of a request."""
_AS_NAMES = re.compile(r",? (?:as|under|named|called) (?P<names>`\w+`(?:(?:,|,? and) `\w+`)*)")
"""The names behind a place: the token is sent in the body as `after`."""
_OTHER_PART = re.compile(r",\s+(?:with|where|while|whereas|but|whose)\b", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:is|are|has|have|takes?|uses?|holds?|contains?|covers?|spans?|must|can|needs?"
    r"|requires?|limits?|returns?|accepts?)\b",
    re.IGNORECASE,
)
_SAME_SUBJECT = re.compile(r"(?:\band|\bwhich|\bthat|,)(?: both)? (?:is|are)\b", re.IGNORECASE)
_MARKED = re.compile(r"`[^`]*`")
_REQUEST = re.compile(r"\brequest", re.IGNORECASE)
_RESPONSE = re.compile(r"\b(?:respon[sd]|answer|return)\w*", re.IGNORECASE)
_ALL = re.compile(
    r"\b(?:all|every|each)\b[^`.;,]{0,30}\b(?:param\w*|arguments?|filters)\b|\beverything\b"
    r"|^\W*(?:the |request |query |its |their ){0,3}param\w*\b",
    re.IGNORECASE,
)
_BUT_KEYS = re.compile(r"\b(?:auth\w*|credential\w*|login|token)\b", re.IGNORECASE)
"""What all parameters may be of: those of the authentication say nothing of others."""


class SentPlace(NamedTuple):
    """What a clause says is sent in one place."""

    resources: Sequence[str]
    """Empty for all."""
    is_body: bool
    """Else it is sent in the query, or elsewhere."""
    is_form: bool
    text: str
    """What names that which is sent there."""
    is_before: bool
    """Whether the text is before the place, with the verb; else it only lists what is there."""

    def find(self, named: re.Pattern[str]) -> re.Match[str] | None:
        """Find a name, or words, of something that is sent there."""
        return next(filter(self._is_subject, named.finditer(self.text)), None)

    def holds(self, named: re.Pattern[str]) -> bool:
        """Return whether it is that of something that is sent there."""
        return self.find(named) is not None

    def holds_words(self, words: re.Pattern[str]) -> bool:
        """Return whether words in prose are those of something that is sent there."""
        return self._replace(text=_MARKED.sub("`_`", self.text)).holds(words)

    @property
    def holds_all(self) -> bool:
        """Whether all parameters are sent there."""
        return self.holds_words(_ALL) and not _BUT_KEYS.search(self.text)

    def _is_subject(self, match: re.Match[str]) -> bool:
        """Return whether no other subject with a verb of its own is between it and the place."""
        between = self.text[match.end() :] if self.is_before else self.text[: match.start()]
        verbs = _VERB.findall(_SAME_SUBJECT.sub("", _MARKED.sub("`_`", between)))
        return len(verbs) <= int(self.is_before)

    def is_on(self, resource: str) -> bool:
        """Return whether it is on a resource."""
        return not self.resources or resource in self.resources


def read_sent_places(prose: Prose) -> list[SentPlace]:
    """Read the places that clauses state."""
    return [
        place
        for passage in prose.passages
        if not (passage.line.is_heading or is_in_auth_section(passage.line))
        if not is_in_field_section(passage.line)
        for clause in passage.clauses
        if is_statement(clause.text) and not is_on_other_source(clause.text)
        for place, _ in iterate_places(clause.text, clause.subjects)
    ]


def quote(*names: str) -> re.Pattern[str]:
    """Build the pattern of names in backticks, which may be below an object: `filter.from`."""
    listed = "|".join(map(re.escape, names))
    return re.compile(rf"`(?P<place>(?:\w+\.)*(?:{listed}))`")


def iterate_places(text: str, subjects: Sequence[str] = ()) -> Iterator[tuple[SentPlace, str]]:
    """Yield what is before each place of a clause, and what is behind one that holds something.

    Beside each is the rest of the clause, behind the place.
    """
    end = 0
    if _RESPONSE.search(text) and not _REQUEST.search(text):
        return
    for match in _PLACE.finditer(text):
        before = _OTHER_PART.split(text[end : match.start()])[-1]
        is_body, end = any(match[kind] for kind in _BODY), match.end()
        if not _OF_OTHER.match(text, end):
            named = _AS_NAMES.match(text, end)
            before = f"{before} {named['names']} " if named else before
            place = SentPlace(subjects, is_body, _is_form(match), before, is_before=True)
            yield place, text[end:]
    for match in _HOLDS.finditer(text):
        next_place = _PLACE.search(text, match.end())
        behind = text[match.end() : next_place.start() if next_place else None]
        is_body = match["body"] is not None
        yield SentPlace(subjects, is_body, _is_form(match), behind, is_before=False), behind


def _is_form(match: re.Match[str]) -> bool:
    return "form" in match[0].lower()
