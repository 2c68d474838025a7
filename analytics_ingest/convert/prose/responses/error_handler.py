"""Reads in a document's prose which responses are retried, how often and after which waits."""

import re
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Any

from analytics_ingest.convert.markdown import Document, Line, split_clauses
from analytics_ingest.convert.prose.responses.constant_waits import (
    list_constant_waits,
    names_exponential,
    read_number,
)
from analytics_ingest.convert.prose.text.line_subjects import to_plain
from analytics_ingest.convert.prose.text.sentences import is_statement

_SECTION = re.compile(r"error|retr|rate.?limit|resilien|reliab", re.IGNORECASE)
_RETRY = re.compile(r"\bretr(y|ies|ied|ying)\b|back-?\s?off", re.IGNORECASE)
_REFUSED = re.compile(
    r"\b(not|never|no|without|non-retr\w*|don't|doesn't|fails?|abort\w*|ignor\w*|skip\w*"
    r"|by hand|manual\w*|by the (?:user|customer|operator)s?)\b",
    re.IGNORECASE,
)
_NO_REFUSAL = re.compile(r"\bnot? more than\b|\b(?:that|which) fail(?= with\b)", re.IGNORECASE)
_FAILS = re.compile(
    r"\b(?:failures?|fatal\w*|fail(?:s|ed)?|stop(?:s|ped|ping)?|abort\w*|terminat\w*|ends?|ended"
    r"|halt(?:s|ed)?|cancel(?:s|l?ed)?|rais(?:es?|ed)|unrecoverable|permanent(?:ly)?)\b",
    re.IGNORECASE,
)
"""What is said of a status that is not retried, unless the sentence speaks of retries too."""
_NOT_RETRIED = re.compile(
    r"\b(?:not|never|no|without|non|n't)\b(?! more\b)[^.;]{0,30}\bretr(?:y|ies|ied|ying)\b"
    r"|\bnon-retr\w*",
    re.IGNORECASE,
)
_RUN = r"(?:sync\w*|extraction|load(?:ing)?|run|job|pipeline|import|integration|process|resource)"
_FAILS_RUN = re.compile(
    rf"\b{_RUN}\b[^.;]{{0,20}}(?:{_FAILS.pattern})|(?:{_FAILS.pattern})[^.;]{{0,20}}\b{_RUN}\b"
    r"|\b(?:is|are|as)(?: an?)? (?:failures?|fatal|unrecoverable)\b",
    re.IGNORECASE,
)
"""What says that a run fails, not that the server has."""
_GOES_ON = re.compile(r"\W*(?:it|this|that|they|these|such (?:responses|errors))\b", re.IGNORECASE)
_LABEL = re.compile(r"\b(status|response|error|http)\b.*\bcodes?\b", re.IGNORECASE)
_CODE = re.compile(
    r"(?<![\d.])(500[- ]series|[45]\d\d|5xx)(?![\d.]*\d)"
    r"(?!\s*(?:m?s\b|sec|min|records|items|rows|(?:requests|calls) (?:per|an?|every|each|in)\b))",
    re.I,
)
_CODE_LABEL = re.compile(
    r"\W*(?:(?:http|status|error|code)s?\s+){0,3}"
    r"((?:[45]\d\d|5xx)(?:(?:\s*[/,]\s*|\s+(?:and|or)\s+)(?:[45]\d\d|5xx))*)(?: \([^()]*\))?\s*:",
    re.IGNORECASE,
)
_SERVER_ERRORS = [500, 502, 503, 504]
_WORTH_A_RETRY = {408, 420, 425, 429, *range(500, 600)}
_RETRIES = re.compile(
    r"max(?:imum)?[_ ](?:of |number of )?(?:\w+ )?(?:retries|attempts|tries)\W+(?:is\W+)?(\d+)"
    r"|(?:max(?:imum)?(?: of)?|up to|at most)\W+(\d+)"
    r"(?!\d|\.\d|[ -]?(?:m?s\b|sec|min|h\b|hour|day|%|records|rows|items|requests|calls|pages))"
    r"|(\d+)\W+(?:retries|(?:retry )?attempts|times\b|tries\b)",
    re.IGNORECASE,
)
_FACTOR = re.compile(r"factor\W+(?:of\W+|is\W+)?(\d+(?:\.\d+)?)", re.IGNORECASE)
_CONDITION = re.compile(
    r"\b(?:unless|(?:only|except) (?:if|when|where|while)) [^.;:(),`\"]{3,80}", re.IGNORECASE
)
_OF_HANDLER = re.compile(
    r"\d|\b(?:retr\w+|attempts?|tries|tried|max\w*|headers?|status\w*|codes?|errors?|otherwise|noted"
    r"|specified|stated|configured|overrid\w+|respon\w+|transient|rate.?limit\w*|fail\w*|succe\w+"
    r"|it|they|this)\b",
    re.IGNORECASE,
)
"""What is in a condition that an error handler has anyway, or that says nothing."""


def read_error_handler(document: Document) -> dict[str, Any]:
    """Read the keys of an `error_handler` that sentences on retries give."""
    handler: dict[str, Any] = {}
    for label, sentence, is_failure in _iterate_sentences(document):
        for code in () if is_failure else _read_codes(sentence) or _read_label(label, sentence):
            codes = handler.setdefault("retry_on_status_codes", [])
            codes += [code] if code not in codes else []
        if (count := _read_retries(sentence)) is not None:
            handler.setdefault("max_retries", count)
        if match := _FACTOR.search(sentence):
            handler.setdefault("backoff_factor", read_number(match[1]))
    waits = list_waits(document)
    if len(waits) == 1 and waits[0] is not None:
        handler |= {"backoff": "constant", "backoff_factor": waits[0]}
    return handler


def list_several_waits(document: Document) -> list[float | None]:
    """List the waits of a document that has several; see `list_waits`."""
    waits = list_waits(document)
    return waits if len(waits) > 1 else []


def list_waits(document: Document) -> list[float | None]:
    """List the seconds of constant waits that sentences name, None for exponential ones."""
    waits: dict[float | None, None] = {}
    for _, sentence, _ in _iterate_sentences(document):
        if names_exponential(sentence):
            waits[None] = None
        waits |= dict.fromkeys(list_constant_waits(sentence))
    return list(waits)


def read_failing_statuses(document: Document, resources: Collection[str]) -> set[int]:
    """Read the statuses of which sentences say that they fail, or are not retried, everywhere."""
    names = [re.compile(rf"\b{re.escape(name.lower())}\b") for name in resources]
    codes: set[int] = set()
    for label, sentence, is_failure in _iterate_sentences(document):
        text = f"{label}: {sentence}" if label else sentence
        stops = is_failure and (_FAILS_RUN.search(sentence) or _NOT_RETRIED.search(sentence))
        if stops and not any(name.search(text.lower()) for name in names):
            codes.update(_list_codes(text))
    return codes


def is_retried(sentence: str) -> bool:
    """Return whether a sentence speaks of retries, and denies none."""
    plain = _NO_REFUSAL.sub("", to_plain(sentence))
    return _RETRY.search(plain) is not None and not _REFUSED.search(plain)


def list_retry_conditions(document: Document) -> list[str]:
    """List the conditions of retries that are neither statuses nor a number of tries."""
    matches = [
        match[0].rstrip()
        for _, sentence, _ in _iterate_sentences(document)
        if _RETRY.search(sentence) and (match := _CONDITION.search(sentence))
    ]
    return [text for text in dict.fromkeys(matches) if not _OF_HANDLER.search(text)]


def is_wait_of_all(document: Document, resources: Collection[str]) -> bool:
    """Return whether no line on a constant wait names a resource, nor the headings above it."""
    waits = [line for line in document.lines if list_constant_waits(to_plain(line.text))]
    texts = [text.lower() for line in waits for text in (*line.headings, line.above, line.text)]
    named = (re.compile(rf"\b{re.escape(name.lower())}\b") for name in resources)
    return not any(pattern.search(text) for pattern in named for text in texts)


def list_retry_counts(document: Document, resources: Collection[str]) -> set[int | None]:
    """List how often sentences say that requests are retried; None for those of a resource."""
    names = [re.compile(rf"\b{re.escape(name.lower())}\b") for name in resources]
    counts: set[int | None] = set()
    for line, label, sentence, is_failure in _iterate_lines(document):
        is_plain = is_statement(sentence) and not (is_failure or _REFUSED.search(sentence))
        count = _read_retries(sentence) if is_plain and _RETRY.search(sentence) else None
        if count is not None:
            texts = " ".join((*line.headings, line.above, label, sentence)).lower()
            counts.add(None if any(name.search(texts) for name in names) else count)
    return counts


def _read_retries(sentence: str) -> int | None:
    """Read the number of tries that a sentence on retries names."""
    match = _RETRIES.search(sentence)
    return int(next(number for number in match.groups() if number)) if match else None


def _iterate_sentences(document: Document) -> Iterator[tuple[str, str, bool]]:
    """Yield sentences on retries, without the lines that they are in."""
    for _, label, sentence, is_failure in _iterate_lines(document):
        yield label, sentence, is_failure


def _iterate_lines(document: Document) -> Iterator[tuple[Line, str, str, bool]]:
    """Yield sentences on retries, each with its line and the codes that begin it: `**429**: …`.

    The last item is whether a sentence, or the one behind it, says that its codes fail.
    """
    for line in document.lines:
        is_in_section = any(_SECTION.search(heading) for heading in line.headings)
        if line.is_heading:
            continue
        label = "" if line.cells else line.above
        text = f"{label} {line.text}" if label.rstrip("* ").endswith(":") else line.text
        label = _CODE_LABEL.match(to_plain(text)) if is_in_section and not line.cells else None
        for sentence, behind in pairwise([*split_clauses(to_plain(text)), ""]):
            names_codes = is_in_section and (line.cells or _LABEL.search(sentence))
            is_retried = _RETRY.search(sentence) is not None
            goes_on = behind if _GOES_ON.match(behind) and not is_retried else ""
            is_failure = any(map(_says_failure, (sentence, goes_on)))
            if names_codes or is_retried or (is_in_section and is_failure):
                yield line, label[1] if label else "", sentence, is_failure


def _says_failure(sentence: str) -> bool:
    """Return whether a sentence says that something fails, or is not retried."""
    if _NOT_RETRIED.search(sentence):
        return True
    return _FAILS.search(sentence) is not None and not _RETRY.search(sentence)


def _read_label(label: str, sentence: str) -> list[int]:
    """Read the codes that a line begins with, of which a later sentence says that it retries."""
    codes = _read_codes(f"{label}: {sentence}") if label and _RETRY.search(sentence) else []
    return codes if set(codes) <= _WORTH_A_RETRY else []


def _read_codes(sentence: str) -> list[int]:
    if _REFUSED.search(_NO_REFUSAL.sub("", sentence)):
        return []
    codes = _list_codes(sentence)
    means_retry = _RETRY.search(sentence) is not None
    return codes if means_retry or set(codes) <= _WORTH_A_RETRY else []


def _list_codes(sentence: str) -> list[int]:
    matches = _CODE.findall(sentence)
    groups = [_SERVER_ERRORS if not text.isdigit() else [int(text)] for text in matches]
    return [code for codes in groups for code in codes]
