"""Reads which field a clause renames.

`total` is renamed to `sum`     `orders` have their field `total` renamed to `sum`
"""

import re
from collections.abc import Collection

from analytics_ingest.convert.normalize.names import to_valid_name
from analytics_ingest.convert.prose.rows.row_changes import RowChange
from analytics_ingest.convert.prose.text.marked_clauses import MarkedClause, is_path

_RENAMED = re.compile(
    r"(?P<has>\b(?:has|have) )?(?:the |its |their )?(?P<field>field |column |attribute |property )?"
    r"#(?P<old>\d+)(?P<of> (?:of|in) #\d+)? (?:(?:is|are) )?(?:then |also )?renamed"
    r" (?:to|as|into) (?:the field )?#(?P<new>\d+)"
)
_RENAMES = re.compile(
    r"\brenames? (?:the |its |their )?(?P<field>field |column |attribute |property )?"
    r"#(?P<old>\d+) (?:to|as|into) (?:the field )?#(?P<new>\d+)"
)


def read_renamed(clause: MarkedClause, resources: Collection[str]) -> tuple[RowChange, str] | None:
    """Read the field that a clause renames, and the text without it."""
    match = _RENAMED.search(clause.text) or _RENAMES.search(clause.text)
    if match is None:
        return None
    old, new = clause.marks[int(match["old"])], clause.marks[int(match["new"])]
    may_be_resource = to_valid_name(old) in resources and not match["field"]
    if may_be_resource or not is_path(old) or not is_path(new) or old == new:
        return None
    of = match.groupdict().get("of") or ""
    rest = f"{clause.text[: match.start()]} {of} {clause.text[match.end() :]}"
    return RowChange(renamed={old: new}), re.sub(r"\s+", " ", rest).strip()
