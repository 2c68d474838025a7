"""Reads the waits between tries that a sentence names, each the same length.

a constant backoff of 5 seconds     retried after waiting 60 seconds     a 5-second delay

A wait that grows, or is a bound, is none of them: `starting at 5 seconds`, `up to 60 seconds`.
"""

import re
from collections.abc import Iterator

EXPONENTIAL = re.compile(r"\bexponential\w*", re.IGNORECASE)
_NO_EXPONENTIAL = re.compile(
    rf"\b(?:no|not|never|non|without|instead of|rather than)\W+(?:an? )?{EXPONENTIAL.pattern}",
    re.I,
)
_CONSTANT = re.compile(r"\b(constant|fixed)\b.*?\b(\d+(?:\.\d+)?)[ -]?s(?:ec(?:ond)?s?)?\b", re.I)
_TIME = (
    r"(?P<number>(?<![\d.:-])\d+(?:\.\d+)?|\b(?:an?|one)(?= minute))[ -]?"
    r"(?P<unit>s(?:ec(?:ond)?s?)?|min(?:ute)?s?)\b"
)
_RETRIES = r"(?:retr(?:y|ies|ied|ying)|attempts?|tr(?:y|ies)|tried|repeat(?:s|ed)?)"
_WAITS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:wait(?:s|ed|ing)?|paus(?:es?|ed|ing)|sleep(?:s|ing)?|delay(?:s|ed)?)\b"
        rf"[^.;,\d]{{0,20}}?{_TIME}",
        rf"\b{_RETRIES}\b[^.;]{{0,40}}?(?<!out )\b(?:after|every) {_TIME}",
        rf"{_TIME}[ -](?:constant |fixed )?(?:waits?|delays?|pauses?)\b",
        rf"{_TIME} (?:is|are) (?:used|taken|waited)\b",
        rf"{_TIME} (?:apart|(?:between|before) (?:\w+ ){{0,3}}?{_RETRIES})\b",
    )
)
_BOUND = re.compile(
    r"\b(?:to|most|least|than|from|at|between|and|or|about|around|roughly|within|max\w*|then"
    r"|min\w*)(?: (?:of|an?))? ?$",
    re.IGNORECASE,
)
"""What is right before a time that is not the length of each wait."""
_NO_CONSTANT = re.compile(
    r"\b(?:doubl\w+|tripl\w+|increas\w+|grow\w*|multipl\w+|factors?|linear\w*|jitter\w*|random\w*"
    r"|progressiv\w+|initial\w*|first|last|start\w*|begin\w*|cap(?:s|ped)?|total|overall|not|never"
    r"|poll\w*|reports?|jobs?|exports?|tokens?|expir\w+|time[ds]?[- ]?outs?"
    r"|(?:max\w*|min(?:imum|imal)?|longest|shortest) (?:\w+ )?(?:wait\w*|delay|pause|time))\b",
    re.IGNORECASE,
)
"""What is in a sentence on waits that grow, and on other times."""


_WITHOUT_HEADER = re.compile(
    r"\b(?:when(?:ever)?|if|where) (?=[^.;,]*\bheaders?\b)[^.;,]*"
    r"\b(?:not?|missing|absent|lacking)\b[^.;,]*"
    r"|\b(?:without|unless)\b[^.;,]*\bheaders?\b[^.;,]*",
    re.IGNORECASE,
)
"""When a wait is used that a header would say otherwise, as with each handler."""


def list_constant_waits(sentence: str) -> list[float]:
    """List the seconds of the constant waits of a sentence on retries; each once."""
    sentence = _WITHOUT_HEADER.sub("", sentence)
    waits = [read_number(match[2]) for match in _CONSTANT.finditer(sentence)]
    times = {_read_seconds(match) for match in re.finditer(_TIME, sentence, re.IGNORECASE)}
    if not waits and len(times) == 1 and not names_exponential(sentence):
        waits += [] if _NO_CONSTANT.search(sentence) else _iterate_plain(sentence)
    return list(dict.fromkeys(waits))


def names_exponential(sentence: str) -> bool:
    """Return whether a sentence speaks of an exponential wait, and does not deny it."""
    return EXPONENTIAL.search(_NO_EXPONENTIAL.sub("", sentence)) is not None


def _iterate_plain(sentence: str) -> Iterator[float]:
    """Yield the waits that a sentence calls neither constant nor anything else."""
    for pattern in _WAITS:
        for match in pattern.finditer(sentence):
            if not _BOUND.search(sentence[: match.start("number")]):
                yield _read_seconds(match)


def _read_seconds(match: re.Match[str]) -> float:
    number = 1 if match["number"].isalpha() else read_number(match["number"])
    return number * 60 if match["unit"].lower().startswith("m") else number


def read_number(text: str) -> int | float:
    """Read a number, a whole one as an integer."""
    value = float(text)
    return int(value) if value.is_integer() else value
