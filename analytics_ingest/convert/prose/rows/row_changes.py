"""Reads in a sentence how rows change: a filter, fields that are added, removed or renamed.

    the field `tags` is removed from each record
    `day` is added to each record: `record["at"][:10]`

Where a section or a label is on transformations, plainer words are enough: `notes` is removed.
"""

import ast
import re
from dataclasses import dataclass, field

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.text.sentences import (
    MOST_CHARACTERS,
    is_conditional,
    is_on_other_source,
    is_statement,
)
from analytics_ingest.convert.python.row_functions import write_expression

_NAME = r"`([A-Za-z_]\w*)`"
_NAMES = rf"{_NAME}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){_NAME})*"
_ROWS = r"(?:the|each|every|all|its|their)?\s*(?:record|row)s?\b(?! of\b)"
_FILTER = re.compile(r"\b(record[ _]?filter|filter(ed)? by)\b", re.IGNORECASE)
_EXPRESSION = re.compile(r"`?(\{\{.*?\}\})`?")
_CODE = re.compile(r"`((?:record|row|item)(?:\[|\.get\().{1,300}?)`")
_REMOVED = re.compile(
    rf"fields? (?P<names>{_NAMES}) (?:is|are) removed (?:from {_ROWS}|\(`?RemoveFields)", re.I
)
_ONLY_REMOVED = re.compile(
    r"^\W*(?:[A-Za-z][\w ]{1,40}\W*:\W*)?(?:(?:of|for|in) [\w ]{1,40},\s*)?"
    r"(?:after that|afterwards|then|finally)?,?\s*"
    r"(?:the )?(?:fields? |columns? )?"
    rf"(?P<names>{_NAMES}) (?:is|are) (?:then )?(?:removed|dropped|deleted|discarded)"
    rf"(?: from {_ROWS})?(?: (?:before|when|while|on) (?:loading|storing|load))?\W*$",
    re.IGNORECASE,
)
_FOR_SOME = re.compile(r"\b(?:with|where|that|which|having)\b[^`]*`", re.IGNORECASE)
"""What restricts a statement to some rows."""
_ADDED = re.compile(rf"(?P<names>{_NAMES}) (?:is|are) added to {_ROWS}", re.IGNORECASE)
_GIVEN = re.compile(rf"(?:record|row)s? gets? (?P<names>{_NAMES}) from (?:the|its) parent", re.I)
_MADE = re.compile(
    rf"{_NAME}[^`.;]{{0,80}}\b(?:is|are|gets?|becomes?)\b[^`.;]{{0,60}}?"
    r"\b(?:added|set|computed|derived|calculated|filled|built|made|taken|cut)\b",
    re.IGNORECASE,
)
_RENAMED = re.compile(rf"{_NAME} is renamed (?:to|as|into) `(?P<new>[A-Za-z_]\w*)`", re.IGNORECASE)
ON_ROWS = re.compile(
    r"\b(?:records?|rows?|columns?|top[ -]level|nested|object|transform\w*)\b", re.IGNORECASE
)
ON_REQUESTS = re.compile(
    r"\b(?:cursors?|pages?|paging|pagination|next|tokens?|offset|links?|headers?|parameters?"
    r"|requests?|query|body)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:errors?|webhooks?|changelog|changes in|release\w*|creat(?:e|ing)|updating|v\d)\b"
    r"|\b(?:in|since|from|until|before) (?:v\d|version|\d{4})|\bafter \d+ days\b",
    re.IGNORECASE,
)
"""What headings and sentences say that are not on the rows of today."""
_ELSEWHERE_AS_A_WHOLE = re.compile(
    r"\W*(?:change ?log|release notes|(?:version )?history|web ?hooks|exports?|migration)\W*",
    re.IGNORECASE,
)
"""The same of the first heading, which may be the name of an API."""
_BY_THE_API = re.compile(r"\bby (?:the )?(?:api|server|vendor|provider)\b", re.IGNORECASE)
_HINT = re.compile(
    r"\b(record[ _]?filter|RemoveFields|AddFields|transformations? (?:of|is|are)"
    r"|(?:is|are) not (?:to be )?loaded|only those\b.*\bloaded)\b",
    re.IGNORECASE,
)
_WORDS_BEHIND = re.compile(r"\W*\w(?<!\(.)")
_DEFAULT = re.compile(r"\.get\([^()]*,\s*['\"]")
CHANGE = re.compile(
    r"\b(?:added|removed|dropped|deleted|renamed|lifted|moved|promoted|copied|extracted|flattened"
    r"|unpacked|converted|cast|parsed|split|joined|computed|derived|calculated|cut|filtered)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class RowChange:
    """What a sentence says of the rows of a resource."""

    filter: str | None = None
    removed: tuple[str, ...] = ()
    added: dict[str, str | None] = field(default_factory=dict)
    """Field → the expression that gives it, or None where its parent does."""
    copied: dict[str, str] = field(default_factory=dict)
    """Field → the expression of other fields of the row that gives it, whatever its type."""
    renamed: dict[str, str] = field(default_factory=dict)
    of_field: str | None = None
    """What the filter reads, where a condition in words gives it."""
    origin: str | None = None
    """The object that copied fields come from."""
    flattened: dict[str, bool] = field(default_factory=dict)
    """Object whose fields move to the top level → whether it is removed then."""
    from_parents: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Field → the parent and its field that give it; empty: the only parent, and its key."""
    included: tuple[tuple[str, str], ...] = ()
    """Parents and their fields that rows are stored with, under a name that is left open."""
    constants: dict[str, str] = field(default_factory=dict)
    """Field → the text that it has in all rows."""
    unsure: tuple[str, ...] = ()
    """Texts among them that may be fields: the rows must not have one of that name."""
    is_of_keys: bool = False
    """Whether it changes rows only where its fields are their key; else it may say anything."""
    may_be_own: bool = False
    """Whether rows may have the copied fields anyway."""

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields that it names."""
        groups = (self.removed, self.added, self.copied, self.renamed, self.flattened)
        listed = [*(name for group in groups for name in group), *self.from_parents]
        listed += [*self.renamed.values(), *(field for _, field in self.included), *self.constants]
        return tuple([self.of_field, *listed] if self.of_field else listed)


@dataclass(frozen=True)
class RowStatement:
    """What a clause says of rows."""

    resources: tuple[str, ...] = ()
    """Empty where it does not say plainly which."""
    change: RowChange | None = None
    """None where it does not say plainly what."""
    fields: tuple[str, ...] = ()
    """All names that it marks, but for its resources."""
    is_sensitive: bool = False
    """Whether it hides personal or sensitive values."""
    near: str | None = None
    """What the line is about, where the clause names only the parent of its rows."""
    is_on_unloaded: bool = False
    """Whether it says in words that some rows are not loaded."""

    def list_fields(self) -> tuple[str, ...]:
        """List all fields that it names."""
        return self.change.fields if self.change else self.fields


def lifts_fields(change: RowChange) -> bool:
    """Return whether a change moves fields of an object to the top level."""
    return bool(change.flattened or change.origin)


def write_path(path: str) -> str:
    """Write an expression for a field of the row, with dots in objects."""
    steps = "".join(f"['{step}']" for step in path.split("."))
    return f"{{{{ record{steps} }}}}"


def is_on_other_rows(line: Line, sentence: str) -> bool:
    """Return whether a sentence is not on the rows of today, or on what the API does to them."""
    if line.headings and _ELSEWHERE_AS_A_WHOLE.fullmatch(line.headings[0]):
        return True
    sentence = re.sub(r"`[a-z_]+`", "``", sentence)  # A resource may be called `releases`.
    texts = [sentence, *(h for h in line.headings[1:] if not re.fullmatch(r"[`*]*[a-z_]+[`*]*", h))]
    is_elsewhere = any(_ELSEWHERE.search(text) or is_on_other_source(text) for text in texts)
    return is_elsewhere or _BY_THE_API.search(sentence) is not None


def may_change_rows(sentence: str, *, is_labelled: bool) -> bool:
    """Return whether a sentence speaks of changes of rows, however it does so.

    Args:
        is_labelled: Whether its line is on transformations.
    """
    if len(sentence) > MOST_CHARACTERS:
        return False
    if (_FILTER.search(sentence) and _EXPRESSION.search(sentence)) or _HINT.search(sentence):
        return True
    names_field = is_labelled and re.search(_NAME, sentence) and CHANGE.search(sentence)
    return bool(names_field or _ADDED.search(sentence) or _CODE.search(sentence)) and (
        is_statement(sentence)
    )


def read_row_change(line: Line, sentence: str, *, is_labelled: bool) -> RowChange | None:
    """Read the change of rows that a sentence states; None where it does not state one plainly.

    Args:
        is_labelled: Whether its line is on transformations.
    """
    if not is_statement(sentence) or is_conditional(sentence):
        return None
    if is_on_other_rows(line, sentence):
        return None
    expressions = _EXPRESSION.findall(sentence)
    if _FILTER.search(sentence) and len(expressions) == 1 and "record" in expressions[0]:
        return RowChange(filter=expressions[0])
    removed = _REMOVED.search(sentence)
    if removed and _FOR_SOME.search(sentence[removed.end() :]):
        return None
    if removed or (is_labelled and (removed := _ONLY_REMOVED.search(sentence))):
        return RowChange(removed=tuple(_read_names(removed["names"])))
    return _read_code(sentence) or _read_added(sentence, expressions, is_labelled=is_labelled)


def _read_added(sentence: str, expressions: list[str], *, is_labelled: bool) -> RowChange | None:
    is_on_rows = is_labelled or ON_ROWS.search(sentence)
    is_one = len(CHANGE.findall(sentence)) <= 1 and not ON_REQUESTS.search(sentence)
    if added := _ADDED.search(sentence) or _GIVEN.search(sentence):
        value = expressions[0] if len(expressions) == 1 else None
        return RowChange(added=dict.fromkeys(_read_names(added["names"]), value))
    renamed = _RENAMED.search(sentence) if is_on_rows else None
    if renamed and is_one and "`" not in sentence[: renamed.start()]:
        return RowChange(renamed={renamed[1]: renamed["new"]})
    return None


def _read_code(sentence: str) -> RowChange | None:
    """Read a field that a Python expression gives: `day` is added: `record["at"][:10]`."""
    codes, made = _CODE.findall(sentence), _MADE.search(sentence)
    if len(codes) != 1 or made is None or made.start() > sentence.index(codes[0]):
        return None
    # Another name before it, words behind the code, or a default, say more than is read.
    before, after = sentence[: made.start()], sentence.partition(f"`{codes[0]}`")[2]
    says_more = "`" in before or _WORDS_BEHIND.match(after) or _DEFAULT.search(codes[0])
    if says_more:
        return None
    try:
        node = ast.parse(codes[0].strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    text = write_expression(node, re.split(r"\W", codes[0], maxsplit=1)[0])
    return RowChange(copied={made[1]: f"{{{{ {text} }}}}"}) if text else None


def _read_names(text: str) -> list[str]:
    return re.findall(_NAME, text)
