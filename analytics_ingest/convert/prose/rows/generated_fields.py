"""Reads which field a clause adds with an identifier that is made up: another one at each load.

a field `uuid` is generated for each record, because the API provides no unique identifier
each record gets a field `uid` with a random UUID
"""

import re
from collections.abc import Collection
from dataclasses import replace

from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.rows.row_changes import RowChange
from analytics_ingest.convert.prose.rows.row_subjects import find_marked_subjects, list_other_runs
from analytics_ingest.convert.prose.text.marked_clauses import MarkedClause

_KIND = r"(?:uuid(?:[ -]?v?[1-9])?|guid|universally unique identifier)"
_NEW = r"(?:new|fresh|random(?:ly generated)?|unique|generated)"
_ROWS = r"(?P<rows>(?:for|in|on|to) (?:each|every|all|the) (?:records?|rows?|#\d+|[a-z]+))"
_GENERATED = re.compile(
    rf"#(?P<field>\d+)(?P<words>(?: \(an? (?:{_NEW} )*{_KIND}\))?) (?:is|gets)"
    rf" (?P<how>(?:automatically |randomly |newly )?(?:generated|created|made up))"
    rf"(?P<kind>(?: as an? (?:{_NEW} )*{_KIND})?) {_ROWS}"
)
_WITH = re.compile(
    rf"(?:,? (?:with|holding|containing|(?:which|that) (?:holds|has|contains|is))|,?(?= \())"
    rf" \(?an? (?:{_NEW} )*{_KIND}(?: as (?:its |the )?value)?\)?(?! of)"
)
_AS = re.compile(
    rf"an? (?:{_NEW} )*{_KIND} is (?P<how>added|generated|created) {_ROWS} (?:as|in|into)"
    r" (?:the |an? )?(?:new )?(?:field )?#(?P<field>\d+)"
)
_IS_KEY = re.compile(
    r",? (?:and|which) (?:it )?(?:is |then )*(?:used|serves|acts|part)(?: as| of)?"
    r" (?:the |its |a )?(?:primary )?key"
)
_REASON = re.compile(
    r",? (?:because|since|as) (?:the )?(?:api|records?|rows?|responses?|it|they|there)\b"
    r" (?P<lack>[^#,;]{0,40}\b(?:no|not|lacks?)\b)?[^#;]{0,80}$"
)
_BY_US = re.compile(
    r" (?:by (?:the|this) (?:connector|integration|source|pipeline|transformation)"
    r"|(?:during|at|on|while) (?:the )?(?:load(?:ing)?|extraction|processing|sync))\b"
)
_ADDS = re.compile(r"\b(?:added|adds?|gets?|receives?)\b")
_NAME = re.compile(r"[A-Za-z_]\w*")
_NAMED = re.compile(r"(?:.*_)?(?:uuid|guid|uid)")


def read_generated(
    clause: MarkedClause, resources: Collection[str], *, is_on_changes: bool
) -> tuple[RowChange, str] | None:
    """Read the field and the text without it; None where the API may be what generates it.

    Args:
        is_on_changes: Whether a heading or a label says that rows are changed.
    """
    text, is_ours = clause.text, is_on_changes
    for pattern in (_REASON, _IS_KEY, _BY_US):
        match = pattern.search(text)
        is_ours |= bool(match and (pattern is _BY_US or match.groupdict().get("lack")))
        text = pattern.sub("", text)
    reading = _read_generated(replace(clause, text=text)) or _read_with(
        replace(clause, text=text), resources
    )
    if reading is None:
        return None
    name, rest = reading
    is_ours |= _ADDS.search(rest) is not None
    if not is_ours or not _NAME.fullmatch(name):
        return None
    return RowChange(added={name: "{{ generate_uuid() }}"}), rest


def _read_generated(clause: MarkedClause) -> tuple[str, str] | None:
    match = _GENERATED.search(clause.text) or _AS.search(clause.text)
    if match is None:
        return None
    name = clause.marks[int(match["field"])]
    is_kind = re.search(_KIND, match[0]) or _NAMED.fullmatch(to_valid_name(name))
    verb = "added " if match["how"] == "added" else ""
    rest = f"{clause.text[: match.start()]}{verb}{match['rows']}{clause.text[match.end() :]}"
    return (name, rest) if is_kind else None


def _read_with(clause: MarkedClause, resources: Collection[str]) -> tuple[str, str] | None:
    match = _WITH.search(clause.text)
    if match is None or not _ADDS.search(clause.text):
        return None
    rest = f"{clause.text[: match.start()]}{clause.text[match.end() :]}"
    runs = list_other_runs(rest, find_marked_subjects(replace(clause, text=rest), resources))
    names = clause.list_marks(runs[0][0]) if len(runs) == 1 else []
    if len(names) != 1:
        return None
    return names[0], f"{rest[: runs[0].start()]}{rest[runs[0].end() :]}"
