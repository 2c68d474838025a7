"""Reads which resources are requested once for each value of a list that is configured.

requested once for each configured `survey_id`     one request per channel in `channel_ids`
One request for each of the configured channels; the channel is sent as `id`.
Iterates over the tickers.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analytics_ingest.convert.prose.text.mentions import find_mentions
from analytics_ingest.convert.prose.text.passages import Passage, Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement

_ONE = (
    r"(?:(?<!retried )(?<!repeated )once|separately|individually|(?:one|a) (?:separate |own )?"
    r"(?:request|listing|call|query|report|path|address|URL)(?: (?:is|are) (?:made|sent|issued))?)"
)
_DONE = (
    r"(?:requested|read|called|listed|fetched|queried|loaded|retrieved|made|sent|repeated)"
    r"(?: again)?"
)
_FOR_EACH = r"for (?:each|every)(?: one)?(?: of)? "
_EACH = rf"(?:{_FOR_EACH}|per )"
_THING = (
    r"(?:the )?(?!\d|(?:each|every|group|batch|chunk|set|pair|day|month|week|page)s?\b)"
    r"(?P<words>[^`.;,:()]{0,60})"
    r"(?P<names>(?:`[^`]+`(?:,? and (?:(?:for )?(?:each|every) (?:value of )?)?|, )?){0,4})"
)
_ROWS = (
    r"(?![\w ]{0,40}\b(?:pages?|results?|records?|rows?|responses?|items?|entries|data|objects?"
    r"|batch\w*|chunks?|dates?|days?|weeks?|months?|offsets?|resources?|endpoints?|streams?)\b)"
)
"""What is iterated over, but not the values of a setting."""
_PATTERNS = (
    re.compile(rf"\b{_ONE}\b[^`.;]{{0,20}} {_EACH}{_THING}", re.IGNORECASE),
    re.compile(rf"\b{_DONE} {_FOR_EACH}{_THING}", re.IGNORECASE),
    re.compile(rf"(?:^|: )\W*{_FOR_EACH}{_THING},[^.;]{{0,20}}\b{_ONE}\b", re.IGNORECASE),
    re.compile(
        r"(?:^|: )\W*(?:each|every) (?:of )?(?P<words>(?:the )?configured [^`.;,:()]{1,40}?)"
        rf"(?P<names>) is {_DONE} (?:separately|individually|on its own|in (?:a|its) \w+ ?of its"
        r" own|in a separate \w+)",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:iterat(?:es?|ing|ed)|loop(?:s|ing|ed)?) (?:over|through) "
        r"(?:(?:all|each|every) )?(?:of )?"
        rf"(?:(?:an?|the)(?: configured| given)? (?:list|array|set) of )?{_ROWS}{_THING}",
        re.IGNORECASE,
    ),
)
_CONFIGURED = re.compile(
    r"\b(?:configured|given|listed|specified|configuration|settings?)\b", re.IGNORECASE
)
_TOGETHER = re.compile(
    r"\b(?:together|commas?|joined|at once|all in one|in (?:one|a single) (?:request|call))\b"
    r"|\bcomma-",
    re.IGNORECASE,
)
"""What says that several values are in one request."""
_SENT = re.compile(
    r"\b(?:sent|passed|given|goes|used) (?:as|in) (?:the |a )?(?:query )?(?:parameter )?`(\w+)`",
    re.IGNORECASE,
)
_NAME = re.compile(r"`[^`]*?(\w+)(?:[\"']\])?`")


class EachValue(NamedTuple):
    """What a clause says of the values for each of which there is a request."""

    resources: Sequence[str]
    """Empty for all."""
    names: Sequence[str]
    """What it calls the settings or parameters in backticks; may be empty."""
    words: str
    """What it calls a value in words: `configured channel`."""
    sent_as: str | None
    """The parameter in which a value is sent."""
    is_configured: bool
    """Whether it says that the values are those of the configuration."""
    is_doubtful: bool
    """Whether the next clause speaks of values that are sent together."""


def read_each_values(prose: Prose) -> Iterator[EachValue]:
    """Yield what clauses say of them; none that says that values are sent together."""
    for passage in prose.passages:
        clauses = passage.line.clauses
        for number, clause in enumerate(clauses):
            if match := _match(clause):
                yield _build(passage, clauses[number : number + 2], match)


def is_for_each(text: str) -> bool:
    """Return whether a text says that there is a request for each of several values."""
    return _match(text) is not None


def says_together(text: str) -> bool:
    """Return whether a text says that several values are in one request."""
    return _TOGETHER.search(text) is not None


def _match(clause: str) -> re.Match[str] | None:
    match = next(filter(None, (pattern.search(clause) for pattern in _PATTERNS)), None)
    is_other = match is None or _TOGETHER.search(clause) or is_conditional(clause)
    return match if not is_other and is_statement(clause) else None


def _build(passage: Passage, clauses: Sequence[str], match: re.Match[str]) -> EachValue:
    mentions = find_mentions(clauses[0][: match.start()], passage.resources)
    named = [mention.resource for mention in mentions if mention.resource]
    sent = next(filter(None, map(_SENT.search, clauses)), None)
    others = [clause for clause in clauses[1:] if not _CONFIGURED.search(clause)]
    return EachValue(
        passage.scope or named,
        _NAME.findall(match["names"]),
        match["words"].strip(),
        sent[1] if sent else None,
        _CONFIGURED.search(match["words"]) is not None,
        any(map(_TOGETHER.search, others)),
    )
