"""Finds the formats in which rows hold a cursor, where a clause gives them beside its name.

`updated` (formats `%s` and `%Y-%m-%d`)     `updated` (`%Y%m%d` in the records), filter `since`
`updated` in the format `%Y%m%d`, sent as `since` in the format `%s`
"""

import re
from collections.abc import Collection

from analytics_ingest.convert.prose.text.sentences import is_conditional, is_statement
from analytics_ingest.declaration.airbyte.incremental_sync import EPOCHS

_PATTERN = r"`%[^`]{1,50}`"
_PATTERNS = rf"{_PATTERN}(?:(?:\s*,\s*|\s*,?\s+(?:and|or)\s+){_PATTERN})*"
_ROWS = r"(?:in|of) (?:the |all |its )?(?:records?|rows|responses?)\b"
_FORMAT = (
    r"(?:(?:the )?(?:date-?time |date |time )?(?:formats?|form|pattern)"
    rf"(?P<before> {_ROWS})?:? (?:is |are )?)"
)
_ARRIVES = r"(?:(?:arrives?|comes?)(?: back)?|(?:is|are) (?:returned|delivered|stored)) (?:in|as) "
_VERB = rf"(?:{_ARRIVES}|(?:has|have) |(?:is|are)(?: (?:given|formatted|written))? (?:in|as) )"
_SAID = re.compile(rf"\W*(?:{_VERB}|in |as )?{_FORMAT}?(?P<formats>{_PATTERNS})", re.IGNORECASE)
_ISO = re.compile(
    r"\W*(?:(?:are|is|come|look|have|use) )?(?:(?:always|all|given|written|returned|formatted"
    r"|in|as|the|strings?|texts?|format|standard) ){0,4}ISO[ -]?8601\b",
    re.IGNORECASE,
)
_IN_ROWS = re.compile(rf"\s*{_ROWS}", re.IGNORECASE)
_OF_REQUESTS = re.compile(
    r"\b(?:param\w*|filter\w*|query|requests?|requested|sent|send|bounds?|windows?|passed)\b",
    re.IGNORECASE,
)


_CURSOR = r"\b[Cc]ursors?(?: fields?)?(?: values?)?"
_LONGEST_GAP = 40
"""Characters between a parameter and its format."""


def find_row_formats(clause: str, cursor: str, bounds: Collection[str]) -> list[str]:
    """Find the formats that a clause gives a cursor in rows, as a declaration names them.

    Args:
        cursor: Its path.
        bounds: The parameters that send bounds.
    """
    match = _find_formats(clause, cursor, bounds)
    if match is None or is_conditional(clause) or not is_statement(clause):
        return []
    names_bound = any(f"`{bound}`" in clause for bound in bounds)
    is_on_requests = names_bound or _OF_REQUESTS.search(clause) is not None
    if (is_on_requests or match["weak"]) and not _is_in_rows(match, bounds):
        return []
    named: list[str] = re.findall(r"`([^`]+)`", match["formats"])
    return list(dict.fromkeys(EPOCHS.get(each, each) for each in named))


def find_formats(said: str) -> list[str]:
    """Find the formats in what a clause says of all times: `are in the format ...`, or ISO 8601."""
    match = _SAID.match(said)
    named: list[str] = re.findall(r"`([^`]+)`", match["formats"]) if match else []
    if not named and _ISO.match(said):
        return ["iso8601"]
    return list(dict.fromkeys(EPOCHS.get(each, each) for each in named))


def remove_row_formats(clause: str, cursor: str, bounds: Collection[str]) -> str:
    """Remove the formats of a cursor in rows from a clause that says how requests write it.

    Args:
        cursor: Its path.
        bounds: The parameters that send bounds.
    """
    match = _find_formats(clause, cursor, bounds)
    if match is None or not _is_in_rows(match, bounds):
        return clause
    in_rows = _IN_ROWS.match(match["after"])
    end = match.end("formats") + (in_rows.end() if in_rows else 0)
    return clause[: match.start("formats")] + clause[end:]


def _find_formats(clause: str, cursor: str, bounds: Collection[str]) -> re.Match[str] | None:
    """Find the formats that are beside the name of a cursor, which no parameter has."""
    name = re.escape(cursor.rpartition(".")[2])
    described = re.compile(
        rf"(?:`{name}`(?: fields?| values?)?(?:,? (?:{_VERB}|(?P<weak>(?:in|with) ))?|\s*\()"
        rf"|{_CURSOR} {_ARRIVES}){_FORMAT}?(?P<formats>{_PATTERNS})(?P<after>[^`]{{0,40}})"
    )
    return described.search(clause) if cursor not in bounds else None


def _is_in_rows(match: re.Match[str], bounds: Collection[str]) -> bool:
    """Return whether formats are said to be those of rows, or a parameter has another behind it."""
    if match["before"] or _IN_ROWS.match(match["after"]):
        return True
    rest = match.string[match.end("formats") :]
    of_bound = (rf"`{re.escape(bound)}`[^`]{{0,{_LONGEST_GAP}}}{_PATTERN}" for bound in bounds)
    return any(re.search(pattern, rest) for pattern in of_bound)
