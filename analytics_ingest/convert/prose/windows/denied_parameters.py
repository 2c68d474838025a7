"""Finds the parameters of windows that must not be sent, or that only someone else sends.

There is a parameter `since`; do not send it      `since` is broken     `since` is sent by the app
The API has no date parameters                    records are filtered on the client
"""

import re
from collections.abc import Iterator

from analytics_ingest.convert.prose.text.mentions import speaks_of_rest
from analytics_ingest.convert.prose.text.passages import Clause, Prose
from analytics_ingest.convert.prose.text.sentences import MOST_CHARACTERS, is_conditional

_USE = r"(?:use[ds]?|using|sent|send(?:s|ing)?|set|pass(?:ed|es|ing)?|rel(?:y|ied) on)"
_DENIED = re.compile(
    rf"\b(?:do not|don['\u2019]t|never|avoid|must not|should not|may not|cannot)"
    rf" (?:be )?(?:\w+ly )?{_USE}\b"
    rf"|\b(?:is|are) (?:not|never|no longer) (?:to be )?(?:\w+ly )?(?:{_USE}|supported|available)\b"
    r"|\b(?:does not|doesn['\u2019]t|no longer) works?\b"
    r"|\b(?:is|are) (?:\w+ )?(?:broken|buggy|deprecated|unreliable|defunct)\b"
    r"|\b(?:may|might|could|will) (?:be )?(?:added|removed|supported|available|come|follow)\b"
    r"|\b(?:should|must|may|can|is|are) only (?:be )?(?:sent|used|set|passed)\b"
    r"|\b(?:sent|used|set|passed) only (?:by|for)\b"
    r"|\b(?:sent|used|set|passed) by (?:the|our|an?|its|their)\b(?! (?:integration|connector"
    r"|pipeline|source|loader|import)\b)",
    re.IGNORECASE,
)
_KIND = (
    r"(?:(?:such|date|time|window|cursor|incremental|range|modification)[- ](?:based |or )?){0,3}"
)
_NONE = re.compile(
    rf"\bno {_KIND}(?:query )?(?:param\w*|filter(?:s|ing)?|dates?|windows?)\b"
    r"(?! (?:by|on|for|like|named|called) (?!(?:the )?(?:date|time|it|them|this|these|any)\b))"
    r"|\bno filter\b(?= (?:is|are) sent)|\bcannot filter\b(?! by (?!date|time))"
    r"|\b(?:do|does) not filter by (?:date|time)|\b(?:window|range|dates?|cursors?|values?)"
    r" (?:is|are) not sent\b",
    re.IGNORECASE,
)
_NOT_NONE = re.compile(
    r"\b(?:but|except|besides|other|others|apart|more|required|needed|necessary|mandatory|given"
    r"|default|without)\b",
    re.IGNORECASE,
)
_BY_CLIENT = re.compile(
    r"\b(?:filter\w*|compar\w+|discarded|dropped|skipped|removed|applied|evaluated|cut)\b"
    r"[^.;]{0,60}?(?:\b(?:on|by|at|in) the client\b|\bclient[- ]side\b"
    r"|\bafter (?:the )?(?:extraction|request|they (?:are|have been) read)\b)|\(client[- ]side\)",
    re.IGNORECASE,
)
_FIRST_RUN = re.compile(r"\b(?:first|initial) (?:run|load|sync|import|request)\b", re.IGNORECASE)
_IT = re.compile(
    r"\W*(?:(?:but|so|yet|and|however|please|still),? )*(?:it|they|this|these|that|both"
    r"|the (?:param\w*|filters?|bounds?)|do|don['\u2019]t|never|avoid)\b",
    re.IGNORECASE,
)
"""What a clause on the parameters of the clause before begins with."""


def find_denied_parameters(prose: Prose) -> set[str]:
    """Find the names that clauses, or the clauses behind them, say are not to be sent."""
    return {name for passage in prose.passages for name in _find_denied(passage.clauses)}


def find_unbounded(prose: Prose) -> tuple[set[str | None], set[str | None]]:
    """Find the resources whose requests carry no window, None for all, as clauses say.

    Returns those of which one says that they have no parameters for it, and those of which one
    says so or that it is the client that compares.
    """
    without, compared = set[str | None](), set[str | None]()
    for passage in prose.passages:
        for clause in passage.clauses:
            is_plain = len(clause.text) <= MOST_CHARACTERS and not is_conditional(clause.text)
            if not is_plain or speaks_of_rest(clause.text):
                continue
            names = set[str | None](clause.subjects or [None])
            if _NONE.search(clause.text) and not _NOT_NONE.search(clause.text):
                without |= names
            elif _BY_CLIENT.search(clause.text):
                compared |= names
    return without, without | compared


def _find_denied(clauses: tuple[Clause, ...]) -> Iterator[str]:
    before: list[str] = []
    for clause in clauses:
        names = [mention.name for mention in clause.mentions if mention.is_field]
        follows = not names and _IT.match(clause.text)
        if not follows:
            before = names
        if _denies(clause.text):
            yield from before


def _denies(text: str) -> bool:
    is_short = len(text) <= MOST_CHARACTERS
    return is_short and bool(_DENIED.search(text)) and not _FIRST_RUN.search(text)
