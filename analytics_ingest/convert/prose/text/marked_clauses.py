"""Takes a clause apart into words and marked names: `#0` stands for the first name in backticks.

What a clause says before a colon, and reasons such as `are not needed and`, are set apart, so that
its readers see nothing but the statement.
"""

import re
from dataclasses import dataclass
from itertools import count

from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement

_MARK = re.compile(r"`([^`]+)`")
_BOLD_NAME = re.compile(r"\*\*`?([a-z]\w*)`?\*\*")
_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_NOT_NEEDED = (
    r"(?:not|never|no longer) (?:needed|wanted|of (?:interest|use)|relevant|useful|used|required)"
)
_REASONS = (
    re.compile(rf"\b(?:is|are) {_NOT_NEEDED}(?: and|, (?:so|and)(?: they| it)?) (?=is |are )"),
    re.compile(rf", which (?:is|are) {_NOT_NEEDED},"),
    re.compile(
        r",? (?:and|so) (?:nothing|no \w+) (?:is|are) (?:requested|read|loaded|made|sent|stored)"
        r"(?: for (?:them|it|these|those))?(?=\W*$)"
    ),
    re.compile(r"^for (?:[a-z]+ reasons|reasons of [a-z]+(?: [a-z]+)?|privacy|data protection),? "),
    re.compile(
        r",? (?:because of|due to) (?:its|their|the) (?:large )?(?:size|contents?|volume)(?=\W*$)"
    ),
    re.compile(r"\b(?:is|are) deprecated and (?=(?:is|are) )"),
    re.compile(
        r"\b(?:is|are) (?:personal(?: data)?|sensitive|redundant|confidential|private|large)"
        r"(?: and|, (?:so|and)(?: they| it)?) (?=is |are )"
    ),
    re.compile(
        r"^(?:because |since |as )?the (?:api|responses?|records?|rows?) (?:does|do|has|have)"
        r" (?:not|no) [^#,]{1,100}, so "
    ),
    re.compile(r",? (?:because|since|as) (?:it|they|these|those|that|this) [^#]{1,120}$"),
)
_CONSEQUENCES = (
    re.compile(
        r",? nor (?:is|are) (?:the |its |their )?[a-z]+(?: [a-z]+)?"
        r" (?:requested|read|loaded)(?=\W*$)"
    ),
    re.compile(
        r",? and (?:therefore )?(?:must|shall|do|does) not (?:reach|enter) the"
        r" (?:warehouse|destination|database)(?=\W*$)"
    ),
)
"""What is said of rows that are dropped, besides that."""
_NOTE = re.compile(r" \((?P<note>[^()#]{1,80})\)")
_BUT = re.compile(r"\b(?:unless|except|only|but|if|when|until|once|may|might|must)\b")
_BEFORE = re.compile(r"\bbefore (?:they are|it is|the (?:records|rows) are) (?:loaded|stored)\b")
_LOADED = r"(?:loaded|stored|kept|imported|saved|read|synced|synchronized|ingested|transferred)"
_NOT_LOADED = re.compile(
    rf"\b(?:is|are) not (?:to be )?{_LOADED}\b"
    r"|\b(?:is|are) never (?:loaded|stored|imported|saved)\b"
    rf"|\b(?:must|shall) not be {_LOADED}\b|\b(?:is|are) kept out\b"
    r"|\b(?:must|shall|do|does) not (?:reach|enter) the (?:warehouse|destination|database)\b"
)
_REACH = re.compile(r"\b(?:reach|enter) the (?:warehouse|destination|database)\b")
_UNWANTED = re.compile(
    rf"\b(?:is|are) (?:{_NOT_NEEDED}|not (?:loaded|stored|kept|imported))|\bof interest\b"
)
_LABEL = re.compile(
    r"\W*(?:(?:rows?|records?|removed|skipped|dropped|excluded|added|personal|kept|row|record)? ?"
    r"(?:rows?|records?|fields?|columns?|filters?|filtering|data|processing|steps?|changes)"
    r"|transformations?|exclusions?|privacy|notes?|dependenc(?:y|ies)|parents?|removed|skipped"
    r"|dropped|excluded|selection|processing|clean-?up|post-processing)\W*"
)
_FOLLOWING = re.compile(
    r"\b(?:following|two|three|four|five|six) (fields?|columns?|attributes?|properties)"
)
RUN = re.compile(r"#\d+(?:(?:, and |, | and | & )#\d+){0,30}")
"""Marked names that a clause lists."""


@dataclass(frozen=True)
class MarkedClause:
    """A clause in lower case."""

    lead: str
    """What is before its colon, but for labels such as `Rows:`."""
    text: str
    """The statement."""
    marks: tuple[str, ...]

    def list_marks(self, run: str) -> list[str]:
        """List what a part of the text marks."""
        return [self.marks[int(number)] for number in re.findall(r"#(\d+)", run)]

    def list_paths(self, run: str) -> list[str] | None:
        """List the fields that a part of the text marks; None where one cannot be a field."""
        marks = self.list_marks(run)
        return marks if marks and all(map(is_path, marks)) else None

    @property
    def lead_without_reason(self) -> str:
        """What is before the colon, without `is not needed` and the like."""
        return _UNWANTED.sub(" ", self.lead)


def is_path(mark: str) -> bool:
    """Return whether a marked name can be a field, with dots in objects."""
    return _PATH.fullmatch(mark) is not None


def is_plain_statement(text: str) -> bool:
    """Return whether a text states something under no condition."""
    return is_statement(text) and not is_conditional(text)


def remove_notes(text: str) -> str:
    """Remove what is in parentheses and restricts nothing."""
    return _NOTE.sub(lambda match: match[0] if _restricts(match["note"]) else "", text)


def _restricts(note: str) -> bool:
    return _BUT.search(note) is not None or not is_plain_statement(note)


def mark_clause(clause: str) -> MarkedClause | None:
    """Take a clause apart; None where it holds what is neither words nor marked names."""
    text = _BOLD_NAME.sub(r"`\1`", clause)
    marks = tuple(_MARK.findall(text))
    numbers = count()
    plain = re.sub(r"\*+|^\W*[-+] ", "", _MARK.sub(lambda _: f"\0{next(numbers)}", text))
    if "#" in plain or "`" in plain or "{{" in plain:
        return None
    plain = re.sub(r"\s+", " ", plain.replace("\0", "#")).lower().strip(" .;")
    lead, _, body = plain.rpartition(": ")
    if RUN.fullmatch(body) and _FOLLOWING.search(lead):
        listed = _FOLLOWING.sub(rf"\1 {body}", lead, count=1)
        lead, _, body = listed.rpartition(": ")
    while label := _LABEL.match(lead):
        if label.end() < len(lead) and not label[0].endswith(": "):
            break
        lead = lead[label.end() :]
    if RUN.fullmatch(lead):
        lead, body = "", f"for {lead}; {body}"
    return MarkedClause(lead, _settle(body), marks)


def _settle(text: str) -> str:
    """Remove reasons, and write what is not loaded as dropped."""
    for pattern in _REASONS:
        match = pattern.search(text)
        if match and not _BUT.search(match[0]):
            text = f"{text[: match.start()]} {text[match.end() :]}"
    for pattern in _CONSEQUENCES:
        text = pattern.sub("", text)
    text = _NOT_LOADED.sub("are dropped before loading", _BEFORE.sub("before loading", text))
    text = _REACH.sub("are loaded", text)
    return re.sub(r"\s+", " ", text).strip(" ,.")
