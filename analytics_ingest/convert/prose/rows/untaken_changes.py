"""Describes clauses on changed rows that no step can be read from, for the report.

the `email` of guests is removed     `phone` is hashed     only orders with a `total` above 5
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.rows.added_fields import without_parent
from analytics_ingest.convert.prose.rows.row_changes import RowStatement
from analytics_ingest.convert.prose.rows.row_subjects import (
    Surroundings,
    find_marked_subjects,
    find_subjects,
)
from analytics_ingest.convert.prose.text.marked_clauses import (
    MarkedClause,
    is_path,
    is_plain_statement,
    mark_clause,
)
from analytics_ingest.convert.prose.text.mentions import find_by_name, mask_resources
from analytics_ingest.convert.prose.text.sentences import MOST_CHARACTERS, is_statement
from analytics_ingest.convert.prose.words.row_words import (
    ADD,
    DROP,
    LIFT,
    OTHERS,
    REMOVE,
    has_other_words,
)

_STATES_CHANGE = re.compile(
    rf"\b(?:is|are|be) (?:\w+ ){{0,2}}?(?:{DROP}|{REMOVE}|{LIFT}|{OTHERS}|added|kept)(?!\w)"
    r"|\b(?:has|have) (?:its|their|the) [^.;]{0,40}renamed\b"
    r"|#\d+ [a-z ]{0,40}\bconsists of #|\bset to\b"
    r"|\bgenerated (?:for|in|on) (?:each|every|all)\b|\bgets?\b|\breceives?\b"
    r"|\b(?:is|are) (?:extended|enriched|appended|attached)\b"
    rf"|^(?:skip|drop|remove|keep)\b|(?:integration|connector|pipeline|source) {DROP}"
    r"|\bonly\b.{0,80}\b(?:loaded|kept|imported|stored)\b|\bloaded without\b"
)
_HIDES = re.compile(
    rf"\b(?:{REMOVE}|{OTHERS}|not (?:be )?(?:loaded|stored|kept|imported)"
    r"|not (?:reach|enter))(?!\w)",
    re.IGNORECASE,
)
_SENSITIVE = re.compile(
    r"\b(?:personal|sensitive|confidential|private data|privacy|data protection|pii|gdpr"
    r"|passwords?|secret|anonymi[sz]ed|pseudonymi[sz]ed|redacted)\b",
    re.IGNORECASE,
)


_ON_ROWS = re.compile(
    r"\b(?:records?|rows?|top[ -]level|loaded|everything|those|them|their|fields?|parent)\b|@"
)
_ON_RESPONSES = re.compile(
    r"\b(?:[45]\d\d|status(?:es)? codes?|responses?|requests?|parameters?|pages?|cursors?|headers?"
    r"|incremental\w*|sent|tokens?|query|url|path|older than|newer than)\b"
)
_OF_SOME = re.compile(
    r"\b(?:that|which|who|they|it) (?:are|is|have|has|do|does) (?:not|no)\b"
    r"|\b(?:where|whose|in which|for which|if) #\d+ is not\b"
    r"|\b(?:without|(?:with|having) no)(?= (?:(?:an?|any|the) )?(?:value (?:for|in|of) )?#\d)"
)
_OTHER_VERB = re.compile(rf"\b{OTHERS}(?!\w)")
_STEPS = ("AddFields", "RemoveFields")
_LOCATES_ROWS = re.compile(
    r"\b(?:records?|rows|items|entries|results)\b(?: (?:is|are))? (?:extracted|located|found|taken"
    r"|returned|contained|placed|nested|read) (?:from|in|under|at|below|inside|within)"
    r" (?:the )?(?:(?:field|key|array|list|object) )?#\d+(?= ?(?:\W|$|array|field|key|list|object))"
)
"""What says where a response holds its rows, which no step does."""
_METHOD = re.compile(
    r"\b(?:with|by|via|using|an?|http) (?:http )?get\b|\bget(?= (?:http )?"
    r"(?:methods?|requests?|endpoints?|calls?|verb|/|#(?P<path>\d+)))"
)
_ADDS = re.compile(
    rf"\b(?:{ADD}|cop(?:y|ies|ied)|includ(?:es?|ed)|append(?:s|ed)?|attach(?:es|ed)?|inject(?:s|ed)?"
    r"|enriched|extended|inherit(?:s|ed)?|(?:stor(?:es|ed)|kept|saved) (?:with|in|as (?=#))"
    r"|(?:written|put) (?:in|on)?to)(?!\w)"
)
_TAKES = re.compile(
    rf"\b(?:{REMOVE}|{DROP}|{OTHERS}|only|without|(?:records?|rows?|@) (?:is|are) added)(?!\w)"
)
_TO_ROWS = re.compile(
    r"\b(?:to|into|onto|in|with) (?:the |each |every |all |its |their )+(?:records?\b|rows?\b|@)"
    r"|(?:^|; )(?:the |each |every |all |its |their |child )*(?:records?\b|rows?\b|@)"
    r"(?: of (?:the |its |all |each )*(?:sub-?resources?|child(?:ren| resources?)))?"
    r" (?:is |are )?(?:also )?(?:gets?|inherits?|includes?|carry|carries|receives?|copy|copies)\b"
)
_ELSEWHERE = re.compile(
    r"\b(?:request(?:s|ed)?|paths?|urls?|quer(?:y|ies)|headers?|body|param\w*|sent|was|were)\b"
)
"""What a clause has that is not on rows, or not on those of today."""
_VERB = re.compile(r"\b(?:is|are|was|were|be|has|have|does|do|can|may|must|not|[a-z]+ed)\b")
_REASON = re.compile(r"\b(?:since|because|as|so that|in order to)\b[^,;]*(?:, |$)")
_KEEPS = re.compile(
    r"\b(?:kept|keeps?|stored|held|holds?|retained|added|included|carr(?:y|ies|ied)|attached)\b"
)
_REMOVES = re.compile(rf"\b{REMOVE}(?!\w)")
_OF_PARENT = re.compile(
    r"\b(?:of|from|by) (?:the|its|their|each) parent(?P<words>(?: [a-z]+){0,2})(?!\w)"
)
_IS_VALUE = re.compile(r"\b(?:is|are|equals?|equal to|or|=|state|status) (?:the )?$")


@dataclass(frozen=True)
class UnreadStatement(RowStatement):
    """What a clause says of rows in words from which no step can be read."""

    text: str = ""
    """The clause, in lower case."""
    marks: tuple[str, ...] = ()
    """All that it marks, in order, where that is known."""
    is_weak: bool = False
    """Whether it may as well describe what the API returns."""

    @property
    def adds(self) -> bool:
        """Whether it says, under no condition, that rows get something, and nothing else."""
        is_addition = _ADDS.search(self.text) and not _TAKES.search(self.text)
        return bool(is_addition) and is_plain_statement(self.text)

    def keeps(self, fields: set[str]) -> bool:
        """Return whether it says no more than that rows hold some fields, apart from why."""
        said = _REASON.sub("", self.text)
        marks = {self.marks[int(number)] for number in re.findall(r"#(\d+)", said)}
        named = marks & {*self.fields}
        is_other = self.is_sensitive or self.removes or _OTHER_VERB.search(said)
        return bool(named) and named <= fields and bool(_KEEPS.search(said)) and not is_other

    @property
    def removes(self) -> bool:
        """Whether it says that something is removed."""
        return _REMOVES.search(self.text) is not None


def describe(
    clause: MarkedClause, around: Surroundings, *, is_filter: bool, is_sensitive: bool
) -> RowStatement | None:
    """Describe a clause on rows that no step can be read from."""
    text = f"{clause.lead} {clause.text}"
    plain = mask_resources(text, around.resources)
    # Neither the request GET nor the place of the rows is a change.
    changing = _remove_methods(_LOCATES_ROWS.sub(_blank, clause.text), clause.marks)
    states = _STATES_CHANGE.search(changing)
    # What is denied behind the change, or of some rows only, does not deny it.
    stated = _OF_SOME.sub(" ", clause.text[: states.end()]) if states else ""
    is_stated = states and is_statement(f"{clause.lead} {stated}")
    is_plain = not has_other_words(_OTHER_VERB.sub(" ", plain), is_on_fields=True)
    is_on_rows = around.is_on_changes or _ON_ROWS.search(plain) or (around.named and is_plain)
    if not (
        is_filter or (is_stated and (is_on_rows or is_sensitive) and not _ON_RESPONSES.search(text))
    ):
        return None
    marked = find_marked_subjects(clause, around.resources, may_begin=True)
    names = _find_rows(clause, marked, around)
    fields = _list_fields(clause, marked)
    if around.is_on_changes and not fields:  # A field in words, of which only the value is marked.
        fields = tuple(filter(is_path, clause.marks))
    fields = tuple(field for field in fields if to_valid_name(field) not in names)
    if not fields:
        return None
    return UnreadStatement(tuple(names), None, fields, is_sensitive, text=text, marks=clause.marks)


def describe_addition(clause: str, around: Surroundings) -> UnreadStatement | None:
    """Describe a clause that may add fields to rows, in whichever words."""
    marked = mark_clause(clause) if len(clause) <= MOST_CHARACTERS else None
    if marked is None:
        return None
    subjects = find_marked_subjects(marked, around.resources, may_begin=True)
    text = _remove_methods(f"{marked.lead} {marked.text}".strip(), marked.marks)
    is_on_rows = _TO_ROWS.search(mask_resources(marked.text, around.resources))
    names_some = any(to_valid_name(mark) in around.resources for mark in marked.marks)
    if not (is_on_rows or (names_some and not _ELSEWHERE.search(text))):
        return None
    fields, names = _list_fields(marked, subjects), _find_rows(marked, subjects, around)
    before = UnreadStatement(text=around.text_before.lower() if around.is_same_line else "")
    if before.adds and not _VERB.search(text):
        text = f"{text} is added"  # As in the clause before: a field `b` to those of `users`.
    statement = UnreadStatement(
        tuple(names), None, fields, text=text, marks=marked.marks, is_weak=True
    )
    return statement if fields and statement.adds else None


def _find_rows(
    clause: MarkedClause, marked: list[re.Match[str]], around: Surroundings
) -> list[str]:
    """Find the resources whose rows a clause is about: those that it marks, else in words."""

    def remove(match: re.Match[str]) -> str:
        words = match["words"].split()
        runs = (words[:size] for size in (2, 1))
        named = next((run for run in runs if find_by_name(" ".join(run), around.resources)), [])
        return " ".join(["", *words[len(named) :]])

    text = _OF_PARENT.sub(remove, without_parent(clause, around.resources))
    names = find_subjects(clause, text, marked, around)
    return names or [to_valid_name(m) for run in marked for m in clause.list_marks(run[0])]


def _remove_methods(text: str, marks: Sequence[str]) -> str:
    """Remove the GET of requests; what rows get is not a path."""

    def replace(match: re.Match[str]) -> str:
        is_field = match["path"] and not marks[int(match["path"])].startswith("/")
        return match[0] if is_field else _blank(match)

    return _METHOD.sub(replace, text)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def list_field_marks(clause: str, resources: Collection[str]) -> tuple[str, ...]:
    """List the fields that a clause in any words marks."""
    marked = mark_clause(clause) if len(clause) <= MOST_CHARACTERS else None
    if marked is None:
        return ()
    return _list_fields(marked, find_marked_subjects(marked, resources, may_begin=True))


def _list_fields(clause: MarkedClause, subjects: list[re.Match[str]]) -> tuple[str, ...]:
    numbers = [int(number) for run in subjects for number in re.findall(r"#(\d+)", run[0])]
    fields = [
        mark
        for number, mark in enumerate(clause.marks)
        if number not in numbers and is_path(mark) and not _is_value(clause, number)
    ]
    return tuple(dict.fromkeys(field for field in fields if field not in _STEPS))


def _is_value(clause: MarkedClause, number: int) -> bool:
    before = clause.text.partition(f"#{number}")[0]
    return _IS_VALUE.search(before) is not None


def is_sensitive(line: Line, clause: str, around: Surroundings) -> bool:
    """Return whether a clause hides values that it, or what is above it, calls sensitive."""
    before = around.text_before if around.is_same_line else ""
    texts = [clause, before[:MOST_CHARACTERS], *line.headings[-1:]]
    return bool(_HIDES.search(clause)) and any(map(_SENSITIVE.search, texts))
