"""Finds out whether a line is labelled as one on changed rows: by a heading, a label or a column.

    ## Row changes     - **Transformations**: …     | Resource | Field changes |

There a short statement is enough: `tags` is removed. Elsewhere it may be the API that removes it.
"""

import re

from analytics_ingest.convert.markdown import Line
from analytics_ingest.convert.prose.text.line_subjects import to_plain

_TRANSFORM = re.compile(r"\btransform", re.IGNORECASE)
_LABEL = re.compile(r"^\W*([A-Za-z][\w ]{1,40}?)\W*:")
_BOLD = re.compile(r"\*\*[^*]+\*\*")
_OF_ROWS = r"(?:rows?|records?|fields?|columns?|data|items?)"
_TERM = (
    rf"(?:{_OF_ROWS}[- ](?:changes|transformations?|handling|processing|filter(?:s|ing)?|mapping"
    r"|clean-?(?:up|ing)|preparation|removals?)"
    rf"|(?:changes|transformations?|processing|handling) (?:of|to|in) (?:the )?{_OF_ROWS}"
    r"|(?:pre-?|post-?)?processing(?: steps)?|transformations?|clean-?up"
    r"|(?:removed|dropped|added|renamed|masked|excluded) (?:fields?|columns?|attributes?)"
    r"|(?:personal|sensitive) (?:data|fields?))"
)
_TITLE = re.compile(
    rf"(?:\d+(?:\.\d+)*[.)]? )?(?:the )?{_TERM}(?:(?:, | and | & | / |/){_TERM}){{0,3}}",
    re.IGNORECASE,
)
_COLUMN = re.compile(r"(?:notes?|remarks?)", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:removed|dropped|discarded|deleted|stripped|renamed|added|not loaded)\b", re.IGNORECASE
)
_KEPT = re.compile(
    r"(?:^|: )(?:the )?(?:(?:object|array|field) `[^`]{1,60}`|`[^`]{1,60}` (?:object|array|field))"
    r" is kept\W*$",
    re.IGNORECASE,
)
_GENERAL = re.compile(
    r"(?:the )?(?:resources?|streams?|endpoints?|tables?|overview|general|what is loaded|loading"
    r"|resources in detail|configuration)",
    re.IGNORECASE,
)
_OF_A_PART = re.compile(
    r"(?:the )?(?:notes?|remarks?|details|behaviou?r|data|fields?|columns?)", re.IGNORECASE
)


def is_on_changes(line: Line, title: str = "") -> bool:
    """Return whether a line is labelled as on changed rows, or below a heading on them.

    Args:
        title: Of the column that is read.
    """
    label = _LABEL.match(line.text)
    labels = [label[1] if label else "", title]
    if line.level and (line.above.endswith(":") or _BOLD.fullmatch(line.above)):
        labels.append(to_plain(line.above).rstrip(": "))
    if any(map(_TRANSFORM.search, [*line.headings[1:], *labels])):
        return True
    plain = [to_plain(text).rstrip(":. ") for text in (*line.headings, *labels)]
    return any(map(_TITLE.fullmatch, plain))


def is_of_notes(title: str) -> bool:
    """Return whether a column is one of notes, in which a row change may be."""
    return _COLUMN.fullmatch(to_plain(title)) is not None


def names_change(clause: str) -> bool:
    """Return whether a clause has a verb for changes of rows, not one for parameters too.

    A parameter is omitted or not sent; only a field is removed.
    """
    return _VERB.search(clause) is not None


def is_labelled_clause(clause: str) -> bool:
    """Return whether a clause has such a label of its own: Row changes: `tags` is removed."""
    label = _LABEL.match(clause)
    return label is not None and _TITLE.fullmatch(label[1]) is not None


def keeps_field(clause: str) -> bool:
    """Return whether a clause says that a field is kept, as beside one that is removed."""
    return _KEPT.search(clause) is not None


def is_general(line: Line) -> bool:
    """Return whether the headings above a line are on no thing of their own.

    The first one may be the name of an API, if the next one is not a part of what it names.
    """
    first, *others = [to_plain(text).rstrip(":. ") for text in line.headings] or [""]
    is_name = bool(others) and _OF_A_PART.fullmatch(others[0]) is None
    titles = others if is_name or not first else [first, *others]
    patterns = (_TITLE, _GENERAL, _OF_A_PART)
    return all(any(pattern.fullmatch(text) for pattern in patterns) for text in titles)
