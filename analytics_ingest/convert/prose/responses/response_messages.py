"""Reads statements on responses of one status and message: 404 with the message "gone": ignored."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from analytics_ingest.convert.markdown import Line, split_clauses
from analytics_ingest.convert.prose.text.line_subjects import to_plain

_QUOTED = re.compile(r"\"([^\"]{3,200})\"|\u201c([^\u201c\u201d]{3,200})\u201d")
_TEXT = r"(?:\u00a7\d+|`[^`]{3,200}`|(?<!\w)'[^']{3,200}'(?!\w))"
_TEXTS = rf"(?P<texts>{_TEXT}(?:(?:, or |, | or ){_TEXT})*)"
_KIND = (
    r"(?:error[ -]|response[ -])?"
    r"(?P<kind>message|detail|reason|body|text|content|response|answer)s?"
)
_SAYS = (
    r"(?: (?:that )?(?:is|are|says?|saying|reads?|reading|contains?|containing|includes?"
    r"|including|begins? with|beginning with|starts? with|starting with|equals?|of))?"
)
_MESSAGE = (
    re.compile(
        r",?(?: and)? (?:with|whose|where|if|when|for which)(?: (?:the|an?|its|their|this))?"
        rf" {_KIND}{_SAYS}:?(?: the (?:text|words?|phrase|message))?,? {_TEXTS}",
        re.IGNORECASE,
    ),
    re.compile(
        rf",?(?: and)? with {_TEXTS} in (?:the|an?|its|their) {_KIND}(?: text| body)?",
        re.IGNORECASE,
    ),
)
_SPEAKS = re.compile(
    r"\b(?:with|whose|where|if|when)\b[^.;:]*?\b(?:(?:error )?messages?|body|bodies|contains?)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\u2026|\.\.\.|[<>{}*\u00a7]")
"""What a text has that stands for other text."""
_CONDITION = re.compile(r"\u00a7|\b(?:if|unless|where|whose)\b", re.IGNORECASE)


@dataclass(frozen=True)
class MessageStatement:
    """What a clause says of responses with some message."""

    rest: str
    """The clause without the message."""
    key: str = ""
    """What holds the texts: `message`, or `content` for all of the body."""
    texts: tuple[str, ...] = ()
    """Parts of it, one of which it has; empty where the clause does not give them plainly."""


def iterate_messages(line: Line) -> Iterator[MessageStatement]:
    """Yield the clauses of a line that speak of the message of a response."""
    quoted: list[str] = []

    def mark(match: re.Match[str]) -> str:
        quoted.append(match[1] or match[2])
        return f"\u00a7{len(quoted) - 1}"

    for clause in split_clauses(_QUOTED.sub(mark, line.text.replace("\u00a7", ""))):
        matches = [match for pattern in _MESSAGE if (match := pattern.search(clause))]
        if len(matches) == 1:
            yield _read(clause, matches[0], quoted)
        elif _SPEAKS.search(clause):
            yield MessageStatement(clause)


def _read(clause: str, match: re.Match[str], quoted: list[str]) -> MessageStatement:
    rest = f"{clause[: match.start()]}{clause[match.end() :]}"
    given = re.findall(_TEXT, match["texts"])
    texts = [quoted[int(t[1:])] if t[0] == "\u00a7" else t[1:-1] for t in given]
    # The point that ends a quotation is not part of the message.
    texts = [text.strip().removesuffix(".").removesuffix(",") for text in texts]
    if _CONDITION.search(to_plain(rest)) or any(len(t) < 3 or _OPEN.search(t) for t in texts):
        return MessageStatement(rest)
    key = "message" if match["kind"].lower() in ("message", "detail", "reason") else "content"
    return MessageStatement(rest, key, tuple(texts))
