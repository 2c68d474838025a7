"""Reads which headers and query parameters the prose says that requests carry, with their values.

Only a literal in backticks counts, `X-Shop: main` or `status=open`, in a sentence that says that
every request, or every one of a resource, carries it. A sentence that begins with `status=open`
need not call it a parameter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.requests.key_headers import is_in_auth_section
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement

_HEADER = re.compile(r"`([A-Za-z][\w-]*): ?([^`{}<>\u2026]*[^`{}<>\u2026.\s])`")
_PARAM = re.compile(r"`\??([A-Za-z][\w.\[\]-]*)=([^`{}<>\u2026&=\s]+)`")
_SET = re.compile(
    r"\bparam\w* `(?P<name>[A-Za-z][\w.\[\]-]*)`,? (?:is (?:always )?set to|always has the value"
    r"|must be|is always|has to be) (?:the value )?`(?P<value>[^`{}<>\u2026&=\s]+)`"
    r"(?=\W*$)",
    re.IGNORECASE,
)
_OF_ALL = re.compile(
    r"\b(?:every|each|all) requests?\b(?! (?:of|to|for|that|with)\b)", re.IGNORECASE
)
_CARRIES = re.compile(
    r"(?:\b|(?=``))(?:carr(?:y|ies)|sends?|sent|includes?|must|requires?|required|needs?"
    r"|(?:``|made|issued|requested|listed|read|sent) with)\b",
    re.IGNORECASE,
)
_IS_SENT = re.compile(
    r"[^.`]{0,10}\b(?:is|are|must be)\b[^.`]{0,12}\b(?:required|sent|needed|mandatory|included)\b",
    re.IGNORECASE,
)
_REQUESTED_WITH = re.compile(r"\b(?:requested|listed|read) with (?:the )?$", re.IGNORECASE)
_START = r"\W*(?:[\w ]+\*\*:\s*)?"
"""What may precede the words of a list item: its mark, and a bold label."""
_LABEL_OR_PURPOSE = re.compile(rf"^{_START}|,? so that\b.*", re.IGNORECASE)
_LABELED = re.compile(
    r"\W*(?:(?:additional|common|constant|custom|default|fixed|http|request|required|static) )*"
    r"headers?[*_ ]*:[*_ ]*(?:``[,; ]*(?:and )?)*",
    re.IGNORECASE,
)
"""A label before headers with their values: `- **Headers**: ``, ``."""
_QUOTED = re.compile(r"`[^`]*`")
_NAMES_KIND = {
    "headers": re.compile(r"\bheaders?\b", re.IGNORECASE),
    "params": re.compile(r"\b(?:query|request)[ -]param\w*|\bparam\w*|\bquery\b", re.IGNORECASE),
}
_UNCLEAR = re.compile(
    r"\b(?:can|default\w*|supports?|allow\w*|filter\w*|first|last|next|only|or|pages?|"
    r"to (?:list|get|fetch|include|see|receive|request|load|read|ask)|clients? that|sandbox|"
    r"exports?|imports?|uploads?|partners?)\b",
    re.IGNORECASE,
)
_NOT_OF_REQUESTS = re.compile(
    r"\b(?:respon\w*|answer\w*|return\w*|webhooks?|callbacks?|deliver\w*|log ?in|tokens?|"
    r"logged|logs?|proxy|proxies|console|dashboard|browsers?|(?:out|added) by the)\b",
    re.IGNORECASE,
)
_OTHER_SECTION = re.compile(r"respon|webhook|example|callback|error|schema|field|limit", re.I)


@dataclass(frozen=True)
class RequestValue:
    """A header or a query parameter."""

    block: str
    """headers or params."""
    name: str
    value: str
    is_certain: bool = True
    """Whether a sentence states it; one that hedges, denies or sets a condition does not."""


def read_request_values(prose: Prose) -> list[tuple[str | None, RequestValue]]:
    """List what requests carry, with the resource; None for the requests of all."""
    values = [
        (None if _OF_ALL.search(sentence) else named, value)
        for line, named in prose.iterate_lines()
        if _may_state(line)
        for sentence in line.sentences
        if named or _OF_ALL.search(sentence) or _is_labeled(line, sentence)
        for value in _read_sentence(sentence)
    ]
    return list(dict.fromkeys(values))


def _may_state(line: Line) -> bool:
    is_prose = not line.is_heading and not line.cells
    return is_prose and not any(_OTHER_SECTION.search(heading) for heading in line.headings[-1:])


def _is_labeled(line: Line, sentence: str) -> bool:
    """Return whether a sentence is a label with headers of all requests, and nothing else."""
    if is_in_auth_section(line):
        return False
    return _LABELED.fullmatch(_QUOTED.sub("``", sentence).rstrip(". ")) is not None


def _read_sentence(sentence: str) -> Iterator[RequestValue]:
    plain = _LABEL_OR_PURPOSE.sub("", _QUOTED.sub("``", sentence))
    if _NOT_OF_REQUESTS.search(plain):
        return
    is_clear = is_statement(sentence) and not is_conditional(sentence)
    is_certain = is_clear and not _UNCLEAR.search(plain)
    for match in _SET.finditer(sentence):
        yield RequestValue("params", match["name"], match["value"], is_certain)
    for block, pattern in (("headers", _HEADER), ("params", _PARAM)):
        for match in pattern.finditer(sentence):
            before = _QUOTED.sub("``", sentence[: match.start()])
            is_sent = _IS_SENT.match(sentence[match.end() :])
            begins = is_sent and re.fullmatch(_START, before)
            is_of_kind = _NAMES_KIND[block].search(before) is not None
            is_labeled = block == "headers" and _LABELED.fullmatch(before)
            if (is_of_kind and (is_sent or is_labeled or _CARRIES.search(before))) or (
                block == "params" and (begins or _REQUESTED_WITH.search(before))
            ):
                yield RequestValue(block, match[1], match[2], is_certain)
