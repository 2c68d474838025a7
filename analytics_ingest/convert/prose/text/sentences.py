"""Distinguishes the sentences that plainly state something from all others.

A reader of prose takes a sentence only if it states what it says: not one that denies it, hedges
it, gives an example, or speaks of the past.
"""

import re

MOST_CHARACTERS = 1_000
"""A longer sentence states nothing; it would cost the readers' patterns time."""
_LITERAL = re.compile(r"`[^`]*`|\{\{.*?\}\}|\"[^\"]*\"")
_PAST = r"deprecated|legacy|obsolete|outdated|former\w*|previous\w*|old"
_UNCERTAIN = re.compile(
    r"\b(?:no|not|never|without|neither|nor|cannot|nothing|except|unless|instead|rather than"
    r"|avoid\w*|optional\w*|may|might|could|would|possibl[ey]|perhaps|maybe|usually|sometimes"
    r"|examples?|e\.g|such as|for instance|planned"
    r"|(?<!as )in (?:the )?(?:ui|console|dashboard|sandbox|(?:mobile |web )?app|search api)"
    r"|(?<!as )in (?:airbyte|future|the future)|airbyte (?:used|uses|had)"
    r"|by the (?:(?:mobile |web )?app|ui|console|website|dashboard)"
    rf"|{_PAST}|earlier|(?<!\bis )(?<!\bare )(?<!\bbe )used to"
    r"|(?:was|were)(?! (?:added|introduced))"
    r"|misread\w*|mistak\w*|wrong\w*)\b|n['\u2019]t\b|\?\W*$",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r",\s*(?:e\.g|for example)$", re.IGNORECASE)
"""The begin of an example, where a sentence was split behind `e.g.`"""
_EXAMPLE_OF_NAME = re.compile(r"(?<=`)[,:]? (?:\(?(?:for example|e\.g\.|such as|like)) `[^`]*`\)?")
"""An example of what is stated before it: the format `%Y-%m-%d`, for example `2026-01-31`."""
_EXAMPLE_OF_TIME = re.compile(
    r"\b(?:such as|like|for example,?|for instance,?|e\.g\.,?) `\d[\dTtZz:., +/-]{5,40}`",
    re.IGNORECASE,
)
"""An example that shows how a time is written: dates such as `2026-01-31`."""
_CONTRAST = re.compile(r",\s*(?:and )?not (?:by |the |in |as |from |with )[^`,;]*$", re.IGNORECASE)
"""What ends a statement with what it is not: `by uid, not by id`."""
_CONDITION = re.compile(
    r"\b(?:if|when\w*|once(?! (?:for|per|each|every)\b)|until|as soon as|whose|only for"
    r"|in case)\b",
    re.IGNORECASE,
)

_OUT_OF_SCOPE = re.compile(
    r"\b(?:out of scope|not included|future work|road ?map|legacy|dbt|airbyte)\b", re.IGNORECASE
)
_OTHER_SECTION = re.compile(
    r"\b(?:web ?hooks?|callbacks?|change ?log|release(?:s| notes?)?|what(?:'s| has)? changed"
    r"|deprecat\w+|dashboards?|console|sandbox|user interface|ui|billing|pricing|licen[cs]es?"
    r"|(?:data )?retention|previous connector|not used|unused|future)\b",
    re.IGNORECASE,
)
_OTHER_SOURCE = re.compile(r"\b(?:csv|exports?|webhooks?|callbacks?|logs?|UI)\b", re.IGNORECASE)
_ALL_TIMES = re.compile(
    r"\ball (?:timestamps|date-?times|dates(?: and times)?|times)\b"
    r"(?! (?:in|of|for) (?!records|requests|both|(?:this|the) API\b))"
    r"|\ball of (?:these fields(?: and parameters)?|them) are\b"
    r"|^\W*(?:timestamps|date-?times|dates and times)(?: (?:of|in) (?:this|the) API)?"
    r" (?:are|have|look|use)\b",
    re.IGNORECASE,
)


def is_statement(sentence: str) -> bool:
    """Return whether a sentence states something: it denies, hedges and recalls nothing.

    What is quoted in it, code or an expression, counts for nothing.
    """
    if len(sentence) > MOST_CHARACTERS:
        return False
    named = _EXAMPLE_OF_TIME.sub("", _EXAMPLE_OF_NAME.sub("", sentence.strip(". ")))
    stated = _EXAMPLE.sub("", _LITERAL.sub("``", named))
    return _UNCERTAIN.search(_CONTRAST.sub("", stated)) is None


def is_outdated(heading: str) -> bool:
    """Return whether a heading says that what is below it is no longer valid."""
    if _OUT_OF_SCOPE.search(heading):
        return True
    begins = rf"^\W*(?:\d+\W+)?(?:the )?(?:{_PAST})\b(?!\s*(?:,|and\b|or\b))"
    return re.search(rf"{begins}|\((?:{_PAST})\)\W*$", heading, re.IGNORECASE) is not None


def is_on_something_else(heading: str) -> bool:
    """Return whether a heading says that what is below it is not on requests and their rows."""
    return _OTHER_SECTION.search(heading) is not None


def is_conditional(sentence: str) -> bool:
    """Return whether a sentence holds under a condition only."""
    return _CONDITION.search(_LITERAL.sub("``", sentence)) is not None


def is_on_other_source(text: str) -> bool:
    """Return whether a text speaks of webhooks, exports or logs, not of requests."""
    return _OTHER_SOURCE.search(text) is not None


def is_on_all_times(text: str) -> bool:
    """Return whether a text speaks of all dates and times of an API."""
    return _ALL_TIMES.search(text) is not None and not is_on_other_source(text)
