"""Finds the formats in which rows hold a cursor, where a clause gives them beside its name.

`updated` (formats `%s` and `%Y-%m-%d`)     `updated` (`%Y%m%d` in the records), filter `since`
"""

import re
from collections.abc import Collection

from analytics_ingest.convert.prose.sentences import is_conditional, is_statement
from analytics_ingest.declaration.airbyte.incremental_sync import EPOCHS

_PATTERN = r"`%[^`]{1,50}`"
_PATTERNS = rf"{_PATTERN}(?:(?:\s*,\s*|\s*,?\s+(?:and|or)\s+){_PATTERN})*"
_ROWS = r"(?:in|of) (?:the |all |its )?(?:records?|rows|responses?)\b"
_FORMAT = (
    r"(?:(?:the )?(?:date-?time |date |time )?(?:formats?|form|pattern)"
    rf"(?P<before> {_ROWS})?:? (?:is |are )?)"
)
_VERB = (
    r"(?:(?:has|have) |(?:is|are)(?: (?:returned|given|formatted|written|delivered|stored))?"
    r" (?:in|as) )"
)
_IN_ROWS = re.compile(rf"\s*{_ROWS}", re.IGNORECASE)
_OF_REQUESTS = re.compile(
    r"\b(?:param\w*|filter\w*|query|requests?|requested|sent|send|bounds?|windows?|passed)\b",
    re.IGNORECASE,
)


def find_row_formats(clause: str, cursor: str, bounds: Collection[str]) -> list[str]:
    """Find the formats that a clause gives a cursor in rows, as a declaration names them.

    Args:
        cursor: Its path.
        bounds: The parameters that send bounds.
    """
    name = re.escape(cursor.rpartition(".")[2])
    described = re.compile(
        rf"`{name}`(?: fields?| values?)?(?:,? {_VERB}?|\s*\(){_FORMAT}?"
        rf"(?P<formats>{_PATTERNS})(?P<after>[^`]{{0,40}})"
    )
    match = described.search(clause) if cursor not in bounds else None
    if match is None or is_conditional(clause) or not is_statement(clause):
        return []
    is_in_rows = match["before"] or _IN_ROWS.match(match["after"])
    names_bound = any(f"`{bound}`" in clause for bound in bounds)
    is_on_requests = names_bound or _OF_REQUESTS.search(clause) is not None
    if is_on_requests and not is_in_rows:
        return []
    named: list[str] = re.findall(r"`([^`]+)`", match["formats"])
    return list(dict.fromkeys(EPOCHS.get(each, each) for each in named))
