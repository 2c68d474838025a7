"""Finds the clauses that say how requests write all times, those that bound windows among them.

Dates are formatted as `%Y-%m-%d`     The API expects dates as `%Y-%m-%d`     Date format: `%s`

A clause on rows, on one field or on a setting says nothing of requests.
"""

import re

from analytics_ingest.convert.prose.text.passages import Clause
from analytics_ingest.convert.prose.text.sentences import is_conditional

_ALL = r"(?:(?:all|the|these|both|any|every|each|its|their|API|request|query|search) )*"
_KIND = r"(?:date-?times?|time ?stamps?|dates?(?: ?(?:/| and ) ?times?)?|times?|windows?)"
_SENT = r"(?:param(?:eter)?s?|filters?|bounds?|arguments?|values?|strings?|ranges?)"
_MANY = (
    r"(?:(?:(?:start|end|lower|upper) (?:and end )?)?"
    r"(?:date-?times|time ?stamps|dates(?: ?(?:/| and ) ?times)?|times)|windows?"
    rf"|(?:(?:{_KIND}|lower|upper|start|end) (?:and (?:upper|end) )?)*{_SENT}"
    r"|start and end(?: dates| times)?)"
)
_TIMES = rf"(?:{_ALL}{_MANY}|(?:every|each) (?:date-?time|time ?stamp|date|time))"
_REQUESTS = (
    r"(?:(?:all|the|this|these|both|each|every|its) )*(?:requests?|quer(?:y|ies)|windows?"
    r"|(?:query |request |date |time )*param(?:eter)?s|filters?|API|connector|integration)"
)
_OWNER = (
    rf"(?: (?:(?:sent|passed|given) )?(?:in|of|for|to|with) {_REQUESTS}| that are (?:sent|passed))*"
)
_VERB = (
    r"(?:(?:are|is|(?:must|should) be|(?:has|have|need|needs) to be|has|have|uses?|follows?|takes?"
    r"|holds?|needs?|looks?|must (?:have|use|follow|look))\b|:|[\u2013=])"
)
_FORMAT = rf"(?:(?:{_KIND}|date/time) ?(?:formats?|pattern))"
_OF_TIMES = rf"(?:formats?|pattern) (?:of|for) {_TIMES}"
_ASKER = (
    r"(?:(?:the|this|each|every|all|both|our) )?(?:API|connector|integration|source|requests?"
    r"|endpoints?|listings?|queries|filters?|param(?:eter)?s?)"
)
_ASKS = (
    r"(?:expects?|accepts?|takes?|wants?|requires?|needs?|sends?|uses?|writes?|formats?"
    r"|pass(?:es)?)"
)
_STATED = (
    re.compile(rf"\W*{_TIMES}{_OWNER}[\W_]*? ?{_VERB}", re.IGNORECASE),
    re.compile(rf"\W*(?:{_ALL}{_FORMAT}|{_ALL}{_OF_TIMES}){_OWNER}[\W_]*? ?{_VERB}", re.IGNORECASE),
    re.compile(rf"\W*{_ASKER} {_ASKS} (?:{_TIMES}|{_ALL}{_FORMAT}){_OWNER}\b", re.IGNORECASE),
    re.compile(
        rf"\W*(?:{_ASKER} )?{_ASKS} (?:the (?:format|pattern) )?x (?:for|in) {_TIMES}{_OWNER}\b",
        re.IGNORECASE,
    ),
    re.compile(rf"\W*x is {_ALL}(?:{_FORMAT}|{_OF_TIMES})\b", re.IGNORECASE),
)
_OTHER = re.compile(
    r"\b(?:records?|rows?|columns?|fields?|responses?|returned|delivered|stored|loaded"
    r"|shown|displayed|printed|parsed|read|converted|saved|kept|messages?|signatures?"
    r"|start date|configur\w+|settings?|file ?names?|headers?|labels?|titles?)\b",
    re.IGNORECASE,
)
"""What a clause is on that is not on requests, or on one value."""
_BETWEEN = re.compile(r"[\W_]*(?:and)?[\W_]*")
_LABEL = re.compile(r"[\W_]*?:[\W_]*?(?=[\w`])")
_QUOTED = re.compile(r"`[^`]*`")


def says_how_times_are_sent(clause: Clause) -> bool:
    """Return whether a clause is on the times of requests, not on rows, a field or a setting."""
    text = _QUOTED.sub("x", _remove_label(clause))
    if _OTHER.search(text) or is_conditional(clause.text):
        return False
    return any(pattern.match(text) for pattern in _STATED)


def _remove_label(clause: Clause) -> str:
    """Remove the resources that a clause begins with: `users`: dates are …."""
    end = 0
    for mention in clause.mentions:
        if mention.resource and _BETWEEN.fullmatch(clause.text[end : mention.start]):
            end = mention.end
    label = _LABEL.match(clause.text, end) if end else None
    return clause.text[label.end() :] if label else clause.text
