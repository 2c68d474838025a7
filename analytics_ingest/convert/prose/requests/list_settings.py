"""Reads of which settings a document says that they are lists: in sentences and beside its code.

The configuration value `signer_ids` is a list.     `signer_ids` (list of strings)
signer_id: ${signer_ids}   # one request for each configured id
"""

import re

from analytics_ingest.convert.prose.fields.field_notes import is_in_field_section
from analytics_ingest.convert.prose.requests.each_values import is_for_each
from analytics_ingest.convert.prose.text.passages import Prose
from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement

_NAME = r"`(?:[^`]*\W)?(?P<name>\w+)(?:[\"']\])?`"
_IS_LIST = (
    re.compile(
        rf"{_NAME}[*_ ]*(?:\(|:|\||[\u2013-] |(?:is|are|holds?|contains?|has|takes?)\b)"
        r"\W*(?:configured as )?(?:an? |the )?(?:list|array)\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:in|from|of) the (?:configured )?(?:list|array)(?: \w+)? {_NAME}", re.IGNORECASE
    ),
)
_COMMENT = re.compile(r"(?P<code>.*?)\s(?:#|//)\s*(?P<comment>.*)")
_LIST = re.compile(r"(?:^|\b(?:a|the) )list\b", re.IGNORECASE)
_SETTING = re.compile(r"\$\{(?:\w+\.)*(\w+)\}|\[[\"'](\w+)[\"']\]|\{settings\.(\w+)\}")
_LONGEST = 300
"""Characters of a line of code."""


def read_list_settings(prose: Prose) -> set[str]:
    """Read the names that are said to be lists; among them may be those of fields."""
    lines = [p.line for p in prose.passages if not is_in_field_section(p.line)]
    clauses = [clause for line in lines for clause in line.clauses]
    names = {
        match["name"]
        for clause in clauses
        if is_statement(clause) and not is_conditional(clause)
        for pattern in _IS_LIST
        for match in pattern.finditer(clause)
    }
    rows = [line for block in prose.document.blocks for line in block.text.splitlines()]
    return names.union(*map(_read_comment, rows))


def _read_comment(row: str) -> set[str]:
    """Read the settings of a line of code that a comment calls a list, or speaks of each of."""
    match = _COMMENT.fullmatch(row) if len(row) <= _LONGEST else None
    if match is None:
        return set()
    says_list = _LIST.search(match["comment"]) and is_statement(match["comment"])
    if not (says_list or is_for_each(match["comment"])):
        return set()
    return {name for names in _SETTING.findall(match["code"]) for name in names if name}
